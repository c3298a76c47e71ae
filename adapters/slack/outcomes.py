"""Every way a call to Slack can end, as an outcome of the core's. Pure; sends nothing, waits never.

Losing a message is worst, repeating it silently second: so whatever Slack is known to have left
undone is tried `Later`, and whatever it may have done is `Unknown`, which a later try admits to.

Sources: the error tables of https://docs.slack.dev/reference/methods/chat.postMessage and
https://docs.slack.dev/apis/web-api/rate-limits; where aiohttp raises what,
https://docs.aiohttp.org/en/stable/client_reference.html#client-exceptions. Three that surprise:
- `internal_error` and `fatal_error`: "It's possible some aspect of the operation succeeded".
- `request_timeout`: Slack got no whole request, so nothing was done.
- A bare 503 is often a proxy's, written when its own connection broke after it had passed the
  request on; only `service_unavailable` is Slack's word that it did nothing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from slack_sdk.errors import SlackApiError

from adapters.unanswered import UNNAMED, unanswered
from bot.delivery import Gone, Later, Outcome, Refused, Unknown

# Where Slack names no time. An hour, so that a code which nobody knew of is tried some twenty
# times in the day after which the core gives up and shows the message at the next command.
UNHEARD_OF = timedelta(hours=1)
# "Intermittently unavailable until the transition is complete", and a plan's allowance used up.
MIGRATION = timedelta(minutes=30)
ALLOWANCE = timedelta(hours=1)
# A named wait beyond this is not believed.
LONGEST = timedelta(days=1)

RECIPIENT = {
    "channel_not_found": "Slack cannot find this person",
    "user_not_found": "Slack cannot find this person",
    "users_not_found": "Slack cannot find this person",
    "user_disabled": "Slack says this person's account is deactivated",
    "user_not_visible": "Slack does not let the bot see this person",
    "messages_tab_disabled": "the bot's Messages tab is switched off in Slack",
    "is_archived": "the conversation is archived",
    "is_inactive": "the conversation is archived",
    "not_in_channel": "the bot is not in the conversation",
    "cannot_dm_bot": "Slack says this is a bot",
}
# The same said of a place where several people read.
CHANNEL = RECIPIENT | {
    "channel_not_found": "Slack cannot find this channel, or the bot was never invited to it",
    "is_archived": "the channel is archived",
    "is_inactive": "the channel is archived",
    "not_in_channel": "the bot is not in the channel",
}
# What else keeps people from being brought together, of
# https://docs.slack.dev/reference/methods/conversations.open.
TOGETHER = RECIPIENT | {
    "channel_not_found": "Slack cannot find one of these people",
    "invalid_user_combination": "Slack does not let these people write to one another",
}
# Nothing is left to mend, or nobody may.
TOO_LATE = {
    "message_not_found": "the message is no longer there",
    "cant_update_message": "Slack does not let the bot change this message",
    "edit_window_closed": "the workspace lets nobody change a message after so long",
}
INSTALL = {
    "invalid_auth": "Slack no longer accepts the bot's token",
    "account_inactive": "Slack says the account is deactivated",
    "token_revoked": "the bot was removed from the workspace",
    "not_authed": "Slack no longer accepts the bot's token",
    "missing_scope": "the bot may not send messages in this workspace",
    "not_allowed_token_type": "Slack does not take this kind of token",
    "team_access_not_granted": "the bot was not given this workspace",
    "ekm_access_denied": "an administrator has suspended posting",
    "two_factor_setup_required": "Slack asks for two-factor set-up first",
    "accesslimited": "Slack allows no access from the bot's network",
}
WORDS = frozenset(
    {
        "invalid_blocks",
        "invalid_blocks_format",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_text",
        "too_many_attachments",
        "markdown_text_conflict",
        "metadata_too_large",
        "invalid_arguments",
        "block_mismatch",
    }
)
RATE = frozenset({"ratelimited", "rate_limited"})
MIGRATING = frozenset({"team_added_to_org", "org_login_required"})
NOTHING_DONE = frozenset({"service_unavailable", "request_timeout"})
PERHAPS_DONE = frozenset({"internal_error", "fatal_error"})
_CODE = re.compile(r"[a-z0-9_]{1,60}", re.ASCII)


class Then(StrEnum):
    """What the caller does besides handing the outcome on."""

    NOTHING = "nothing"
    # Once more, as plain text without blocks.
    PLAIN = "plain"
    # Nothing goes to this workspace before the outcome's time.
    HOLD = "hold"
    # Slack is unwell: nothing goes to this workspace for a while, longer each time.
    PAUSE = "pause"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a call ended: the outcome, the code for logs, and what to do now."""

    outcome: Outcome
    code: str
    then: Then = Then.NOTHING


def ended(error: Exception, now: datetime, gone: Mapping[str, str] = RECIPIENT) -> Ended:
    """What a failed call means. `now` (aware UTC) is when it failed. Quotes nothing of Slack's.

    `gone` says why whoever the call was for cannot be reached, by Slack's code.
    """
    if isinstance(error, SlackApiError):
        return _answered(error.response, now, gone)
    outcome = unanswered(error, "Slack", now)
    return Ended(outcome, type(error).__name__, Then.PAUSE)


def _answered(response: object, now: datetime, gone: Mapping[str, str]) -> Ended:
    # slack_sdk's own response, or aiohttp's when the body could not be read.
    status = getattr(response, "status_code", 0) or getattr(response, "status", 0)
    code = code_of(response)
    if status == 429 or code in RATE:
        at = now + _wait(getattr(response, "headers", {}))
        return Ended(Later(at, "Slack asks to wait (ratelimited)"), "ratelimited", Then.HOLD)
    return _coded(code, now, gone) if code else _bare(status, now)


def code_of(response: object) -> str:
    """Slack's own code in a response; "" when there is none, or none that looks like one."""
    data = getattr(response, "data", None)
    said = data.get("error") if isinstance(data, dict) else None
    return said if isinstance(said, str) and _CODE.fullmatch(said) else ""


def _coded(code: str, now: datetime, gone: Mapping[str, str]) -> Ended:
    if code in gone:
        return Ended(Gone(f"{gone[code]} ({code})"), code)
    if code in TOO_LATE:
        return Ended(Refused(f"{TOO_LATE[code]} ({code})"), code)
    if code.startswith("restricted_action"):
        return Ended(Gone(f"the workspace does not let the bot post there ({code})"), code)
    if code in INSTALL:
        return Ended(Gone(f"{INSTALL[code]} ({code})"), code)
    if code == "token_expired":
        # `Clients.call` has renewed it once already, and the new one has expired as well.
        return Ended(Later(now + UNHEARD_OF, f"the bot's token has expired ({code})"), code)
    if code in WORDS:
        return Ended(Refused(f"Slack does not take this message ({code})"), code, Then.PLAIN)
    if code in NOTHING_DONE:
        return Ended(Later(now + UNNAMED, f"Slack is not available ({code})"), code, Then.PAUSE)
    if code in PERHAPS_DONE:
        return Ended(Unknown(f"something broke at Slack ({code})"), code, Then.PAUSE)
    if code in MIGRATING:
        why = f"the workspace is being moved into an organization ({code})"
        return Ended(Later(now + MIGRATION, why), code, Then.HOLD)
    if code == "message_limit_exceeded":
        why = f"the workspace has used up its messages for now ({code})"
        return Ended(Later(now + ALLOWANCE, why), code, Then.HOLD)
    return Ended(Later(now + UNHEARD_OF, f"Slack gave a reason we do not know ({code})"), code)


def _bare(status: int, now: datetime) -> Ended:
    """An answer without Slack's own code: a proxy's, or a broken one."""
    code = f"http_{status}"
    # The request was turned away as it was (RFC 9110, 15.5); nothing of it was carried out.
    if 400 <= status < 500:
        return Ended(Later(now + UNNAMED, f"Slack was not reached ({code})"), code, Then.PAUSE)
    return Ended(Unknown(f"Slack's answer made no sense ({code})"), code, Then.PAUSE)


def _wait(headers: object) -> timedelta:
    """The wait that Slack names in seconds; else ours."""
    get = getattr(headers, "get", None)
    named = str(get("Retry-After", "")).strip() if get else ""
    if not re.fullmatch(r"[0-9]{1,9}", named, re.ASCII):
        return UNNAMED
    return min(timedelta(seconds=max(1, int(named))), LONGEST)
