"""Sends a nudge, changes it and introduces people. Knows how that may end; not what it says.

A person is written to in the bot's conversation with them, which is opened once and remembered; a
club in its channel; people who are introduced in a private thread (adapters.discord.introducing).
Every message carries a nonce made from its nudge's key: for a few minutes Discord answers a repeat
with the message that is there (https://docs.discord.com/developers/resources/message).
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from discord.http import MultipartParameters

from adapters.discord import PLATFORM, rooms, utc_now
from adapters.discord.bodies import nonce, nonce_of, rewritten, written
from adapters.discord.introducing import Introducing
from adapters.discord.outcomes import Ended, Then, ended, no_access, unsent
from adapters.discord.pacing import BURST, EVERY, Rates
from adapters.discord.requests import PATIENCE, Reach, Requests
from adapters.discord.unlinked import unlinked
from bot.delivery import Gone, Lane, Later, Outcome, Refused, Sent
from bot.message import Message
from bot.model import Account

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

# A turn that comes so soon is waited for: the dispatcher would come back only with its next look,
# and 40 a second would be 40 a look.
NEAR = timedelta(seconds=1)
WAITING = "waiting for its turn"
# People remembered to whom Discord gave the bot no access.
REMEMBERED = 5000


class DiscordMessenger:
    """A Messenger for everybody who uses the bot.

    `on_opened(account, place)` is told of each conversation that was opened, and `on_refused()` of
    each time that Discord does not take the token: nothing is sent for an hour, and the process had
    better end.
    """

    platform = PLATFORM
    # For as long as Discord knows the nonce. A later repeat is in doubt, and says so.
    repeats_safely = True

    def __init__(
        self,
        reach: Reach,
        rates: Rates,
        clock: Callable[[], datetime] = utc_now,
        on_opened: Callable[[Account, str], Awaitable[None]] | None = None,
        on_refused: Callable[[], None] | None = None,
        patience: float = PATIENCE,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._requests = Requests(reach, patience)
        self._introducing = Introducing(self._requests, clock)
        self._rates = rates
        self._clock = clock
        self._on_opened = on_opened
        self._on_refused = on_refused
        self._sleep = sleep
        # How often in a row, and until when they are let be.
        self._no_access: OrderedDict[str, tuple[int, datetime]] = OrderedDict()

    def stored(self, account: Account) -> None:
        return

    def lane(self, account: Account) -> Lane:
        # Discord counts all that a bot sends, wherever it goes.
        return Lane(PLATFORM, EVERY, BURST)

    async def send(self, account: Account, message: Message, key: str) -> Outcome:
        now = self._clock()
        _, let_be = self._no_access.get(account.user, (0, now))
        if now < let_be:
            return Later(let_be, "Discord gives the bot no access to this person", tried=False)
        at = await self._turn(now, key)
        if at is not None:
            return Later(at, WAITING, tried=False)
        end = await self._deliver(account, message, key)
        outcome = self._conclude(account.user, end, key)
        log.info("message sent", account=account.id, outcome=type(outcome).__name__, code=end.code)
        return outcome

    async def edit(self, account: Account, ref: str, message: Message, key: str) -> Outcome:
        """Show the message in place of the one of that `ref`. May be repeated after any answer.

        Gone when the channel of a shared account is lost; Refused when it is only the message.
        """
        channel, _, number = ref.partition(":")
        if not (channel.isdecimal() and number.isdecimal()):
            return Refused("nobody knows where the message is")
        key = f"edit:{key}"
        at = await self._turn(self._clock(), key)
        if at is not None:
            return Later(at, WAITING, tried=False)
        shared = account.shared and channel == account.place
        until = self._requests.until()

        async def ask(params: MultipartParameters) -> str:
            await self._requests.edit(channel, number, params, until)
            return ref

        end = rooms.edited(await self._let_through(message, rewritten, ask), shared=shared)
        outcome = self._conclude(account.user, end, key)
        name = type(outcome).__name__
        log.info("message edited", account=account.id, outcome=name, code=end.code)
        return outcome

    async def introduce(
        self, accounts: Sequence[Account], channel: str, message: Message, key: str
    ) -> Outcome:
        """Say the message in a private thread of `channel` that only these people are brought to.

        Gone when the channel is lost, the bot may not open one there, or one of them cannot come.
        Another try of this process goes on with the thread of the first; of another process, or
        when Discord's answer about the thread was lost, it leaves an empty one behind.
        """
        key = f"introduce:{key}"
        at = await self._turn(self._clock(), key)
        if at is not None:
            return Later(at, WAITING, tried=False)
        until = self._requests.until()
        users = list(dict.fromkeys(account.user for account in accounts))
        thread = await self._introducing.together(users, channel, key, until)
        if isinstance(thread, Ended):
            end = thread
        else:
            end = await self._post(thread, message, nonce(f"{channel}:{key}"), until)
            end = rooms.posted(end)
            if isinstance(end.outcome, Gone):
                self._introducing.forget(channel, key)
        outcome = self._conclude("", end, key)
        log.info("people introduced", outcome=type(outcome).__name__, code=end.code)
        return outcome

    async def _turn(self, now: datetime, key: str) -> datetime | None:
        soon = now + NEAR
        while (at := self._rates.message(now, key)) is not None and at <= soon:
            await self._sleep((at - now).total_seconds())
            now = self._clock()
        return at

    async def _deliver(self, account: Account, message: Message, key: str) -> Ended:
        until, said = self._requests.until(), nonce_of(account, key)
        place: str | Ended = account.place or await self._open(account, key, until)
        if isinstance(place, Ended):
            return place
        end = await self._post(place, message, said, until)
        if account.shared:
            return rooms.posted(end)
        if end.then is Then.REOPEN:
            place = await self._open(account, key, until)
            if isinstance(place, Ended):
                return place
            end = await self._post(place, message, said, until)
        return end

    async def _open(self, account: Account, key: str, until: float) -> str | Ended:
        at = self._rates.opening(self._clock(), key)
        if at is not None:
            return Ended(Later(at, WAITING, tried=False), "turn")
        try:
            place = await self._requests.open(account.user, until)
        except Exception as error:
            now = self._clock()
            return unsent(ended(error, now), now)
        try:
            if self._on_opened is not None:
                await self._on_opened(account, place)
        except Exception as error:
            # It is opened again next time.
            log.error("listener failed", account=account.id, error=type(error).__name__)
        return place

    async def _post(self, place: str, message: Message, said: str, until: float) -> Ended:
        """Send a message to a place; `said` is its nonce."""

        async def ask(params: MultipartParameters) -> str:
            return f"{place}:{await self._requests.post(place, params, until)}"

        return await self._let_through(message, lambda words: written(words, said), ask)

    async def _let_through(
        self,
        message: Message,
        body: Callable[[Message], MultipartParameters],
        ask: Callable[[MultipartParameters], Awaitable[str]],
    ) -> Ended:
        """Ask Discord to take a message; one that it does not let through, without its links."""
        end = await self._ask(message, body, ask)
        if end.then is Then.UNLINKED and (bare := unlinked(message)) is not message:
            log.error("content refused", code=end.code)
            end = await self._ask(bare, body, ask)
        return end

    async def _ask(
        self,
        message: Message,
        body: Callable[[Message], MultipartParameters],
        ask: Callable[[MultipartParameters], Awaitable[str]],
    ) -> Ended:
        try:
            params = body(message)
        except Exception as error:
            name = type(error).__name__
            log.error("message unrenderable", error=name)
            return Ended(Refused(f"it could not be written ({name})"), name)
        try:
            return Ended(Sent(await ask(params)), "ok")
        except Exception as error:
            return ended(error, self._clock())

    def _conclude(self, user: str, end: Ended, key: str) -> Outcome:
        """Tell whoever has to know, and give what must wait a time of its own."""
        now, outcome = self._clock(), end.outcome
        if end.counted and not self._rates.refused(now):
            log.error("too many requests refused", code=end.code)
        match end.then:
            case Then.HOLD | Then.STOP if isinstance(outcome, Later):
                self._rates.hold(now, outcome.at)
                if end.then is Then.STOP:
                    self._refused()
                return replace(outcome, at=self._rates.message(now, key) or outcome.at)
            case Then.SLOW if isinstance(outcome, Later):
                self._rates.opened_too_fast(now, outcome.at)
                return replace(outcome, at=self._rates.opening(now, key) or outcome.at)
            case Then.PAUSE:
                self._rates.unwell(now)
                if isinstance(outcome, Later):
                    return replace(outcome, at=self._rates.message(now, key) or outcome.at)
            case Then.SELDOM:
                return self._seldom(user, now)
            case _:
                pass
        if isinstance(outcome, Sent):
            self._rates.well()
            self._no_access.pop(user, None)
        return outcome

    def _seldom(self, user: str, now: datetime) -> Outcome:
        # A process that starts anew counts anew; behind it stands the core's own end to trying.
        times, _ = self._no_access.pop(user, (0, now))
        outcome = no_access(times + 1, now)
        if isinstance(outcome, Later):
            self._no_access[user] = (times + 1, outcome.at)
            if len(self._no_access) > REMEMBERED:
                self._no_access.popitem(last=False)
        return outcome

    def _refused(self) -> None:
        log.critical("token refused; nothing is sent for now", status=401)
        if self._on_refused is not None:
            self._on_refused()
