"""What is shown without anything being done: the board, a message drawn anew, completions.

Knows no platform and no storage. The desk stands on it.
"""

import re
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime

import structlog

from bot.command import Registry
from bot.context import STASHED, Context
from bot.exits import Exits
from bot.letters.draft import Letters
from bot.message import Answer, Call, Form, Message, text
from bot.model import Account, Seeker, Who
from bot.ports import Store, Unavailable, Uncertain, Unit
from bot.waiting import redrawn, with_waiting
from bot.welcome import Notice

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)


class Repeated(Exception):
    """What a request asks for was done when it came before. Nothing was changed."""


class Looking:
    """The part of the desk that only looks. What it runs changes nothing that people have said."""

    def __init__(
        self,
        store: Store,
        registry: Registry,
        letters: Letters,
        notice: Notice | None = None,
        prefix: str = "",
        lines: bool = True,
    ) -> None:
        """`notice` is what people have to read before their first entry, if anything.

        `prefix` is what they type before a command's word, such as "/job "; `lines`
        whether they go on in a line of their own words, or in a field for each option.

        `on_change` may be set to be told of each account whose person's records were changed,
        once they are stored. `exits` may be set where people can open an address of the host.
        """
        self.store = store
        self.registry = registry
        self.letters = letters
        self.notice = notice
        self.prefix = prefix
        self.lines = lines
        self.on_change: Callable[[Account], None] | None = None
        self.exits: Exits | None = None
        self._asked = 0

    @property
    def busy(self) -> bool:
        """Whether somebody waits for what is being looked up or stored for them."""
        return self._asked > 0

    async def board(self, who: Who, now: datetime) -> Message:
        """The dashboard of whoever looks at it, also of somebody who has never said anything.

        Writes nothing down.
        """
        call = Call("job board")

        def look(unit: Unit) -> Answer:
            context = self._context(unit, *known(unit, who), now, call)
            answer = self._run(context, call)
            if isinstance(answer, Form):
                return answer
            answer = with_waiting(context, call, answer)
            return answer.and_then(text(self.notice.words, small=True)) if self.notice else answer

        answer = await self._guarded(call, look)
        return answer if isinstance(answer, Message) else Message("Your board")

    async def redraw(self, ref: str, answer: Message, who: Who, now: datetime) -> Message | None:
        """The private message of that reference as it is after the answer given.

        None when it is none of this person's, or the store cannot be used.
        """

        def look(unit: Unit) -> Message | None:
            found = unit.look(who)
            if found is None:
                return None
            context = self._context(unit, *found, now, Call("job today"))
            return redrawn(context, ref, answer)

        try:
            return await self.store.transact(look)
        except Unavailable:
            return None

    async def sent(self, who: Who) -> Sequence[str]:
        """The references of every private message that this person was sent, newest first."""

        def look(unit: Unit) -> list[str]:
            found = unit.look(who)
            nudges = unit.nudges.of(found[0].id) if found else []
            return list(dict.fromkeys(n.message_ref for n in reversed(nudges) if n.message_ref))

        try:
            return await self.store.transact(look)
        except Unavailable:
            return ()

    async def opened(self, who: Who) -> None:
        """Remember the place that somebody has opened (`who.place`), if they are known here."""

        def look(unit: Unit) -> None:
            found = unit.look(who)
            if found is not None:
                unit.save_place(found[1].id, who.place)

        with suppress(Unavailable):
            await self.store.transact(look)

    async def discreetly(self, message: Message, who: Who) -> Message:
        """What may be said of an answer where others may look on: for the discreet, no names."""

        def look(unit: Unit) -> bool:
            found = unit.look(who)
            return found is None or found[0].discreet

        try:
            quiet = await self.store.transact(look)
        except Unavailable:
            quiet = True
        if not quiet:
            return message
        words = f"What you asked for is done. “{self.prefix}today” shows what is there."
        return Message("A note for you", (text(words),))

    async def recalled(self, call: Call, who: Who) -> Call:
        """The call that a kept one stands for; any other, and one that has run out, as it is."""
        if call.name != STASHED:
            return call

        def look(unit: Unit) -> Call | None:
            found = unit.look(who)
            return unstashed(unit, found[0].id, call) if found else None

        try:
            return await self.store.transact(look) or call
        except Unavailable:
            return call

    async def complete(
        self, name: str, option: str, typed: str, who: Who, now: datetime
    ) -> Sequence[tuple[str, str]]:
        """Up to 25 (label, raw answer) pairs for an option as it is being typed."""
        command = self.registry.get(name)
        found = command.option(option) if command else None
        if found is None:
            return []
        if found.kind.choices:
            key = typed.casefold()
            return [c for c in found.kind.choices if key in c[0].casefold() or key in c[1]][:25]
        complete = found.opt.complete
        if complete is None:
            return []

        def look(unit: Unit) -> Sequence[tuple[str, str]]:
            call = Call(name, {option: typed})
            context = self._context(unit, *known(unit, who), now, call)
            return complete(context, typed)[:25]

        try:
            return await self.store.transact(look)
        except Unavailable:
            # What is being typed can be sent without any help.
            return ()

    async def _guarded(self, call: Call, work: Callable[[Unit], Answer]) -> Answer:
        """The work's answer in one transaction, or what to say when it could not be done."""
        self._asked += 1
        try:
            return await self.store.transact(work)
        except Repeated:
            raise
        except Unavailable as trouble:
            log.warning("command unavailable", command=call.name)
            kept = isinstance(trouble, Uncertain)
            heading = "That may have been saved, or not" if kept else "That was not saved"
            return Message(heading, (text(str(trouble)),), failed=True)
        except Exception as error:
            reference = secrets.token_hex(3)
            # The traceback may quote what the person typed; the log gets the place alone.
            where = error.__traceback__
            while where is not None and where.tb_next is not None:
                where = where.tb_next
            line = f"{where.tb_frame.f_code.co_qualname}:{where.tb_lineno}" if where else "?"
            log.error(
                "command failed",
                command=call.name,
                error=type(error).__name__,
                at=line,
                reference=reference,
            )
            words = (
                f"Something went wrong on my side, and nothing was changed. Reference: {reference}"
            )
            return Message("Sorry", (text(words),), failed=True)
        finally:
            self._asked -= 1

    def _context(
        self, unit: Unit, seeker: Seeker, account: Account, now: datetime, call: Call
    ) -> Context:
        return Context(
            unit,
            seeker,
            account,
            now,
            self.registry,
            self.letters,
            call,
            self.prefix,
            self.lines,
            self.exits,
        )

    def _run(self, ctx: Context, call: Call) -> Answer:
        bound = self.registry.bind(call, ctx)
        ctx.given = bound.given
        command = self.registry.commands[call.name]
        return command.handler(ctx, **bound.arguments)


def unstashed(unit: Unit, seeker_id: int, call: Call) -> Call | None:
    """What a kept call stands for, the answers beside it laid over its own; None without one."""
    number = call.answers.get("call", "")
    kept = unit.stashed(seeker_id, int(number)) if re.fullmatch(r"[0-9]{1,9}", number) else None
    if kept is None:
        return None
    rest = {name: raw for name, raw in call.answers.items() if name != "call" and name[:1] != "@"}
    # What was empty and stays empty is no answer.
    return kept.plus(**{n: raw for n, raw in rest.items() if raw.strip() or n in kept.answers})


def known(unit: Unit, who: Who) -> tuple[Seeker, Account]:
    """Whoever looks, as they are known here, or as somebody who has never said anything."""
    unknown = Seeker(0, zone=who.zone or "UTC"), Account(0, 0, who.platform, "", who.user)
    return unit.look(who) or unknown
