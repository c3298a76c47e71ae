"""Records that nobody uses: warned about once, and erased thirty days later, not sooner."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sqlalchemy import select

from adapters.checks import Pulse
from adapters.settings import BadSetting, Settings
from adapters.working import Working
from bot.commands import registry
from bot.delivery import Gone, Later
from bot.desk import Desk
from bot.dispatch import Dispatcher
from bot.hours import is_quiet
from bot.letters.draft import Letters
from bot.message import Call, Message, plain
from bot.model import Account, Nudge, NudgeKind, NudgeState, Seeker, Who
from bot.ports import Unit
from bot.retention import (
    WARNED_FOR,
    Retention,
    Step,
    is_warning,
    months_before,
    step,
    warning_name,
    whole_months,
)
from storage.models import ABOUT_PEOPLE
from storage.people import MOST, SLICE
from storage.store import Store
from tests.post import Post, still
from tests.records import instants
from tests.samples import everything, nudge

LETTERS = Letters()
WHO = Who("slack", "U1", "T1", zone="America/New_York")
OTHER = replace(WHO, user="U2")
BEGIN = datetime(2026, 1, 12, 15, tzinfo=UTC)
DAY = timedelta(days=1)
MONTHS = 12
# Eleven months of silence, and the first working morning of New York after it.
SILENT = BEGIN + timedelta(days=335, hours=3)
WARNED = datetime(2026, 12, 14, 14, 30, tzinfo=UTC)


class World:
    """People of one platform, a dispatcher, and the look at who is silent."""

    def __init__(self, store: Store, months: int = MONTHS) -> None:
        self.store = store
        self.desk = Desk(store, registry, LETTERS)
        self.post = Post("slack")
        self.erased: list[Account] = []
        self.months = months
        self.retention = Retention(store, months, self.erased.append)

    async def do(self, named: str, at: datetime, who: Who = WHO, **answers: str) -> Message:
        answer = await self.desk.handle(Call(f"job {named}", answers), who, at)
        assert isinstance(answer, Message)
        return answer

    async def tick(self, now: datetime) -> list[Message]:
        """A day's work; returns the messages that arrived."""
        before = len(self.post.arrived)
        await Dispatcher(self.store, [self.post], LETTERS, clock_from=still).tick(now)
        await self.look(now)
        return [message for _, message in self.post.arrived[before:]]

    async def look(self, now: datetime) -> None:
        """All slices of one look, as by a process that has just begun."""
        self.retention = Retention(self.store, self.months, self.erased.append)
        await self.retention.round(now)
        while self.retention._place is not None:
            await self.retention.round(now)

    async def days(self, first: datetime, count: int) -> list[Message]:
        """So many days' work, from an instant on."""
        return [m for n in range(count) for m in await self.tick(first + n * DAY)]

    async def run(self, work: Callable[[Unit, Seeker], object], who: Who = WHO) -> object:
        def on(unit: Unit) -> object:
            found = unit.look(who)
            return found and work(unit, found[0])

        return await self.store.transact(on)

    async def warnings(self) -> list[Nudge]:
        found = await self.run(lambda unit, me: unit.nudges.of(me.id))
        return [n for n in found if is_warning(n)] if isinstance(found, list) else []

    async def was_told(self, seen: datetime) -> bool:
        """Whether the warning about the silence since then has come to an end."""
        ends = (NudgeState.SENT, NudgeState.UNDELIVERED)
        return any(
            n.state in ends and n.key.endswith(f"{seen:%Y-%m-%d}") for n in await self.warnings()
        )

    async def is_there(self, who: Who = WHO) -> bool:
        return await self.run(lambda _, __: True, who) is True


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


async def test_several_workers_that_look_at_once_warn_once(world: World) -> None:
    for _ in range(3):
        await Retention(world.store, MONTHS).round(SILENT)
    assert len(await world.warnings()) == 1


async def test_whoever_is_using_the_bot_at_that_moment_is_passed_over(
    warned: World, kind: str
) -> None:
    if kind == "sqlite":  # where one transaction follows the other
        return
    there, go_on, now = threading.Event(), threading.Event(), WARNED + WARNED_FOR

    def use(unit: Unit) -> None:
        unit.enter(WHO, now)
        there.set()
        assert go_on.wait(10)

    using = asyncio.create_task(warned.store.transact(use))
    assert await asyncio.to_thread(there.wait, 10)
    await warned.look(now)
    go_on.set()
    await using
    assert warned.erased == []
    await warned.look(now + DAY)
    assert await warned.is_there()


async def test_people_are_looked_at_in_slices_and_each_is_reached(store: Store) -> None:
    world, count = World(store), MOST * 2 + 1

    def arrive(unit: Unit) -> None:
        for n in range(count):
            unit.enter(replace(WHO, user=f"N{n}"), BEGIN)

    await store.transact(arrive)
    rounds = 0
    while rounds == 0 or world.retention._place is not None:
        await world.retention.round(SILENT)
        rounds += 1
    assert rounds == 2 + 2  # two full lots, what is left, and that there is nobody beyond
    assert count < SLICE

    def planned(unit: Unit) -> int:
        found = [unit.look(replace(WHO, user=f"N{n}")) for n in range(count)]
        return sum(len(unit.nudges.of(one[0].id)) for one in found if one)

    assert await store.transact(planned) == count
    await world.retention.round(SILENT + timedelta(hours=1))
    assert world.retention._place is None


async def test_a_host_may_keep_everything_for_ever(store: Store) -> None:
    world = World(store, months=0)
    await world.do("settings", BEGIN, name="Sam Rivera")
    assert await world.days(SILENT + timedelta(days=4000), 3) == []
    assert await world.warnings() == []


@pytest.mark.parametrize(("given", "months"), [("", 12), ("0", 0), (" 24 ", 24), ("2", 2)])
def test_retention_months_are_read(given: str, months: int) -> None:
    assert Settings.read({"RETENTION_MONTHS": given}).retention == months


@pytest.mark.parametrize("given", ["1", "121", "-3", "1.5", "twelve", "²", "12 months", "9" * 9999])
def test_months_that_are_none_are_refused_without_quoting_them(given: str) -> None:
    with pytest.raises(BadSetting, match=r"^RETENTION_MONTHS is a number from 2 to 120, or 0 for"):
        Settings.read({"RETENTION_MONTHS": given})


@given(instants, st.integers(0, 120), st.timedeltas(timedelta(0), timedelta(days=900)))
def test_months_are_counted_back_without_ever_changing_places(
    at: datetime, months: int, later: timedelta
) -> None:
    before = months_before(at, months)
    assert before <= months_before(at + later, months)
    assert (at.year * 12 + at.month) - (before.year * 12 + before.month) == months
    assert before.day <= at.day
    assert whole_months(before, at) >= months


MINE = Seeker(7, zone="America/New_York", seen_at=BEGIN)


def test_a_person_who_was_never_seen_is_left_alone() -> None:
    assert step(replace(MINE, seen_at=None), [], SILENT, MONTHS) is Step.WAIT


def test_a_warning_that_was_never_sent_erases_nobody() -> None:
    waiting = nudge(MINE, warning_name(MINE), WARNED, kind=NudgeKind.REVIEW)
    assert step(MINE, [waiting], WARNED + 400 * DAY, MONTHS) is Step.WAIT


def test_silence_alone_erases_nobody() -> None:
    assert step(MINE, [], SILENT + 4000 * DAY, MONTHS) is Step.WARN
    old = nudge(MINE, "keeping:2025-01-01", BEGIN, kind=NudgeKind.REVIEW, state=NudgeState.SENT)
    assert step(MINE, [old], SILENT + 4000 * DAY, MONTHS) is Step.WARN


# What may happen on a day: nothing mostly, a command, a rest, or that they cannot be reached.
_EVENTS = st.sampled_from(("help", "applied", "pause", "resume", "gone", "later"))


@examples(max_examples=10)
@given(st.dictionaries(st.integers(1, 200), _EVENTS, max_size=6), st.sampled_from((2, 3)))
async def test_nobody_is_erased_untold_and_whoever_stays_silent_is(
    events: dict[int, str], months: int
) -> None:
    """A person's life with a look a day, until they have been silent for long."""
    with Store.open("sqlite://") as store:
        world = World(store, months)
        await world.do("settings", BEGIN, name="Sam Rivera")
        seen, resting, told = BEGIN, False, None
        for number in range(1, max(events, default=0) + 31 * (months + 1) + 60):
            now = BEGIN + number * DAY
            event = events.get(number, "")
            if event == "gone":
                world.post.orders.append(Gone("closed"))
            elif event == "later":
                world.post.orders.append(Later(now + timedelta(hours=30), "busy"))
            elif event:
                more = {"company": f"Acme {number}", "role": "SRE"} if event == "applied" else {}
                await world.do(event, now, **more)
                seen, told = now, None
                resting = event == "pause" or (resting and event != "resume")
            tried = len(world.post.tried)
            await world.tick(now)
            for key in world.post.tried[tried:]:
                assert not resting
                if "/keeping:" in key:
                    assert months_before(now + WARNED_FOR, months) >= seen
                    assert not is_quiet(now, MINE)
            if told is None and await world.was_told(seen):
                told = now
            if not await world.is_there():
                assert told is not None
                assert now - told >= WARNED_FOR
                assert months_before(now, months) >= seen
                return
        assert resting, "whoever was silent for so long should have been erased"


async def test_a_worker_looks_at_who_is_silent_in_its_rounds(world: World) -> None:
    days = iter((SILENT, WARNED, WARNED + WARNED_FOR, WARNED + WARNED_FOR + DAY))

    async def clock(store: Store) -> datetime:
        return next(days)

    dispatcher = Dispatcher(world.store, [world.post], LETTERS, clock_from=still)
    working = Working(dispatcher, world.store, "worker", Pulse(), clock, world.retention)
    wait = await working.round()
    assert wait is not None
    assert 0 <= (WARNED - SILENT).total_seconds() - wait < 60
    for _ in range(3):
        await working.round()
    assert [message.title for _, message in world.post.arrived] == ["Shall I keep your records?"]
    assert not await world.is_there()


async def test_whoever_comes_back_has_no_warning_planned_any_more(world: World) -> None:
    await world.do("applied", BEGIN + timedelta(days=30), company="Acme", role="SRE")
    again = SILENT + timedelta(days=30)
    await world.days(BEGIN + timedelta(days=31), 60)
    await world.tick(again)
    (planned,) = await world.warnings()
    assert planned.state is NudgeState.PLANNED
    today = await world.do("today", again + timedelta(hours=1))
    assert "Shall I keep your records?" in plain(today)
    assert "review" not in plain(today).casefold()
    assert "Shall I" not in plain(await world.do("today", again + timedelta(hours=1)))
