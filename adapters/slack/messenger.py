"""Sends a nudge as a direct message, into a club's channel, or to a few people. Knows Slack's pace.

https://docs.slack.dev/reference/methods/chat.postMessage: a user's id as the channel is the bot's
conversation with them, and needs no more than `chat:write`. Slack has no key that would let it see
that a message is the same one again, so nothing here sends a second time what may have arrived.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from adapters.pacing import Pacing
from adapters.slack import PLATFORM, Json, utc_now
from adapters.slack.blocks import blocks, text_of
from adapters.slack.clients import Clients
from adapters.slack.outcomes import CHANNEL, INSTALL, RECIPIENT, Ended, Then
from adapters.slack.pacing import BURST, EVERY, tier_3
from adapters.slack.posting import NOT_INSTALLED, TOGETHER_LIMIT, Posting
from bot.delivery import Gone, Lane, Later, Outcome, Refused, Sent
from bot.message import Message
from bot.model import Account

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

# Said below a message that Slack took only as text.
NO_BUTTONS = "The buttons could not be shown here. You will find them in the app's Home tab."
# How many workspaces that refuse us are remembered; beyond that the first of them is not.
REFUSING = 1000
# What `Clients` says while it spares a token that Slack refused, perhaps to another call than ours.
_SPARED = frozenset(f"{why} ({NOT_INSTALLED})" for why in INSTALL.values())
Write = Callable[[str, list[Json] | None], Awaitable[Ended]]


class SlackMessenger:
    """A Messenger for every workspace that `clients` has a token for.

    `on_sent(account)` is told of each message that arrived, once that is stored.
    """

    platform = PLATFORM
    repeats_safely = False

    def __init__(
        self,
        clients: Clients,
        pacing: Pacing,
        clock: Callable[[], datetime] = utc_now,
        on_sent: Callable[[Account], None] | None = None,
    ) -> None:
        self._posting = Posting(clients, clock)
        self._pacing = pacing
        # Of chat.update, which whoever else calls it shares, and of conversations.open.
        self.edits, self._rooms = tier_3(), tier_3()
        self._clock = clock
        self._on_sent = on_sent
        # In the order in which they began to.
        self._refusing: dict[str, None] = {}

    @property
    def refusing(self) -> int:
        """How many workspaces refuse the bot as a whole, and have taken no message since."""
        return len(self._refusing)

    def forget(self, place: str) -> None:
        """Drop what is remembered of a workspace: it removed the bot, or has it anew."""
        self._refusing.pop(place, None)

    def lane(self, account: Account) -> Lane:
        return Lane(f"{PLATFORM}:{account.workspace}", EVERY, BURST)

    async def send(self, account: Account, message: Message, key: str) -> Outcome:
        place, words = account.workspace, _words(account)
        at = self._pacing.take(place, self._clock(), key)
        if at is not None:
            return _waiting(at)

        async def post(text: str, rows: list[Json] | None) -> Ended:
            return await self._posting.post(place, account.user, text, rows, words)

        end = await self._written(account, message, post)
        log.info(
            "message sent", account=account.id, outcome=type(end.outcome).__name__, code=end.code
        )
        return self._conclude(place, end, key, self._pacing)

    async def edit(self, account: Account, ref: str, message: Message, key: str) -> Outcome:
        place, words = account.workspace, _words(account)
        if not all(ref.partition(":")):
            return Refused("nobody knows where the message is")
        at = self.edits.take(place, self._clock(), key)
        if at is not None:
            return _waiting(at)

        async def replace(text: str, rows: list[Json] | None) -> Ended:
            return await self._posting.replace(place, ref, text, rows, words)

        end = await self._written(account, message, replace)
        log.info(
            "message edited", account=account.id, outcome=type(end.outcome).__name__, code=end.code
        )
        return self._conclude(place, end, key, self.edits)

    async def introduce(
        self, accounts: Sequence[Account], channel: str, message: Message, key: str
    ) -> Outcome:
        users = sorted({account.user for account in accounts})
        if len({account.workspace for account in accounts}) > 1:
            return Refused("these people are not in one workspace")
        if any(account.shared for account in accounts):
            return Refused("a channel cannot be introduced to anybody")
        if not 2 <= len(users) <= TOGETHER_LIMIT:
            return Refused(f"Slack brings 2 to {TOGETHER_LIMIT} people together")
        first, place = accounts[0], accounts[0].workspace
        at = self._rooms.take(place, self._clock(), key)
        at = at or self._pacing.take(place, self._clock(), key)
        if at is not None:
            return _waiting(at)
        room: str | Ended = ""

        async def post(text: str, rows: list[Json] | None) -> Ended:
            nonlocal room
            # Only once it is certain that there is something to say there.
            room = room or await self._posting.open(place, users)
            if isinstance(room, Ended):
                return room
            return await self._posting.post(place, room, text, rows, CHANNEL)

        end = await self._written(first, message, post)
        log.info(
            "people introduced", account=first.id, outcome=type(end.outcome).__name__, code=end.code
        )
        pacing = self._rooms if isinstance(room, Ended) else self._pacing
        return self._conclude(place, end, key, pacing)

    async def _written(self, account: Account, message: Message, write: Write) -> Ended:
        """The message written with its blocks, or as text where those are refused."""
        try:
            text, rows = text_of(message), blocks(message)
        except Exception as error:
            name = type(error).__name__
            log.error("message unrenderable", account=account.id, error=name)
            return Ended(Refused(f"it could not be written ({name})"), "unrenderable")
        end = await write(text, rows)
        if end.then is Then.PLAIN:
            log.error("blocks refused", account=account.id, code=end.code)
            lost = message.buttons and not account.shared
            end = await write(f"{text}\n\n{NO_BUTTONS}" if lost else text, None)
        return end

    def _conclude(self, place: str, end: Ended, key: str, pacing: Pacing) -> Outcome:
        """Tell whoever has to know, and give what must wait a time of its own."""
        now, outcome = self._clock(), end.outcome
        match end.then:
            case Then.HOLD if isinstance(outcome, Later):
                pacing.blocked(place, now, outcome.at)
            case Then.PAUSE:
                pacing.unwell(place, now)
            case _:
                pass
        if isinstance(outcome, Sent):
            pacing.well(place)
            self.forget(place)
        elif isinstance(outcome, Gone) and (end.code in INSTALL or outcome.why in _SPARED):
            self._refused(place, end.code)
        if isinstance(outcome, Later) and end.then in (Then.HOLD, Then.PAUSE):
            at = pacing.take(place, now, key) or outcome.at
            return replace(outcome, at=at)
        return outcome

    def _refused(self, place: str, code: str) -> None:
        # Every nudge there ends so, and one line says as much as hundreds.
        if place not in self._refusing:
            log.warning("workspace refuses us", workspace=place, code=code)
            if len(self._refusing) >= REFUSING:
                self.forget(next(iter(self._refusing)))
            self._refusing[place] = None

    def stored(self, account: Account) -> None:
        # Whatever is shown of it is shown as it is stored.
        try:
            if self._on_sent is not None:
                self._on_sent(account)
        except Exception as error:
            log.error("listener failed", account=account.id, error=type(error).__name__)


def _words(account: Account) -> Mapping[str, str]:
    """Why what is to be read there cannot be reached, by Slack's code."""
    return CHANNEL if account.shared else RECIPIENT


def _waiting(at: datetime) -> Later:
    return Later(at, "waiting for its turn", tried=False)
