"""What we can say and what a person can do, as closed plain data. Knows no platform and no records.

A plain `str` in a span is always literal: nothing a person types can become markup or a mention.
Adapters render every block with one exhaustive `match`; what is too long is cut by `bot.fit`, so
the checks here are only those that no cutting could mend.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from urllib.parse import parse_qsl, quote, unquote
from zoneinfo import ZoneInfo

# Discord's custom_id holds 100 characters; four are left for an adapter's version prefix.
CALL_LIMIT = 96
# The tightest of Slack's header (150) and plain readability on a phone.
TITLE_LIMIT = 150
# Slack's button text (75) is tighter than Discord's label (80).
LABEL_LIMIT = 75
# Five rows of five, Slack's limit of one actions block and more than a person wants to see.
BUTTON_LIMIT = 25
# What a pair of a call cannot hold as it is.
_RESERVED = re.compile(r"[\x00-\x20%&=?+#;]")


class TooLong(ValueError):
    """Something that no platform could carry, found when it is made rather than when it is sent."""


@dataclass(frozen=True)
class Call:
    """A command's name and the raw answers to its options: everything that a person can do."""

    name: str
    answers: Mapping[str, str] = field(default_factory=dict)

    def encode(self) -> str:
        """The call as a button id of at most `CALL_LIMIT` characters; raises TooLong."""
        text = self.wire()
        units = len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2
        if units > CALL_LIMIT:
            raise TooLong(f"{self.name}: a button's call is over {CALL_LIMIT} characters")
        return text

    def wire(self) -> str:
        """The call as text of any length; `decode` is its inverse."""
        return self._wire

    @cached_property
    def _wire(self) -> str:
        # Kept, because a button's call is asked for this by its message and by every renderer.
        pairs = "&".join(f"{quote(k, safe='')}={_escape(v)}" for k, v in self.answers.items())
        return f"{self.name}?{pairs}" if pairs else self.name

    @classmethod
    def decode(cls, text: str) -> "Call":
        """The call that `encode` wrote. Anything else gives a call that no registry knows."""
        name, _, pairs = text.partition("?")
        return cls(name, dict(parse_qsl(pairs, keep_blank_values=True)))

    def plus(self, **answers: str) -> "Call":
        """This call with more answers, or other ones."""
        return Call(self.name, {**self.answers, **answers})

    def __hash__(self) -> int:
        return hash((self.name, tuple(sorted(self.answers.items()))))


def _escape(value: str) -> str:
    """Escape only what the pair syntax needs, so that names in other scripts stay short."""
    return _RESERVED.sub(lambda found: quote(found[0]), value)


@dataclass(frozen=True, slots=True)
class Bold:
    """Literal text that matters."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """Text that leads to an address: `https:`, or `mailto:` for a letter."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class When:
    """An instant, shown in the reader's own zone where the platform can; else in `zone`."""

    at: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class Mention:
    """Another person on the same platform, by user id; `name` where that cannot be shown."""

    user: str
    name: str


Span = str | Bold | Link | When | Mention
Spans = tuple[Span, ...]


class Style(StrEnum):
    """How a button looks: the expected next step, an ordinary one, or one that takes away."""

    PRIMARY = "primary"
    PLAIN = "plain"
    DANGER = "danger"


@dataclass(frozen=True)
class Button:
    """A call that one tap makes. `about` completes the label for a screen reader."""

    label: str
    call: Call
    style: Style = Style.PLAIN
    about: str = ""

    def __post_init__(self) -> None:
        if not 0 < len(self.label) <= LABEL_LIMIT:
            raise TooLong(f"a button's label has 1 to {LABEL_LIMIT} characters: {self.label!r}")
        self.call.encode()


@dataclass(frozen=True)
class Text:
    """A paragraph; `small` is what need not be read again and again."""

    spans: Spans
    small: bool = False


@dataclass(frozen=True)
class Facts:
    """A few named values."""

    rows: tuple[tuple[str, Spans], ...]


@dataclass(frozen=True)
class Item:
    """A row of a list, with the one button that takes it further."""

    spans: Spans
    button: Button | None = None


@dataclass(frozen=True)
class Items:
    """A list. When it has been `cut` for a platform, `more` says where the rest is."""

    rows: tuple[Item, ...]
    more: str = ""
    cut: bool = False


@dataclass(frozen=True)
class Quote:
    """Text to be copied as it stands, such as a letter."""

    text: str


@dataclass(frozen=True)
class Picture:
    """A PNG, with the words that replace it."""

    png: bytes
    alt: str


@dataclass(frozen=True)
class File:
    """Something to keep."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Buttons:
    """What can be done next."""

    buttons: tuple[Button, ...]

    def __post_init__(self) -> None:
        if len(self.buttons) > BUTTON_LIMIT:
            raise TooLong(f"more than {BUTTON_LIMIT} buttons in one row")


Block = Text | Facts | Items | Quote | Picture | File | Buttons


@dataclass(frozen=True)
class Message:
    """One thing we say. Private unless the person chose to show it to others.

    `changed` says that what it answers has changed something; `failed` that what was asked could
    not be done through no fault of the person's, so that what they typed should be kept for them.
    """

    title: str
    blocks: tuple[Block, ...] = ()
    private: bool = True
    changed: bool = False
    failed: bool = False

    def __post_init__(self) -> None:
        if len(self.title) > TITLE_LIMIT:
            raise TooLong(f"a title has at most {TITLE_LIMIT} characters")
        calls = [button.call.encode() for button in self.buttons]
        if len(calls) != len(set(calls)):
            raise TooLong("two buttons of one message make the same call")

    @property
    def buttons(self) -> tuple[Button, ...]:
        """Every button in reading order, those of list rows included."""
        found: list[Button] = []
        for block in self.blocks:
            if isinstance(block, Buttons):
                found += block.buttons
            elif isinstance(block, Items):
                found += [row.button for row in block.rows if row.button]
        return tuple(found)

    def and_then(self, *blocks: Block) -> "Message":
        """This message with more below it."""
        return replace(self, blocks=(*self.blocks, *blocks))


@dataclass(frozen=True)
class Form:
    """A command's options to be asked, with what was understood so far.

    `problems` says per option what was wrong with the answer, which stays in `call` as it was
    typed. `zone` is the name of the person's time zone, "" when nobody has looked it up: then no
    time that was typed may be turned into an instant.
    """

    call: Call
    problems: Mapping[str, str] = field(default_factory=dict)
    intro: str = ""
    zone: str = ""


Answer = Message | Form


def shorten(text: str, limit: int) -> str:
    """The text in one line of at most `limit` characters, cut with an ellipsis."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def text(*spans: Span, small: bool = False) -> Text:
    """A paragraph of the spans given."""
    return Text(spans, small)


def say_when(span: When) -> str:
    """An instant in its zone as text. No year: we speak of weeks."""
    local = span.at.astimezone(ZoneInfo(span.zone))
    return f"{local:%A}, {local:%B} {local.day}, {local:%H:%M}"


def say(spans: Spans) -> str:
    """The visible text of some spans."""
    parts: list[str] = []
    for span in spans:
        match span:
            case str():
                parts.append(span)
            case Bold(words):
                parts.append(words)
            case Link(words, url):
                # A letter's own link holds the whole letter once more; its address is enough.
                shown = unquote(url[7:].partition("?")[0]) if url.startswith("mailto:") else url
                parts.append(words if words == url else f"{words} ({shown})")
            case When():
                parts.append(say_when(span))
            case Mention(_, name):
                parts.append(name)
    return "".join(parts)


def plain(message: Message) -> str:
    """The whole message as text, buttons included: for notifications and screen readers."""
    lines = [message.title] if message.title else []
    for block in message.blocks:
        match block:
            case Text(spans):
                lines.append(say(spans))
            case Facts(rows):
                lines += [f"{name}: {say(spans)}" for name, spans in rows]
            case Items(items, more, cut):
                lines += [f"- {say(item.spans)}" for item in items]
                lines += [more] if cut else []
            case Quote(words):
                lines.append(words)
            case Picture(_, alt):
                lines.append(alt)
            case File(name, _):
                lines.append(f"[{name}]")
            case Buttons():
                pass
    if message.buttons:
        lines.append(" / ".join(button.label for button in message.buttons))
    return "\n".join(lines)
