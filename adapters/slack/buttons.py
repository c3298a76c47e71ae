"""Buttons as Slack's, and the call that a pressed one makes. Knows no blocks around them."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache

from adapters.characters import blank, cut, one_line
from adapters.slack import Json
from adapters.slack.literal import plain_text, unescaped
from bot.message import LABEL_LIMIT, Bold, Button, Buttons, Call, Items, Message, Style, Text, say

# The version of our ids. A button may be pressed a year after it was sent, by which time they may
# have changed.
VERSION = "1:"
ACCESSIBILITY_LIMIT = 75


def action_id(call: Call) -> str:
    """A call as the id of the button that makes it."""
    # JSON for Slack is UTF-8, which knows no half characters; nothing else may change.
    whole = call.encode().encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return VERSION + whole


def read_action(action_id: str) -> Call:
    """The call of a pressed button; of an unknown version or nonsense, one that nothing answers to.

    Slack escapes text that it sends back; in our ids nothing that it writes can be our own, since
    a call never holds a bare semicolon.
    """
    if not action_id.startswith(VERSION):
        return Call("")
    return Call.decode(unescaped(action_id[len(VERSION) :]))


def label(button: Button) -> str:
    """What stands on a button."""
    return _label(button.label)


# Nearly all labels are ours, and there are few; those with somebody's words are short.
@lru_cache(maxsize=256)
def _label(said: str) -> str:
    words = one_line(said)
    return "Open" if blank(words) else cut(words, LABEL_LIMIT)


def element(button: Button, names: Mapping[str, str]) -> Json:
    """The button; `names` are its message's, by id."""
    made: Json = {
        "type": "button",
        "action_id": action_id(button.call),
        "text": plain_text(label(button)),
    }
    if button.style is not Style.PLAIN:
        made["style"] = button.style.value
    if name := names.get(made["action_id"]):
        made["accessibility_label"] = name
    return made


def names(message: Message) -> dict[str, str]:
    """What a screen reader calls buttons whose label is not enough, by id.

    No two buttons that look alike sound alike. A name begins with the label, for people who speak
    what they see.
    """
    used: defaultdict[str, set[str]] = defaultdict(set)
    labels = Counter(label(button) for button in message.buttons)
    found = {}
    for button, context in _contexts(message):
        shown = label(button)
        about = one_line(button.about)
        if not about and labels[shown] > 1:
            about = one_line(context)
        name = _name(shown, about)
        first, number = name or shown, 2
        while (name or shown) in used[shown]:
            name = f"{cut(first, ACCESSIBILITY_LIMIT - 5)} {number}"
            number += 1
        used[shown].add(name or shown)
        if name:
            found[action_id(button.call)] = name
    return found


def _name(shown: str, about: str) -> str:
    if not about.strip():
        return ""
    if about.casefold().startswith(shown.casefold()):
        return cut(about, ACCESSIBILITY_LIMIT)
    return cut(f"{shown}: {about}", ACCESSIBILITY_LIMIT)


def _contexts(message: Message) -> Iterator[tuple[Button, str]]:
    """Every button with what it is about: its row, else the nearest heading above it."""
    heading = message.title
    for block in message.blocks:
        match block:
            case Text(spans):
                heading = next((s.text for s in spans if isinstance(s, Bold)), heading)
            case Items(rows):
                yield from ((row.button, say(row.spans)) for row in rows if row.button)
            case Buttons(buttons):
                yield from ((button, heading) for button in buttons)
            case _:
                pass
