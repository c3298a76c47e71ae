"""What one person may keep, and how long reading it takes, so that the others notice nothing."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert

from bot import limits, readers
from bot.commands import registry
from bot.dates import Lean
from bot.desk import Desk
from bot.letters.draft import Letters
from bot.limits import TOO_FAST, Full
from bot.message import Call, Form, Message, plain
from bot.model import Application, Channel, FollowUp, Heard, Interview, LetterKind, Reply, Who
from bot.ports import Unit
from bot.readers import Unfit, leading_application, match_applications
from storage import models
from storage.journal import KEPT_CALLS, KEPT_TEXT, LONG_TEXT
from storage.store import Store
from tests.attacker.forging import everything
from tests.samples import application, nudge

T = TypeVar("T")
NOW = datetime(2026, 6, 1, 14, tzinfo=UTC)
ME, EVE = (Who("desk", user, zone="America/New_York") for user in ("me", "eve"))
SRE = Call("job applied", {"company": "Acme", "role": "SRE"})


def do(store: Store, work: Callable[[Unit, int], T], who: Who = ME) -> T:
    """Some work about a person, in one transaction."""
    return store.run(lambda unit: work(unit, unit.enter(who, NOW)[0].id))


def counted(store: Store, kind: str, last: int) -> None:
    """Let the number of the person's last record of a kind be this one."""
    whose = do(store, lambda unit, seeker_id: seeker_id)

    def write(connection: Any) -> None:
        row = {"seeker_id": whose, "kind": kind, "last": last}
        connection.execute(models.counters.delete().where(models.counters.c.kind == kind))
        connection.execute(insert(models.counters), row)

    store.run_on_connection(write)


def filled(store: Store, count: int) -> None:
    """Log so many applications."""

    def log_all(unit: Unit, seeker_id: int) -> None:
        seeker = unit.seekers([seeker_id])[seeker_id]
        for number in range(count):
            unit.applications.add(application(seeker, company=f"Company {number}"))

    do(store, log_all)


def rows(store: Store, who: Who = ME) -> str:
    """Every row about a person but for when they were seen, and what they looked up."""
    said = everything(store, who)
    return said.partition('"seekers"')[0] + said.partition('"stash"')[2]


async def refused(desk: Desk, store: Store, call: Call, words: str) -> None:
    """Make a call that there is no room for; what was typed stays with whoever typed it."""
    before = rows(store)
    answer = await desk.handle(call, ME, NOW)
    assert isinstance(answer, Message)
    assert answer.failed
    assert words in plain(answer)
    assert rows(store) == before


async def done(desk: Desk, call: Call) -> Message:
    """Make a call that is done."""
    answer = await desk.handle(call, ME, NOW)
    assert isinstance(answer, Message)
    assert answer.changed, plain(answer)
    return answer


async def test_there_is_room_for_2000_applications_and_for_another_once_one_is_removed(
    store: Store,
) -> None:
    desk = Desk(store, registry, Letters())
    filled(store, limits.APPLICATIONS - 1)
    await done(desk, SRE)
    more = Call("job applied", {"company": "Globex", "role": "Cook"})
    await refused(desk, store, more, "You have 2,000 applications here")
    assert (await desk.handle(more, EVE, NOW)) != TOO_FAST
    await done(desk, Call("job remove", {"application": "#1", "sure": "yes"}))
    await done(desk, more)


def letter(seeker_id: int) -> FollowUp:
    return FollowUp(seeker_id, 0, 1, LetterKind.LEAD, Channel.EMAIL, NOW, sent_at=NOW)


AT = {"application": "#1"}
KINDS: dict[str, tuple[Call, Callable[[int], Any], int, int]] = {
    "interviews": (
        Call("job interview", {**AT, "at": "tomorrow 5pm", "another": "yes"}),
        lambda who: Interview(who, 0, 1, NOW + timedelta(days=2), NOW),
        limits.INTERVIEWS,
        limits.INTERVIEWS_EVER,
    ),
    "replies": (
        Call("job heard", {**AT, "what": "offer"}),
        lambda who: Reply(who, 0, 1, Heard.REPLY, NOW.date(), NOW),
        limits.REPLIES,
        limits.REPLIES_EVER,
    ),
    "followups": (
        Call("job sent", {**AT, "kind": "lead"}),
        letter,
        limits.LETTERS,
        limits.LETTERS_EVER,
    ),
}


@pytest.mark.parametrize("what", KINDS)
async def test_an_application_has_room_for_so_much_and_another_one_still_has(
    store: Store, what: str
) -> None:
    call, made, most, _ = KINDS[what]
    desk = Desk(store, registry, Letters())
    filled(store, 2)

    def fill(unit: Unit, seeker_id: int) -> None:
        for _ in range(most):
            getattr(unit, what).add(made(seeker_id))

    do(store, fill)
    await refused(desk, store, call, f"This application has {most} ")
    await done(desk, call.plus(application="#2"))


@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.parametrize("what", KINDS)
async def test_a_person_has_room_for_so_much_of_a_kind_for_good(store: Store, what: str) -> None:
    call, _, _, ever = KINDS[what]
    desk = Desk(store, registry, Letters())
    filled(store, 2)
    counted(store, what, ever - 1)
    await done(desk, call)
    other = call.plus(application="#2")
    await refused(desk, store, other, f"more than {ever:,} ")
    assert "erasing" in plain(await message(desk, other))


async def message(desk: Desk, call: Call, who: Who = ME, now: datetime = NOW) -> Message:
    answer = await desk.handle(call, who, now)
    assert isinstance(answer, Message)
    return answer


async def test_dates_that_change_for_ever_are_not_planned_by_for_ever(store: Store) -> None:
    """Each time of an interview has nudges of its own, and what was planned is never deleted."""
    desk = Desk(store, registry, Letters())
    await done(desk, SRE)
    await done(desk, Call("job interview", {**AT, "at": "tomorrow 3pm"}))
    move = Call("job interview", {**AT, "at": "friday 3pm", "move": "#1"})
    await done(desk, move)

    def plan(unit: Unit, seeker_id: int) -> None:
        seeker = unit.seekers([seeker_id])[seeker_id]
        unit.nudges.add(
            [nudge(seeker, f"brief:{n}", NOW, application=1) for n in range(limits.NUDGES)]
        )

    do(store, plan)
    words = "changed too often"
    await refused(desk, store, move.plus(at="thursday 4pm"), words)
    await refused(desk, store, Call("job edit", {**AT, "decides": "tomorrow"}), words)
    await done(desk, Call("job edit", {**AT, "note": "still here"}))


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_a_debrief_has_so_many_themes(store: Store) -> None:
    desk = Desk(store, registry, Letters())
    await done(desk, SRE)
    await done(desk, Call("job interview", {**AT, "at": "yesterday 3pm"}))
    themes = "\n".join(f"theme {n}" for n in range(limits.THEMES))
    call = Call("job debrief", {"interview": "1", "themes": themes})
    answer = await desk.handle(call.plus(themes=f"{themes}\nanother"), ME, NOW)
    assert isinstance(answer, Form)
    assert "Up to 50" in answer.problems["themes"]
    await done(desk, call)


def test_the_words_of_all_applications_have_a_bound_that_few_of_them_cannot_reach() -> None:
    long, short = "x" * readers.LONG_LIMIT, "x" * readers.SHORT_LIMIT
    whole = Application(
        1, 1, short, short, date(2026, 6, 1), NOW,
        link="x" * readers.URL_LIMIT, fit=long, proof=long, why_here=long,
        agency=short, referrer=short, note=long,
    )  # fmt: skip
    limits.weigh([whole] * limits.CANNOT_BE_TOO_LONG)
    with pytest.raises(Full, match="more words than I keep"):
        limits.weigh([whole] * 300)


def test_the_last_hundred_calls_are_kept_and_nobody_elses_go_for_them(store: Store) -> None:
    theirs = do(store, lambda unit, whose: unit.stash(whose, SRE, NOW), EVE)
    calls = [SRE.plus(note=str(n)) for n in range(KEPT_CALLS + 50)]

    def keep(unit: Unit, whose: int) -> list[int]:
        return [unit.stash(whose, call, NOW) for call in calls]

    kept = do(store, keep)
    found = do(store, lambda unit, whose: [unit.stashed(whose, number) for number in kept])
    assert found == [None] * 50 + calls[50:]
    assert do(store, lambda unit, whose: unit.stashed(whose, theirs), EVE) == SRE


def test_of_long_changes_fewer_can_be_taken_back_and_the_newest_always(store: Store) -> None:
    note = "x" * readers.LONG_LIMIT
    filled(store, LONG_TEXT // readers.LONG_LIMIT + 1)

    def write(text: str) -> int:
        def change(unit: Unit, whose: int) -> int:
            for each in unit.applications.all(whose):
                unit.applications.save(replace(each, note=text))
            return unit.note_change(whose, "Changed", NOW)

        return do(store, change)

    def lengths() -> list[int]:
        def read(connection: Any) -> list[int]:
            rows = connection.execute(models.changes.select().order_by(models.changes.c.number))
            return [len(row.rows) for row in rows]

        return store.run_on_connection(read)

    write(note)
    write(f"another {note}")
    first = lengths()[-1]
    assert first > LONG_TEXT
    for turn in range(3 * KEPT_TEXT // first // 2):
        write(f"{turn}{note}")
        assert sum(lengths()[:-1]) <= KEPT_TEXT
    assert len(lengths()) < 30
    last = do(store, lambda unit, whose: unit.last_change(whose))
    assert last is not None
    do(store, lambda unit, whose: unit.undo(last, NOW))


N = 200_000
HOSTILE = {
    "spaces": f"a{' ' * N}b",
    "wide spaces": "\N{IDEOGRAPHIC SPACE}" * N,
    "digits": "9" * N,
    "letters": "a " * N,
    "different words": " ".join(f"a{n}" for n in range(N // 6)),
    "hyphens": "-" * N,
    "weekdays": "mon-" * N,
    "addresses": "a@" * N,
    "brackets": "<" * N,
    "hashes": "#" * N,
    "times": "1:" * N,
    "days": "1/2/" * N,
    "brackets of an address": f"http://[{':' * N}",
}


KNOWN = [
    Application(1, n, "a b c d e f g h " * 12, "i j k l m n o p " * 12, NOW.date(), NOW)
    for n in range(1, limits.APPLICATIONS + 1)
]


class Reader:
    """Somebody with as many applications as one may have, whose titles hold every letter."""

    now, zone = NOW, ZoneInfo("America/New_York")

    def application_choices(self) -> list[Application]:
        return KNOWN

    def interview_choices(self) -> list[Interview]:
        return []


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_answer_of_any_length_keeps_the_others_waiting(hostile: str) -> None:
    kinds = {o.kind.name: o.kind for c in registry.commands.values() for o in c.options}
    began = time.process_time()
    for kind in kinds.values():
        with suppress(Unfit):
            kind.read(HOSTILE[hostile], Reader(), Lean.FUTURE)
    # Without bounds it takes minutes; a busy machine takes far less than this.
    assert time.process_time() - began < 2


def test_words_that_all_fit_every_title_are_looked_for_in_no_time() -> None:
    began = time.process_time()
    assert len(match_applications(" ".join("abcdefghijklmnop"), KNOWN)) == len(KNOWN)
    leading_application(" ".join("abcdefghijklmnop" * 10), KNOWN)
    assert time.process_time() - began < 5
