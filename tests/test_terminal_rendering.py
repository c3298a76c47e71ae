"""Laws of what a terminal shows: within its width, harmless, and complete."""

import re
import unicodedata
from collections.abc import Iterator
from io import StringIO

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from adapters.terminal.layout import WIDEST
from adapters.terminal.literal import isolated, visible, wrap
from adapters.terminal.panels import panels
from adapters.terminal.transcript import plain_lines
from bot.message import (
    Bold,
    Button,
    Buttons,
    Call,
    Facts,
    File,
    Item,
    Items,
    Link,
    Mention,
    Message,
    Picture,
    Quote,
    Text,
    When,
    say_when,
)
from tests.strategies import messages, spans, texts

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
LINK = re.compile(r"\x1b\]8;[^;]*;([^\x1b]*)\x1b\\")
# Marks that close a line's direction off take no room and say nothing.
MARKS = re.compile("[\u2066-\u2069\u200b]")


def coloured(message: Message, width: int = 80, heading: str = "") -> str:
    """What a colour terminal of that width is sent."""
    console = Console(
        file=StringIO(), force_terminal=True, width=width, highlight=False, legacy_windows=False
    )
    with console.capture() as captured:
        console.print(panels(message, heading), crop=False)
    return captured.get()


def bare(text: str) -> str:
    """The text without our own colours and links."""
    return LINK.sub("", COLOUR.sub("", text))


def squeezed(text: str) -> str:
    """The text without white space, marks of direction and frames, which layout may add or take."""
    return re.sub(r"[\s│╭╮╰╯─•]", "", MARKS.sub("", visible(text)))


def shown_text(message: Message) -> Iterator[str]:
    """Every piece of text that a reader must find, in reading order."""
    yield message.title
    for block in message.blocks:
        match block:
            case Text(words):
                yield from map(said, words)
            case Facts(rows):
                for name, words in rows:
                    yield name
                    yield from map(said, words)
            case Items(rows):
                for row in rows:
                    yield from map(said, row.spans)
                    yield row.button.label if row.button else ""
            case Quote(words):
                yield words
            case Picture(_, alt):
                yield alt
            case File(name, _):
                yield name
            case Buttons(buttons):
                yield from (button.label for button in buttons)


def said(span: object) -> str:
    match span:
        case Bold(words) | Link(words, _):
            return words
        case When():
            return say_when(span)
        case Mention(_, name):
            return name
        case _:
            return str(span)


def assert_harmless(text: str) -> None:
    bad = {c for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")}
    assert not bad


@given(messages(), st.integers(24, 120))
def test_a_plain_message_is_harmless_and_never_wider_than_its_width(message, width):
    for line in plain_lines(message, width=width):
        assert cell_len(line) <= width
        assert_harmless(line)
        assert "\n" not in line


@given(messages())
def test_a_plain_message_shows_all_of_its_text_in_order(message):
    out = squeezed("\n".join(plain_lines(message)))
    place = 0
    for piece in shown_text(message):
        found = out.find(squeezed(piece), place)
        assert found >= 0, piece
        place = found + len(squeezed(piece))


@given(spans())
def test_a_paragraph_shows_exactly_the_text_of_its_spans_and_the_addresses_of_its_links(words):
    expected = ""
    for span in words:
        expected += said(span)
        if isinstance(span, Link):
            address = span.url.partition("?")[0] if span.url.startswith("mailto:") else span.url
            expected += "" if address in span.text else f"({address})"
    out = "\n".join(plain_lines(Message("", (Text(words),))))
    assert squeezed(out) == squeezed(expected)


@given(messages(), st.integers(24, 120), texts(1))
@example(Message("", ()), WIDEST + 1, "X" * 200)
def test_a_panel_is_harmless_and_within_the_screen_but_for_letters(message, width, heading):
    out = bare(coloured(message, width, heading))
    assert_harmless(out)
    letters = {
        isolated(line)
        for b in message.blocks
        if isinstance(b, Quote)
        for line in visible(b.text).split("\n")
    }
    for line in out.split("\n"):
        assert cell_len(line) <= min(width, WIDEST) or line in letters


@given(messages())
def test_nothing_that_people_type_becomes_an_escape_sequence_or_an_unsafe_link(message):
    out = coloured(message)
    for url in LINK.findall(out):
        assert not url or re.fullmatch(r"(https?://|mailto:)[!-~]+", url)
    assert "\x1b" not in bare(out)


@given(st.lists(texts(), min_size=1, max_size=4))
def test_a_panel_shows_exactly_the_text_of_its_paragraphs(paragraphs):
    message = Message("", tuple(Text((words,)) for words in paragraphs))
    assert squeezed(bare(coloured(message, 60))) == squeezed("".join(paragraphs))


@given(texts(8))
def test_a_letter_reaches_a_colour_terminal_unbroken_and_without_margins(words):
    lines = MARKS.sub("", bare(coloured(Message("", (Quote(words),)), 40))).split("\n")
    assert lines[1:-2] == MARKS.sub("", visible(words)).split("\n")


@given(texts())
def test_what_turns_the_direction_of_text_is_closed_off_in_its_line(words):
    for line in wrap(words, 30):
        depth = 0
        for c in line:
            depth += c in "\u2066\u2067\u2068"
            depth -= c == "\u2069"
            assert depth >= 0
        assert depth == 0
        turned = any(unicodedata.bidirectional(c) in ("R", "AL", "RLO", "RLE") for c in line)
        assert not turned or (line.startswith("\u2068") and line.endswith("\u2069"))


def test_markup_of_the_screen_library_is_plain_text():
    message = Message("[red]T[/red]", (Text(("[bold]x[/bold] :smile: [/]",)),))
    out = bare(coloured(message, heading="[blink]now"))
    assert "[red]T[/red]" in out
    assert "[bold]x[/bold] :smile: [/]" in out
    assert "[blink]now" in out


def test_an_escape_is_shown_as_its_picture():
    assert plain_lines(Message("", (Text(("a\x1b[31mb\x7f\x85c\x9b",)),))) == ["a␛[31mb␡", "c�"]


def test_ten_thousand_characters_are_wrapped_at_once():
    for words in ("word " * 2_000, "X" * 10_000, "漢" * 10_000, "e" + "\u0301" * 10_000):
        assert all(cell_len(line) <= 88 for line in plain_lines(Message("", (Text((words,)),))))


def test_buttons_are_numbered_in_reading_order_from_where_they_are_told():
    def button(label: str) -> Button:
        return Button(label, Call("job show", {"label": label}))

    message = Message(
        "Title",
        (
            Items((Item(("row",), button("A")), Item(("other",)))),
            Buttons((button("B"), button("C"))),
        ),
    )
    assert plain_lines(message, 7) == ["Title", "- row  [7] A", "- other", "[8] B  [9] C"]
    assert [b.label for b in message.buttons] == ["A", "B", "C"]
    assert re.findall(r"\[(\d)\] (\w)", bare(coloured(message))) == [
        ("1", "A"),
        ("2", "B"),
        ("3", "C"),
    ]


def test_a_ready_letters_link_shows_only_whom_it_goes_to():
    url = "mailto:dana@acme.example?subject=Hello&body=All%20of%20it"
    message = Message("", (Text((Link("Open it", url),)),))
    assert plain_lines(message) == ["Open it (mailto:dana@acme.example)"]
    assert LINK.findall(coloured(message)) == [url, ""]


def test_a_letter_stands_apart_and_two_spaces_in():
    lines = plain_lines(
        Message("T", (Text(("Before",)), Quote("Dear Dana,\n\nYes."), Text(("After",))))
    )
    assert lines == ["T", "Before", "", "  Dear Dana,", "", "  Yes.", "", "After"]


@pytest.mark.parametrize("width", [24, 80, 200])
def test_a_heading_is_shown_even_over_a_letter_alone(width):
    assert "Fri, June 19" in bare(coloured(Message("", (Quote("Hi"),)), width, "Fri, June 19"))
