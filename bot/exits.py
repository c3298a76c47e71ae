"""Addresses that work once, for a short time, for what leaves chat. Knows no table and no HTTP.

An address holds a token: what it is for, when it runs out, 32 random bytes, and a signature over
all of these, so that whatever we did not write is refused before any database is asked. A store
keeps a fingerprint of it until it is used, so that whoever reads the database can use none.
"""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.ports import Unit

# Long enough to change to another device, too short to be found later.
LASTS = timedelta(minutes=10)
# What a link may be for.
EXPORT = "export"
# Where an address leads on our host; the token follows.
PATH = "/take/"

# Compared as text and never decoded, since base64 can say the same bytes in several ways.
_TOKEN = re.compile(r"(([a-z]{1,20})\.([0-9]{10})\.[A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{43})")


@dataclass(frozen=True)
class Ticket:
    """What a token of ours says. Whether it was used before, only the store knows."""

    purpose: str
    fingerprint: str
    until: datetime


@dataclass(frozen=True)
class Exits:
    """Makes and reads the addresses of one host.

    `root` is its public address, without a slash at the end. `keys` are secrets of 32 bytes, newest
    first: the first signs, all are believed.
    """

    root: str
    keys: Sequence[bytes] = field(repr=False)

    def __post_init__(self) -> None:
        if not self.keys or any(len(key) < 32 for key in self.keys):
            raise ValueError("exits need keys of 32 bytes")

    def address(self, unit: Unit, seeker_id: int, purpose: str, now: datetime) -> str:
        """A new address for this person, good for `LASTS`; their older one of that purpose is void.

        It leads nowhere unless the unit's transaction commits.
        """
        # Whole seconds, so that the token and the store agree.
        until = datetime.fromtimestamp(int((now + LASTS).timestamp()), UTC)
        said = f"{purpose}.{int(until.timestamp()):010d}.{_text(secrets.token_bytes(32))}"
        unit.offer_link(seeker_id, purpose, _fingerprint(said), until)
        return f"{self.root}{PATH}{said}.{_signature(self.keys[0], said)}"

    def read(self, token: str) -> Ticket | None:
        """What the token says, also when it has run out; None unless it is one of ours."""
        found = _TOKEN.fullmatch(token)
        if found is None:
            return None
        said, purpose, until, signature = found.groups()
        ours = [hmac.compare_digest(_signature(key, said), signature) for key in self.keys]
        if not any(ours):
            return None
        return Ticket(purpose, _fingerprint(said), datetime.fromtimestamp(int(until), UTC))


def _signature(key: bytes, said: str) -> str:
    return _text(hmac.digest(key, said.encode(), "sha256"))


def _fingerprint(said: str) -> str:
    # The random bytes are more than anybody can guess, so a fast digest without salt is enough.
    return hashlib.sha256(said.encode()).hexdigest()


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
