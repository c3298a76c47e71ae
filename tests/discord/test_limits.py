"""Messages: what Discord takes passes, up to the last character, and one more is named."""

from collections.abc import Callable
from copy import deepcopy

import pytest

from tests.discord.limits import EPHEMERAL, SILENT, SUPPRESS_EMBEDS, V2, message_problems
from tests.discord.shapes import NOBODY, Json, button, link, options, row, select, text

Spoil = Callable[[Json], object]


def message() -> Json:
    """Everything that a message may hold, each as large as it may be."""
    return {
        "flags": V2 | SILENT | SUPPRESS_EMBEDS,
        "allowed_mentions": deepcopy(NOBODY),
        "nonce": "n" * 25,
        "enforce_nonce": True,
        "components": [
            {
                "type": 17,
                "components": [
                    text("x" * 3000),
                    {
                        "type": 9,
                        "components": [text("a"), text("b"), text("c")],
                        "accessory": button("1:" + "s" * 98, "L" * 80),
                    },
                    {"type": 14, "divider": True, "spacing": 1},
                    row(
                        *(button(f"1:job {n}") for n in range(4)),
                        link("https://e.c/".ljust(512, "p")),
                    ),
                    row(select(options=options(25), placeholder="p" * 150, min_values=0)),
                ],
            },
            {
                "type": 12,
                "items": [
                    {"media": {"url": "attachment://week.png"}, "description": "d" * 1024}
                    for _ in range(10)
                ],
            },
            {"type": 13, "file": {"url": "attachment://letter.txt"}},
        ],
        "attachments": [
            {"id": 0, "filename": "week.png"},
            {"id": 1, "filename": "letter.txt"},
        ],
    }


def parts(payload: Json) -> list[Json]:
    """What is inside of the container: text, section, separator, buttons, select."""
    inside: list[Json] = payload["components"][0]["components"]
    return inside


def accessory(payload: Json) -> Json:
    beside: Json = parts(payload)[1]["accessory"]
    return beside


def first_button(payload: Json) -> Json:
    pressed: Json = parts(payload)[3]["components"][0]
    return pressed


def picked(payload: Json) -> Json:
    pick: Json = parts(payload)[4]["components"][0]
    return pick


def test_a_message_as_large_as_it_may_be_is_fine() -> None:
    assert message_problems(message(), to_channel=True) == []


BAD_MESSAGES: dict[str, tuple[Spoil, str]] = {
    "41 components": (
        lambda m: m["components"].extend({"type": 14} for _ in range(41 - 18)), "over 40"
    ),
    "4001 characters": (lambda m: parts(m)[1]["components"].append(text("x" * 998)), "over 4000"),
    "an empty text": (lambda m: parts(m)[0].update(content=""), "is blank"),
    "a blank text": (lambda m: parts(m)[0].update(content=" \n"), "is blank"),
    "no text": (lambda m: parts(m)[0].pop("content"), "is blank"),
    "half a letter": (lambda m: parts(m)[0].update(content="\ud83d"), "half a letter"),
    "content": (lambda m: m.update(content="x"), "content: cannot stand"),
    "embeds": (lambda m: m.update(embeds=[{"title": "x"}]), "embeds: cannot stand"),
    "a poll": (lambda m: m.update(poll={"question": 1}), "poll: cannot"),
    "no components": (lambda m: m.update(components=[], attachments=[]), "nothing is said"),
    "an odd flag": (lambda m: m.update(flags=V2 | 1 << 13), "no use for"),
    "ephemeral in a channel": (lambda m: m.update(flags=V2 | EPHEMERAL), "are ephemeral"),
    "no mention of mentions": (lambda m: m.pop("allowed_mentions"), "parse is not"),
    "everyone": (lambda m: m.update(allowed_mentions={"parse": ["everyone"]}), "parse is not"),
    "a user": (lambda m: m["allowed_mentions"].update(users=["1"]), "users: pings"),
    "a reply": (lambda m: m["allowed_mentions"].update(replied_user=True), "pings somebody"),
    "a long nonce": (lambda m: m.update(nonce="n" * 26), "1 to 25"),
    "no nonce": (lambda m: m.pop("nonce"), "1 to 25"),
    "a nonce that is not enforced": (lambda m: m.pop("enforce_nonce"), "is not true"),
    "a custom_id of 101": (lambda m: accessory(m).update(custom_id="x" * 101), "over 100"),
    "no custom_id": (lambda m: accessory(m).pop("custom_id"), "custom_id: is blank"),
    "a custom_id twice": (
        lambda m: accessory(m).update(custom_id=first_button(m)["custom_id"]), "occurs 2 times"
    ),
    "an id twice": (lambda m: [part.update(id=7) for part in parts(m)[:2]], "same id"),
    "a label of 81": (lambda m: accessory(m).update(label="x" * 81), "over 80"),
    "no label": (lambda m: accessory(m).pop("label"), "label: is blank"),
    "no style": (lambda m: accessory(m).pop("style"), "of no style"),
    "a button to sell": (lambda m: accessory(m).update(style=6), "of no style"),
    "a button with an address": (lambda m: accessory(m).update(url="https://e.com"), "has a url"),
    "a link with a custom_id": (
        lambda m: parts(m)[3]["components"][4].update(custom_id="x"), "a link has"
    ),
    "a link to nowhere": (lambda m: parts(m)[3]["components"][4].pop("url"), "no address"),
    "a link of 513": (
        lambda m: parts(m)[3]["components"][4].update(url="https://e.com/" + "p" * 499), "over 512"
    ),
    "a link to a file": (
        lambda m: parts(m)[3]["components"][4].update(url="file:///etc"), "who knows where"
    ),
    "six buttons": (lambda m: parts(m)[3]["components"].append(button("6")), "1 to 5 buttons"),
    "an empty row": (lambda m: parts(m)[3].update(components=[]), "1 to 5 buttons"),
    "a select beside a button": (
        lambda m: parts(m)[4]["components"].append(button("b")), "neither one select"
    ),
    "two selects": (
        lambda m: parts(m)[4]["components"].append(select(custom_id="2")), "neither one select"
    ),
    "a text in a row": (lambda m: parts(m)[3].update(components=[text()]), "neither one select"),
    "a section of four": (lambda m: parts(m)[1]["components"].append(text("d")), "4 texts"),
    "a section of none": (lambda m: parts(m)[1].update(components=[]), "0 texts"),
    "a section with nothing beside": (lambda m: parts(m)[1].pop("accessory"), "neither a button"),
    "a section with a select beside": (
        lambda m: parts(m)[1].update(accessory=select(custom_id="2")), "neither a button"
    ),
    "a row in a section": (lambda m: parts(m)[1].update(components=[row()]), "no 1 here"),
    "26 options": (lambda m: picked(m)["options"].append({"label": "l", "value": "v"}), "1 to 25"),
    "no options": (lambda m: picked(m).update(options=[]), "1 to 25"),
    "an option of 101": (lambda m: picked(m)["options"][0].update(label="x" * 101), "over 100"),
    "a value of 101": (lambda m: picked(m)["options"][0].update(value="x" * 101), "over 100"),
    "a description of 101": (
        lambda m: picked(m)["options"][0].update(description="x" * 101), "over 100"
    ),
    "a value twice": (lambda m: picked(m)["options"][0].update(value="value 1"), "same value"),
    "a placeholder of 151": (lambda m: picked(m).update(placeholder="x" * 151), "over 150"),
    "26 of 25": (lambda m: picked(m).update(max_values=26), "max_values is no such"),
    "at least 26 of 25": (lambda m: picked(m).update(min_values=26), "min_values is no such"),
    "none of 25": (lambda m: picked(m).update(max_values=0), "max_values is no such"),
    "more than may be": (
        lambda m: picked(m).update(min_values=3, max_values=2), "over max_values"
    ),
    "two defaults of one": (
        lambda m: [option.update(default=True) for option in picked(m)["options"][:2]], "2 defaults"
    ),
    "a container in a container": (
        lambda m: parts(m).append({"type": 17, "components": [text("x")]}), "no 17 here"
    ),
    "an empty container": (
        lambda m: m["components"].append({"type": 17, "components": []}), "is empty"
    ),
    "a label": (lambda m: m["components"].append({"type": 18}), "no 18 here"),
    "a bare button": (lambda m: m["components"].append(button("bare")), "no 2 here"),
    "eleven pictures": (
        lambda m: m["components"][1]["items"].append(m["components"][1]["items"][0]), "1 to 10"
    ),
    "no pictures": (lambda m: m["components"][1].update(items=[]), "1 to 10"),
    "a picture that says nothing": (
        lambda m: m["components"][1]["items"][0].pop("description"), "description: is blank"
    ),
    "a picture without a place": (
        lambda m: m["components"][1]["items"][0].update(media={"url": "week.png"}), "who knows"
    ),
    "a file from elsewhere": (
        lambda m: m["components"][2].update(file={"url": "https://e.com/x.txt"}), "no attachment"
    ),
    "a picture that was not sent": (lambda m: m["attachments"].pop(0), "lack one"),
    "a file that is not shown": (lambda m: m["components"].pop(2), "no component shows"),
    "eleven files": (
        lambda m: m["attachments"].extend({"filename": f"{n}.txt"} for n in range(9)), "over 10"
    ),
    "a picture beside that says nothing": (
        lambda m: parts(m)[1].update(
            accessory={"type": 11, "media": {"url": "attachment://week.png"}}
        ), "accessory.description: is blank"
    ),
    "a select without an id": (lambda m: picked(m).pop("custom_id"), "custom_id: is blank"),
    "a name twice": (lambda m: m["attachments"][1].update(filename="week.png"), "same name"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_MESSAGES)
def test_a_message_over_one_limit_is_told_which(name: str) -> None:
    spoil, told = BAD_MESSAGES[name]
    payload = message()
    spoil(payload)
    assert any(told in problem for problem in message_problems(payload, to_channel=True))


def test_forty_components_and_four_thousand_characters_are_not_too_many() -> None:
    payload = message()
    parts(payload)[1]["components"][0]["content"] = "x" * 998
    payload["components"].extend({"type": 14} for _ in range(40 - 18))
    assert message_problems(payload, to_channel=True) == []
    payload["components"].append({"type": 14})
    parts(payload)[0]["content"] += "x"
    assert message_problems(payload, to_channel=True) == [
        "components: are 41, over 40",
        "components: show 4001 characters, over 4000",
    ]


def test_a_nonce_is_only_for_a_new_message_in_a_channel() -> None:
    payload = message()
    assert message_problems(payload) == ["nonce: is only for a new message in a channel"]
    del payload["nonce"]
    assert message_problems(payload) == []


def test_a_plain_sentence_is_a_message_and_an_empty_one_is_not() -> None:
    said: Json = {"content": "x" * 2000, "allowed_mentions": NOBODY}
    assert message_problems(said) == []
    assert message_problems({**said, "components": [row(button())]}) == []
    rows = [row(button(f"1:{n}")) for n in range(6)]
    assert message_problems({**said, "components": rows}) == ["components: are over 5 rows"]
    assert message_problems({**said, "content": "x" * 2001}) == ["content: is over 2000 characters"]
    assert message_problems({"allowed_mentions": NOBODY}) == ["content: is blank"]


def test_components_of_v2_need_their_flag() -> None:
    payload = {"content": "x", "components": [text()], "allowed_mentions": NOBODY}
    assert message_problems(payload) == ["flags: do not say that the components are of V2"]


def test_no_problem_quotes_what_somebody_typed() -> None:
    payload = message()
    parts(payload)[0]["content"] = "canary" * 1000
    first_button(payload).update(custom_id="canary" * 20, label="canary" * 20, url="canary")
    accessory(payload)["custom_id"] = "canary" * 20
    problems = message_problems(payload)
    assert len(problems) > 4
    assert "canary" not in " ".join(problems)
