"""The methods of the Web API that the stand-in has: their arguments and scopes. Knows no state.

Source of names: https://docs.slack.dev/reference/methods/
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Method:
    """What a method takes. `scopes`: one of them must be granted, unless there are none."""

    required: frozenset[str]
    optional: frozenset[str]
    scopes: tuple[str, ...] = ()
    token: str = "bot"

    @property
    def known(self) -> frozenset[str]:
        """Every argument; `team_id` is Bolt's own addition and may always be there."""
        return self.required | self.optional | {"token", "team_id"}


def _method(required: str = "", optional: str = "", *scopes: str, token: str = "bot") -> Method:
    return Method(frozenset(required.split()), frozenset(optional.split()), scopes, token)


_LOOKS = "attachments blocks text parse link_names markdown_text metadata mrkdwn"
_FACE = "as_user icon_emoji icon_url username thread_ts"

METHODS = {
    "auth.test": _method(),
    "auth.revoke": _method("", "test"),
    "apps.connections.open": _method(token="app"),
    "apps.uninstall": _method("client_id client_secret"),
    "chat.postMessage": _method(
        "channel",
        f"{_LOOKS} {_FACE} reply_broadcast unfurl_links unfurl_media",
        "chat:write",
    ),
    "chat.postEphemeral": _method("channel user", f"{_LOOKS} {_FACE}", "chat:write"),
    "chat.update": _method(
        "channel ts", f"{_LOOKS} as_user file_ids reply_broadcast", "chat:write"
    ),
    "chat.delete": _method("channel ts", "as_user", "chat:write"),
    "views.open": _method("view", "trigger_id interactivity_pointer"),
    "views.push": _method("view", "trigger_id interactivity_pointer"),
    "views.update": _method("view", "view_id external_id hash"),
    "views.publish": _method("user_id view", "hash"),
    "users.info": _method("user", "include_locale", "users:read"),
    "conversations.open": _method(
        "", "channel users return_im prevent_creation", "im:write", "mpim:write"
    ),
    "files.getUploadURLExternal": _method("filename length", "alt_txt snippet_type", "files:write"),
    "files.completeUploadExternal": _method(
        "files", "channel_id channels initial_comment thread_ts blocks", "files:write"
    ),
    "oauth.v2.access": _method(
        "", "client_id client_secret code redirect_uri grant_type refresh_token", token="client"
    ),
}

# What a post to a response_url may hold.
RESPONSE = frozenset(
    {"text", "blocks", "attachments", "metadata", "mrkdwn", "parse", "link_names", "thread_ts"}
    | {"response_type", "replace_original", "delete_original", "unfurl_links", "unfurl_media"}
)
