"""The page for organizers says what the program does: its commands, its buttons, its numbers."""

import re

from bot.cards.meetings import SHOWN
from bot.clubs import asking
from bot.commands import registry
from bot.commands.clubs import MOST, MOST_CLUBS
from bot.gathering import TOO_LATE
from docs.generate import CLUBS

ROOT = CLUBS.parent.parent
# What is written by hand, in one line.
PAGE = " ".join(CLUBS.read_text().partition("<!-- story -->")[0].split())


def test_the_commands_in_the_page_are_there_with_their_options() -> None:
    named = re.findall(r"`/?((?:club|job) [a-z]+)([^`]*)`", PAGE)
    assert len(named) > 20
    for name, rest in named:
        options = {option.name for option in registry.commands[name].asked}
        for option in re.findall(r"(\w+)=", rest):
            assert option in options, f"{name} {option}"


def test_the_buttons_in_the_page_are_there() -> None:
    sources = " ".join(path.read_text() for path in sorted(ROOT.glob("bot/**/*.py")))
    # Discord's permissions are written like buttons.
    ours = PAGE.partition("### In Discord")[0] + PAGE.partition("### In a terminal")[2]
    labels = set(re.findall(r"\*([A-Z][^*]+)\*", ours.replace("**", ""))) - {"Manage Threads"}
    assert len(labels) > 10
    assert {label for label in labels if label not in sources} == set()


def test_the_numbers_in_the_page_are_those_of_the_program() -> None:
    said = [
        (MOST, 40, "40 members"),
        (MOST_CLUBS, 20, "can be in 20 clubs"),
        (SHOWN, 110, "cut at 110 characters"),
        (asking.MOST_ASKED, 2, "more than twice in a week"),
        (asking.ASKED_WITHIN.days, 7, "more than twice in a week"),
        (asking.MOST_OPEN, 5, "five questions open"),
        (asking.AGAIN_AFTER.days, 30, "again after thirty days"),
        (asking.OPEN_FOR.days, 7, "a week later, “Nobody could help"),
        (asking.PASSED_ON_FOR.days, 5, "for five days"),
        (asking.NOT_NOW_FOR.days, 30, "about that employer for a month"),
        (TOO_LATE.total_seconds(), 12 * 3600, "could not be posted for twelve hours"),
    ]
    for number, meant, words in said:
        assert number == meant, words
        assert words in PAGE
