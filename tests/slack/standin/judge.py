"""What Slack's documentation forbids, remembered until the end of a test. Knows no network.

Limits of blocks are `tests.slack.limits`' subject; here is what needs state, scopes or manners.
"""

from collections.abc import Iterator
from typing import Any

from tests.slack import limits
from tests.slack.standin.arguments import METHODS, RESPONSE
from tests.slack.standin.reading import Json
from tests.slack.standin.scene import Install, View


class Judge:
    """Collects violations. When switched off it looks at nothing and costs nothing."""

    def __init__(self, *, on: bool = True) -> None:
        self.on = on
        self.violations: list[str] = []

    def note(self, where: str, what: str) -> None:
        """Remember a violation."""
        if self.on:
            self.violations.append(f"{where}: {what}")

    def forgive(self, part: str) -> list[str]:
        """Take away the violations that contain `part`, and return them: they were meant."""
        meant = [each for each in self.violations if part in each]
        self.violations = [each for each in self.violations if part not in each]
        return meant

    def arguments(self, method: str, args: Json) -> None:
        """Every argument is known, and none that is required is missing or empty."""
        if not self.on:
            return
        spec = METHODS[method]
        for name in sorted(spec.required):
            if args.get(name) in (None, ""):
                self.note(method, f"the argument {name} is missing")
        for name in sorted(set(args) - spec.known):
            self.note(method, f"there is no argument {name}")
        if method in {"views.open", "views.push"} and not args.get("trigger_id"):
            self.note(method, "the argument trigger_id is missing")
        if method == "views.update" and not (args.get("view_id") or args.get("external_id")):
            self.note(method, "neither view_id nor external_id is given")

    def granted(self, method: str, install: Install) -> bool:
        """Whether the install's scopes allow the method; a violation when not."""
        needed = METHODS[method].scopes
        if not needed or install.scopes & set(needed):
            return True
        self.note(method, f"the scope {' or '.join(needed)} is not granted")
        return False

    def message(self, where: str, args: Json) -> None:
        """The content of a message: fallback text, unfurling, Block Kit limits."""
        if not self.on:
            return
        if not isinstance(args.get("blocks", []), list):
            self.note(where, "blocks is no list")
            return
        # Only chat.postMessage has flags for unfurling, and the limits know it by its channel.
        given = args if where == "chat.postMessage" else {**args, "channel": None}
        for found in limits.judge_message(given):
            self.note(where, found)

    def view(self, where: str, view: Any, *, kind: str) -> bool:
        """A view of the right type within the limits; False when it is no view at all."""
        if not isinstance(view, dict) or not isinstance(view.get("blocks"), list):
            self.note(where, "the view is no object with blocks")
            return False
        if not self.on:
            return True
        if view.get("type") != kind:
            self.note(where, f"the view's type is {view.get('type')!r}, not {kind!r}")
        for found in limits.judge_view(view):
            self.note(where, found)
        return True

    def response(self, args: Json, *, slash: bool) -> None:
        """A post to a response_url."""
        if not self.on:
            return
        where = "response_url"
        for name in sorted(set(args) - RESPONSE):
            self.note(where, f"there is no argument {name}")
        self.public(where, args)
        if slash and (args.get("replace_original") or args.get("delete_original")):
            self.note(where, "a slash command leaves no original to replace or delete")
        if not args.get("delete_original"):
            self.message(where, args)

    def public(self, where: str, args: Json) -> None:
        """Nothing about a job search is said before others."""
        kind = args.get("response_type")
        if kind == "in_channel":
            self.note(where, "a public response (in_channel)")
        elif kind not in (None, "ephemeral"):
            self.note(where, f"there is no response_type {kind!r}")

    def quiet(self, where: str, args: Json) -> None:
        """Nobody is called by a message's blocks: not all who read it, nor a group of them.

        Of its text the limits let nothing through that calls anybody.
        """
        if not self.on:
            return
        for part in _parts(args.get("blocks")):
            kind, said = part.get("type"), str(part.get("text"))
            marks = ("<!channel", "<!here", "<!everyone", "<!subteam")
            called = kind == "mrkdwn" and any(mark in said for mark in marks)
            if called or kind in {"broadcast", "usergroup"}:
                self.note(where, f"calls people: {part!r:.80}")

    def errors(self, where: str, view: View, errors: Any) -> None:
        """`response_action: errors` names inputs of the view, each with a text."""
        if not self.on:
            return
        if not isinstance(errors, dict) or not errors:
            self.note(where, "errors names no field")
            return
        for found in limits.judge_errors(errors, view.body):
            self.note(where, found)


def _parts(value: Any) -> Iterator[Json]:
    """Every object in blocks, at any depth."""
    if isinstance(value, list):
        for each in value:
            yield from _parts(each)
    elif isinstance(value, dict):
        yield value
        for each in value.values():
            yield from _parts(each)
