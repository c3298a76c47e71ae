"""Every way a call to Discord can end, as an outcome of the core's. Pure; asks for nothing.

Losing a message is worst, repeating it silently second. Our nonce makes a repeat within "the past
few minutes" the same message, but no later one, so whatever may have arrived is `Unknown`: the core
tries it again soon, and a try that comes too late for the nonce says that it may have been seen.
Every 5xx is among these. Of 503 a proxy in between writes one when its own connection broke after
it had passed the request on, and discord.py itself has tried the others five times.

Sources: https://docs.discord.com/developers/topics/opcodes-and-status-codes (codes), /topics/
rate-limits (429 and the ban after 10,000 refused requests in ten minutes), /resources/message
(nonce); what the library raises: discord/http.py and discord/errors.py of 2.7.1.
"""

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

import aiohttp
import discord

from adapters.unanswered import UNNAMED, unanswered
from bot.delivery import Gone, Later, Outcome, Refused, Sent, Unknown

# Where Discord names no time. An hour, so that a code which nobody knew of is tried some twenty
# times in the day after which the core gives up and shows the message at the next command.
UNHEARD_OF = timedelta(hours=1)
# After "opening direct messages too fast", and while a feature is switched off at Discord.
TOO_FAST = timedelta(minutes=10)
SWITCHED_OFF = timedelta(minutes=30)
# Cloudflare counts refused requests over ten minutes, and whoever goes on asking stays out.
CLOUDFLARE = timedelta(minutes=10)
# A named wait beyond this is not believed.
LONGEST = timedelta(days=1)
# The waits after "missing access", then it is believed. For people who installed the bot for
# themselves it comes by mistake, and passes (discord-api-docs, 7666).
NO_ACCESS = (timedelta(hours=1), timedelta(hours=3))

NO_TOKEN = "Discord no longer accepts the bot's token (401)"
RECIPIENT = {
    50007: "Discord does not let the bot write to this person",
    50278: "this person shares no server with the bot, or takes no messages from its members",
    50033: "Discord says that this person cannot be written to",
    10013: "Discord cannot find this person",
}
# Explicit content, AutoMod, a link that Discord thinks harmful.
BLOCKED = frozenset({20009, 200000, 240000})
# An invalid form body, an empty message, one that is too large, invalid JSON.
WORDS = frozenset({50035, 50006, 40005, 50109})
# Sending, or a feature, "has been temporarily disabled".
OFF = frozenset({40004, 40006})
UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, NO_SUCH_ACCESS = 10003, 10008, 50001
OPENING_TOO_FAST, UNAUTHORIZED, OVERLOADED = 40003, 40001, 130000
# What Discord counts towards the ban.
COUNTED = frozenset({401, 403, 429})


class NotReached(Exception):
    """Discord cannot be reached at present, so nothing was asked of it."""


class Then(StrEnum):
    """What the caller does besides handing the outcome on."""

    NOTHING = "nothing"
    # Once more, without links.
    UNLINKED = "unlinked"
    # The conversation that was remembered is no more: open it anew, and once more.
    REOPEN = "reopen"
    # No conversation is opened before the outcome's time, and then more slowly.
    SLOW = "slow"
    # Nothing goes out before the outcome's time.
    HOLD = "hold"
    # Discord is unwell: nothing goes out for a while, longer each time.
    PAUSE = "pause"
    # This person is asked for again only a few times, by `no_access`.
    SELDOM = "seldom"
    # The token is dead: nothing goes out before the outcome's time, and the process should end.
    # Should that be a mistake of Discord's, one try an hour finds out.
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a call ended: the outcome, the code for logs, and what to do now.

    `counted`: Discord counts it among the requests after which it bans the bot's address.
    """

    outcome: Outcome
    code: str
    then: Then = Then.NOTHING
    counted: bool = False


def ended(error: Exception, now: datetime) -> Ended:
    """What a failed call means, quoting nothing of it. `now` (aware UTC) is when it failed."""
    if isinstance(error, NotReached):
        why = "Discord cannot be reached"
        return Ended(Later(now + UNNAMED, why, tried=False), "not_reached", Then.PAUSE)
    if isinstance(error, discord.LoginFailure):
        return Ended(Later(now + UNHEARD_OF, NO_TOKEN), "login", Then.STOP, counted=True)
    if isinstance(error, discord.RateLimited):
        # Also when the library knows by itself that it would have to wait, so nothing is counted.
        return _limited(now, error.retry_after)
    if isinstance(error, discord.HTTPException):
        return replace(_answered(error, now), counted=error.status in COUNTED)
    outcome = unanswered(error, "Discord", now)
    return Ended(outcome, type(error).__name__, Then.PAUSE)


def unsent(end: Ended, now: datetime) -> Ended:
    """What it means that a conversation could not be opened: that nothing was sent yet.

    Opening it twice opens it once, and its limit is its own.
    """
    if isinstance(end.outcome, Unknown):
        return replace(end, outcome=Later(now + UNNAMED, end.outcome.why))
    if end.then in (Then.REOPEN, Then.UNLINKED):
        return replace(end, then=Then.NOTHING)
    if end.then is Then.HOLD and end.code == "rate_limited":
        return replace(end, then=Then.SLOW)
    return end


def no_access(times: int, now: datetime) -> Outcome:
    """What "missing access" means when it was said so many times in a row, this one included."""
    why = f"Discord gives the bot no access to this person ({NO_SUCH_ACCESS})"
    return Gone(why) if times > len(NO_ACCESS) else Later(now + NO_ACCESS[times - 1], why)


def _answered(error: discord.HTTPException, now: datetime) -> Ended:
    number = error.code if isinstance(error.code, int) else 0
    if error.status == 401 or number == UNAUTHORIZED:
        return Ended(Later(now + UNHEARD_OF, NO_TOKEN), "401", Then.STOP)
    if number == OPENING_TOO_FAST:
        why = f"Discord asks to open conversations more slowly ({number})"
        return Ended(Later(now + TOO_FAST, why), str(number), Then.SLOW)
    if error.status == 429:
        return _too_many(error.response.headers, now)
    if number == OVERLOADED:
        why = f"Discord is overloaded ({number})"
        return Ended(Later(now + UNNAMED, why), str(number), Then.PAUSE)
    if error.status >= 500:
        code = f"http_{error.status}"
        return Ended(Unknown(f"something broke at Discord ({code})"), code, Then.PAUSE)
    return _coded(number, now) if number else _bare(error, now)


def _coded(number: int, now: datetime) -> Ended:
    code = str(number)
    if number in RECIPIENT:
        return Ended(Gone(f"{RECIPIENT[number]} ({code})"), code)
    if number == NO_SUCH_ACCESS:
        return Ended(no_access(1, now), code, Then.SELDOM)
    if number == UNKNOWN_CHANNEL:
        why = f"Discord cannot find the conversation ({code})"
        return Ended(Later(now + UNHEARD_OF, why), code, Then.REOPEN)
    if number == UNKNOWN_MESSAGE:
        # Said of a nonce whose message has been deleted since (discord-api-docs, 6647).
        return Ended(Sent(), code)
    if number in BLOCKED:
        why = f"Discord does not let this message through ({code})"
        return Ended(Refused(why), code, Then.UNLINKED)
    if number in WORDS:
        return Ended(Refused(f"Discord does not take this message ({code})"), code)
    if number in OFF:
        why = f"Discord has switched sending off for now ({code})"
        return Ended(Later(now + SWITCHED_OFF, why), code, Then.HOLD)
    return Ended(Later(now + UNHEARD_OF, f"Discord gave a reason we do not know ({code})"), code)


def _bare(error: discord.HTTPException, now: datetime) -> Ended:
    """A refusal without a code: of Discord's own, or of something in between.

    The request was turned away as it was (RFC 9110, 15.5); nothing of it was carried out.
    """
    code = f"http_{error.status}"
    if error.response.headers.get("Content-Type") == "application/json":
        return Ended(Later(now + UNHEARD_OF, f"Discord gave no reason ({code})"), code)
    return Ended(Later(now + UNNAMED, f"Discord was not reached ({code})"), code, Then.PAUSE)


def asked_to_wait(error: BaseException | None) -> float:
    """The seconds for which nobody should ask again after this error; 0.0 when it names none.

    It may also be one of the gateway's, which begins with an ordinary request.
    """
    if isinstance(error, discord.GatewayNotFound):
        # What Discord said of its address is behind it.
        return asked_to_wait(error.__cause__)
    if isinstance(error, discord.RateLimited):
        return _wait(error.retry_after).total_seconds()
    if isinstance(error, discord.HTTPException) and error.status == 429:
        return _named(error.response.headers)[0].total_seconds()
    if isinstance(error, aiohttp.WSServerHandshakeError) and error.status == 429:
        return _named(error.headers)[0].total_seconds()
    return 0.0


def _too_many(headers: object, now: datetime) -> Ended:
    wait, cloudflare = _named(headers)
    if not cloudflare:
        return _limited(now, wait.total_seconds())
    return Ended(Later(now + wait, "Cloudflare asks to wait (429)"), "cloudflare", Then.HOLD)


def _named(headers: object) -> tuple[timedelta, bool]:
    """The wait that a 429 asks for, and whether it is Cloudflare that asks and not Discord."""
    get = getattr(headers, "get", None)
    wait = _wait(_seconds(get("Retry-After") if get else None))
    cloudflare = not (get and get("Via"))
    return (max(CLOUDFLARE, wait) if cloudflare else wait), cloudflare


def _limited(now: datetime, seconds: float) -> Ended:
    at = now + _wait(seconds)
    return Ended(Later(at, "Discord asks to wait (rate limit)"), "rate_limited", Then.HOLD)


def _seconds(named: object) -> float:
    try:
        return float(str(named))
    except ValueError:
        return math.nan


def _wait(seconds: float) -> timedelta:
    """The wait that was named, within reason; else ours."""
    if not 0 <= seconds < math.inf:
        return UNNAMED
    return timedelta(seconds=min(max(1.0, seconds), LONGEST.total_seconds()))
