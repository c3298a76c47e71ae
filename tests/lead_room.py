"""People in clubs of one workspace, with all that comes to them by itself, for tests of leads."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from bot.commands import registry
from bot.desk import Desk
from bot.dispatch import Dispatcher
from bot.letters.draft import Letters
from bot.message import Answer, Call, Form, Message, plain
from bot.model import Nudge, NudgeKind, NudgeState, Who
from bot.ports import Unit
from storage.store import Store
from tests.post import Post, still

T = TypeVar("T")

# A Monday, nine in New York: too early for what comes at half past.
NOW = datetime(2026, 6, 1, 13, 0, tzinfo=UTC)
DANA = Who("slack", "U1", "T1", name="Dana", zone="America/New_York", channel="C1", organizes=True)
LEE, KIM, SAM = (
    replace(DANA, user=f"U{number}", name=name, organizes=False)
    for number, name in ((2, "Lee"), (3, "Kim"), (4, "Sam"))
)
WEEK, DAY = timedelta(weeks=1), timedelta(days=1)


class Circle:
    """Who says what at a desk, and what arrives."""

    def __init__(self, store: Store) -> None:
        self.store, self.now = store, NOW
        self.desk = Desk(store, registry, Letters())
        self.post = Post("slack")
        self.dispatcher = Dispatcher(store, [self.post], Letters(), clock_from=still)
        self.last: Answer = Message("")

    async def gather(self, *others: Who, ties: tuple[Who, ...] = (), at: str = "Acme") -> None:
        """Dana's club; those others are in it, and those with ties may be asked about them."""
        await self.say(DANA, "club start", day="thursday", hour="18:00")
        for who in others:
            await self.say(who, "club join")
        for who in ties:
            await self.say(who, "club me", helps="yes")
            await self.say(who, "club tie", employer=at)

    async def say(self, who: Who, line: str, /, **answers: str) -> str:
        """Make a call such as `club tie`; the answer as text, or the form's problems."""
        return self._said(await self.desk.handle(Call(line, answers), who, self.now))

    async def press(self, who: Who, label: str) -> str:
        """Press a button of the last answer, or of the last message that was read."""
        assert isinstance(self.last, Message)
        call = next(button.call for button in self.last.buttons if button.label == label)
        return self._said(await self.desk.handle(Call.decode(call.encode()), who, self.now))

    @property
    def labels(self) -> list[str]:
        """The buttons of the last answer."""
        assert isinstance(self.last, Message)
        return [button.label for button in self.last.buttons]

    async def share(self, who: Who, employer: str = "Acme", **answers: str) -> str:
        """Ask for a word at an employer, and share what was previewed."""
        words = {"words": "Please?", **answers}
        await self.say(who, "club ask", employer=employer, **words)
        return await self.press(who, "Share it")

    async def until(self, at: datetime) -> None:
        """Let what is due until then go out, each at its moment."""
        while self.now < at:
            due = await self.do(lambda unit: unit.nudges.next_due(["slack"]))
            self.now = min(max(due or at, self.now + timedelta(minutes=1)), at)
            await self.dispatcher.tick(self.now)

    async def passes(self, time: timedelta) -> None:
        """As `until`, for so long."""
        await self.until(self.now + time)

    async def reads(self, who: Who, kind: NudgeKind) -> str:
        """The last message of a kind that came to somebody; "" for none. It can be pressed."""
        number = await self.id(who)
        found = [
            message
            for keys, message in self.post.arrived
            for key in keys.split("+")
            if key.startswith(f"{number}/lead:{_WORDS[kind]}")
        ]
        if not found:
            return ""
        self.last = found[-1]
        return plain(found[-1])

    async def planned(self, who: Who) -> list[Nudge]:
        """What is planned for somebody about warm leads."""
        number = await self.id(who)
        found = await self.do(lambda unit: unit.nudges.of(number, [NudgeState.PLANNED]))
        return [nudge for nudge in found if nudge.kind in _WORDS]

    async def do(self, work: Callable[[Unit], T]) -> T:
        """In one transaction."""
        return await self.store.transact(work)

    async def id(self, who: Who) -> int:
        """Whose id it is."""
        found = await self.do(lambda unit: unit.look(who))
        assert found is not None
        return found[0].id

    def _said(self, answer: Answer) -> str:
        self.last = answer
        if isinstance(answer, Form):
            return "\n".join([answer.intro, *answer.problems.values()]).strip()
        return plain(answer)


async def three(circle: Circle) -> None:
    """Dana, Lee and Kim in a club; Lee has a tie to Acme and may be asked."""
    await circle.gather(LEE, KIM, ties=(LEE,))


_WORDS = {
    NudgeKind.ASKED: "asked",
    NudgeKind.UNANSWERED: "unanswered",
    NudgeKind.GRATITUDE: "gratitude",
    NudgeKind.CONTACT: "contact",
    NudgeKind.INTRODUCTION: "introduction",
}
