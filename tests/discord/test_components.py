"""Messages as Discord's components: what is shown, how it looks, and what is cut first."""

from datetime import UTC, datetime
from typing import Any

import discord
import pytest
from discord import ui

from adapters.discord.components import ACCENT, FAILED, file_name, label, layout
from adapters.discord.ids import read_id
from adapters.discord.views import Layout
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
    Message,
    Picture,
    Quote,
    Style,
    When,
    text,
)
from tests.discord.markdown import shown

NOON = When(datetime(2026, 6, 4, 16, tzinfo=UTC), "America/New_York")
OPEN = Button("Open", Call("job show", {"application": "3"}))


def container(message: Message) -> ui.Container[Any]:
    (only,) = layout(message).view.children
    assert isinstance(only, ui.Container)
    return only


def parts(*blocks: Block, title: str = "") -> list[ui.Item[Any]]:
    return container(Message(title, blocks)).children


def kinds(*blocks: Block) -> list[str]:
    return [type(part).__name__ for part in parts(*blocks)]


def said(*blocks: Block, title: str = "") -> str:
    every = layout(Message(title, blocks)).view.walk_children()
    return "\n".join(part.content for part in every if isinstance(part, ui.TextDisplay))


def buttons(count: int) -> tuple[Button, ...]:
    return tuple(Button("Go", Call("job show", {"n": str(n)})) for n in range(count))


def test_a_message_is_one_box_with_a_heading() -> None:
    made = layout(Message("Your jobs", (text("Two are open."),)))
    assert isinstance(made.view, Layout)
    assert made.view.timeout is None
    assert made.files == ()
    assert container(Message("Your jobs")).accent_colour == ACCENT
    assert said(text("Two are open."), title="Your jobs") == "### Your jobs\nTwo are open."


def test_what_failed_has_another_colour() -> None:
    assert container(Message("That did not work", failed=True)).accent_colour == FAILED


def test_a_heading_keeps_the_number_sign_at_its_end() -> None:
    assert said(title="Engineer, C#") == "### Engineer, C#\u200b"


def test_a_message_that_says_nothing_still_shows_something() -> None:
    blank = (text("\x00"), Quote("\n"), Items(()), Facts((("", ()),)), Buttons(()))
    assert said(*blank) == "Nothing to show here."


def test_neighbouring_texts_are_one_component() -> None:
    blocks = (
        text("One."),
        text("Two."),
        Facts((("Stage", ("Applied",)), ("", ()), ("Interview", (NOON,)))),
        Items((Item(("- a\nb",)), Item(("",)), Item((Bold("c"),)))),
        text("Now and then: ", Link("here", "https://a.example/"), "\n", "twice", small=True),
        Quote("Dear Dana,\n\n  *I* write ```now```\n"),
        text("That is it."),
    )
    assert kinds(*blocks) == ["TextDisplay"]
    assert said(*blocks) == (
        "One.\n\nTwo.\n\n"
        "**Stage**: Applied\n**Interview**: <t:1780588800:F>\n"
        "- \\- a b\n- **c**\n"
        "-# Now and then: [here](<https://a.example/>) twice\n"
        "```\nDear Dana,\n\n  *I* write `\u200b`\u200b`now`\u200b`\u200b`\n```\n"
        "That is it."
    )


def test_a_row_with_a_button_is_a_section() -> None:
    items = Items((Item(("One",)), Item((Bold("Two"), ": Applied"), OPEN), Item(("",), OPEN2)))
    plain, section, last = parts(items)
    assert isinstance(plain, ui.TextDisplay)
    assert isinstance(section, ui.Section)
    assert isinstance(section.accessory, ui.Button)
    assert [t.content for t in section.children if isinstance(t, ui.TextDisplay)] == [
        "**Two**: Applied"
    ]
    assert read_id(section.accessory.custom_id or "").call == OPEN.call
    assert isinstance(last, ui.Section)
    assert [t.content for t in last.children if isinstance(t, ui.TextDisplay)] == ["Show Acme"]


OPEN2 = Button("Open", Call("job show", {"application": "4"}), about="Show Acme")


@pytest.mark.parametrize(("count", "rows"), [(5, [5]), (6, [3, 3]), (7, [3, 4]), (11, [3, 4, 4])])
def test_at_most_five_buttons_stand_abreast_in_rows_about_as_long(
    count: int, rows: list[int]
) -> None:
    shown = parts(Buttons(buttons(count)))
    assert [len(row.children) for row in shown if isinstance(row, ui.ActionRow)] == rows


def test_a_button_looks_as_the_core_says() -> None:
    styles = [
        discord.ButtonStyle.primary,
        discord.ButtonStyle.secondary,
        discord.ButtonStyle.danger,
    ]
    for style, expected in zip(Style, styles, strict=True):
        (row,) = parts(Buttons((Button("*Go*\n now", Call("job show"), style),)))
        assert isinstance(row, ui.ActionRow)
        (made,) = row.children
        assert isinstance(made, ui.Button)
        assert (made.style, made.label, made.custom_id) == (expected, "*Go* now", "1:job show")
    assert label(Button(" \u200b", Call("job show"))) == "Open"


def test_a_line_parts_a_heading_from_the_buttons_before_it() -> None:
    blocks = (text(Bold("To Dana")), Buttons((OPEN,)), text(Bold("To Lee"), "\n", "A letter"))
    assert kinds(*blocks) == ["TextDisplay", "ActionRow", "Separator", "TextDisplay"]


def test_pictures_and_files_are_shown_and_go_along() -> None:
    blocks = (
        Picture(b"png", "A funnel of 12"),
        File("my jobs (1).csv", b"a,b"),
        File("my jobs (1).csv", b"c"),
        Picture(b"png2", ""),
    )
    made = layout(Message("", blocks))
    assert [(file.filename, file.fp.read()) for file in made.files] == [
        ("picture.png", b"png"),
        ("my_jobs_1.csv", b"a,b"),
        ("my_jobs_1-2.csv", b"c"),
        ("picture-2.png", b"png2"),
    ]
    gallery, first, second, last = parts(*blocks)
    assert isinstance(gallery, ui.MediaGallery)
    assert isinstance(last, ui.MediaGallery)
    assert gallery.items[0].media.url == "attachment://picture.png"
    assert [g.items[0].description for g in (gallery, last)] == ["A funnel of 12", "A picture"]
    assert isinstance(first, ui.File)
    assert isinstance(second, ui.File)
    assert [f.media.url for f in (first, second)] == [
        "attachment://my_jobs_1.csv",
        "attachment://my_jobs_1-2.csv",
    ]


def test_files_without_an_ending_are_told_apart_too() -> None:
    made = layout(Message("", (File("notes", b"1"), File("notes", b"2"))))
    assert [file.filename for file in made.files] == ["notes", "notes-2"]


def test_more_files_than_a_message_takes_are_named() -> None:
    made = layout(Message("", tuple(File(f"f{n}.txt", b"x") for n in range(12))))
    assert len(made.files) == 10
    assert "-# \\[f10.txt]\n-# \\[f11.txt]" in said(*(File(f"f{n}.txt", b"x") for n in range(12)))


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("followthrough.json", "followthrough.json"),
        ("SPOILER_a.csv", "a.csv"),
        ("_.-a b/ç.csv", "a_b.csv"),
        ("../../etc/passwd", "etc_passwd"),
        ("", "file"),
        ("...", "file"),
        ("ü.png", "png"),
        ("x" * 300 + ".txt", "x" * 80 + ".txt"),
    ],
)
def test_a_file_is_named_as_discord_leaves_names(name: str, kept: str) -> None:
    assert file_name(name) == kept


# What is cut


def test_a_long_list_is_cut_to_what_fits_and_says_where_the_rest_is() -> None:
    rows = [Item((Bold(f"Job {n}"), ": Applied"), b) for n, b in enumerate(buttons(60))]
    made = parts(Items(tuple(rows), "… and more: job list"), Buttons((OPEN,)), title="Jobs")
    assert sum(isinstance(part, ui.Section) for part in made) == 11
    assert "-# … and more: job list" in said(Items(tuple(rows), "… and more: job list"))
    assert isinstance(made[-1], ui.ActionRow)


def test_lines_between_parts_go_before_rows_do() -> None:
    def part(n: int) -> tuple[Block, ...]:
        rows = Items(
            tuple(Item((f"Job {n}",), Button("Go", Call(f"job n{n}x{i}"))) for i in (1, 2))
        )
        return (text(Bold(f"Part {n}")), rows)

    made = parts(*(block for n in range(5) for block in part(n)), Buttons((OPEN,)))
    assert sum(isinstance(part, ui.Section) for part in made) == 10
    assert not any(isinstance(part, ui.Separator) for part in made)


def test_a_letter_is_whole_while_anything_else_can_give_way() -> None:
    letter = "Dear Dana,\n" + "a * b " * 500
    facts = Facts((("Why", ("*" * 900,)),))
    assert letter.strip() in said(text("b" * 3000), facts, Quote(letter), Buttons((OPEN,)))


def test_a_letter_that_is_longer_than_a_message_goes_along_as_a_file() -> None:
    letter = "Dear Dana,\n" + "word " * 1000
    made = layout(Message("Follow up", (text("Ready:"), Quote(letter), Buttons((OPEN,)))))
    assert [(file.filename, file.fp.read().decode()) for file in made.files] == [
        ("letter.txt", letter)
    ]
    assert 3800 < made.view.content_length() <= 4000


def test_text_whose_escapes_are_too_long_is_cut_where_it_shows() -> None:
    words = said(text("*" * 3000), text("_" * 900))
    assert len(words) <= 4000
    assert shown(words).startswith("*" * 900)


def test_a_letter_in_a_script_that_takes_three_bytes_is_within_what_discord_stores() -> None:
    made = said(Quote("漢" * 3900))
    assert 9000 < len(made.encode()) + 12 <= 10_170


def test_thirty_buttons_in_rows_of_their_own_are_all_there() -> None:
    made = container(Message("All", tuple(Buttons((button,)) for button in buttons(30))))
    found = [item for item in made.walk_children() if isinstance(item, ui.Button)]
    assert len(found) == 30


def test_of_too_many_buttons_those_of_lists_go_first() -> None:
    rows = tuple(Item(("Row",), Button("Row", Call(f"job r{n}"))) for n in range(20))
    every: list[Block] = [Items(rows), *(Buttons((button,)) for button in buttons(28))]
    made = container(Message("All", tuple(every)))
    found = [item.label for item in made.walk_children() if isinstance(item, ui.Button)]
    assert found == ["Go"] * 28 + ["Row"] * 2
    assert "… and more." in said(*every)


def test_lists_of_one_row_each_lose_no_button() -> None:
    lists = [Items((Item(("Row",), button),)) for button in buttons(15)]
    made = container(Message("All", tuple(lists)))
    found = [item for item in made.walk_children() if isinstance(item, ui.Button)]
    assert len(found) == 15
