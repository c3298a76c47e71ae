"""When a place takes its next message. Knows no platform, no message and no network.

A place is whatever the platform counts by: a workspace, or all of the bot. Short bursts are let
through. The dispatcher looks only every 15 seconds (`adapters.metronome`), so whoever must wait is
given a moment of their own to come back at: two hundred people at 09:30 are each tried about twice,
not once every look.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

# A turn is kept this long for one who does not come: a nudge put off, or another process's.
GRACE = timedelta(minutes=2)
# Places remembered, and how many may wait for their turn in each.
PLACES = 5000
WAITING = 10_000
# The pause after a call that found the platform unwell, doubled each time.
PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)


@dataclass
class _Queue:
    # The bucket holds a message for each `every` since then, and at most a burst.
    empty: datetime
    # The turns of those who wait, in their order, each without `late`.
    waiting: OrderedDict[str, datetime] = field(default_factory=OrderedDict)
    # By how much every turn has been put back.
    late: timedelta = timedelta()
    pause: timedelta = timedelta()

    def turn(self, key: str) -> datetime:
        return self.waiting[key] + self.late

    def first(self) -> datetime:
        return self.turn(next(iter(self.waiting)))

    def last(self) -> datetime:
        return self.turn(next(reversed(self.waiting)))


class Pacing:
    """One bucket for each place: `burst` messages at once, then one each `every`.

    Instants are aware UTC.
    """

    def __init__(self, every: timedelta, burst: int) -> None:
        self.every = every
        self.burst = burst
        self._queues: OrderedDict[str, _Queue] = OrderedDict()

    def take(self, place: str, now: datetime, key: str) -> datetime | None:
        """None: the message of that key may go now. Else the instant at which to ask again.

        Those who wait keep their order; whoever asks again before their time gets the same answer.
        """
        queue = self._queue(place, now)
        if key in queue.waiting:
            return self._again(queue, now, key)
        if self.spare(place, now):
            return None
        ahead = len(queue.waiting)
        at = queue.empty + self.every * (ahead + 1)
        if ahead:
            at = max(at, queue.last() + self.every)
        if ahead < WAITING:
            queue.waiting[key] = at - queue.late
        return at

    def spare(self, place: str, now: datetime) -> bool:
        """Take a turn that nobody waits for. False: there is none, and none is kept."""
        queue = self._queue(place, now)
        if now < queue.empty + self.every * (len(queue.waiting) + 1):
            return False
        queue.empty += self.every
        return True

    def _again(self, queue: _Queue, now: datetime, key: str) -> datetime | None:
        at = queue.turn(key)
        if now < at:
            return at
        free = queue.empty + self.every
        if now < free:
            # More came at once than there is room for, after a delay: all are put back alike.
            queue.late += free - at
            return free
        queue.empty = free
        del queue.waiting[key]
        return None

    def blocked(self, place: str, now: datetime, until: datetime) -> None:
        """Nothing goes to the place before `until`, and then one at a time."""
        queue = self._queue(place, now)
        queue.empty = max(queue.empty, until)
        if queue.waiting:
            queue.late += max(timedelta(), queue.empty + self.every - queue.first())

    def unwell(self, place: str, now: datetime) -> None:
        """A call found the platform unwell. What failed together counts once."""
        queue = self._queue(place, now)
        if queue.pause and now < queue.empty:
            return
        queue.pause = min(queue.pause * 2, LONGEST_PAUSE) or PAUSE
        self.blocked(place, now, now + queue.pause)

    def well(self, place: str) -> None:
        """A call succeeded: the next pause is a short one again."""
        if place in self._queues:
            self._queues[place].pause = timedelta()

    def slow(self, every: timedelta) -> None:
        """From now on one each `every`, and never several at once."""
        self.every, self.burst = every, 1

    def forget(self, place: str) -> None:
        """Forget the place: the bot was removed from it."""
        self._queues.pop(place, None)

    def _queue(self, place: str, now: datetime) -> _Queue:
        queue = self._queues.get(place)
        if queue is None:
            queue = self._queues[place] = _Queue(now - self.every * self.burst)
            if len(self._queues) > PLACES:
                self._queues.popitem(last=False)
        self._queues.move_to_end(place)
        queue.empty = max(queue.empty, now - self.every * self.burst)
        while queue.waiting and queue.first() + GRACE < now:
            queue.waiting.popitem(last=False)
        return queue
