"""What the core tells whoever keeps count of it. Knows no library that counts."""

from typing import Protocol


class Watch(Protocol):
    """Told of what is sent as it happens; must return at once and raise nothing."""

    def claimed(self, platform: str, count: int) -> None:
        """So many nudges were taken to be sent now."""
        ...

    def ended(self, platform: str, kind: str, outcome: str, late: float) -> None:
        """A nudge came to an end, `late` seconds after it was due.

        `outcome` is the name of the state that it ended in, or "later" when it waits again.
        """
        ...

    def waited(self, platform: str, seconds: float) -> None:
        """A message has to wait so long for its turn, or for what the platform has named."""
        ...


class Unwatched:
    """Nobody counts."""

    def claimed(self, platform: str, count: int) -> None:
        return

    def ended(self, platform: str, kind: str, outcome: str, late: float) -> None:
        return

    def waited(self, platform: str, seconds: float) -> None:
        return
