"""What was claimed for a platform goes out, many people at a time, its claims kept alive.

Knows no platform and no storage. Nothing is begun whose claim may run out before it is answered.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog

from bot.delivery import Gone, Messenger, Outcome, Refused, Sent, Unknown
from bot.letters.draft import Letters
from bot.message import Message
from bot.model import Nudge, NudgeState
from bot.occasions.post import Post
from bot.occasions.told import concluded, post
from bot.parcels import SPACED, Parcel, Written, untried, written
from bot.ports import Store, Unavailable
from bot.settle import TRIES, Settling, settled

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

# People written to at the same time. A platform takes some 80 ms to answer, so that this many are
# 400 messages a second, about what one processor can write and settle.
AT_ONCE = 32
# Seconds that a letter steps aside for whoever waits for an answer, and how often.
PAUSE, POLITE = 0.001, 20
# Seconds after which a messenger is not waited for; each has a shorter time of its own.
PATIENCE = 60.0
# Seconds after which whoever waits for room looks whether we were told to end.
LOOK = 0.5


class Sending:
    """Sends parcels for as long as it is entered; on leaving, what is under way is finished.

    `clock` tells the time of the dispatcher (aware UTC), `stopped` whether it was told to end, and
    `busy` whether somebody waits for an answer.
    """

    def __init__(
        self,
        store: Store,
        messenger: Messenger,
        letters: Letters,
        settling: Settling,
        lease: timedelta,
        clock: Callable[[], datetime],
        stopped: Callable[[], bool],
        busy: Callable[[], bool],
    ) -> None:
        self._store = store
        self._messenger = messenger
        self._letters = letters
        self._settling = settling
        self._lease = lease
        self._clock = clock
        self._stopped = stopped
        self._busy = busy
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._writing = asyncio.Lock()
        self._posting = asyncio.Lock()
        # What is claimed and not answered, with the instant at which its claim runs out.
        self._held: dict[int, tuple[Nudge, datetime]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        # What has taken too long, until it ends by itself.
        self._late: set[asyncio.Future[Outcome]] = set()
        self._errors: list[BaseException] = []
        self._renewing: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Sending":
        self._renewing = asyncio.create_task(self._renew())
        return self

    async def __aexit__(self, *raised: object) -> None:
        try:
            while self._tasks:
                await asyncio.wait(self._tasks)
        finally:
            if self._renewing:
                self._renewing.cancel()
                with suppress(asyncio.CancelledError):
                    await self._renewing
        if self._errors:
            raise self._errors[0]

    @property
    def under_way(self) -> "set[asyncio.Task[None]]":
        """What has begun and has not ended."""
        return set(self._tasks)

    async def begin(self, parcels: Sequence[Parcel]) -> None:
        """Begin to send these, each as soon as there is room; returns when the last has begun.

        Those for which there was none until we were told to end are let go of.
        """
        for parcel in parcels:
            for nudge in parcel.nudges:
                self._held[nudge.id] = (nudge, nudge.ready_at)
        for place, parcel in enumerate(parcels):
            if not await self._room():
                await self._let_go(parcels[place:])
                return
            posted = parcel.nudges[0].kind.posted
            task = asyncio.create_task(self._post(parcel) if posted else self._send_all(parcel))
            self._tasks.add(task)
            task.add_done_callback(self._ended)

    async def _room(self) -> bool:
        """Wait for room for one more; False when we are told to end meanwhile."""
        if not self._gate.locked() and not self._stopped():
            await self._gate.acquire()
            return True
        while not self._stopped():
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK):
                    await self._gate.acquire()
                    return True
        return False

    async def _let_go(self, parcels: Sequence[Parcel]) -> None:
        now = self._clock()
        for parcel in parcels:
            self._settling.add([untried(nudge, now) for nudge in parcel.nudges], now)
            for nudge in parcel.nudges:
                self._held.pop(nudge.id, None)
        # What fails now is tried again at the last flush, and told there.
        with suppress(Exception):
            await self._settling.flush()

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        self._gate.release()
        if not task.cancelled() and (error := task.exception()):
            self._errors.append(error)

    async def _send_all(self, mine: Parcel) -> None:
        """A person's messages, one after the other, each settled as it is answered."""
        messages = written(mine, self._letters, self._clock())
        left, again = list(mine.nudges), self._clock()
        try:
            while left and self._may_begin(left[0]):
                found = await self._write(messages)
                if found is None:
                    again = self._clock() + SPACED
                    break
                parcel, message = found
                outcome = await self._send(parcel, message)
                now = self._clock()
                left = left[len(parcel.nudges) :]
                ends = settled(parcel, outcome, self._messenger.repeats_safely, now)
                then = partial(self._messenger.stored, parcel.account)
                self._settling.add(
                    ends, now, parcel, outcome, then if isinstance(outcome, Sent) else None
                )
                # What fails now is tried again at the last flush, and told there.
                with suppress(Exception):
                    await self._settling.flush()
                if isinstance(outcome, Gone):
                    break
            self._settling.add([untried(nudge, again) for nudge in left], self._clock())
        finally:
            for nudge in mine.nudges:
                self._held.pop(nudge.id, None)

    async def _post(self, parcel: Parcel) -> None:
        """A message that several people read, written now: its club is held meanwhile."""
        (nudge,) = parcel.nudges
        try:
            if not self._may_begin(nudge):
                self._settling.add([untried(nudge, self._clock())], self._clock())
                return
            try:
                # One at a time, as letters: all at once, their transactions would stand in line
                # before whoever waits for an answer. But no letter waits for a club.
                async with self._posting:
                    await self._give_way()
                    work = partial(post, nudge=nudge, now=self._clock())
                    found: Post | str | datetime | None = await self._store.transact(work)
            except Unavailable:
                self._settling.add([untried(nudge, self._clock())], self._clock())
                return
            except Exception as error:
                log.error("nudge not written", nudge=nudge.id, error=type(error).__name__)
                found = None
            if isinstance(found, datetime):
                self._settling.add([untried(nudge, found)], self._clock())
                return
            if isinstance(found, str):
                dropped = replace(nudge, state=NudgeState.DROPPED, why=found)
                self._settling.add([dropped], self._clock())
                return
            outcome = await self._send(parcel, found)
            now = self._clock()
            ends = settled(parcel, outcome, self._messenger.repeats_safely, now)
            ended = isinstance(outcome, Sent | Gone | Refused)
            then = partial(self._messenger.stored, parcel.account)
            self._settling.add(
                ends,
                now,
                parcel,
                outcome,
                then if isinstance(outcome, Sent) else None,
                partial(concluded, nudge=nudge, posted=found, outcome=outcome, now=now)
                if ended and found
                else None,
            )
        finally:
            # What fails now is tried again at the last flush, and told there.
            with suppress(Exception):
                await self._settling.flush()
            self._held.pop(nudge.id, None)

    async def _write(self, messages: Written) -> tuple[Parcel, Message | None] | None:
        # One letter is enough for one turn of the event loop, which has more to do; and whoever
        # waits for an answer comes first, for Python does one thing at a time.
        async with self._writing:
            await self._give_way()
            return next(messages, None)

    async def _give_way(self) -> None:
        await asyncio.sleep(0)
        for _ in range(POLITE):
            if not self._busy():
                break
            await asyncio.sleep(PAUSE)

    def _may_begin(self, nudge: Nudge) -> bool:
        """Whether our claim will hold for as long as a platform may take to answer."""
        if self._stopped() or nudge.id not in self._held:
            return False
        return self._clock() < self._held[nudge.id][1] - self._lease / 4

    async def _send(self, parcel: Parcel, message: Message | Post | None) -> Outcome:
        if message is None:
            return Refused("it could not be written")
        repeats = self._messenger.repeats_safely
        if not repeats and any(n.in_doubt and n.tries > TRIES for n in parcel.nudges):
            # Perhaps it is this very message that the process does not survive.
            return Unknown("whoever sent it never came to settle it")
        task = asyncio.ensure_future(self._asked(parcel, message))
        # Never broken off: a platform's library may not bear that (`adapters.discord.requests`).
        done, _ = await asyncio.wait({task}, timeout=PATIENCE)
        if not done:
            self._late.add(task)
            task.add_done_callback(self._late.discard)
            log.error("no answer came", nudge=parcel.nudges[0].id)
            return Unknown("no answer came")
        try:
            return task.result()
        except Exception as error:
            log.error("sending broke off", nudge=parcel.nudges[0].id, error=type(error).__name__)
            return Unknown(f"sending broke off ({type(error).__name__})")

    def _asked(self, parcel: Parcel, message: Message | Post) -> Coroutine[Any, Any, Outcome]:
        """What is asked of the platform."""
        if not isinstance(message, Post):
            return self._messenger.send(parcel.account, message, parcel.key)
        words = message.message
        if message.mends:
            return self._messenger.edit(parcel.account, message.mends, words, parcel.key)
        if message.brings:
            return self._messenger.introduce(message.brings, message.channel, words, parcel.key)
        return self._messenger.send(parcel.account, words, parcel.key)

    async def _renew(self) -> None:
        """Keep alive what is held; what others have taken over meanwhile is let go of."""
        while True:
            await asyncio.sleep(self._lease.total_seconds() / 4)
            nudges = [nudge for nudge, _ in self._held.values()]
            if not nudges:
                continue
            until = self._clock() + self._lease
            try:
                still = await self._store.transact(
                    lambda unit, held=nudges, until=until: unit.nudges.renew(held, until)  # type: ignore[misc]  # defaults bind the loop's variables
                )
            except Exception as error:
                # What is not renewed is not begun; the next time may be better.
                log.warning("not renewed", error=type(error).__name__)
                continue
            for nudge in nudges:
                mine, _ = self._held.get(nudge.id, (None, until))
                if mine is None or mine.claim != nudge.claim:
                    continue  # answered meanwhile, and perhaps claimed anew
                if nudge.id in still:
                    self._held[nudge.id] = (nudge, until)
                else:
                    del self._held[nudge.id]
