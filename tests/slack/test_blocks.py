"""Messages as Block Kit: what is shown, what is never markup, and that nothing breaks a limit."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.characters import clean, units
from adapters.slack.blocks import blocks, read_action, text_of
from adapters.slack.buttons import action_id
from adapters.slack.literal import escaped, unescaped
from adapters.slack.meta import Meta, Origin
from adapters.slack.spans import address
from adapters.slack.windows import home, moment, window
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
    Style,
    When,
    text,
)
from tests.slack.limits import judge_blocks, judge_message, judge_view
from tests.strategies import HAZARDS, messages, texts

Json = dict[str, Any]
NOON = When(datetime(2026, 6, 4, 16, tzinfo=UTC), "America/New_York")
STAMP = 1780588800
OPEN = Button("Open", Call("job show", {"application": "3"}))


def pressed(made: list[Json]) -> list[Json]:
    found = []
    for block in made:
        found += block["elements"] if block["type"] == "actions" else []
        found += [block["accessory"]] if "accessory" in block else []
    return found


def marked(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            yield value["text"]
        for part in value.values():
            yield from marked(part)
    elif isinstance(value, list):
        for part in value:
            yield from marked(part)


def row(*spans: Any) -> Json:
    (made,) = blocks(Message("", (Items((Item(spans, OPEN),)),)))
    return made["text"]


def buttons(count: int, labels: str = "Go") -> tuple[Button, ...]:
    return tuple(Button(labels, Call("job show", {"n": str(n)})) for n in range(count))


# Laws


@given(messages())
def test_any_message_makes_blocks_that_slack_takes(message: Message) -> None:
    assert judge_blocks(blocks(message), "message") == []
    assert judge_blocks(blocks(message, 100), "home") == []


@given(messages())
def test_any_message_makes_a_whole_post(message: Message) -> None:
    payload = {
        "channel": "D1",
        "text": text_of(message),
        "blocks": blocks(message),
        "unfurl_links": False,
        "unfurl_media": False,
    }
    assert judge_message(payload) == []


@given(messages())
def test_any_message_makes_a_window_and_a_home_that_slack_takes(message: Message) -> None:
    meta = Meta(Call("job show", {"n": "1"}), Origin("D1", "1.2"))
    assert judge_view(window(message, meta)) == []
    assert judge_view(home(message)) == []


@given(messages())
def test_every_button_is_there_once_and_gives_its_call_back(message: Message) -> None:
    for room in (50, 100):
        found = [read_action(button["action_id"]) for button in pressed(blocks(message, room))]
        assert sorted(map(Call.wire, found)) == sorted(b.call.wire() for b in message.buttons)


@given(messages())
def test_markup_holds_nothing_but_harmless_characters(message: Message) -> None:
    for shown in marked(blocks(message)):
        bare = re.sub(r"<!date\^\d+\^\u200b\{date_short_pretty\} at \{time\}\|[\w ,:]+>", "", shown)
        for span in re.findall(r"\*[^*]+\*", bare):
            bare = bare.replace(span, span.strip("*"))
        assert re.fullmatch(r"""(?:[^\W_]|[ .,;:!?()'"’“”…–—/#+%$€£\u2018-])*""", bare)
        assert not re.search(r":[^\s:]*[^\s:\d][^\s:]*:|://", bare)


@given(messages())
def test_a_message_is_rendered_the_same_way_twice(message: Message) -> None:
    assert json.dumps(blocks(message)) == json.dumps(blocks(message))


@given(texts(12))
def test_nothing_of_a_letter_is_lost(letter: str) -> None:
    made = blocks(Message("", (Quote(letter),)))
    shown = [b["elements"][0] for b in made]
    said = "".join(e["text"] for part in shown for e in part["elements"])
    if all(part["type"] == "rich_text_preformatted" for part in shown):
        assert said == clean(letter).strip("\n")
    else:
        assert not clean(letter).strip()


@given(st.text(max_size=40), texts(2))
def test_an_action_comes_back_from_slack_with_its_call(name: str, value: str) -> None:
    value = re.sub("[\ud800-\udfff]", "", value)[:20]
    call = Call("job show", {"application": value, "kind": "a"})
    returned = action_id(call).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert read_action(action_id(call)) == call == read_action(returned)
    assert read_action(name if not name.startswith("1:") else "2:x") == Call("")


@given(texts(6))
def test_an_address_is_followed_only_when_it_is_one(url: str) -> None:
    found = address(f"https://acme.example/{url}")
    assert found == "" or re.fullmatch(r"https://acme\.example/[!-~]*", found)


# What is shown


def test_a_title_is_a_header_and_no_title_is_none() -> None:
    assert blocks(Message("Your jobs", (text("Two."),)))[0] == {
        "type": "header",
        "text": {"type": "plain_text", "text": "Your jobs", "emoji": False},
    }
    assert [b["type"] for b in blocks(Message(" \u200b ", (text("Two."),)))] == ["rich_text"]


def test_a_message_that_says_nothing_still_shows_something() -> None:
    assert (
        judge_blocks(blocks(Message("", (text("\x00"), Quote("\n"), Items(())))), "message") == []
    )
    assert text_of(Message("\u202e")).strip()


def test_a_paragraph_is_rich_text() -> None:
    spans = ("At ", Bold("Acme"), " ", Link("the advert", "https://acme.example/1"), NOON)
    (made,) = blocks(Message("", (text(*spans),)))
    (section,) = made["elements"]
    assert section["type"] == "rich_text_section"
    assert section["elements"] == [
        {"type": "text", "text": "At "},
        {"type": "text", "text": "Acme", "style": {"bold": True}},
        {"type": "text", "text": " "},
        {"type": "link", "url": "https://acme.example/1", "text": "the advert"},
        {
            "type": "date",
            "timestamp": STAMP,
            "format": "\u200b{day_divider_pretty} at {time}",
            "fallback": "Thursday, June 4, 12:00",
        },
    ]


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "https://",
        "https://good.example@evil.example/",
        "https://\u0435xample.example/",
        "https://a.example/ b",
        "https://a.example/\u202egnp",
        "https://[::1",
        "mailto:nobody",
        "https://a.example/" + "x" * 3000,
    ],
)
def test_what_is_no_trustworthy_address_is_only_text(url: str) -> None:
    (made,) = blocks(Message("", (text(Link("here", url)),)))
    assert {e["type"] for e in made["elements"][0]["elements"]} == {"text"}


def test_an_address_with_letters_of_another_script_is_written_as_slack_takes_it() -> None:
    assert address("https://acme.example/köln?a=b%20c") == "https://acme.example/k%C3%B6ln?a=b%20c"


def test_a_mention_is_one_only_of_somebody_slack_knows() -> None:
    (made,) = blocks(Message("", (text(Mention("U0A", "Dana"), Mention("here", "Kim")),)))
    assert made["elements"][0]["elements"] == [
        {"type": "user", "user_id": "U0A"},
        {"type": "text", "text": "Kim"},
    ]


def test_facts_are_lines_with_bold_names() -> None:
    facts = Facts((("Stage", ("Applied",)), ("", ()), ("Interview", (NOON,))))
    (made,) = blocks(Message("", (facts,)))
    shown = made["elements"][0]["elements"]
    assert [e.get("text", e["type"]) for e in shown] == [
        "Stage: ", "Applied", "\n", "Interview: ", "date"
    ]  # fmt: skip
    assert shown[0]["style"] == {"bold": True}


def test_a_line_parts_a_heading_from_the_buttons_before_it() -> None:
    first, second = text(Bold("To Dana")), text(Bold("To Lee"), "\n", "A letter")
    shown = blocks(Message("Two", (first, Buttons((OPEN,)), second, text("More"))))
    kinds = ["header", "rich_text", "actions", "divider", "rich_text", "rich_text"]
    assert [block["type"] for block in shown] == kinds


def test_rows_without_a_button_share_a_list() -> None:
    items = Items((Item(("One",)), Item(("",)), Item(("Two",)), Item(("Three",), OPEN)))
    bullets, section = blocks(Message("", (items,)))
    (shown,) = bullets["elements"]
    assert shown["type"] == "rich_text_list"
    assert [s["elements"][0]["text"] for s in shown["elements"]] == ["One", "Two"]
    assert section["block_id"] == "row1"
    assert section["accessory"]["action_id"] == "1:job show?application=3"


def test_a_plain_row_is_marked_up_for_bold_and_dates() -> None:
    assert row(Bold("Designer at Acme"), " #3: Applied; on ", NOON) == {
        "type": "mrkdwn",
        "verbatim": True,
        "text": "*Designer at Acme* #3: Applied; on "
        f"<!date^{STAMP}^\u200b{{date_short_pretty}} at {{time}}|Thursday, June 4, 12:00>",
    }


@pytest.mark.parametrize(
    "name",
    [
        *HAZARDS[:6], *HAZARDS[7:9],
        "*Acme*", "_Acme_", "~Acme~", "`Acme`", "<Acme>", "A&B", "a|b", "x\ny", "- Acme", "> Acme",
        ":tada:", "5:100:", "@here", "#general", "https://acme.example", "1:23:45", " Acme",
    ],
)  # fmt: skip
def test_a_row_that_could_be_markup_is_plain_text(name: str) -> None:
    assert row(Bold(name), ": Applied")["type"] == "plain_text"


def test_two_harmless_spans_never_make_a_sign_together() -> None:
    assert row(Bold("Acme"), " :", "tada:")["type"] == "plain_text"
    assert row(Bold("Ac"), "me")["type"] == "plain_text"


def test_a_list_that_was_cut_says_where_the_rest_is() -> None:
    items = Items((Item(("One",)),), "… and more: job list", cut=True)
    assert blocks(Message("", (items,)))[1] == {
        "type": "context",
        "elements": [{"type": "plain_text", "text": "… and more: job list", "emoji": False}],
    }


def test_pictures_and_files_are_said_in_words() -> None:
    made = blocks(Message("", (Picture(b"", "A funnel of 12"), File("jobs.csv", b""))))
    assert [b["elements"][0]["text"] for b in made] == ["A funnel of 12", "[jobs.csv]"]


def test_five_buttons_stand_abreast_and_their_rows_have_one_name() -> None:
    message = Message("Six", (Buttons(buttons(6)), Buttons((OPEN,))))
    assert [b.get("block_id") for b in blocks(message)] == [None, "row1", "row1.1", "row2"]
    assert [len(b["elements"]) for b in blocks(message)[1:]] == [5, 1, 1]


def test_a_button_looks_as_the_core_says() -> None:
    sent = Button(
        "I sent it", Call("job sent", {"application": "3"}), Style.PRIMARY, "I sent it: A"
    )
    gone = Button("Erase", Call("job forget"), Style.DANGER, "everything")
    (made,) = blocks(Message("", (Buttons((sent, gone)),)))
    assert made["elements"] == [
        {
            "type": "button",
            "action_id": "1:job sent?application=3",
            "text": {"type": "plain_text", "text": "I sent it", "emoji": False},
            "style": "primary",
            "accessibility_label": "I sent it: A",
        },
        {
            "type": "button",
            "action_id": "1:job forget",
            "text": {"type": "plain_text", "text": "Erase", "emoji": False},
            "style": "danger",
            "accessibility_label": "Erase: everything",
        },
    ]


def test_buttons_that_look_alike_sound_different() -> None:
    first, second, third, fourth = buttons(4, "Open")
    rows = Items((Item(("Acme",), first), Item(("Basalt",), second)))
    message = Message("Jobs", (rows, text(Bold("Later")), Buttons((third, fourth))))
    assert [b["accessibility_label"] for b in pressed(blocks(message))] == [
        "Open: Acme", "Open: Basalt", "Open: Later", "Open: Later 2"
    ]  # fmt: skip


def test_a_long_letter_is_whole_in_several_boxes() -> None:
    letter = "\n\n".join(f"Paragraph {n}. " + "word " * 60 for n in range(20))
    made = blocks(Message("", (Quote(letter),)))
    assert len(made) > 1
    assert judge_blocks(made, "message") == []
    assert "".join(b["elements"][0]["elements"][0]["text"] for b in made) == letter


def test_a_hundred_rows_are_cut_to_fifty_blocks_and_say_so() -> None:
    many = [Item((Bold(f"Job {n}"), ": Applied"), b) for n, b in enumerate(buttons(100, "Open"))]
    message = Message("Jobs", (Items(tuple(many), "… and more: job list"), Buttons((OPEN,))))
    made = blocks(message)
    assert judge_blocks(made, "message") == []
    assert len(made) > 40
    assert made[-2]["elements"][0]["text"] == "… and more: job list"
    assert read_action(made[-1]["elements"][0]["action_id"]) == OPEN.call
    assert len(blocks(message, 100)) > 90


def test_a_hundred_rows_of_buttons_keep_every_button() -> None:
    every = [Buttons((button,)) for button in buttons(100)]
    made = blocks(Message("All", tuple(every)))
    assert judge_blocks(made, "message") == []
    assert len(pressed(made)) == 100


def test_letters_that_are_also_in_links_stay_below_what_slack_takes() -> None:
    long = "mailto:dana@acme.example?body=" + "x" * 2900
    parts = [(Quote("y" * 1000), text(Link("Mail it", long))) for _ in range(5)]
    made = blocks(Message("", tuple(b for part in parts for b in part)))
    assert judge_blocks(made, "message") == []
    assert "Mail it (dana@acme.example)" in json.dumps(made)


@pytest.mark.parametrize("words", ["<!channel> & <@U1>", "&" * 3999, "<" * 5000, "x" * 5000])
def test_the_text_of_a_message_is_escaped_and_never_cut_inside_an_entity(words: str) -> None:
    said = text_of(Message("", (Quote(words),)))
    assert judge_message({"text": said}) == []
    assert len(said) > 30


@given(texts(20))
def test_what_is_escaped_is_the_beginning_of_what_was_said(words: str) -> None:
    whole, said = clean(words), unescaped(escaped(words, 60))
    assert said == whole or whole.startswith(said.removesuffix("…"))
    assert units(escaped(words, 60)) <= 60


def test_the_text_of_a_message_says_all_of_it() -> None:
    message = Message("Follow up", (Quote("Dear Dana,"), Buttons((OPEN,))))
    assert text_of(message) == "Follow up\nDear Dana,\nOpen"


def test_a_window_carries_what_it_needs() -> None:
    meta = Meta(Call("job show", {"n": "1"}), Origin("D1", "1.2"))
    shown = window(Message("Acme", (text("Applied."),)), meta)
    assert (shown["type"], shown["callback_id"]) == ("modal", "window")
    assert Meta.decode(shown["private_metadata"]) == meta
    assert shown["blocks"][0]["text"]["text"] == "Acme"


def test_a_moment_is_a_window_that_waits() -> None:
    shown = moment(Meta())
    assert judge_view(shown) == []
    assert shown["callback_id"] == "moment"
