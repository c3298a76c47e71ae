"""What one member learns of the others: nothing beyond what they agreed to show (Law 7).

Two worlds differ only in what others keep to themselves: who of them has which tie, who is asked
and how often, who says no, not now or nothing, where they applied, whom they exclude. Somebody does
the same in both, anything that commands and buttons allow; whatever they are told, and whatever
comes to them or to the club's channel, has to be the same.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clubs.employers import key
from bot.clubs.records import Asked, Asking, How, Tie
from bot.message import Call, File, Form, Message, plain
from bot.model import Application, Who
from bot.ports import Unit
from storage.migrate import migrate
from storage.store import Store
from tests.lead_room import DANA, KIM, LEE, NOW, SAM, Circle

OTHERS = (LEE, KIM, SAM)
EMPLOYERS = ("Acme", "Globex")
BEFORE = NOW - timedelta(days=1)
# A mute that answers a question shows when its asker may ask again, after a month, and not before.
A_MONTH = 29
HOW_TIED = ("tie", "tie", "none", "muted", "mute", "over")


@dataclass(frozen=True)
class Other:
    """What one of the others keeps to themselves."""

    helps: bool
    named: bool
    tied: tuple[str, ...]
    applied: tuple[bool, ...]
    busy: bool
    excludes: bool


@dataclass(frozen=True)
class Private:
    """What all of them do, and how they answer when they are asked, one after the other."""

    others: tuple[Other, ...]
    answers: tuple[str, ...]

    @property
    def shown(self) -> tuple[bool, ...]:
        """For each employer what they agreed to let be known: whether somebody has a tie."""
        several = len(self.others) > 1
        return tuple(
            any(o.helps and o.tied[at] == "tie" and (several or o.named) for o in self.others)
            for at in range(len(EMPLOYERS))
        )


def privates(count: int, answers: tuple[str, ...]) -> st.SearchStrategy[Private]:
    """What so many others may keep to themselves."""
    yes_no = st.booleans()
    other = st.builds(
        Other,
        st.sampled_from((True, True, False)),
        yes_no,
        st.tuples(*[st.sampled_from(HOW_TIED)] * len(EMPLOYERS)),
        st.tuples(*[yes_no] * len(EMPLOYERS)),
        yes_no,
        yes_no,
    )
    said = st.lists(st.sampled_from(answers), min_size=4, max_size=4).map(tuple)
    return st.builds(Private, st.tuples(*[other] * count), said)


_COMPANIES = st.sampled_from(("Acme", "ACME, Inc.", "Globex", "Globex", "Acme Robotics"))
_NUMBERS = st.sampled_from(("1", "2", "3"))
_YES_NO = st.sampled_from(("yes", "no"))


def _calls(name: str, **answers: st.SearchStrategy[str]) -> st.SearchStrategy[Call]:
    return st.fixed_dictionaries(answers).map(lambda found: Call(name, found))


_ASKS = _calls(
    "club ask",
    employer=_COMPANIES,
    words=st.sampled_from(("Please?", "")),
    named=_YES_NO,
    sure=_YES_NO,
)
_CALLS = st.one_of(
    _ASKS,
    _ASKS,
    _calls("club ask", application=_NUMBERS, words=st.just("Please?"), sure=_YES_NO),
    _calls("job applied", company=_COMPANIES, role=st.just("SRE")),
    _calls("job followup", application=_NUMBERS),
    _calls("job sent", application=_NUMBERS),
    _calls("club tie", employer=_COMPANIES, new=_YES_NO),
    _calls("club untie", employer=_COMPANIES),
    _calls("club mute", employer=_COMPANIES, off=_YES_NO),
    _calls("club me", helps=_YES_NO, named=_YES_NO, partners=_YES_NO),
    _calls("club answer", question=_NUMBERS, what=st.sampled_from(("yes", "no", "notnow", "mute"))),
    _calls("club thanked", question=_NUMBERS, yet=_YES_NO),
    _calls("club report", moved=st.just("two talks"), next=st.just("one more"), sure=_YES_NO),
    _calls("club leave", sure=_YES_NO),
    _calls("job open", nudge=st.sampled_from(("lead:unanswered:1", "lead:introduction:1"))),
    *(
        st.just(Call(name))
        for name in (
            *("job today", "job list", "job board", "job undo", "job export", "job export"),
            *("club members", "club ties", "club join", "club cancel", "club partner"),
        )
    ),
)
# A call, a button of the last message by its place, or days that pass.
_STEPS = st.one_of(_CALLS, _CALLS, st.integers(0, 9), st.sampled_from((0.1, 1.0, 4.0, 8.0)))


@dataclass(frozen=True)
class Said:
    """What one of the others does meanwhile."""

    who: Who
    call: Call


Step = Call | Said | int | float
# Whoever wants to know something asks, tries this and that, waits, and asks once more.
_STORIES: st.SearchStrategy[list[Step]] = st.builds(
    lambda ask, before, wait, after: [
        ask.plus(sure="yes", words="Please?"),
        *before,
        wait,
        ask,
        *after,
    ],
    _ASKS,
    st.lists(_STEPS, max_size=4),
    st.sampled_from((0.1, 4.0, 9.0, 9.0)),
    st.lists(_STEPS, max_size=4),
)


@cache
def _base(count: int) -> Path:
    """A database with Dana's club, of which so many others are members."""
    path = Path(tempfile.mkdtemp(prefix="leads")) / "jobs.db"
    url = f"sqlite:///{path}"
    migrate(url)

    async def make() -> None:
        async with Store.open(url) as store:
            await Circle(store).gather(*OTHERS[:count])

    asyncio.run(make())
    return path


def _arrange(unit: Unit, private: Private) -> None:
    """Put what the others keep to themselves into the records."""
    members = {}
    for who in (DANA, *OTHERS[: len(private.others)]):
        found = unit.look(who)
        assert found is not None
        ((_, members[who]),) = unit.clubs.of(found[0].id)
    dana = members[DANA].seeker_id
    for who, other in zip(OTHERS, private.others, strict=False):
        member = members[who]
        unit.clubs.put_member(replace(member, helps=other.helps, named=other.named))
        unit.clubs.exclude(member.seeker_id, dana, yes=other.excludes)
        for employer, tied, applied in zip(EMPLOYERS, other.tied, other.applied, strict=True):
            until = date(2026, 5, 1) if tied == "over" else None
            tie = Tie(member.seeker_id, 0, employer, key(employer), How.KNOWS, NOW, until)
            if tied in ("tie", "muted", "over"):
                unit.clubs.ties.add(tie)
            unit.clubs.mute(member.seeker_id, tie.key, yes=tied in ("muted", "mute"))
            if other.busy:
                # By somebody who asked them yesterday, and in no way of whoever looks on.
                asking = Asking(member.seeker_id, 0, 0, "Umbrella", "umbrella", "", BEFORE)
                number = unit.clubs.askings.add(asking).number
                put = Asked(member.seeker_id, 0, member.seeker_id, number, member.club, BEFORE)
                unit.clubs.asked.add(put)
            if applied:
                role = Application(member.seeker_id, 0, employer, "SRE", NOW.date(), NOW)
                unit.applications.add(role)


class World(Circle):
    """One of two worlds: what somebody did there, and all that they saw."""

    def __init__(self, store: Store, private: Private) -> None:
        super().__init__(store)
        self._private, self._answered = private, 0
        self._read = 0
        self.seen: list[object] = []

    async def begin(self) -> None:
        """Let the others have what they keep to themselves."""
        await self.do(lambda unit: _arrange(unit, self._private))

    async def step(self, step: Step) -> None:
        """Do one thing, and note what can be seen after it."""
        if isinstance(step, Call):
            await self.say(DANA, step.name, **step.answers)
        elif isinstance(step, Said):
            await self.desk.handle(step.call, step.who, self.now)
            return
        elif isinstance(step, int):
            buttons = self.last.buttons if isinstance(self.last, Message) else ()
            if not buttons:
                return
            call = buttons[step % len(buttons)].call
            self.last = await self.desk.handle(Call.decode(call.encode()), DANA, self.now)
        else:
            await self.passes(timedelta(days=step))
        self.seen.append(_visible(self.last))

    async def until(self, at: datetime) -> None:
        """As time passes, the others answer what they are asked, and the club's channel fills."""
        dana = await self.id(DANA)
        club = await self.do(lambda unit: unit.clubs.here("slack", "T1", "C1"))
        ours = {f"{dana}/", *(f"{one.seeker_id}/" for one in club)}
        while self.now < at:
            await super().until(min(self.now + timedelta(hours=6), at))
            for keys, message in self.post.arrived[self._read :]:
                if any(keys.startswith(prefix) for prefix in ours):
                    self.seen.append((keys, _visible(message)))
                    if keys.startswith(f"{dana}/"):
                        self.last = message
                await self._answer(keys)
            self._read = len(self.post.arrived)

    async def _answer(self, keys: str) -> None:
        owner, _, name = keys.partition("/")
        if not name.startswith("lead:asked:"):
            return
        for who in OTHERS[: len(self._private.others)]:
            if str(await self.id(who)) == owner:
                said = self._private.answers[self._answered % len(self._private.answers)]
                self._answered += 1
                if said:
                    question = name.rpartition(":")[2]
                    call = Call("club answer", {"question": question, "what": said})
                    await self.desk.handle(call, who, self.now)


def _visible(answer: Message | Form) -> object:
    """All that can be seen of an answer."""
    if isinstance(answer, Form):
        return answer.call, answer.problems, answer.intro
    files = [block for block in answer.blocks if isinstance(block, File)]
    return plain(answer), [button.call for button in answer.buttons], files


def seen(private: Private, steps: Sequence[Step]) -> list[object]:
    """All that Dana sees of these steps in that world."""
    base = _base(len(private.others))
    with tempfile.TemporaryDirectory() as folder:
        path = shutil.copy(base, Path(folder) / "jobs.db")
        return asyncio.run(_seen(f"sqlite:///{path}", private, steps))


async def _seen(url: str, private: Private, steps: Sequence[Step]) -> list[object]:
    async with Store.open(url, migrate=False) as store:
        world = World(store, private)
        await world.begin()
        for step in steps:
            await world.step(step)
        return world.seen


@settings(max_examples=25)
@given(st.data())
def test_no_answer_tells_two_worlds_apart_that_differ_in_what_others_keep_private(
    data: st.DataObject,
) -> None:
    steps = data.draw(_STORIES)
    days = sum(step for step in steps if isinstance(step, float))
    answers = ("", "no", "notnow", *(("mute",) if days < A_MONTH else ()))
    count = data.draw(st.sampled_from((1, 3)))
    one = data.draw(privates(count, answers))
    other = data.draw(
        privates(count, answers).filter(
            lambda p: p.shown == one.shown and p.answers[0] != one.answers[0]
        )
    )
    assert seen(one, steps) == seen(other, steps)


_COMINGS: st.SearchStrategy[Step] = st.one_of(
    _calls("club remove", member=st.sampled_from(("Lee", "Kim", "Sam")), sure=st.just("yes")),
    st.builds(
        lambda who, name: Said(who, Call(name, {"sure": "yes"} if "leave" in name else {})),
        st.sampled_from(OTHERS),
        st.sampled_from(("club join", "club leave")),
    ),
)


@settings(max_examples=15)
@given(st.data())
def test_who_comes_and_goes_shows_no_more_than_what_each_of_them_agreed_to(
    data: st.DataObject,
) -> None:
    steps = data.draw(_STORIES)
    for _ in range(data.draw(st.integers(1, 3))):
        steps.insert(data.draw(st.integers(0, len(steps))), data.draw(_COMINGS))
    one = data.draw(privates(3, ("", "no", "notnow")))
    other = data.draw(privates(3, ("", "no", "notnow")))
    both = zip(one.others, other.others, strict=True)
    other = replace(other, others=tuple(_agreeing(*pair) for pair in both))
    assert seen(one, steps) == seen(other, steps)


def _agreeing(as_one: Other, other: Other) -> Other:
    """Another world's member, who lets the same be known, and keeps other things to themselves."""
    if not as_one.helps:
        return replace(other, helps=False)
    ties = zip(as_one.tied, other.tied, strict=True)
    tied = tuple("tie" if a == "tie" else "none" if b == "tie" else b for a, b in ties)
    return replace(other, helps=True, named=as_one.named, tied=tied)


def test_the_two_worlds_do_tell_apart_what_was_agreed_to_be_shown() -> None:
    quiet = Other(False, False, ("none", "none"), (False, False), False, False)
    taking = replace(quiet, helps=True, tied=("tie", "none"))
    steps: list[Step] = [Call("club ask", {"employer": "Acme", "words": "Please?"})]
    worlds = [Private((first, quiet, quiet), ("",)) for first in (quiet, taking)]
    assert len({private.shown for private in worlds}) == 2
    one, other = (seen(private, steps) for private in worlds)
    assert one != other
