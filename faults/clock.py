"""One clock for all processes: the real one, and an offset that the harness moves. Reads a file.

Waits of minutes and hours (a lease, the pause after an error, three days of downtime) are leapt
over, so that nothing of the product has to be made shorter for the sake of a trial.
"""

import mmap
import struct
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

_OFFSET = struct.Struct("d")


class Clock:
    """Aware UTC; `skew` is by how many seconds this host's clock is wrong."""

    def __init__(self, path: Path, skew: float = 0.0) -> None:
        if not path.exists():
            path.write_bytes(_OFFSET.pack(0.0))
        with path.open("r+b") as file:
            self._kept = mmap.mmap(file.fileno(), _OFFSET.size)
        self._skew = skew

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(self.seconds(), UTC)

    @property
    def leaps(self) -> float:
        """A number that changes when the clock was moved."""
        offset: float = _OFFSET.unpack_from(self._kept)[0]
        return offset

    def seconds(self) -> float:
        """Seconds since 1970."""
        return time.time() + self.leaps + self._skew

    def move(self, by: timedelta) -> None:
        """Let all clocks be so much later, or earlier."""
        _OFFSET.pack_into(self._kept, 0, self.leaps + by.total_seconds())

    def set(self, at: datetime) -> None:
        """Let all clocks go on from an instant."""
        self.move(at - self())
