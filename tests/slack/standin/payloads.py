"""What Slack sends to the app, in Slack's shapes. Knows the world; no network and no judge.

Shapes: https://docs.slack.dev/reference/interaction-payloads/ and /apis/events-api/. With a whole
organization's install `team` is null in interactions, and the user's own `team_id` tells it.
"""

from tests.slack.standin.chats import as_json
from tests.slack.standin.reading import Json, Pressable
from tests.slack.standin.scene import APP_ID, Inbox, Posted, View
from tests.slack.standin.world import Place, Profile, World

VERIFICATION = "verification-token"


class Payloads:
    """Makes the payloads of one person in one workspace."""

    def __init__(self, world: World, place: Place, profile: Profile, inbox: Inbox) -> None:
        self._world = world
        self._place = place
        self._profile = profile
        self._inbox = inbox

    def command(self, command: str, text: str, channel: str, reply: str) -> dict[str, str]:
        """A slash command, all of it text."""
        place, inbox = self._place, self._inbox
        fields = {
            "token": VERIFICATION,
            "team_id": place.id,
            "team_domain": place.name,
            "channel_id": channel,
            "channel_name": "directmessage" if channel.startswith("D") else "general",
            "user_id": self._profile.id,
            "user_name": self._profile.name,
            "command": command,
            "text": text,
            "api_app_id": APP_ID,
            "is_enterprise_install": str(inbox.install.whole_org).lower(),
            "response_url": f"{self._world.root}/response/{reply}",
            "trigger_id": self._world.trigger(inbox),
        }
        if place.enterprise:
            fields |= {"enterprise_id": place.enterprise, "enterprise_name": place.enterprise}
        return fields

    def press(self, surface: Posted | View, thing: Pressable) -> Json:
        """block_actions from a press of a button or the choice of a menu's option."""
        return self.action(surface, thing.block_id, self._pressed(thing))

    def action(self, surface: Posted | View, block_id: str, action: Json) -> Json:
        """block_actions with one action on a message or in a view."""
        world, inbox = self._world, self._inbox
        body = self._start("block_actions", inside=isinstance(surface, View))
        stamped = {**action, "block_id": block_id, "action_ts": world.ts()}
        if isinstance(surface, View):
            body["container"] = {"type": "view", "view_id": surface.id}
            body["view"] = surface.json()
            return {**body, "actions": [stamped]}
        reply = world.reply(inbox, surface.channel, surface)
        body |= {
            "container": {
                "type": "message",
                "message_ts": surface.ts,
                "channel_id": surface.channel,
                "is_ephemeral": surface.ephemeral,
            },
            "channel": {"id": surface.channel, "name": "directmessage"},
            "state": {"values": {}},
            "response_url": f"{world.root}/response/{reply}",
        }
        if not surface.ephemeral:
            # Slack does not keep ephemeral messages, and so cannot send them back.
            body["message"] = as_json(inbox, surface)
        return {**body, "actions": [stamped]}

    def _pressed(self, thing: Pressable) -> Json:
        element = thing.element
        action: Json = {"type": element["type"], "action_id": thing.action_id}
        if thing.option is not None:
            action["selected_option"] = thing.option
            return action
        for name in ("text", "value", "style", "url"):
            if name in element:
                action[name] = element[name]
        return action

    def submission(self, view: View) -> Json:
        """view_submission."""
        return {
            **self._start("view_submission", inside=True),
            "view": view.json(),
            "response_urls": [],
        }

    def closed(self, view: View, *, cleared: bool) -> Json:
        """view_closed; it has no trigger."""
        body = self._start("view_closed", inside=True)
        del body["trigger_id"]
        return {**body, "view": view.json(), "is_cleared": cleared}

    def suggestion(self, view: View, block_id: str, action_id: str, typed: str) -> Json:
        """block_suggestion from an external select of a view."""
        body = self._start("block_suggestion", inside=True)
        del body["trigger_id"]
        return {
            **body,
            "container": {"type": "view", "view_id": view.id},
            "action_id": action_id,
            "block_id": block_id,
            "value": typed,
            "view": view.json(),
        }

    def shortcut(self, callback_id: str) -> Json:
        """A global shortcut: neither channel nor response_url."""
        body = self._start("shortcut", inside=False)
        del body["api_app_id"]
        return {**body, "callback_id": callback_id, "action_ts": self._world.ts()}

    def message_shortcut(self, callback_id: str, message: Json, channel: str) -> Json:
        """A shortcut on somebody's message."""
        world = self._world
        body = self._start("message_action", inside=False)
        del body["api_app_id"]
        ts = world.ts()
        whole = {
            "type": "message",
            "ts": ts,
            "team": self._place.id,
            "client_msg_id": f"00000000-0000-4000-8000-{world.number():012d}",
            **message,
        }
        reply = world.reply(self._inbox, channel)
        return {
            **body,
            "callback_id": callback_id,
            "action_ts": world.ts(),
            "message_ts": whole["ts"],
            "channel": {"id": channel, "name": "general"},
            "response_url": f"{world.root}/response/{reply}",
            "message": whole,
        }

    def home_opened(self, tab: str) -> Json:
        """The event app_home_opened; with the view if one was published."""
        inbox = self._inbox
        event: Json = {
            "type": "app_home_opened",
            "user": inbox.user,
            "channel": inbox.channel,
            "tab": tab,
            "event_ts": self._world.ts(),
        }
        if tab == "home" and inbox.home is not None:
            event["view"] = inbox.home.json()
        return event

    def _start(self, kind: str, *, inside: bool) -> Json:
        place, inbox, profile = self._place, self._inbox, self._profile
        team: Json | None = {"id": place.id, "domain": place.name}
        enterprise = None
        if place.enterprise:
            enterprise = {"id": place.enterprise, "name": place.enterprise}
            team = {
                "id": place.id,
                "domain": place.name,
                "enterprise_id": place.enterprise,
                "enterprise_name": place.enterprise,
            }
        return {
            "type": kind,
            "token": VERIFICATION,
            "api_app_id": APP_ID,
            "user": {
                "id": profile.id,
                "username": profile.name,
                "name": profile.name,
                "team_id": profile.team,
            },
            "team": None if inbox.install.whole_org else team,
            "enterprise": enterprise,
            "is_enterprise_install": inbox.install.whole_org,
            "trigger_id": self._world.trigger(inbox, inside),
        }


def wrapped(inbox: Inbox, place: Place, event: Json, event_id: str, at: float) -> Json:
    """An event in the envelope of the Events API."""
    install = inbox.install
    body: Json = {
        "token": VERIFICATION,
        "team_id": place.id,
        "api_app_id": APP_ID,
        "event": event,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": int(at),
        "authorizations": [
            {
                "enterprise_id": install.enterprise or None,
                "team_id": install.team or None,
                "user_id": install.bot_user,
                "is_bot": True,
                "is_enterprise_install": install.whole_org,
            }
        ],
        "is_ext_shared_channel": False,
    }
    if place.enterprise:
        body["enterprise_id"] = place.enterprise
    return body
