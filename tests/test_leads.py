"""Warm leads, asked: who hears of a tie, what is previewed, who is asked, and how often."""

import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.message import Form, Message
from bot.model import NudgeKind
from bot.ports import Unit
from storage.store import Store
from tests.lead_room import DANA, DAY, KIM, LEE, NOW, SAM, Circle, three

NOBODY = "Nobody in your clubs has a tie to Acme that they take questions about."


@pytest.fixture
async def circle(sqlite_file: Path, tmp_path: Path) -> AsyncIterator[Circle]:
    async with Store.open(f"sqlite:///{shutil.copy(sqlite_file, tmp_path / 'jobs.db')}") as store:
        yield Circle(store)


async def test_who_logs_an_application_hears_that_somebody_has_a_tie(circle: Circle) -> None:
    await three(circle)
    said = await circle.say(DANA, "job applied", company="ACME, Inc.", role="SRE")
    assert "Someone in your club has a tie to ACME, Inc." in said
    assert "Lee" not in said
    assert "What they will see" in await circle.press(DANA, "Ask for a word")
    assert "tie" not in await circle.say(DANA, "job applied", company="Globex", role="SRE")


async def test_who_has_the_tie_hears_nothing_of_themselves(circle: Circle) -> None:
    await three(circle)
    said = await circle.say(LEE, "job applied", company="Acme", role="SRE")
    assert "Someone in your club" not in said
    assert NOBODY in await circle.say(LEE, "club ask", employer="Acme")


async def test_in_a_club_of_two_somebody_is_a_name_and_must_have_agreed_to_it(
    circle: Circle,
) -> None:
    await circle.gather(LEE, ties=(LEE,))
    assert NOBODY in await circle.say(DANA, "club ask", employer="Acme")
    await circle.say(LEE, "club me", named="yes")
    assert "What they will see" in await circle.say(DANA, "club ask", employer="Acme", words="?")


@pytest.mark.parametrize("why", ["off", "muted", "untied", "left"])
async def test_who_takes_no_questions_counts_as_nobody(circle: Circle, why: str) -> None:
    await three(circle)
    await circle.say(SAM, "club join")
    match why:
        case "off":
            await circle.say(LEE, "club me", helps="no")
        case "muted":
            await circle.say(LEE, "club mute", employer="acme")
        case "untied":
            await circle.say(LEE, "club untie", employer="acme")
        case _:
            await circle.say(LEE, "club leave", sure="yes")
    assert NOBODY in await circle.say(DANA, "club ask", employer="Acme")
    assert "tie" not in await circle.say(DANA, "job applied", company="Acme", role="SRE")


async def test_a_question_is_made_of_ones_own_record_and_seen_first(circle: Circle) -> None:
    await three(circle)
    fit = "I ran clusters for six years."
    await circle.say(DANA, "job applied", company="Acme", role="SRE", fit=fit)
    said = await circle.say(DANA, "club ask", employer="acme inc")
    assert "Dana in Thursday club asks for a word at acme inc." in said
    assert f"I have applied for SRE at Acme.\n{fit}" in said
    assert await circle.planned(LEE) == []
    await circle.press(DANA, "Share it")
    assert len(await circle.planned(LEE)) == 1
    await circle.passes(timedelta(hours=1))
    seen = await circle.reads(LEE, NudgeKind.ASKED)
    assert "Dana in Thursday club asks for a word at acme inc." in seen
    assert f"I have applied for SRE at Acme.\n{fit}" in seen


async def test_who_has_applied_nowhere_there_is_asked_for_words(circle: Circle) -> None:
    await three(circle)
    await circle.say(DANA, "club ask", employer="Acme")
    assert isinstance(circle.last, Form)
    assert "words" not in circle.last.call.answers


async def test_a_question_can_be_changed_before_it_is_shared(circle: Circle) -> None:
    await three(circle)
    await circle.say(DANA, "club ask", employer="Acme", words="Please?")
    await circle.press(DANA, "Change")
    assert isinstance(circle.last, Form)
    assert circle.last.call.answers["words"] == "Please?"
    said = await circle.say(DANA, "club ask", **{**circle.last.call.answers, "words": "Hm?"})
    assert "Hm?" in said
    assert "Shorter, please" in await circle.say(
        DANA, "club ask", employer="Acme", words="word " * 300
    )


async def test_without_a_name_a_member_of_the_club_asks(circle: Circle) -> None:
    await three(circle)
    await circle.say(DANA, "club ask", employer="Acme", words="Please?")
    said = await circle.press(DANA, "Without my name")
    assert "A member of Thursday club asks for a word at Acme." in said
    assert "Dana" not in said
    await circle.press(DANA, "Share it")
    await circle.passes(timedelta(hours=1))
    assert "Dana" not in await circle.reads(LEE, NudgeKind.ASKED)


async def test_of_two_clubs_it_is_not_said_in_which_the_question_is_put(circle: Circle) -> None:
    await three(circle)
    other = replace(DANA, channel="C2")
    await circle.say(other, "club start", day="friday", hour="9:00", called="D.")
    said = await circle.say(
        replace(DANA, channel=""), "club ask", employer="Acme", words="Please?"
    )  # fmt: skip
    assert "Dana in Thursday club asks for a word at Acme.\nOr D. in Friday club asks" in said


async def test_near_names_are_looked_for_among_ones_own_alone(circle: Circle) -> None:
    await circle.gather(LEE, KIM, ties=(LEE,), at="Acme Robotics")
    assert NOBODY in await circle.say(DANA, "club ask", employer="Acme", words="?")
    await circle.say(DANA, "job applied", company="Acme Robotics", role="SRE")
    assert "Do you mean Acme Robotics?" in await circle.say(
        DANA, "club ask", employer="Acme", words="?"
    )
    assert "asks for a word at Acme Robotics" in await circle.press(DANA, "It is Acme Robotics")
    await circle.say(DANA, "club ask", employer="Acme", words="?")
    assert NOBODY in await circle.press(DANA, "Another one")


async def test_nobody_is_asked_more_than_twice_a_week(circle: Circle) -> None:
    await three(circle)
    for employer in ("Globex", "Initech"):
        await circle.say(LEE, "club tie", employer=employer)
    for employer in ("Acme", "Globex", "Initech"):
        assert f"Asked for a word at {employer}" in await circle.share(DANA, employer)
    assert len(await circle.planned(LEE)) == 2
    assert len(await circle.planned(DANA)) == 3


async def test_whoever_was_asked_least_lately_is_asked(circle: Circle) -> None:
    await circle.gather(LEE, KIM, SAM, ties=(LEE, KIM))
    asked: list[int] = []
    for who in (DANA, SAM):
        await circle.share(who)
        circle.now += DAY
        asked.append(len(await circle.planned(LEE)))
    assert asked == [1, 1]
    assert len(await circle.planned(KIM)) == 1


async def test_not_now_holds_for_a_month_whoever_asks(circle: Circle) -> None:
    await circle.gather(LEE, KIM, SAM, ties=(LEE,))
    await circle.share(DANA)
    await circle.passes(timedelta(hours=1))
    await circle.reads(LEE, NudgeKind.ASKED)
    await circle.press(LEE, "Not now")
    await circle.passes(8 * DAY)
    assert "Asked for a word" in await circle.share(KIM)
    assert await circle.planned(LEE) == []
    circle.now += 25 * DAY
    await circle.share(SAM)
    assert len(await circle.planned(LEE)) == 1


async def test_nobody_asks_about_an_employer_twice_a_month(circle: Circle) -> None:
    await three(circle)
    await circle.share(DANA)
    circle.now += 10 * DAY
    assert "You can ask again from July 1" in await circle.say(
        DANA, "club ask", employer="acme inc"
    )
    said = await circle.say(DANA, "job applied", company="Acme", role="SRE")
    assert "has a tie" not in said
    circle.now = NOW + 31 * DAY
    assert "What they will see" in await circle.say(DANA, "club ask", employer="Acme")


async def test_there_is_an_end_to_the_questions_of_a_week(circle: Circle) -> None:
    await three(circle)
    employers = [f"{letter}corp" for letter in "ABCDEF"]
    for employer in employers:
        await circle.say(LEE, "club tie", employer=employer, new="yes")
    for employer in employers[:5]:
        await circle.share(DANA, employer, new="yes")
    said = await circle.say(DANA, "club ask", employer=employers[5], words="?")
    assert "You have asked a lot this week" in said


async def test_quiet_hours_that_change_move_what_is_planned(circle: Circle) -> None:
    await three(circle)
    await circle.say(LEE, "job settings", quiet="08:45-09:20")
    await circle.share(DANA)
    (asked,) = await circle.planned(LEE)
    assert asked.due_at == NOW + timedelta(minutes=20)
    await circle.say(LEE, "job settings", quiet="21:00-08:00")
    (asked,) = await circle.planned(LEE)
    assert asked.due_at == NOW


async def test_a_second_cold_letter_is_met_with_the_tie_first(circle: Circle) -> None:
    await three(circle)
    await circle.say(DANA, "job applied", company="Acme", role="SRE")
    said = await circle.say(DANA, "job followup", application="Acme")
    assert "Someone in your club has a tie to Acme." in said
    assert "Ask for a word" in circle.labels
    await circle.say(DANA, "job sent", application="Acme")
    said = await circle.say(DANA, "job followup", application="Acme")
    assert "One follow-up is enough" in said
    assert "Someone in your club has a tie to Acme." in said
    assert circle.labels[:2] == ["Ask for a word", "Ask somebody I know there"]


async def test_a_tie_where_nobody_can_ask_offers_that_with_one_tap(circle: Circle) -> None:
    await circle.gather(LEE, KIM)
    said = await circle.say(LEE, "club tie", employer="Acme")
    assert "For now nobody can ask you in Thursday club" in said
    await circle.press(LEE, "You may ask me")
    assert "nobody can ask you" not in await circle.say(LEE, "club tie", employer="Globex")
    assert "What they will see" in await circle.say(DANA, "club ask", employer="Acme", words="?")


async def test_who_is_in_no_club_asks_nobody(circle: Circle) -> None:
    assert "You are in no club" in await circle.say(DANA, "club ask", employer="Acme")
    assert isinstance(circle.last, Message)
    await three(circle)
    assert "Which employer?" in await circle.say(DANA, "club ask", employer="?!")


async def test_questions_that_nobody_ended_are_forgotten_after_a_year(circle: Circle) -> None:
    await three(circle)
    await circle.share(DANA)
    number = await circle.id(DANA)

    def left_after(days: int) -> Callable[[Unit], int]:
        def work(unit: Unit) -> int:
            unit.prune(NOW + days * DAY)
            return len(unit.clubs.askings.all(number))

        return work

    assert await circle.do(left_after(365)) == 1
    assert await circle.do(left_after(366)) == 0


async def test_of_many_people_those_are_told_apart_who_are_in_a_club(circle: Circle) -> None:
    await three(circle)
    await circle.say(SAM, "job today")
    ids = [await circle.id(who) for who in (DANA, LEE, SAM)]
    assert await circle.do(lambda unit: unit.clubs.in_clubs(ids)) == set(ids[:2])
    assert await circle.do(lambda unit: unit.clubs.in_clubs([])) == set()
