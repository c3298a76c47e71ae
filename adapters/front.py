"""Between a platform's people and the desk: what they said, and what follows from it.

Knows no platform, and nothing of how an answer is shown.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from adapters.background import Background
from bot.context import STASHED
from bot.delivery import Gone, Later, Messenger, Outcome, Unknown
from bot.desk import Desk
from bot.looking import Repeated
from bot.message import Answer, Block, Bold, Call, Form, Message, text
from bot.model import Account, Who
from bot.ports import Unavailable
from bot.welcome import BEGIN, greeting, unreached

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

# Long enough to learn whether somebody has begun, short enough to open a form all the same.
GLANCE = 0.5
FORGET = "job forget"
# Of people who were greeted; twice is no harm.
REMEMBERED = 10_000
# How often a private message that is no nudge is tried, and the wait where no time was named.
TELLINGS = 5
SOON = timedelta(seconds=5)
# What the key of the first private message begins with.
GREETING = "greeting:"
# Told of every command: its platform, its name or "unknown", what answered it ("message", "form",
# "failed" for one that says so, "held" for too much at once, "repeated", "error"), and how many
# seconds the desk took.
Answered = Callable[[str, str, str, float], None]


def uncounted(platform: str, command: str, answer: str, seconds: float) -> None:
    """Nobody counts."""


class Front:
    """Everything that any surface of a platform asks of the desk.

    `remove(refs, who)` begins to take away our private messages to somebody who erased themselves,
    of which `refs` are the nudges, and returns what is said about it. `answered` must return at
    once and raise nothing.
    """

    def __init__(
        self,
        desk: Desk,
        messenger: Messenger,
        background: Background,
        clock: Callable[[], datetime],
        remove: Callable[[Sequence[str], Who], Sequence[Block]],
        answered: Answered = uncounted,
    ) -> None:
        self.desk = desk
        self.background = background
        self.clock = clock
        self._messenger = messenger
        self._remove = remove
        self._answered = answered
        self._greeted: set[tuple[str, str]] = set()

    async def handle(self, call: Call, who: Who, once: str = "") -> Answer:
        """The desk's answer, and what follows from a beginning or an end. `once` as there."""
        held = self.desk.held(call, who, self.clock())
        if held is not None:
            # Whoever asks for too much costs no look-up, and no line in the log.
            self._answered(who.platform, self._named(call), "held", 0.0)
            return held
        call, refs, answer = await self._asked(call, who, once)
        # A form follows only on having begun, except for the one that asks how to begin.
        began = answer.call.name != BEGIN if isinstance(answer, Form) else answer.changed
        if call.name == BEGIN and began:
            return await self._greet(answer, who)
        if call.name == FORGET and isinstance(answer, Message) and answer.changed:
            # Whoever begins anew is greeted anew.
            self._greeted.discard((who.workspace, who.user))
            return answer.and_then(*self._remove(refs, who))
        return answer

    async def _asked(self, call: Call, who: Who, once: str) -> tuple[Call, Sequence[str], Answer]:
        """The call in full, what was sent to somebody who erases themselves, and the answer."""
        began, kind = time.perf_counter(), "error"
        try:
            # The desk recalls it for itself: only so is it known to be one that was kept.
            said, call = call, await self.desk.recalled(call, who)
            refs = await self.desk.sent(who) if call.name == FORGET else ()
            answer = await self.desk.handle(said, who, self.clock(), once)
            kind = "form" if isinstance(answer, Form) else "failed" if answer.failed else "message"
        except Repeated:
            kind = "repeated"
            raise
        finally:
            took = time.perf_counter() - began
            self._answered(who.platform, self._named(call), kind, took)
        log.info("command answered", command=self._named(call), answer=type(answer).__name__)
        return call, refs, answer

    def _named(self, call: Call) -> str:
        """The command's name; what is none is whatever somebody typed."""
        known = call.name == STASHED or self.desk.registry.get(call.name)
        return call.name if known else "unknown"

    async def introduce(self, form: Form, who: Who) -> Answer:
        """The form, or what has to be read before it; the form when that takes too long."""
        try:
            async with asyncio.timeout(GLANCE):
                return await self.desk.introduce(form, who, self.clock())
        except (Unavailable, TimeoutError):
            return form

    async def complete(
        self, name: str, option: str, typed: str, who: Who
    ) -> Sequence[tuple[str, str]]:
        """What an option's answer could be, as (label, raw answer)."""
        return await self.desk.complete(name, option, typed, who, self.clock())

    def met(self, who: Who) -> None:
        """Somebody has words of ours before them in private, so no greeting need show the place."""
        if len(self._greeted) >= REMEMBERED:
            self._greeted.clear()
        self._greeted.add((who.workspace, who.user))

    async def _greet(self, answer: Answer, who: Who) -> Answer:
        """The first private message, once; when it cannot arrive the answer says what to do."""
        key = (who.workspace, who.user)
        if key in self._greeted:
            return answer
        self.met(who)
        outcome = await self.tell(greeting(), who, f"{GREETING}{who.user}")
        if not isinstance(outcome, Gone):
            return answer
        self._greeted.discard(key)
        if self.desk.notice is None:
            return answer
        if isinstance(answer, Form):
            return replace(answer, intro=f"{answer.intro} {self.desk.notice.closed}".strip())
        said = unreached(self.desk.notice)
        return answer.and_then(text(Bold(said.title)), *said.blocks)

    async def tell(self, message: Message, who: Who, key: str) -> Outcome:
        """Write to somebody in private; when it must wait, or nobody knows, again for a while.

        Returns how the first try ended. Nothing of it is kept when the program ends meanwhile: it
        is a courtesy, and no nudge. `key` is of this message alone.
        """
        outcome = await self._send(message, who, key)
        if self._again(outcome) is not None:
            self.background.start(self._tell_later(message, who, key, outcome))
        return outcome

    async def _tell_later(self, message: Message, who: Who, key: str, outcome: Outcome) -> None:
        for _ in range(TELLINGS):
            at = self._again(outcome)
            if at is None:
                break
            await self.background.pause((at - self.clock()).total_seconds())
            # Somebody who erased themselves since wants no greeting.
            if key.startswith(GREETING) and (who.workspace, who.user) not in self._greeted:
                return
            outcome = await self._send(message, who, key)
        log.info("told", workspace=who.workspace, outcome=type(outcome).__name__)

    def _again(self, outcome: Outcome) -> datetime | None:
        """When it is worth another try, if ever."""
        if isinstance(outcome, Later):
            return outcome.at
        if isinstance(outcome, Unknown) and self._messenger.repeats_safely:
            return self.clock() + SOON
        return None

    async def _send(self, message: Message, who: Who, key: str) -> Outcome:
        account = Account(0, 0, who.platform, who.workspace, who.user, who.place)
        return await self._messenger.send(account, message, key)
