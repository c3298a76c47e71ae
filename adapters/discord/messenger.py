"""Sends a nudge as a direct message. Knows how that may end; not what the message says.

A person is written to in the bot's conversation with them, which is opened once and remembered.
Every message carries a nonce made from its nudge's key: for a few minutes Discord answers a repeat
with the message that is there (https://docs.discord.com/developers/resources/message).
"""

import asyncio
from base64 import urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import blake2b

import discord
import structlog
from discord.http import MultipartParameters, handle_message_parameters

from adapters.discord import PLATFORM, utc_now
from adapters.discord.components import layout
from adapters.discord.outcomes import Ended, Then, ended, no_access, unsent
from adapters.discord.pacing import BURST, EVERY, Rates
from adapters.discord.requests import PATIENCE, Reach, Requests
from adapters.discord.unlinked import unlinked
from bot.delivery import Lane, Later, Outcome, Refused, Sent
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
        outcome = self._conclude(account, end, key)
        log.info("message sent", account=account.id, outcome=type(outcome).__name__, code=end.code)
        return outcome

    async def _turn(self, now: datetime, key: str) -> datetime | None:
        soon = now + NEAR
        while (at := self._rates.message(now, key)) is not None and at <= soon:
            await self._sleep((at - now).total_seconds())
            now = self._clock()
        return at

    async def _deliver(self, account: Account, message: Message, key: str) -> Ended:
        until = self._requests.until()
        place: str | Ended = account.place or await self._open(account, key, until)
        if isinstance(place, Ended):
            return place
        end = await self._post(account, place, message, key, until)
        if end.then is Then.REOPEN:
            place = await self._open(account, key, until)
            if isinstance(place, Ended):
                return place
            end = await self._post(account, place, message, key, until)
        if end.then is Then.UNLINKED and (bare := unlinked(message)) is not message:
            log.error("content refused", account=account.id, code=end.code)
            end = await self._post(account, place, bare, key, until)
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

    async def _post(
        self, account: Account, place: str, message: Message, key: str, until: float
    ) -> Ended:
        try:
            params = parameters(account, message, key)
        except Exception as error:
            name = type(error).__name__
            log.error("message unrenderable", account=account.id, error=name)
            return Ended(Refused(f"it could not be written ({name})"), name)
        try:
            return Ended(Sent(f"{place}:{await self._requests.post(place, params, until)}"), "ok")
        except Exception as error:
            return ended(error, self._clock())

    def _conclude(self, account: Account, end: Ended, key: str) -> Outcome:
        """Tell whoever has to know, and give what must wait a time of its own."""
        now, outcome = self._clock(), end.outcome
        if end.counted and not self._rates.refused(now):
            log.error("too many requests refused", account=account.id, code=end.code)
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
                return self._seldom(account, now)
            case _:
                pass
        if isinstance(outcome, Sent):
            self._rates.well()
            self._no_access.pop(account.user, None)
        return outcome

    def _seldom(self, account: Account, now: datetime) -> Outcome:
        # A process that starts anew counts anew; behind it stands the core's own end to trying.
        times, _ = self._no_access.pop(account.user, (0, now))
        outcome = no_access(times + 1, now)
        if isinstance(outcome, Later):
            self._no_access[account.user] = (times + 1, outcome.at)
            if len(self._no_access) > REMEMBERED:
                self._no_access.popitem(last=False)
        return outcome

    def _refused(self) -> None:
        log.critical("token refused; nothing is sent for now", status=401)
        if self._on_refused is not None:
            self._on_refused()


def parameters(account: Account, message: Message, key: str) -> MultipartParameters:
    """The body of a message, and its files; raises what rendering raises."""
    shown = layout(message)
    return handle_message_parameters(
        view=shown.view,
        files=shown.files or discord.utils.MISSING,
        nonce=nonce_of(account, key),
        allowed_mentions=discord.AllowedMentions.none(),
        flags=discord.MessageFlags(suppress_embeds=True),
    )


def nonce_of(account: Account, key: str) -> str:
    """The nonce of a nudge's message to an account: the same for the same, of 22 characters."""
    told = blake2b(f"{account.id}:{key}".encode(), digest_size=16).digest()
    return urlsafe_b64encode(told).rstrip(b"=").decode()
