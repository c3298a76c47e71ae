"""What a chat does: calls go to the desk, answers and nudges to the screen. Knows no syntax."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from adapters.terminal.clock import MovableClock, said
from adapters.terminal.forms import Asking
from adapters.terminal.keeping import keep
from adapters.terminal.literal import one_line
from adapters.terminal.messenger import PLATFORM, TerminalMessenger
from adapters.terminal.screen import Screen
from bot.command import Registry
from bot.desk import Desk
from bot.dispatch import Dispatcher
from bot.letters.draft import Letters
from bot.message import Answer, Button, Call, File, Form, Message, Picture
from bot.model import Who
from bot.ports import Store, Unavailable

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

# Whoever sits at the terminal, until they say ":as somebody".
YOU = "you"


class Conversation:
    """One terminal's conversation. `practice` says that its clock may be moved without asking.

    `orders` are the lines that no form takes for an answer; files are kept in `folder`.
    """

    def __init__(
        self,
        store: Store,
        registry: Registry,
        letters: Letters,
        screen: Screen,
        clock: MovableClock,
        zone: ZoneInfo,
        *,
        folder: Path = Path(),
        practice: bool = False,
        orders: Sequence[str] = (),
    ) -> None:
        self.registry = registry
        self.screen = screen
        self.clock = clock
        self.zone = zone
        self.practice = practice
        self.stopped = False
        # Whoever sits here may arrange whatever they like.
        self.who = Who(PLATFORM, YOU, zone=zone.key, organizes=True)
        self.dispatcher = Dispatcher(store, [TerminalMessenger(self._arrived)], letters)
        self._desk = Desk(store, registry, letters)
        self._asking = Asking(screen, self.complete, orders, registry.commands)
        self._folder = folder
        # What numbers press, and whose it is. None where it was pressed or answered: the numbers of
        # what others have not answered yet stay as they were shown.
        self._pressable: list[tuple[Button, str] | None] = []
        self._answered = False
        self._ticking = asyncio.Lock()

    @property
    def mark(self) -> str:
        """What stands before a line: who speaks unless it is you, and the clock if it was moved."""
        name = "" if self.who.user == YOU else one_line(self.who.user)
        moment = said(self.now(), self.zone) if self.clock.moved and self.screen.typed else ""
        return ", ".join(part for part in (name, moment) if part)

    def now(self) -> datetime:
        """The chat's moment (aware UTC), which may not be the real one."""
        return self.clock.now()

    def become(self, user: str) -> None:
        """Somebody else speaks from now on."""
        parts = () if user == YOU else user.split()
        name = " ".join(part[:1].upper() + part[1:] for part in parts)
        self.who = replace(self.who, user=user, name=name)

    def stop(self) -> None:
        """End the conversation after what is under way."""
        self.stopped = True
        self.screen.stop()

    def heard(self) -> None:
        """Note that a line was read: the next buttons shown are numbered from 1 again."""
        self._answered = True

    def buttons(self) -> Sequence[Button | None]:
        """The buttons that numbers press, from 1; None where there is none any more."""
        return [pair[0] if pair else None for pair in self._pressable]

    def labelled(self, line: str) -> int | None:
        """Where the newest button with exactly that label is: of whoever speaks, or of others."""
        key = " ".join(line.casefold().split())
        found = [
            (pair[1] == self.who.user, position)
            for position, pair in enumerate(self._pressable)
            if pair and " ".join(pair[0].label.casefold().split()) == key
        ]
        return max(found)[1] if found else None

    async def press(self, position: int) -> None:
        """Press the button there. Raises forms.Left."""
        found = self._pressable[position]
        if found is None:
            return
        button, owner = found
        if owner != self.who.user:
            await self.screen.say(f"That button is for {owner}: “:as {owner}” first.")
            return
        await self.do(button.call)

    async def do(self, call: Call) -> None:
        """Make the call, asking what it needs, and show what comes of it. Raises forms.Left."""
        answer: Answer = self._desk.form(call) or await self._handle(call)
        again = False
        while isinstance(answer, Form):
            command = self.registry.commands[answer.call.name]
            filled = await self._asking.fill(answer, command, again=again)
            if filled is None:
                await self.screen.say("Nothing was saved.")
                return
            again = True
            answer = await self._handle(filled)
        await self._show(answer, "", self.who.user)
        await self.deliver()

    async def deliver(self) -> None:
        """Show what is due by now."""
        try:
            await self.tick(self.now())
        except Unavailable as trouble:
            await self.screen.say(str(trouble))

    async def tick(self, now: datetime) -> int:
        """Send what is due at `now`; never twice at a time. Raises Unavailable."""
        async with self._ticking:
            return await self.dispatcher.tick(now)

    async def beat(self) -> None:
        """A tick at the chat's own time, for the metronome."""
        try:
            await self.tick(self.now())
        except Unavailable:
            log.warning("tick unavailable")

    async def complete(self, name: str, option: str, typed: str) -> Sequence[tuple[str, str]]:
        """What an option's answer could be; nothing while the records cannot be read."""
        try:
            return await self._desk.complete(name, option, typed, self.who, self.now())
        except Unavailable:
            return ()

    async def _handle(self, call: Call) -> Answer:
        return await self._desk.handle(call, self.who, self.now())

    async def _arrived(self, message: Message, users: Sequence[str]) -> None:
        moment = said(self.now(), self.zone)
        if not users:
            await self._show(message, f"for the whole club, {moment}", self.who.user)
        elif self.who.user in users and len(users) == 1:
            await self._show(message, moment, self.who.user)
        else:
            heading = f"for {' and '.join(map(one_line, users))}, {moment}"
            await self._show(message, heading, users[0])

    async def _show(self, message: Message, heading: str, user: str) -> None:
        notes = self._keep(message)
        if message.buttons:
            if self._answered:
                self._forget_own()
                self._answered = False
            first = len(self._pressable) + 1
            self._pressable += [(button, user) for button in message.buttons]
        else:
            first = 1
        await self.screen.show(message, heading, first, notes)

    def _forget_own(self) -> None:
        """Whoever speaks has a new answer; the buttons of the last one are gone."""
        mine = self.who.user
        self._pressable = [p if p and p[1] != mine else None for p in self._pressable]
        while self._pressable and self._pressable[-1] is None:
            self._pressable.pop()

    def _keep(self, message: Message) -> list[str]:
        """Write the message's files; returns a line about each."""
        files = [(b.name, b.data) for b in message.blocks if isinstance(b, File)]
        if self.screen.typed:
            files += [
                ("followthrough.png", b.png) for b in message.blocks if isinstance(b, Picture)
            ]
        notes = []
        for name, data in files:
            try:
                notes.append(f"Saved {keep(name, data, self._folder)}")
            except OSError as error:
                notes.append(f"Could not save {name} ({(error.strerror or 'refused').lower()}).")
        return notes
