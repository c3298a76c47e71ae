"""When something may be asked of Discord, for all of the bot. Knows its limits; sends nothing.

Sources: https://docs.discord.com/developers/topics/rate-limits for the 50 requests a second of a
bot and the ban of its address after 10,000 refused ones (401, 403, 429) in ten minutes;
/resources/user for the opening of direct messages, whose limit is not published: "if you open a
significant amount of DMs too quickly, your bot may be rate limited or blocked from opening new
ones". Limits of single routes and channels are discord.py's to keep.
"""

from datetime import datetime, timedelta

from adapters.pacing import Pacing

# At most 50 in any second, and 40 a second in the long run.
EVERY, BURST = timedelta(milliseconds=25), 10
# Each person's conversation is opened once in its life, so this holds up nobody who was there
# before.
OPENING, OPENING_BURST = timedelta(seconds=1), 3
# How much slower after each complaint, for as long as the process lives.
SLOWER, SLOWEST = 10, timedelta(minutes=10)
# At most 4,000 in any ten minutes: the address may be shared, with our other processes at least.
REFUSALS, WINDOW = 2000, timedelta(minutes=10)
# One bucket for the whole bot.
_BOT = ""


class Rates:
    """Whose turn it is. Instants are aware UTC."""

    def __init__(self) -> None:
        self._messages = Pacing(EVERY, BURST)
        self._openings = Pacing(OPENING, OPENING_BURST)
        self._refusals = Pacing(WINDOW / REFUSALS, REFUSALS)
        # Until when no conversation is opened, since the last complaint.
        self._opens: datetime | None = None

    def message(self, now: datetime, key: str) -> datetime | None:
        """None: the message of that key may go now. Else the instant at which to ask again."""
        return self._messages.take(_BOT, now, key)

    def opening(self, now: datetime, key: str) -> datetime | None:
        """As `message`, of the conversation that the message of that key needs."""
        return self._openings.take(_BOT, now, key)

    def hold(self, now: datetime, until: datetime) -> None:
        """Nothing goes out before `until`."""
        self._messages.blocked(_BOT, now, until)

    def unwell(self, now: datetime) -> None:
        """Discord is unwell: nothing goes out for a while, longer each time."""
        self._messages.unwell(_BOT, now)

    def well(self) -> None:
        """A message was sent: the next pause is a short one again."""
        self._messages.well(_BOT)

    def opened_too_fast(self, now: datetime, until: datetime) -> None:
        """No conversation is opened before `until`, and from then on more slowly.

        What failed together counts once.
        """
        if self._opens is None or now >= self._opens:
            self._openings.slow(min(self._openings.every * SLOWER, SLOWEST))
        self._opens = max(self._opens or until, until)
        self._openings.blocked(_BOT, now, until)

    def refused(self, now: datetime) -> bool:
        """Count a request that Discord counts towards a ban. False: there were too many.

        Then nothing goes out for as long as Discord remembers them.
        """
        if self._refusals.spare(_BOT, now):
            return True
        self.hold(now, now + WINDOW)
        return False
