"""Hypothesis strategies for what we say: any Message, with the text that people really paste."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from bot.message import (
    Block,
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
    Span,
    Style,
    Text,
    When,
)

# Each has broken some renderer somewhere: escapes, turns of direction, markup, wide characters.
HAZARDS = (
    "\x1b[31mred\x1b[0m",
    "\x1b]8;;https://evil.example\x1b\\",
    "\x9b2J",
    "\x07\x08\x7f\x00",
    "\u202egnp.exe",
    "\u2067\u2069\u2069",
    "שלום עולם",
    "[bold]not bold[/bold] [link=https://evil.example]",
    ":smile: <@U123> @everyone *stars* `code` {braces}",
    "👩‍👩‍👧🇩🇪☎️",
    "漢字仮名交じり文",
    "e\u0301\u0302\u0303",
    "a\tb\r\nc\rd\u2028e\x0bf\x85g",
    "\ud800",
    "  two  spaces  ",
    "X" * 300,
)


def texts(max_pieces: int = 4) -> st.SearchStrategy[str]:
    """Text as people type and paste it, empty text included."""
    piece = st.one_of(st.sampled_from(HAZARDS), st.text(max_size=12), st.just(" and "))
    return st.lists(piece, max_size=max_pieces).map("".join)


def urls() -> st.SearchStrategy[str]:
    """Addresses, good ones and those that only look like it."""
    return st.one_of(
        st.sampled_from(
            [
                "https://acme.example/jobs/1?a=b",
                "mailto:dana@acme.example?subject=Hi&body=Dear%20Dana",
            ]
        ),
        texts(2).map(lambda text: f"https://acme.example/{text}"),
        texts(2).map(lambda text: f"javascript:{text}"),
    )


def whens() -> st.SearchStrategy[When]:
    """Instants of the years that we speak of."""
    at = st.integers(0, 20 * 366 * 24 * 60).map(
        lambda minutes: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    )
    return st.builds(When, at, st.sampled_from(["UTC", "America/New_York", "Asia/Kathmandu"]))


def spans() -> st.SearchStrategy[tuple[Span, ...]]:
    """A few spans of any kind."""
    span = st.one_of(
        texts(),
        st.builds(Bold, texts()),
        st.builds(Link, texts(2), urls()),
        urls().map(lambda url: Link(url, url)),
        whens(),
        st.builds(Mention, st.just("U1"), texts(1)),
    )
    return st.lists(span, max_size=4).map(tuple)


def labels() -> st.SearchStrategy[str]:
    """What stands on a button: 1 to 75 characters."""
    return texts(2).map(lambda text: text[:75] or "Open")


@st.composite
def messages(draw: st.DrawFn) -> Message:
    """Any message that can be made."""
    count = 0

    def button() -> Button:
        nonlocal count
        count += 1
        # Two buttons of one message never make the same call.
        return Button(
            draw(labels()), Call("job show", {"n": str(count)}), draw(st.sampled_from(Style))
        )

    def block() -> Block:
        match draw(st.integers(0, 6)):
            case 0:
                return Text(draw(spans()), draw(st.booleans()))
            case 1:
                return Facts(tuple(draw(st.lists(st.tuples(texts(1), spans()), max_size=3))))
            case 2:
                rows = draw(st.lists(st.tuples(spans(), st.booleans()), max_size=4))
                return Items(tuple(Item(row, button() if has else None) for row, has in rows))
            case 3:
                return Quote(draw(texts(8)))
            case 4:
                return Picture(b"\x89PNG", draw(texts()))
            case 5:
                return File(draw(texts(1)), b"data")
            case _:
                return Buttons(tuple(button() for _ in range(draw(st.integers(0, 5)))))

    blocks = tuple(block() for _ in range(draw(st.integers(0, 5))))
    return Message(draw(texts(2))[:150], blocks, draw(st.booleans()))
