"""The app's first answer: what it may be for each payload, and what it does. Knows no network.

https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response
"""

from dataclasses import dataclass
from typing import Any

from tests.slack.standin import windows
from tests.slack.standin.errors import ApiError
from tests.slack.standin.judge import Judge
from tests.slack.standin.reading import Json, options_of, plain
from tests.slack.standin.scene import Inbox, View
from tests.slack.standin.world import World


@dataclass(frozen=True)
class Ack:
    """What came back within the time. `status` 0: nothing did. `body` is JSON or text or None."""

    status: int
    body: Any
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether Slack takes it as an acknowledgment."""
        return self.status == 200


class Acks:
    """Judges acks and lets them happen."""

    def __init__(self, world: World, judge: Judge) -> None:
        self._world = world
        self._judge = judge

    def received(self, where: str, ack: Ack, patience: float) -> bool:
        """Whether the app acknowledged in time; a violation when not."""
        if ack.status == 0:
            self._judge.note(where, f"no acknowledgment within {patience:g} s")
        elif not ack.ok:
            self._judge.note(where, f"acknowledged with status {ack.status}")
        return ack.ok

    def nothing(self, where: str, ack: Ack) -> None:
        """An ack that may carry nothing: Slack would ignore it."""
        if ack.body not in (None, "", {}):
            self._judge.note(where, f"the ack carries a body that Slack ignores: {ack.body!r:.80}")

    def command(self, inbox: Inbox, ack: Ack) -> None:
        """A slash command's ack: nothing, a text, or a message."""
        where = "slash command"
        body = {"text": ack.body} if isinstance(ack.body, str) else ack.body
        if body in (None, {}) or body == {"text": ""}:
            return
        if not isinstance(body, dict):
            self._judge.note(where, "the ack is neither a text nor a message")
            return
        self._judge.public(where, body)
        self._judge.message(where, body)
        self._world.post(inbox, body, ephemeral=body.get("response_type") != "in_channel")

    def options(self, where: str, ack: Ack) -> list[Json]:
        """The options in the answer to a block_suggestion."""
        body = ack.body
        if not isinstance(body, dict) or not ({"options", "option_groups"} & set(body)):
            self._judge.note(where, "the ack holds neither options nor option_groups")
            return []
        offered = options_of(body)
        if len(offered) > 100 and "options" in body:
            self._judge.note(where, f"{len(offered)} options, more than 100")
        for option in offered:
            text, value = plain(option.get("text")), str(option.get("value", ""))
            if not 0 < len(text) <= 75 or (option.get("text") or {}).get("type") != "plain_text":
                self._judge.note(where, f"an option's text has 1 to 75 characters: {text!r}")
            if not 0 < len(value) <= 150:
                self._judge.note(where, f"an option's value has 1 to 150 characters: {value!r}")
        return offered

    def submission(self, view: View, ack: Ack) -> None:
        """A view_submission's ack: nothing, or a response_action."""
        where, body, inbox = "view_submission", ack.body, view.inbox
        if body in (None, "", {}):
            self._world.shut([view])
            return
        action = body.get("response_action") if isinstance(body, dict) else None
        if action == "clear":
            self._world.shut(inbox.windows)
        elif action == "errors":
            self._judge.errors(where, view, body.get("errors"))
            view.problems = dict(body.get("errors") or {})
            self._world.changed()
        elif action in {"update", "push"}:
            if self._judge.view(f"{where} {action}", body.get("view"), kind="modal"):
                self._next(view, action, body["view"])
        else:
            self._judge.note(where, f"the ack is no response_action: {body!r:.80}")

    def _next(self, view: View, action: str, body: Json) -> None:
        if action == "update":
            self._world.rewrite(view, body)
            return
        try:
            windows.pushed(self._world, self._judge, "view_submission push", view.inbox, body)
        except ApiError:
            return
