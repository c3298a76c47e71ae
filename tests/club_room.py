"""A channel with a club, for tests of what its members do: say, press, and what comes by itself."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from bot.cards.nudges import together
from bot.clubs.records import Club, Meeting
from bot.commands import registry
from bot.desk import Desk
from bot.gathering import replan_club
from bot.letters.draft import Letters
from bot.message import Answer, Call, Form, Message, plain
from bot.model import Nudge, NudgeKind, NudgeState, Who
from bot.occasions.partners import pair
from bot.ports import Unit
from storage.store import Store

T = TypeVar("T")

NOW = datetime(2026, 6, 1, 14, 0, tzinfo=UTC)  # a Monday
DANA = Who("slack", "U1", "T1", name="Dana", zone="America/New_York", channel="C1", organizes=True)
LEE = replace(DANA, user="U2", name="Lee", organizes=False)
KIM = replace(LEE, user="U3", name="Kim")


class Room:
    """A channel, who is in it, and the hour."""

    def __init__(self, store: Store) -> None:
        self.store, self.now = store, NOW
        self.desk = Desk(store, registry, Letters())
        self.last: Answer = Message("")

    async def say(self, who: Who, words: str, /, **answers: str) -> str:
        """Make a call such as `club me`; the answer as text, or the form's problems."""
        self.last = await self.desk.handle(Call(words, answers), who, self.now)
        return self._text()

    async def press(self, who: Who, label: str) -> str:
        """Press a button of the last answer."""
        assert isinstance(self.last, Message)
        call = next(button.call for button in self.last.buttons if button.label == label)
        self.last = await self.desk.handle(Call.decode(call.encode()), who, self.now)
        return self._text()

    @property
    def labels(self) -> list[str]:
        """The buttons of the last answer."""
        assert isinstance(self.last, Message)
        return [button.label for button in self.last.buttons]

    async def gather(self, *others: Who, **answers: str) -> str:
        """Dana's club on Tuesdays at six, and who else is in it; what its founder was told."""
        said = await self.say(
            DANA, "club start", **{"day": "tuesday", "hour": "18:00", **answers}
        )  # fmt: skip
        for who in others:
            await self.say(who, "club join")
        return said

    async def do(self, work: Callable[[Unit], T]) -> T:
        """In one transaction."""
        return await self.store.transact(work)

    async def club(self) -> Club:
        """The only club of the workspace."""
        (found,) = await self.do(lambda unit: unit.clubs.here("slack", "T1", ""))
        return found

    async def id(self, who: Who) -> int:
        """Whose id it is."""
        found = await self.do(lambda unit: unit.look(who))
        assert found is not None
        return found[0].id

    async def next(self) -> Meeting:
        """The next meeting."""
        club = await self.club()
        meetings = await self.do(lambda unit: unit.clubs.meetings(club.seeker_id))
        return next(m for m in meetings if m.starts_at > self.now and not m.cancelled)

    async def meet(self) -> None:
        """Let the next meeting be held: posted at its hour, with partners for the week."""
        club, meeting = await self.club(), await self.next()
        self.now = meeting.starts_at

        def hold(unit: Unit) -> None:
            unit.clubs.lock(club.seeker_id)
            there = unit.clubs.members([club.seeker_id])[club.seeker_id]
            turns = tuple(member.seeker_id for member in there)
            posted = replace(meeting, posted_at=self.now, post_ref="1", order=turns)
            held = unit.clubs.put_meeting(posted)
            pair(unit, club, held, self.now)
            replan_club(unit, club, self.now)

        await self.do(hold)

    async def planned(self, whose: Who | Club, *kinds: NudgeKind) -> list[Nudge]:
        """What is planned for somebody, or to be posted."""
        number = whose.seeker_id if isinstance(whose, Club) else await self.id(whose)
        found = await self.do(lambda unit: unit.nudges.of(number, [NudgeState.PLANNED]))
        return [nudge for nudge in found if nudge.kind in kinds]

    async def told(
        self, tell: Callable[..., tuple[str, object] | str], who: Who, nudge: Nudge
    ) -> str:
        """What a private nudge says now; its buttons can be pressed."""

        def read(unit: Unit) -> Message | str:
            found = unit.look(who)
            assert found is not None
            part = tell(unit, found[0], nudge, self.now)
            return part if isinstance(part, str) else together([part])  # type: ignore[list-item]  # a Part

        said = await self.do(read)
        if isinstance(said, str):
            return said
        self.last = said
        return self._text()

    async def pass_days(self, days: int) -> None:
        """Let some days go by."""
        self.now += timedelta(days=days)

    def _text(self) -> str:
        if isinstance(self.last, Form):
            return "\n".join(self.last.problems.values())
        return plain(self.last)
