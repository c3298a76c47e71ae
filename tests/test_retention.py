"""Records that nobody uses: warned about once, and erased thirty days later, not sooner."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.delivery import Gone, Later
from bot.message import Message, plain
from bot.model import NudgeKind, NudgeState
from bot.retention import WARNED_FOR
from storage.models import ABOUT_PEOPLE
from storage.store import Store
from tests.samples import everything, nudge
from tests.silence import BEGIN, DAY, OTHER, SILENT, WARNED, WHO, World


@pytest.fixture
async def world(store: Store) -> World:
    """Somebody who has used the bot once, and nothing of whom is planned."""
    made = World(store)
    await made.do("settings", BEGIN, name="Sam Rivera")
    return made


@pytest.fixture
async def warned(world: World) -> World:
    """The same after eleven months, when the warning has just arrived."""
    assert await world.tick(SILENT) == []
    assert len(await world.tick(WARNED)) == 1
    return world


async def test_the_warning_comes_once_on_a_working_morning_and_names_the_day(world: World) -> None:
    assert await world.tick(SILENT - timedelta(hours=4)) == []
    assert await world.warnings() == []
    assert await world.tick(SILENT) == []
    (planned,) = await world.warnings()
    assert planned.due_at == WARNED
    (message,) = await world.tick(WARNED)
    assert plain(message) == (
        "Shall I keep your records?\n"
        "You have not used me for 11 months. On January 13, 2027 I will erase everything about "
        "you, unless you want it kept.\nKeep it / Export first / Erase now"
    )
    assert await world.days(WARNED + DAY, 29) == []
    assert await world.is_there()


async def test_thirty_days_after_the_warning_everything_is_erased(warned: World) -> None:
    await warned.look(WARNED + WARNED_FOR - timedelta(seconds=1))
    assert await warned.is_there()
    await warned.look(WARNED + WARNED_FOR)
    assert not await warned.is_there()
    assert [(a.platform, a.workspace, a.user) for a in warned.erased] == [("slack", "T1", "U1")]
    left = await warned.store.on_connection(
        lambda c: [t.name for t in ABOUT_PEOPLE if c.execute(select(t)).first()]
    )
    assert left == []


async def test_erasing_one_leaves_all_others_as_they_are(world: World) -> None:
    await world.store.transact(lambda unit: everything(unit, OTHER))
    before = await world.run(lambda unit, them: unit.export(them.id), OTHER)
    # Theirs is planned and nobody sends it here, so nothing comes of their silence.
    await world.look(SILENT)
    await world.tick(WARNED)
    await world.look(WARNED + WARNED_FOR)
    assert not await world.is_there()
    after = await world.run(lambda unit, them: unit.export(them.id), OTHER)
    assert isinstance(before, dict)
    assert isinstance(after, dict)
    # What may be taken back is emptied after a while, and nudges end, whoever is erased.
    fleeting = ("changes", "nudges", "stash")
    assert [rows for name, rows in after.items() if name not in fleeting] == [
        rows for name, rows in before.items() if name not in fleeting
    ]


async def test_a_file_holds_no_word_of_whoever_was_erased(
    warned: World, kind: str, store_url: str
) -> None:
    if kind != "sqlite":
        return
    path = store_url.removeprefix("sqlite:///")
    await warned.look(WARNED + WARNED_FOR)
    for end in ("", "-wal"):
        with open(path + end, "rb") as file:  # noqa: ASYNC230 - nothing else runs in this test
            assert b"America/New_York" not in file.read()


@pytest.mark.parametrize("label", ["Keep it", "Export first", "Erase now"])
async def test_any_button_of_the_warning_keeps_everything_until_they_say_more(
    warned: World, label: str
) -> None:
    _, message = warned.post.arrived[-1]
    call = next(button.call for button in message.buttons if button.label == label)
    answer = await warned.desk.handle(call, WHO, WARNED + DAY)
    assert isinstance(answer, Message)
    assert (
        answer.title
        == {
            "Keep it": "Everything is kept",
            "Export first": "Everything I hold about you",
            "Erase now": "Erase everything about you?",
        }[label]
    )
    assert await warned.days(WARNED + 2 * DAY, 60) == []
    assert await warned.is_there()


async def test_erasing_now_takes_two_taps(warned: World) -> None:
    _, message = warned.post.arrived[-1]
    call = next(button.call for button in message.buttons if button.label == "Erase now")
    answer = await warned.desk.handle(call, WHO, WARNED + DAY)
    assert isinstance(answer, Message)
    await warned.desk.handle(answer.buttons[0].call, WHO, WARNED + DAY)
    assert not await warned.is_there()


async def test_the_message_is_redrawn_without_its_question_once_it_is_answered(
    warned: World,
) -> None:
    _, message = warned.post.arrived[-1]
    answer = await warned.desk.handle(message.buttons[0].call, WHO, WARNED + DAY)
    assert isinstance(answer, Message)
    drawn = await warned.desk.redraw("ref", answer, WHO, WARNED + DAY)
    assert drawn is not None
    assert "erase" not in plain(drawn).casefold()
    assert plain(drawn).count("It is all as you left it") == 1


async def test_whoever_comes_back_before_the_morning_is_not_warned(world: World) -> None:
    await world.tick(SILENT)
    await world.do("help", SILENT + timedelta(hours=1))
    assert await world.days(WARNED, 3) == []
    (dropped,) = await world.warnings()
    assert (dropped.state, dropped.why) == (NudgeState.DROPPED, "its owner came back")


async def test_whoever_comes_back_is_warned_again_after_another_silence(warned: World) -> None:
    back = WARNED + DAY
    await warned.do("help", back)
    again = back + timedelta(days=336)
    assert await warned.tick(again) == []
    (message,) = await warned.days(again + DAY, 4)
    assert "You have not used me for 11 months" in plain(message)
    assert len(await warned.warnings()) == 2


async def test_the_discreet_are_told_only_until_when_something_can_be_opened(world: World) -> None:
    await world.do("settings", BEGIN, discreet="yes")
    await world.tick(SILENT)
    (message,) = await world.tick(WARNED)
    assert plain(message) == (
        "A note for you\nOne private item is ready. Please open it by January 12; after that it "
        "is gone for good.\nOpen"
    )
    opened = await world.desk.handle(message.buttons[0].call, WHO, WARNED + DAY)
    assert isinstance(opened, Message)
    assert opened.title == "Everything is kept"


async def test_whoever_cannot_be_told_is_erased_thirty_days_after_that_was_tried(
    world: World,
) -> None:
    world.post.orders.append(Gone("they blocked the bot"))
    await world.tick(SILENT)
    await world.tick(WARNED)
    (undelivered,) = await world.warnings()
    assert (undelivered.state, undelivered.why) == (NudgeState.UNDELIVERED, "they blocked the bot")
    await world.look(WARNED + WARNED_FOR - timedelta(hours=1))
    assert await world.is_there()
    await world.look(WARNED + WARNED_FOR + DAY)
    assert not await world.is_there()


async def test_whoever_could_not_be_told_and_comes_back_hears_that_all_is_kept(
    world: World,
) -> None:
    world.post.orders.append(Gone("they blocked the bot"))
    await world.tick(SILENT)
    await world.tick(WARNED)
    answer = await world.do("help", WARNED + DAY)
    assert "could not reach you" not in plain(answer)
    assert await world.days(WARNED + 2 * DAY, 60) == []
    assert await world.is_there()


async def test_thirty_days_count_from_when_the_warning_got_through(world: World) -> None:
    late = WARNED + timedelta(hours=5)
    world.post.orders.append(Later(late, "busy"))
    await world.tick(SILENT)
    await world.tick(WARNED)
    (message,) = await world.tick(late + 3 * DAY)
    assert "On January 16, 2027" in plain(message)
    await world.look(WARNED + WARNED_FOR + 2 * DAY)
    assert await world.is_there()
    await world.look(late + WARNED_FOR + 4 * DAY)
    assert not await world.is_there()


@pytest.mark.parametrize("until", ["2027-06-01", ""])
async def test_whoever_rests_is_neither_warned_nor_erased(world: World, until: str) -> None:
    await world.do("pause", BEGIN, **({"until": until} if until else {}))
    assert await world.days(SILENT, 90) == []
    assert await world.warnings() == []
    if until:
        (message,) = await world.days(datetime(2027, 6, 1, 15, tzinfo=UTC), 3)
        assert "You have not used me for 16 months" in plain(message)


async def test_whoever_has_something_planned_is_neither_warned_nor_erased(world: World) -> None:
    decided = BEGIN + timedelta(days=500)
    await world.run(
        lambda unit, me: unit.nudges.add([nudge(me, "followup:1", decided, application=1)])
    )
    assert await world.days(SILENT, 90) == []
    assert await world.warnings() == []


async def test_a_planned_review_keeps_nobodys_records(warned: World) -> None:
    far = WARNED + timedelta(days=400)
    review = {"kind": NudgeKind.REVIEW}
    await warned.run(lambda unit, me: unit.nudges.add([nudge(me, "review:2028-W1", far, **review)]))
    await warned.look(WARNED + WARNED_FOR)
    assert not await warned.is_there()


async def test_whoever_is_silent_gets_no_review_but_the_warning(world: World) -> None:
    await world.do("applied", BEGIN, company="Acme", role="SRE")
    before = BEGIN + timedelta(days=330)
    assert await world.days(BEGIN + DAY, 90)
    assert await world.days(before, 5) == []
    (message,) = await world.days(SILENT, 5)
    assert message.title == "Shall I keep your records?"


async def test_an_older_worker_drops_the_warning_as_a_review_that_nobody_wants(
    world: World,
) -> None:
    await world.tick(SILENT)
    (planned,) = await world.warnings()
    # As a release that knows of no warning would judge it: by its kind, which it does know.
    assert planned.kind is NudgeKind.REVIEW
    dropped = replace(planned, state=NudgeState.DROPPED, why="nothing to review")
    await world.run(lambda unit, _: unit.nudges.replan(dropped))
    await world.look(WARNED)
    (again,) = await world.warnings()
    assert (again.state, again.key) == (NudgeState.PLANNED, planned.key)
    assert again.due_at == WARNED + DAY
