"""The judge objects: one bad payload for each of its rules, and no word against a good one."""

from typing import Any

import pytest

from tests.slack.limits import judge_blocks, judge_errors, judge_message, judge_view

Json = dict[str, Any]


def plain(words: str = "Go", **more: Any) -> Json:
    return {"type": "plain_text", "text": words, "emoji": False, **more}


def mrkdwn(words: str, **more: Any) -> Json:
    return {"type": "mrkdwn", "text": words, "verbatim": True, **more}


def button(action: str = "a", label: str = "Go", **more: Any) -> Json:
    return {"type": "button", "action_id": action, "text": plain(label), **more}


def actions(*elements: Json, **more: Any) -> Json:
    return {"type": "actions", "elements": list(elements), **more}


def section(text: Json | None = None, **more: Any) -> Json:
    return {"type": "section", "text": text or plain(), **more}


def leaf(words: str = "x", **more: Any) -> Json:
    return {"type": "text", "text": words, **more}


def rich(*elements: Json, kind: str = "rich_text_section", **more: Any) -> Json:
    inner = {"type": kind, "elements": list(elements), **more}
    return {"type": "rich_text", "elements": [inner]}


def option(value: str = "a", words: str = "A", **more: Any) -> Json:
    return {"text": plain(words), "value": value, **more}


def asked(element: Json | None = None, **more: Any) -> Json:
    field = element or {"type": "plain_text_input", "action_id": "answer"}
    return {"type": "input", "block_id": "role", "label": plain("Role"), "element": field, **more}


def select(*options: Json, **more: Any) -> Json:
    return {"type": "static_select", "action_id": "answer", "options": list(options), **more}


def modal(*blocks: Json, **more: Any) -> Json:
    shown = list(blocks) or [section()]
    return {"type": "modal", "title": plain("A"), "submit": plain("B"), "blocks": shown, **more}


GOOD = [
    {"type": "header", "text": plain("Jobs")},
    rich(leaf("a", style={"bold": True}), {"type": "link", "url": "https://a.example/"}),
    rich(
        {"type": "rich_text_section", "elements": [leaf()]}, kind="rich_text_list", style="bullet"
    ),
    rich({"type": "user", "user_id": "U1"}, {
        "type": "date", "timestamp": 1, "format": "{date_long} at {time}", "fallback": "then"
    }),
    section(mrkdwn("*A* &amp; <!date^1^{date}|then>"), accessory=button("b"), block_id="row1"),
    {"type": "context", "elements": [plain("more")]},
    {"type": "divider"},
    actions(button(label="Stop", style="danger", accessibility_label="Stop it"), block_id="row2"),
]  # fmt: skip

BAD_BLOCKS = [
    ("no blocks", []),
    ("too many", [{"type": "divider"}] * 51),
    ("an input in a message", [asked()]),
    ("a type of its own", [{"type": "banner"}]),
    ("an unknown field", [section(colour="red")]),
    ("a long block_id", [section(block_id="x" * 256)]),
    ("one block_id twice", [section(block_id="a"), section(block_id="a")]),
    ("one action_id twice", [actions(button()), actions(button(label="No"))]),
    ("a header with markup", [{"type": "header", "text": mrkdwn("A")}]),
    ("a long header", [{"type": "header", "text": plain("x" * 151)}]),
    ("a header long in UTF-16", [{"type": "header", "text": plain("\U0001f600" * 76)}]),
    ("a blank header", [{"type": "header", "text": plain(" \n")}]),
    ("a section with nothing", [{"type": "section"}]),
    ("an empty text", [section(plain(""))]),
    ("a long section", [section(plain("x" * 3001))]),
    ("words that become emoji", [section({"type": "plain_text", "text": ":x:"})]),
    ("words that become links", [section({"type": "mrkdwn", "text": "www"})]),
    ("a mention of everybody", [section(mrkdwn("<!channel>"))]),
    ("a mention", [section(mrkdwn("<@U1>"))]),
    ("a link with a false name", [section(mrkdwn("<https://evil.example|bank>"))]),
    ("a bare &", [section(mrkdwn("A & B"))]),
    ("a date without a fallback", [section(mrkdwn("<!date^1^{date}>"))]),
    ("a date of no format", [section(mrkdwn("<!date^1^{day}|then>"))]),
    ("eleven fields", [{"type": "section", "fields": [plain()] * 11}]),
    ("a long field", [{"type": "section", "fields": [plain("x" * 2001)]}]),
    ("half a character", [section(plain("\ud800"))]),
    ("a control character", [section(plain("\x1b[31m"))]),
    ("an empty actions block", [actions()]),
    ("too many buttons", [actions(*(button(str(n), str(n)) for n in range(26)))]),
    ("a long label", [actions(button(label="x" * 76))]),
    ("a blank label", [actions(button(label=" "))]),
    ("a long action_id", [actions(button("x" * 256))]),
    ("no action_id", [actions({"type": "button", "text": plain()})]),
    ("a long value", [actions(button(value="x" * 2001))]),
    ("a style of its own", [actions(button(style="plain"))]),
    ("a long accessibility label", [actions(button(accessibility_label="x" * 76))]),
    ("a button that leads astray", [actions(button(url="javascript:x"))]),
    ("two buttons that sound alike", [actions(button("a"), button("b"))]),
    ("a confirmation without words", [actions(button(confirm={"title": plain()}))]),
    ("typing in a message", [actions({"type": "plain_text_input", "action_id": "a"})]),
    ("eleven in a context", [{"type": "context", "elements": [plain()] * 11}]),
    ("a picture without words", [{"type": "image", "image_url": "https://a.example/"}]),
    ("empty rich text", [{"type": "rich_text", "elements": []}]),
    ("an empty section of rich text", [rich()]),
    ("an empty rich text", [rich(leaf(""))]),
    ("blank rich text", [rich(leaf(" "))]),
    ("a date in a letter", [rich({"type": "date"}, kind="rich_text_preformatted")]),
    ("text bare in a list", [rich(leaf(), kind="rich_text_list", style="bullet")]),
    ("a list of no style", [
        rich({"type": "rich_text_section", "elements": [leaf()]}, kind="rich_text_list")
    ]),
    ("rich text of no kind", [rich({"type": "heading"})]),
    ("a broadcast", [rich({"type": "broadcast", "range": "channel"})]),
    ("rich text with an unknown style", [rich(leaf(style={"blink": True}))]),
    ("rich text with an unknown field", [rich(leaf(colour="red"))]),
    ("a link to nowhere", [rich({"type": "link", "url": "javascript:x"})]),
    ("a long link", [rich({"type": "link", "url": "https://a.example/" + "x" * 3000})]),
    ("a link with an empty text", [rich({"type": "link", "url": "https://a.example", "text": ""})]),
    ("a host that is a name", [rich({"type": "link", "url": "https://a.example@evil.example"})]),
    ("a user who is nobody", [rich({"type": "user", "user_id": "here"})]),
    ("a date without an instant", [rich({"type": "date", "format": "{date}", "fallback": "x"})]),
    ("a rich date without a fallback", [
        rich({"type": "date", "timestamp": 1, "format": "{date}"})
    ]),
    ("a date of an unknown format", [
        rich({"type": "date", "timestamp": 1, "format": "{day}", "fallback": "x"})
    ]),
    ("more than a message holds", [section(plain("x" * 3000))] * 4),
]  # fmt: skip

BAD_VIEWS = [
    ("no view", {"type": "message"}),
    ("no title", {"type": "modal", "blocks": [section()]}),
    ("a long title", modal(title=plain("x" * 25))),
    ("a long submit", modal(submit=plain("x" * 25))),
    ("a long close", modal(close=plain("x" * 25))),
    ("a title with markup", modal(title=mrkdwn("A"))),
    ("too many blocks", modal(*[{"type": "divider"}] * 101)),
    ("long private_metadata", modal(private_metadata="x" * 3001)),
    ("a long callback_id", modal(callback_id="x" * 256)),
    ("an unknown field", modal(channel="C1")),
    ("a home with a title", {"type": "home", "title": plain(), "blocks": [section()]}),
    ("an input without submit", {"type": "modal", "title": plain(), "blocks": [asked()]}),
    ("an input without a block_id", modal({"type": "input", "label": plain(), "element": {}})),
    ("an input with markup for a label", modal(asked(label=mrkdwn("A")))),
    ("a long label", modal(asked(label=plain("x" * 2001)))),
    ("a long hint", modal(asked(hint=plain("x" * 2001)))),
    ("a button as an input", modal(asked(button()))),
    ("no options", modal(asked(select()))),
    ("too many options", modal(asked(select(*(option(str(n)) for n in range(101)))))),
    ("a long option", modal(asked(select(option(words="x" * 76))))),
    ("a long value", modal(asked(select(option("x" * 151))))),
    ("one value twice", modal(asked(select(option(), option())))),
    ("a long description", modal(asked(select(option(description=plain("x" * 76)))))),
    ("a choice that is none", modal(asked(select(option(), initial_option=option("b"))))),
    ("options and groups", modal(asked(select(option(), option_groups=[])))),
    ("eleven radio buttons", modal(asked({
        "type": "radio_buttons", "action_id": "a", "options": [option(str(n)) for n in range(11)]
    }))),
    ("a long placeholder", modal(asked(select(option(), placeholder=plain("x" * 151))))),
    ("a day that is none", modal(asked({
        "type": "datepicker", "action_id": "a", "initial_date": "4 June"
    }))),
    ("too much text", modal(asked({
        "type": "plain_text_input", "action_id": "a", "max_length": 3001
    }))),
    ("more than may be typed", modal(asked({
        "type": "plain_text_input", "action_id": "a", "max_length": 1, "initial_value": "ab"
    }))),
    ("more than a view holds", modal(*(
        section(plain("漢" * 3000), block_id=f"{n}") for n in range(30)
    ))),
]  # fmt: skip

POST: Json = {"channel": "D1", "text": "Hi", "unfurl_links": False, "unfurl_media": False}
BAD_POSTS = [
    ("no text", {**POST, "text": " "}),
    ("a long text", {**POST, "text": "x" * 4001}),
    ("a mention in the text", {**POST, "text": "<!channel>"}),
    ("a bare & in the text", {**POST, "text": "A & B"}),
    ("links that unfurl", {"channel": "D1", "text": "Hi", "unfurl_media": False}),
    ("media that unfurl", {**POST, "unfurl_media": True}),
    ("words that become mentions", {**POST, "link_names": True}),
    ("words that become links", {**POST, "parse": "full"}),
    ("attachments", {**POST, "attachments": []}),
    ("empty blocks", {**POST, "blocks": []}),
]


def test_good_blocks_pass_on_every_surface() -> None:
    assert [judge_blocks(GOOD, surface) for surface in ("message", "modal", "home")] == [[]] * 3


def test_a_good_post_passes_and_so_does_a_reply() -> None:
    assert judge_message({**POST, "blocks": GOOD}) == []
    assert judge_message({"text": "A &amp; B", "response_type": "ephemeral"}) == []
    assert judge_message({"channel": "D1", "ts": "1.2", "text": "Changed"}) == []


def test_good_views_pass() -> None:
    assert judge_view(modal(asked(), asked(select(option()), block_id="via"))) == []
    assert judge_view({"type": "home", "blocks": GOOD}) == []


@pytest.mark.parametrize("blocks", [pytest.param(b, id=name) for name, b in BAD_BLOCKS])
def test_the_judge_objects_to_blocks_with(blocks: list[Json]) -> None:
    assert judge_blocks(blocks, "message")


@pytest.mark.parametrize("view", [pytest.param(v, id=name) for name, v in BAD_VIEWS])
def test_the_judge_objects_to_a_view_with(view: Json) -> None:
    assert judge_view(view)


@pytest.mark.parametrize("post", [pytest.param(p, id=name) for name, p in BAD_POSTS])
def test_the_judge_objects_to_a_post_with(post: Json) -> None:
    assert judge_message(post)


def test_errors_belong_to_an_input_and_say_something() -> None:
    view = modal(asked())
    assert judge_errors({"role": "Which role?"}, view) == []
    assert judge_errors({"company": "Which?"}, view)
    assert judge_errors({"role": ""}, view)
    assert judge_errors({}, view)
