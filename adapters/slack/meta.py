"""What a window of ours carries along, unseen. Knows its limit; no window.

https://docs.slack.dev/reference/views/modal-views: `private_metadata` holds 3,000 characters.
"""

import json
from dataclasses import dataclass

from bot.message import Call

LIMIT = 3000


@dataclass(frozen=True, slots=True)
class Origin:
    """The private message from which a window was opened, to be drawn anew when it is settled."""

    channel: str
    ts: str

    @property
    def ref(self) -> str:
        """How a nudge remembers the message that it was sent in."""
        return f"{self.channel}:{self.ts}"


@dataclass(frozen=True, slots=True)
class Meta:
    """The part of a form's call that it does not ask for, and where the window came from.

    `channel` is the one where it was asked for, "" in private.
    """

    call: Call | None = None
    origin: Origin | None = None
    channel: str = ""

    @property
    def whence(self) -> "Meta":
        """Only where the window came from."""
        return Meta(None, self.origin, self.channel)

    def encode(self) -> str:
        """As text. Raises ValueError beyond the limit."""
        origin = [self.origin.channel, self.origin.ts] if self.origin else []
        channel = [self.channel] if self.channel else []
        parts = [self.call.wire() if self.call else "", origin, *channel]
        text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
        if len(text) > LIMIT:
            raise ValueError(f"a window carries at most {LIMIT} characters")
        return text

    @classmethod
    def decode(cls, text: str) -> "Meta":
        """The inverse of `encode`; nonsense, such as another version's, carries nothing."""
        try:
            parts = json.loads(text)
        except (ValueError, TypeError, RecursionError):
            return cls()
        match parts:
            case [str(wire), [] | [str(), str()] as found]:
                channel = ""
            case [str(wire), [] | [str(), str()] as found, str(channel)]:
                pass
            case _:
                return cls()
        return cls(Call.decode(wire) if wire else None, Origin(*found) if found else None, channel)
