"""A member's ties at the desk: noted, never guessed, one's own."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.commands import registry
from bot.desk import Desk
from bot.letters.draft import Letters
from bot.message import Call, Form, Message, plain
from bot.model import Who
from bot.phrase import read_line
from storage.store import Store

UTC_ZONE = ZoneInfo("UTC")

NOW = datetime(2026, 6, 1, 14, 0, tzinfo=UTC)
DANA = Who("slack", "U1", "T1", name="Dana", zone="America/New_York")
LEE = replace(DANA, user="U2", name="Lee")


class Notes:
    """Somebody at a desk with the commands for ties."""

    def __init__(self, store: Store) -> None:
        self.desk, self.now = Desk(store, registry, Letters()), NOW
        self.last: Message | None = None

    async def say(self, line: str, who: Who = DANA) -> str:
        """Type a line; the answer as text, or the form's problems."""
        call = read_line(registry, line, self.now, UTC_ZONE)
        return self.seen(await self.desk.handle(call, who, self.now))

    async def press(self, label: str, who: Who = DANA) -> str:
        """Press a button of the last answer."""
        assert self.last is not None
        call = next(button.call for button in self.last.buttons if button.label == label)
        return self.seen(await self.desk.handle(Call.decode(call.encode()), who, self.now))

    def seen(self, answer: Message | Form) -> str:
        if isinstance(answer, Form):
            return "\n".join(answer.problems.values())
        self.last = answer
        return plain(answer)


@pytest.fixture
def notes(store: Store) -> Notes:
    return Notes(store)


async def test_a_tie_is_noted_with_how_and_until_when(notes: Notes) -> None:
    said = await notes.say("club tie Acme GmbH as worked until 2026-12-24")
    assert "Noted: Acme GmbH" in said
    assert "you worked there, until Thursday, December 24" in said
    assert "Acme GmbH: you worked there" in await notes.say("club ties")


async def test_another_spelling_is_the_same_tie(notes: Notes) -> None:
    await notes.say("club tie Acme GmbH")
    await notes.say("club tie ACME, Inc. as works")
    said = await notes.say("club ties")
    assert said.count("ACME, Inc.: you work there") == 1
    assert "GmbH" not in said


async def test_what_is_merely_near_is_asked(notes: Notes) -> None:
    await notes.say("club tie Acme")
    assert "Is Acme Robotics the same?" in await notes.say("club tie Acme Robotics")
    assert "Noted: Acme Robotics" in await notes.press("Another one")
    said = await notes.say("club ties")
    assert "- Acme: " in said
    assert "- Acme Robotics: " in said


async def test_ties_are_their_owners_alone(notes: Notes) -> None:
    await notes.say("club tie Acme")
    assert "You have noted no ties" in await notes.say("club ties", LEE)
    assert "I cannot find that among yours" in await notes.say("club untie acme", LEE)
    # Near to somebody else's is near to nothing.
    assert "Noted: Acme Robotics" in await notes.say("club tie Acme Robotics", LEE)


async def test_a_tie_is_removed_and_taken_back(notes: Notes) -> None:
    await notes.say("club tie Acme")
    assert "Removed: Acme" in await notes.say("club untie acme inc")
    assert "You have noted no ties" in await notes.say("club ties")
    await notes.say("undo")
    assert "- Acme: " in await notes.say("club ties")


async def test_a_muted_employer_keeps_its_tie(notes: Notes) -> None:
    await notes.say("club tie Acme")
    await notes.say("club mute acme")
    assert "you are not asked about it" in await notes.say("club ties")
    await notes.say("club mute ACME")
    await notes.press("Ask me again")
    assert "not asked" not in await notes.say("club ties")


async def test_a_tie_that_is_over_says_so_and_none_begins_as_such(notes: Notes) -> None:
    assert "That day is over" in await notes.say("club tie Acme until 2026-05-01")
    await notes.say("club tie Acme until 2026-06-02")
    notes.now += timedelta(days=3)
    assert "over since" in await notes.say("club ties")


async def test_what_has_no_name_is_asked_for_one(notes: Notes) -> None:
    assert "Which employer?" in await notes.say("club tie ???")


async def test_whoever_muted_an_employer_finds_the_way_back(notes: Notes) -> None:
    await notes.say("club mute Initech")
    assert "not asked about" in await notes.say("club ties")
    assert "asked about" in await notes.press("Ask me again")
    assert "not asked about" not in await notes.say("club ties")


@pytest.mark.parametrize(
    ("typed", "said"),
    [("as friend", "know somebody"), ("as former", "worked there"), ("as employee", "work there")],
)
async def test_how_one_is_tied_is_understood_in_ones_own_words(
    notes: Notes, typed: str, said: str
) -> None:
    assert f"that you {said}" in await notes.say(f"club tie Acme {typed}")
    assert "Acme: " in await notes.say("club ties")
