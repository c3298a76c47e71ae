"""A town in a terminal: several people at one screen, ":as dana", and a clock that is moved.

There is one club's channel at most: everybody reads the screen. What was printed stays, so that a
message that is mended is printed once more, and the last print of a meeting is what it says now.
"""

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from adapters.terminal.chat import take
from adapters.terminal.clock import MovableClock
from adapters.terminal.conversation import Conversation
from adapters.terminal.forms import CANCEL
from adapters.terminal.orders import ORDERS
from adapters.terminal.screen import Suggest
from bot.commands import registry
from bot.letters.draft import Letters
from bot.message import Message, plain
from storage.store import Store
from tests.stories.chat import BEGIN, ZONE, Seen
from tests.stories.town import Somebody, Together, Town

WHOLE = "whole club"


@dataclass(frozen=True)
class Printed:
    """A message on the screen, and for whom it is: by its heading, or else for whoever speaks."""

    readers: tuple[str, ...]
    message: Message
    arrived: bool
    at: datetime


class Ear:
    """A Screen that keeps what is shown, and answers questions as somebody answers a form."""

    typed = False

    def __init__(self, speaks: Callable[[], str], clock: MovableClock) -> None:
        self.printed: list[Printed] = []
        self.said: list[str] = []
        self.asked: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
        self.answers: asyncio.Queue[str] = asyncio.Queue()
        self._speaks = speaks
        self._clock = clock

    async def line(self, mark: str, suggest: Suggest) -> str | None:
        return None

    async def answer(self, default: str, suggest: Suggest, *, long: bool) -> str | None:
        question = next(line for line in reversed(self.said) if not line.startswith("  "))
        self.asked.put_nowait((question, default))
        return await self.answers.get() or default

    async def say(self, *lines: str) -> None:
        self.said += lines

    async def show(
        self, message: Message, heading: str, first: int, notes: Sequence[str] = ()
    ) -> None:
        to = re.match(r"for (.+?), \w{3}, ", heading)
        readers = tuple(to[1].split(" and ")) if to else (self._speaks(),)
        shown = Printed(readers, message, bool(heading), self._clock.now())
        self.printed.append(shown)

    def stop(self) -> None:
        return


class TerminalTown(Town):
    """One terminal, at which everybody sits."""

    channels = False
    permits = False

    def __init__(self, store: Store, folder: Path) -> None:
        self.clock = MovableClock(BEGIN)
        self.screen = Ear(lambda: self.talk.who.user, self.clock)
        self.talk = Conversation(
            store,
            registry,
            Letters(),
            self.screen,
            self.clock,
            ZoneInfo(ZONE),
            folder=folder,
            practice=True,
            orders=tuple(ORDERS),
        )
        self.dispatcher = self.talk.dispatcher
        self._doing: asyncio.Task[None] | None = None

    async def type(self, line: str) -> tuple[str, str] | None:
        """Type a line, leaving whatever form is open; as `asked`."""
        if self._doing is not None and not self._doing.done():
            self.screen.answers.put_nowait(CANCEL)
            await self._doing
        self.screen.said.clear()
        self._doing = asyncio.create_task(take(self.talk, line))
        return await self.asked()

    async def asked(self) -> tuple[str, str] | None:
        """The next question with what was understood of its answer; None when there is none."""
        assert self._doing is not None
        asked = asyncio.ensure_future(self.screen.asked.get())
        await asyncio.wait((self._doing, asked), return_when=asyncio.FIRST_COMPLETED)
        if asked.done():
            return asked.result()
        asked.cancel()
        self._doing.result()
        return None

    @property
    def now(self) -> datetime:
        return self.clock.now()

    async def at(self, now: datetime) -> None:
        self.clock.forward(now)

    def person(self, name: str, zone: str = ZONE, *, organizes: bool = False) -> "TerminalPerson":
        return TerminalPerson(self, name, zone)

    def channel(self, name: str, people: Sequence[Somebody]) -> str:
        return WHOLE

    async def standing(self, channel: str) -> list[Seen]:
        found: dict[str, Seen] = {}
        for each in self.screen.printed:
            if each.readers == (f"the {WHOLE}",):
                said = plain(each.message)
                begins = re.search(r"\w+, \w+ \d+, \d\d:\d\d, \d+ minutes", said)
                if begins is None:
                    found.pop(said, None)
                found[begins[0] if begins else said] = Seen(said, at=each.at)
        return list(found.values())

    def together(self) -> list[Together]:
        return [
            Together(frozenset(name.capitalize() for name in each.readers), (plain(each.message),))
            for each in self.screen.printed
            if len(each.readers) > 1
        ]

    async def lose(self, channel: str) -> None:
        raise AssertionError("a terminal loses no channel")

    async def put_out(self, channel: str) -> None:
        await self.lose(channel)

    async def invite(self, channel: str) -> None:
        raise AssertionError("a terminal loses no channel")


class TerminalPerson:
    """Somebody who speaks at the terminal under their own name."""

    def __init__(self, town: TerminalTown, name: str, zone: str) -> None:
        self.name = name
        self.zone = zone
        self._town = town
        self._looked = 0
        self._question: tuple[str, str] | None = None
        self._arrived = False

    async def say(self, line: str, channel: str = "") -> Seen:
        await self._become()
        if not self._arrived and self.zone != ZONE:
            await self._town.type(f"settings zone={self.zone}")
        self._arrived = True
        return await self._do(line)

    async def press(self, label: str, on: Seen | None = None) -> Seen:
        await self._become()
        shown = next(
            each
            for each in reversed(self._town.screen.printed)
            if each.readers == (self.name.lower(),)
            and (on is None or plain(each.message) == on.text)
            and label in [button.label for button in each.message.buttons]
        )
        button = next(each for each in shown.message.buttons if each.label == label)
        # The same button may be on the screen for somebody else too.
        for number, each in enumerate(self._town.talk.buttons(), 1):
            if each is button:
                return await self._do(str(number))
        # Its number is another's by now: whoever reads it types what it stands for.
        answers = [f'{name}="{answer}"' for name, answer in button.call.answers.items()]
        return await self._do(" ".join((button.call.name, *answers)))

    async def fill(self, **answers: str) -> Seen:
        assert self._question is not None, "no form is open"
        left = dict(answers)
        while self._question is not None:
            name = self._asked_by(self._question[0])
            self._town.screen.answers.put_nowait(left.pop(name, ""))
            self._question = await self._town.asked()
        if not left:
            return self._newest()
        # A form without answers asks for the longer ones alone; with them it asks for all.
        await self.press("Change")
        return await self.fill(**left)

    async def came(self) -> list[Seen]:
        printed = self._town.screen.printed
        new, self._looked = printed[self._looked :], len(printed)
        return [
            self._seen(each)
            for each in new
            if each.arrived and each.readers == (self.name.lower(),)
        ]

    async def unreachable(self, yes: bool) -> None:
        raise AssertionError("whoever sits at a terminal is there")

    async def _become(self) -> None:
        await self._town.type(f":as {self.name.lower()}")

    async def _do(self, line: str) -> Seen:
        before = len(self._town.screen.printed)
        self._question = await self._town.type(line)
        if self._question is not None:
            question, default = self._question
            return Seen(question, fields={self._asked_by(question): default})
        if len(self._town.screen.printed) == before:
            return Seen("\n".join(self._town.screen.said))
        return self._newest()

    def _asked_by(self, question: str) -> str:
        for command in registry.commands.values():
            for option in command.asked:
                if question.startswith(option.opt.question):
                    return option.name
        raise AssertionError(f"nothing asks {question!r}")

    def _newest(self) -> Seen:
        shown = [each for each in self._town.screen.printed if not each.arrived]
        return self._seen(shown[-1])

    def _seen(self, each: Printed) -> Seen:
        return Seen(plain(each.message), tuple(b.label for b in each.message.buttons), at=each.at)
