"""Warm leads, when something changes between the question, the yes and the introduction."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.clubs.records import Club
from bot.leads import pass_on
from bot.model import NudgeKind, NudgeState, Who
from bot.ports import Unit
from storage.store import Store
from tests.lead_room import DANA, DAY, KIM, LEE, NOW, SAM, WEEK, Circle, three

HOUR = timedelta(hours=1)
YES = "Yes, bring us together"
MUTE = "Do not ask me about Acme"
# Half past nine in the evening in New York: quiet.
EVENING = datetime(2026, 6, 2, 1, 30, tzinfo=UTC)
WAITS = "If somebody can help, I bring you two together."


@pytest.fixture
async def circle(sqlite_file: Path, tmp_path: Path) -> AsyncIterator[Circle]:
    async with Store.open(f"sqlite:///{shutil.copy(sqlite_file, tmp_path / 'jobs.db')}") as store:
        yield Circle(store)


async def said_yes(circle: Circle, *others: Who, at: datetime = EVENING) -> None:
    """Dana asked, and Lee, the first who could be, said yes, by default in the evening."""
    await circle.gather(LEE, KIM, SAM, ties=(LEE, *others))
    await circle.share(DANA)
    await circle.until(at)
    await circle.reads(LEE, NudgeKind.ASKED)
    await circle.press(LEE, YES)


async def takes_back(circle: Circle, how: str) -> str:
    """Lee, who read the question last, takes no questions about it any more."""
    lines = {
        "helps": ("club me", {"helps": "no"}),
        "untie": ("club untie", {"employer": "acme"}),
        "mute": ("club mute", {"employer": "acme"}),
        "leave": ("club leave", {"sure": "yes"}),
    }
    if how in lines:
        line, answers = lines[how]
        return await circle.say(LEE, line, **answers)
    await circle.reads(LEE, NudgeKind.ASKED)
    return await circle.press(LEE, how)


async def asks(circle: Circle, who: Who) -> bool:
    """Whether somebody was put a question."""
    return await circle.reads(who, NudgeKind.ASKED) != ""


@pytest.mark.parametrize("how", ["No", "Not now", MUTE, "helps", "untie", "mute", "leave"])
async def test_a_yes_can_be_taken_back_until_the_two_are_brought_together(
    circle: Circle, how: str
) -> None:
    await said_yes(circle, KIM)
    assert not await asks(circle, KIM)
    said = await takes_back(circle, how)
    assert "You said yes" not in said
    assert WAITS in await circle.say(DANA, "club ask", employer="Acme")
    await circle.passes(DAY)
    assert circle.post.together == []
    # The question goes on, and another yes counts.
    assert await asks(circle, KIM)
    await circle.press(KIM, YES)
    await circle.passes(DAY)
    ((users, _),) = circle.post.together
    assert users == ("U1", "U3")


async def test_a_yes_taken_back_with_nobody_else_ends_as_any_other_does(circle: Circle) -> None:
    await said_yes(circle)
    await takes_back(circle, "No")
    await circle.until(NOW + WEEK + DAY)
    assert circle.post.together == []
    assert "Nobody could help" in await circle.reads(DANA, NudgeKind.UNANSWERED)
    assert await circle.reads(DANA, NudgeKind.GRATITUDE) == ""


@pytest.mark.parametrize("how", ["No", "Not now", MUTE])
async def test_once_brought_together_a_no_is_told_so(circle: Circle, how: str) -> None:
    await said_yes(circle, KIM, at=NOW + HOUR)
    await circle.passes(HOUR)
    assert len(circle.post.together) == 1
    assert "you two were brought together" in await takes_back(circle, how)
    await circle.passes(DAY)
    assert not await asks(circle, KIM)


async def test_whoever_is_just_being_brought_together_cannot_take_it_back(circle: Circle) -> None:
    await said_yes(circle)
    (meets,) = [n for n in await circle.planned(DANA) if n.kind is NudgeKind.INTRODUCTION]
    held = circle.now + HOUR
    await circle.do(lambda unit: unit.nudges.claim([meets], "another", held))
    assert "you two were brought together" in await takes_back(circle, "No")


async def test_a_yes_shows_to_whoever_asked_once_the_two_were_brought_together(
    circle: Circle,
) -> None:
    await said_yes(circle)
    assert WAITS in await circle.say(DANA, "club ask", employer="Acme")
    assert "I cannot find that" in await circle.say(DANA, "club thanked", question="1")
    await circle.passes(DAY)
    assert "Somebody said yes" in await circle.say(DANA, "club ask", employer="Acme")


@pytest.mark.parametrize("how", ["helps", "untie", "leave"])
async def test_who_takes_no_questions_any_more_passes_theirs_on(circle: Circle, how: str) -> None:
    await circle.gather(LEE, KIM, SAM, ties=(LEE, KIM))
    await circle.share(DANA)
    await takes_back(circle, how)
    await circle.passes(DAY)
    assert not await asks(circle, LEE)
    assert await asks(circle, KIM)


async def test_who_asked_and_leaves_one_club_goes_on_in_the_other(circle: Circle) -> None:
    await circle.gather(LEE, ties=(LEE,))
    await circle.say(LEE, "club me", named="yes")
    elsewhere = replace(DANA, channel="C2")
    await circle.say(elsewhere, "club start", day="friday", hour="9:00")
    for who in (KIM, SAM):
        await circle.say(replace(who, channel="C2"), "club join")
    await circle.say(replace(KIM, channel="C2"), "club me", helps="yes")
    await circle.say(KIM, "club tie", employer="Acme")
    await circle.share(DANA)
    await circle.say(DANA, "club leave", sure="yes")
    await circle.passes(DAY)
    assert await asks(circle, KIM)


async def test_a_tie_that_is_removed_while_it_is_asked_about_can_be_noted_again(
    circle: Circle,
) -> None:
    await circle.gather(LEE, KIM, SAM, ties=(LEE, KIM))
    await circle.share(DANA)
    await takes_back(circle, "untie")
    assert "Undo" not in circle.labels
    assert "Noted: Acme" in await circle.press(LEE, "Note it again")


async def test_who_rests_is_not_asked(circle: Circle) -> None:
    await circle.gather(LEE, KIM, SAM, ties=(LEE, KIM))
    await circle.say(LEE, "job pause")
    await circle.share(DANA)
    await circle.passes(DAY)
    assert await asks(circle, KIM)


@pytest.mark.parametrize("read", [False, True])
async def test_who_rests_before_they_have_read_a_question_passes_it_on(
    circle: Circle, read: bool
) -> None:
    await circle.gather(LEE, KIM, SAM, ties=(LEE, KIM))
    await circle.say(LEE, "job settings", quiet="08:45-09:20")
    await circle.share(DANA)
    if read:
        await circle.passes(HOUR)
    await circle.say(LEE, "job pause")
    lee = await circle.id(LEE)
    now = circle.now
    await circle.do(lambda unit: pass_on(unit, unit.seekers([lee])[lee], now))
    await circle.passes(DAY)
    assert await asks(circle, KIM) is not read


async def test_a_yes_says_how_to_take_it_back(circle: Circle) -> None:
    await said_yes(circle)
    assert "That is fine" in await circle.press(LEE, "Take it back")
    await circle.passes(DAY)
    assert circle.post.together == []


async def test_nobody_is_brought_together_at_night_however_late_it_is_looked_at(
    circle: Circle,
) -> None:
    await three(circle)
    await circle.share(DANA)
    await circle.passes(3 * HOUR)
    await circle.reads(LEE, NudgeKind.ASKED)
    await circle.press(LEE, YES)
    # Nobody looked until three at night in New York.
    circle.now = datetime(2026, 6, 2, 7, 0, tzinfo=UTC)
    await circle.dispatcher.tick(circle.now)
    assert circle.post.together == []
    await circle.until(datetime(2026, 6, 2, 11, 59, tzinfo=UTC))
    assert circle.post.together == []
    await circle.until(datetime(2026, 6, 2, 12, 0, tzinfo=UTC))
    assert len(circle.post.together) == 1


async def test_who_rests_after_their_yes_is_left_alone_until_they_are_back(
    circle: Circle,
) -> None:
    await said_yes(circle)
    circle.now += timedelta(minutes=1)
    await circle.say(LEE, "job pause")
    await circle.passes(2 * DAY)
    assert circle.post.together == []
    await circle.say(LEE, "job resume")
    await circle.passes(DAY)
    assert len(circle.post.together) == 1


async def test_who_rests_beyond_the_week_of_a_question_has_not_helped(circle: Circle) -> None:
    await said_yes(circle)
    circle.now += timedelta(minutes=1)
    await circle.say(LEE, "job pause")
    await circle.until(NOW + WEEK + DAY)
    assert "Nobody could help" in await circle.reads(DANA, NudgeKind.UNANSWERED)
    await circle.say(LEE, "job resume")
    await circle.passes(WEEK)
    assert circle.post.together == []
    assert await circle.reads(DANA, NudgeKind.GRATITUDE) == ""


async def test_who_asked_and_rests_for_months_is_brought_together_with_nobody(
    circle: Circle,
) -> None:
    await said_yes(circle)
    await circle.say(DANA, "job pause", until="2026-08-20")
    await circle.until(datetime(2026, 8, 25, 13, 0, tzinfo=UTC))
    assert circle.post.together == []


async def test_who_says_yes_while_they_rest_means_it(circle: Circle) -> None:
    await three(circle)
    await circle.share(DANA)
    await circle.passes(HOUR)
    await circle.say(LEE, "job pause")
    await circle.reads(LEE, NudgeKind.ASKED)
    await circle.press(LEE, YES)
    await circle.passes(HOUR)
    assert len(circle.post.together) == 1


async def test_a_closed_application_brings_nobody_together(circle: Circle) -> None:
    await three(circle)
    await circle.say(DANA, "job applied", company="Acme", role="SRE")
    await circle.share(DANA)
    await circle.passes(HOUR)
    await circle.say(DANA, "job heard", application="Acme", what="rejected")
    await circle.reads(LEE, NudgeKind.ASKED)
    assert "The question about Acme is over" in await circle.press(LEE, YES)
    await circle.passes(DAY)
    assert circle.post.together == []


async def test_an_application_closed_after_the_yes_brings_nobody_together(circle: Circle) -> None:
    await circle.gather(LEE, KIM, ties=(LEE, KIM))
    await circle.say(DANA, "job applied", company="Acme", role="SRE")
    await circle.share(DANA)
    await circle.until(EVENING)
    await circle.reads(LEE, NudgeKind.ASKED)
    await circle.press(LEE, YES)
    await circle.say(DANA, "job heard", application="Acme", what="rejected")
    await circle.passes(DAY)
    assert circle.post.together == []
    number = await circle.id(DANA)
    ended = await circle.do(lambda unit: unit.nudges.of(number, [NudgeState.DROPPED]))
    whys = [n.why for n in ended if n.kind is NudgeKind.INTRODUCTION]
    assert whys == ["the application is closed"]
    # Nor does it go on to another one.
    await takes_back(circle, "No")
    await circle.passes(DAY)
    assert not await asks(circle, KIM)


async def test_the_clubs_of_all_who_asked_are_held_in_one_order(circle: Circle) -> None:
    await circle.gather(LEE, ties=(LEE,))
    there = {who: replace(who, channel="C2") for who in (LEE, KIM, SAM)}
    await circle.say(replace(there[KIM], organizes=True), "club start", day="friday", hour="9:00")
    for who in (LEE, SAM):
        await circle.say(there[who], "club join")
    await circle.say(KIM, "club join")
    await circle.say(there[LEE], "club me", helps="yes")
    # First one whose club comes last.
    await circle.share(there[SAM])
    await circle.share(DANA)
    lee = await circle.id(LEE)

    def held(unit: Unit) -> list[int]:
        order: list[int] = []
        watched = _Watched(unit, order)
        unit.clubs.mute(lee, "acme", yes=True)
        passed = pass_on(watched, unit.seekers([lee])[lee], circle.now)  # type: ignore[arg-type]  # a Unit but for its locks
        assert passed == 2
        return order

    order = await circle.do(held)
    first = list(dict.fromkeys(order))
    assert len(first) == 2
    assert first == sorted(first)


class _Watched:
    """A unit of work that notes in which order clubs are held."""

    def __init__(self, unit: Unit, order: list[int]) -> None:
        self._unit, self._order = unit, order

    @property
    def clubs(self) -> "_Watched":
        return self

    def lock(self, club: int) -> Club | None:
        self._order.append(club)
        return self._unit.clubs.lock(club)

    def __getattr__(self, name: str) -> object:
        return getattr(self._unit.clubs if hasattr(self._unit.clubs, name) else self._unit, name)
