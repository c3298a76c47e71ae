"""When a workspace takes its next message: about one a second. Knows no message and no network.

Slack allows about one a second to a channel and some hundreds a minute to a workspace, short
bursts tolerated (https://docs.slack.dev/apis/web-api/rate-limits). The dispatcher looks only every
15 seconds (`adapters.metronome`), so whoever must wait is given a second of their own to come back
at: two hundred people at 09:30 are each tried about twice, not once every look.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

EVERY = timedelta(seconds=1)
# What gathers between two looks of the dispatcher.
BURST = 15
# Methods of Tier 3 take more than 50 a minute, and so many at once.
TIER_3, TIER_3_BURST = timedelta(minutes=1) / 50, 50
# A place is kept this long for one who does not come: a nudge put off, or another process's.
GRACE = timedelta(minutes=2)
# Workspaces remembered, and places kept in each.
WORKSPACES = 5000
WAITING = 10_000
# The pause after a call that found Slack unwell, doubled each time.
PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)


@dataclass
class _Queue:
    # The bucket holds a message for each `every` since then, and at most a burst.
    empty: datetime
    # The places of those who wait, in their order, each without `late`.
    waiting: OrderedDict[str, datetime] = field(default_factory=OrderedDict)
    # By how much every place has been put back.
    late: timedelta = timedelta()
    pause: timedelta = timedelta()

    def place(self, key: str) -> datetime:
        return self.waiting[key] + self.late

    def first(self) -> datetime:
        return self.place(next(iter(self.waiting)))

    def last(self) -> datetime:
        return self.place(next(reversed(self.waiting)))


class Pacing:
    """One bucket for each workspace. Instants are aware UTC."""

    def __init__(self, every: timedelta = EVERY, burst: int = BURST) -> None:
        self.every = every
        self.burst = burst
        self._queues: OrderedDict[str, _Queue] = OrderedDict()

    def take(self, workspace: str, now: datetime, key: str) -> datetime | None:
        """None: the message of that key may go now. Else the instant at which to ask again.

        Those who wait keep their order; whoever asks again before their time gets the same answer.
        """
        queue = self._queue(workspace, now)
        if key in queue.waiting:
            return self._again(queue, now, key)
        if self.spare(workspace, now):
            return None
        ahead = len(queue.waiting)
        at = queue.empty + self.every * (ahead + 1)
        if ahead:
            at = max(at, queue.last() + self.every)
        if ahead < WAITING:
            queue.waiting[key] = at - queue.late
        return at

    def spare(self, workspace: str, now: datetime) -> bool:
        """Take a place that nobody waits for. False: there is none, and none is kept."""
        queue = self._queue(workspace, now)
        if now < queue.empty + self.every * (len(queue.waiting) + 1):
            return False
        queue.empty += self.every
        return True

    def _again(self, queue: _Queue, now: datetime, key: str) -> datetime | None:
        at = queue.place(key)
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

    def blocked(self, workspace: str, now: datetime, until: datetime) -> None:
        """Nothing goes to the workspace before `until`, and then one at a time."""
        queue = self._queue(workspace, now)
        queue.empty = max(queue.empty, until)
        if queue.waiting:
            queue.late += max(timedelta(), queue.empty + self.every - queue.first())

    def unwell(self, workspace: str, now: datetime) -> None:
        """A call found Slack unwell. What failed together counts once."""
        queue = self._queue(workspace, now)
        if queue.pause and now < queue.empty:
            return
        queue.pause = min(queue.pause * 2, LONGEST_PAUSE) or PAUSE
        self.blocked(workspace, now, now + queue.pause)

    def well(self, workspace: str) -> None:
        """A call succeeded: the next pause is a short one again."""
        if workspace in self._queues:
            self._queues[workspace].pause = timedelta()

    def forget(self, workspace: str) -> None:
        """Forget the workspace: the bot was removed from it."""
        self._queues.pop(workspace, None)

    def _queue(self, workspace: str, now: datetime) -> _Queue:
        queue = self._queues.get(workspace)
        if queue is None:
            queue = self._queues[workspace] = _Queue(now - self.every * self.burst)
            if len(self._queues) > WORKSPACES:
                self._queues.popitem(last=False)
        self._queues.move_to_end(workspace)
        queue.empty = max(queue.empty, now - self.every * self.burst)
        while queue.waiting and queue.first() + GRACE < now:
            queue.waiting.popitem(last=False)
        return queue
