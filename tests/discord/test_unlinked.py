"""A message without its links: nothing that leads anywhere is left, and nothing else is lost."""

from dataclasses import replace

from hypothesis import given

from adapters.discord.unlinked import HERE, NOTE, unlinked
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
    Message,
    Picture,
    Quote,
    Text,
    plain,
)
from tests.strategies import messages

BUTTON = Button("Done", Call("job done"))


def test_links_are_left_out_wherever_they_are_and_the_rest_stays() -> None:
    url = "https://bad.example/x"
    message = Message(
        f"See {url}",
        (
            Text(("the ", Link("advert", url), Bold(f"at {url}"), Link(url, url))),
            Facts(((f"Link {url}", (url,)),)),
            Items((Item((Link("one", url),), BUTTON),)),
            Quote("Dear Ann,\nwww.me.example and HTTPS://ME.example\nBye"),
            Picture(b"png", f"a chart of {url}"),
            File("all.csv", b"x"),
            Buttons((Button("Sent", Call("job sent")),)),
        ),
    )
    bare = unlinked(message)
    assert bare.title == f"See {HERE}"
    assert bare.blocks == (
        Text(("the ", f"advert {HERE}", Bold(f"at {HERE}"), HERE)),
        Facts(((f"Link {HERE}", (HERE,)),)),
        Items((Item((f"one {HERE}",), BUTTON),)),
        Quote(f"Dear Ann,\n{HERE} and {HERE}\nBye"),
        Text((f"a chart of {HERE}",), small=True),
        File("all.csv", b"x"),
        Buttons((Button("Sent", Call("job sent")),)),
        NOTE,
    )


def test_a_message_without_links_stays_as_it_is_and_a_mail_link_is_none() -> None:
    message = Message("Hello", (Text((Link("write", "mailto:a@b.example?body=x"), "a@b.c")),))
    assert unlinked(message) is message


@given(messages())
def test_no_message_keeps_an_address_or_loses_a_button(message: Message) -> None:
    bare = unlinked(message)
    # What we write on buttons is no link.
    shown = [
        Items(tuple(replace(row, button=None) for row in block.rows), block.more, block.cut)
        if isinstance(block, Items)
        else block
        for block in bare.blocks
        if not isinstance(block, Buttons)
    ]
    words = plain(replace(bare, blocks=tuple(shown))).lower()
    assert "https://" not in words
    assert "http://" not in words
    assert bare.buttons == message.buttons
    assert unlinked(bare) in (bare, bare.and_then(NOTE))
