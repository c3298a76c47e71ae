"""What the pictures of Slack and Discord are drawn from. The drawing itself takes a browser, and
Discord's takes simcord's preview.
"""

import re
import struct
import zlib
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.blocks import blocks
from bot.message import Bold, Button, Buttons, Call, Item, Items, Message, Quote, Style, When, text
from docs.pictures import discord_story, story
from docs.pictures.__main__ import HERE, README
from docs.pictures.discord_preview import STATIC, alone
from docs.pictures.discord_story import Sight
from docs.pictures.hunt import REASONS
from docs.pictures.palette import smaller
from docs.pictures.slack_blocks import Reader, shown
from tests.strategies import messages

ZONE = "America/New_York"
READER = Reader(datetime(2026, 6, 1, 13, tzinfo=UTC), ZoneInfo(ZONE))
OPEN = Button("Open", Call("job show", {"application": "1"}))


@given(messages())
def test_every_message_can_be_drawn(message: Message) -> None:
    assert shown(blocks(message), READER)


@given(st.text("<>&\"'/bscript ", min_size=1, max_size=30))
def test_what_somebody_types_is_no_markup_of_a_page(typed: str) -> None:
    message = Message(
        "",
        (text("x", typed), Quote(f"x{typed}"), Items((Item((Bold(f"x{typed}"),), OPEN),))),
    )
    drawn = shown(blocks(message), READER)
    ours = {"<b>", "<p>", "<pre>", "<span class=", "<div class="}
    for piece in drawn.replace("</", "\0").split("<")[1:]:
        assert any(f"<{piece}".startswith(tag) for tag in ours)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2026, 6, 2, 13, 30, tzinfo=UTC), "tomorrow at 9:30 AM"),
        (datetime(2026, 6, 22, 20, tzinfo=UTC), "Monday, June 22nd at 4:00 PM"),
        (datetime(2027, 1, 11, 17, tzinfo=UTC), "Monday, January 11th, 2027 at 12:00 PM"),
    ],
)
def test_a_date_is_drawn_as_its_reader_sees_it(at: datetime, words: str) -> None:
    assert words in shown(blocks(Message("", (text("It comes ", When(at, ZONE)),))), READER)


def test_a_block_that_nobody_can_draw_is_an_error() -> None:
    with pytest.raises(ValueError, match="video"):
        shown([{"type": "video"}], READER)


def test_the_primary_button_stands_out() -> None:
    row = Buttons((Button("Go", Call("job list"), Style.PRIMARY), OPEN))
    drawn = shown(blocks(Message("", (row,))), READER)
    assert '<span class="button primary">Go</span><span class="button ">Open</span>' in drawn


async def test_the_story_shows_what_the_readme_does() -> None:
    pages = await story.pages()
    assert _readme("slack") <= pages.keys()
    assert "my weekly forecast cut stock-outs by 18 %" in pages["nudge"]
    assert "I sent it" in pages["nudge"]
    assert "Sent: Data Analyst at Acme" in pages["nudge-sent"]
    assert "Log a job application" in pages["form"]
    assert "is still ahead. Which day was it?" in pages["form-problem"]
    assert "Applied (3)" in pages["home"]
    assert "Acme" not in pages["discreet"]
    assert "3 things for today" in pages["digest"]


async def test_in_discord_the_story_shows_what_the_readme_does() -> None:
    seen: dict[str, Sight] = {}

    async def look(name: str, sight: Sight) -> None:
        seen[name] = sight

    await discord_story.tell(look)
    assert _readme("discord") <= seen.keys()
    assert "Before the first entry" in seen["discord-notice"].words
    assert "Logged: Data Analyst at Acme" in seen["discord-answer"].words
    form = seen["discord-form"]
    assert form.words.startswith("Data Analyst at Acme: add your reasons\n")
    assert "Why are you a good fit?" in form.words
    # What is typed into the picture's form is what the letter then says.
    assert form.typed.items() >= REASONS.items()
    nudge = seen["discord-nudge"].words
    assert "Follow up: Data Analyst at Acme" in nudge
    assert REASONS["proof"] in nudge
    assert "dana@acme.example" in nudge
    assert "I sent it" in nudge
    assert "Sent: Data Analyst at Acme" in seen["discord-sent"].words


def _readme(platform: str) -> set[str]:
    return {page for name, page in README.items() if name.startswith(f"{platform}-")}


BUILT = """<body><header>SimCord</header><script src="/app.js"></script>
<article id="focused-content" class="message-surface"{}><p>Logged</p></article>
<section>{}</section><aside>Inspector</aside></body>"""
FORM = """<form class="modal-dialog"><textarea class="x" name="fit"></textarea>
<input class="x" name="contact" placeholder="Dana"></form>"""


def test_of_what_the_preview_builds_the_message_is_kept_alone() -> None:
    page = alone(BUILT.format("", ""), {})
    assert "<p>Logged</p>" in page
    assert not any(word in page for word in ("SimCord</header>", "Inspector", "/app.js"))


def test_the_form_stands_before_its_message_and_holds_what_is_typed() -> None:
    page = alone(BUILT.format("", FORM), {"fit": "a < b", "contact": '"Dana" <d@a.example>'})
    assert "Logged" not in page
    assert 'name="fit">a &lt; b</textarea>' in page
    assert 'name="contact" value="&quot;Dana&quot; &lt;d@a.example&gt;" placeholder' in page


def test_words_for_an_input_that_is_not_there_are_an_error() -> None:
    with pytest.raises(ValueError, match="0 inputs 'why'"):
        alone(BUILT.format("", FORM), {"why": "because"})


def test_a_preview_that_shows_nothing_yet_is_an_error() -> None:
    with pytest.raises(ValueError, match="did not wait"):
        alone(BUILT.format(' aria-busy="true" hidden=""', ""), {})


def test_the_pictures_of_discord_have_their_fonts_from_simcords_package() -> None:
    page = alone(BUILT.format("", ""), {})
    assert 'url("/fonts/' not in page
    assert f'url("{(STATIC / "fonts").as_uri()}/noto-sans-mono' in page
    assert "FACE" not in page


def test_the_readme_shows_each_of_its_pictures() -> None:
    readme = (HERE.parents[1] / "README.md").read_text()
    shown = set(re.findall(r"!\[[^\]]{20,}\]\(docs/pictures/([\w-]+)\.png\)", readme))
    assert shown == set(README)


def test_the_readmes_pictures_are_there_and_light() -> None:
    for name in README:
        png = (HERE / f"{name}.png").read_bytes()
        assert png.startswith(b"\x89PNG")
        assert len(png) < 150_000


def _part(name: bytes, data: bytes) -> bytes:
    check = zlib.crc32(name + data)
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", check)


@pytest.mark.parametrize(("kind", "channels"), [(2, 3), (6, 4)])
@pytest.mark.parametrize("way", range(5))
def test_a_picture_with_few_colors_stays_as_it_was(kind: int, channels: int, way: int) -> None:
    pixels = [[(x * 40 % 256, y * 90 % 256, 7, 255)[:channels] for x in range(5)] for y in range(4)]
    raw, above = b"", bytes(5 * channels)
    for line in pixels:
        row = bytes(value for pixel in line for value in pixel)
        raw += bytes([way]) + bytes(
            (row[i] - _added(way, row, above, i, channels)) % 256 for i in range(len(row))
        )
        above = row
    head = struct.pack(">IIBBBBB", 5, 4, 8, kind, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(raw)), (b"IEND", b"")]
    made = smaller(b"\x89PNG\r\n\x1a\n" + b"".join(_part(*part) for part in parts))
    found = {
        made[i + 4 : i + 8]: i for i in range(8, len(made) - 8) if made[i + 4 : i + 8].isalpha()
    }
    colors, data = (
        made[at + 8 : at + 8 + struct.unpack_from(">I", made, at)[0]]
        for at in (found[b"PLTE"], found[b"IDAT"])
    )
    lines = zlib.decompress(data)
    for y, line in enumerate(pixels):
        for x, pixel in enumerate(line):
            place = lines[y * 6 + 1 + x]
            assert tuple(colors[3 * place : 3 * place + 3]) == pixel[:3]


def _added(way: int, row: bytes, above: bytes, i: int, size: int) -> int:
    """What PNG's five ways of writing a line take away from a byte."""
    left = row[i - size] if i >= size else 0
    corner = above[i - size] if i >= size else 0
    guess = left + above[i] - corner
    paeth = min((left, above[i], corner), key=lambda value: abs(guess - value))
    return (0, left, above[i], (left + above[i]) // 2, paeth)[way]
