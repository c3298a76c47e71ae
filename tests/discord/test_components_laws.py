"""Whatever we say is a message that Discord takes, and nothing in it is lost without a word."""

import json
from dataclasses import replace

from discord import ui
from hypothesis import given
from hypothesis import strategies as st

from adapters.characters import blank, clean
from adapters.discord.components import MOST_BUTTONS, layout
from adapters.discord.ids import read_id
from adapters.discord.literal import NOTHING
from bot.message import (
    Block,
    Button,
    Buttons,
    Call,
    Facts,
    File,
    Item,
    Items,
    Message,
    Picture,
    Quote,
    Text,
)
from tests.discord.limits import V2, Json, message_problems
from tests.discord.markdown import kinds, read
from tests.strategies import HAZARDS, messages, spans, texts

# Text of which a thousand characters are many more when they are escaped, or sent as UTF-8.
HEAVY = ("*", "_", "漢", "🇩🇪", "<@1> ", "word ", "\n- ", "`", "й")


def payload(message: Message) -> Json:
    made = layout(message)
    return {
        "flags": V2,
        "components": made.view.to_components(),  # type: ignore[no-untyped-call]  # discord.py
        "allowed_mentions": {"parse": []},
        "attachments": [
            {"id": n, "filename": file.filename} for n, file in enumerate(made.files)
        ],
    }  # fmt: skip


def displays(message: Message) -> list[str]:
    every = layout(message).view.walk_children()
    return [item.content for item in every if isinstance(item, ui.TextDisplay)]


def calls(message: Message) -> list[Call]:
    every = layout(message).view.walk_children()
    found = [read_id(str(item.custom_id)) for item in every if isinstance(item, ui.Button)]
    assert all(pressed.page == 0 for pressed in found)
    return [pressed.call for pressed in found]


def long_texts() -> st.SearchStrategy[str]:
    heavy = st.sampled_from(HEAVY + HAZARDS)
    return st.builds(
        lambda some, n: "".join(some) * n, st.lists(heavy, max_size=4), st.integers(0, 300)
    )


@st.composite
def crowded(draw: st.DrawFn) -> Message:
    """A message with too much of everything."""
    numbers = iter(range(1000))

    def button() -> Button:
        return Button(draw(texts(1))[:75] or "Open", Call("job show", {"n": str(next(numbers))}))

    def block() -> Block:
        match draw(st.integers(0, 6)):
            case 0:
                return Text((draw(long_texts()),))
            case 1:
                return Facts((("Name", (draw(long_texts()),)),) * draw(st.integers(1, 9)))
            case 2:
                rows = range(draw(st.integers(0, 40)))
                return Items(tuple(Item((draw(texts(1)),), button()) for _ in rows))
            case 3:
                return Quote(draw(long_texts()))
            case 4:
                return Items((Item((draw(long_texts()),), button()), Item((draw(long_texts()),))))
            case 5:
                kept: list[Block] = [Picture(b"\x89PNG", "A funnel"), File("a b.csv", b"")]
                return draw(st.sampled_from(kept))
            case _:
                return Buttons(tuple(button() for _ in range(draw(st.integers(0, 25)))))

    blocks = tuple(block() for _ in range(draw(st.integers(0, 14))))
    return Message(draw(texts(3))[:150], blocks)


@given(st.one_of(messages(), crowded()))
def test_any_message_is_one_that_discord_takes(message: Message) -> None:
    assert message_problems(payload(message)) == []
    shown = displays(message)
    assert all(not blank(words) for words in shown)
    # discord/discord-api-docs, issue 8554.
    assert sum(len(words.encode()) + 12 for words in shown) <= 10_170


@given(messages())
def test_every_button_of_an_ordinary_message_is_there_once_and_gives_its_call_back(
    message: Message,
) -> None:
    assert sorted(map(Call.wire, calls(message))) == sorted(b.call.wire() for b in message.buttons)


@given(crowded())
def test_no_button_is_lost_without_a_word(message: Message) -> None:
    made, said = calls(message), "\n".join(displays(message))
    outside = Message("", tuple(b for b in message.blocks if isinstance(b, Buttons))).buttons
    if len(outside) <= MOST_BUTTONS:
        assert {button.call for button in outside} <= set(made)
    if len(made) < len(message.buttons):
        assert "… and more." in said


@given(messages())
def test_what_people_typed_is_never_markup(message: Message) -> None:
    ours = {"text", "link", "masked link", "mail", "bold", "date", "heading", "small", "list"}
    ours |= {"code block"}
    for words in displays(message):
        assert kinds(words) <= ours


@given(st.lists(texts(6), max_size=3), st.lists(spans(), max_size=3))
def test_letters_of_an_ordinary_length_are_whole_and_can_be_copied(
    letters: list[str], notes: list[tuple[str, ...]]
) -> None:
    blocks: list[Block] = [*map(Quote, letters), *map(Text, notes)]
    found = [
        piece.shown.replace(NOTHING, "")
        for words in displays(Message("Letters", tuple(blocks)))
        for piece in read(words)
        if piece.kind == "code block"
    ]
    whole = [clean(letter).strip("\n").replace(NOTHING, "") for letter in letters]
    assert found == [letter for letter in whole if not blank(letter)]


@given(crowded())
def test_a_letter_that_is_cut_goes_along_whole(message: Message) -> None:
    letters = [clean(b.text) for b in message.blocks if isinstance(b, Quote)]
    files = [b for b in message.blocks if isinstance(b, File | Picture)]
    made = layout(message)
    if len(message.buttons) > 8 or len(files) + len(letters) > 10:
        return
    shown = "\n".join(displays(message)).replace(NOTHING, "")
    sent = {file.fp.read() for file in made.files}
    for letter in letters:
        whole = letter.strip("\n").replace(NOTHING, "")
        assert whole in shown or letter.encode() in sent


@given(messages())
def test_a_message_is_rendered_the_same_way_twice(message: Message) -> None:
    assert json.dumps(payload(message)) == json.dumps(payload(message))


@given(messages())
def test_what_failed_looks_different_and_says_the_same(message: Message) -> None:
    failed = replace(message, failed=True)
    assert displays(failed) == displays(message)
    assert payload(failed) != payload(message)
