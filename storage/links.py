"""Links that work once: fingerprints, kept until used, replaced or run out. Knows no key."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert

from storage.models import links

_REPLACE = delete(links).where(
    links.c.seeker_id == bindparam("whose"), links.c.purpose == bindparam("of_purpose")
)
_KEEP = insert(links)
# One statement, so that of two who come at once one waits for the other and then finds nothing.
_SPEND = (
    delete(links)
    .where(
        links.c.fingerprint == bindparam("of_fingerprint"),
        links.c.purpose == bindparam("of_purpose"),
        links.c.expires_at > bindparam("now"),
    )
    .returning(links.c.seeker_id)
)
_PRUNE = delete(links).where(links.c.expires_at <= bindparam("now"))


class Links:
    """The part of `ports.Unit` about links that leave chat."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def offer_link(self, seeker_id: int, purpose: str, fingerprint: str, until: datetime) -> None:
        self._connection.execute(_REPLACE, {"whose": seeker_id, "of_purpose": purpose})
        row = {
            "fingerprint": fingerprint,
            "seeker_id": seeker_id,
            "purpose": purpose,
            "expires_at": until,
        }
        self._connection.execute(_KEEP, row)

    def spend_link(self, fingerprint: str, purpose: str, now: datetime) -> int | None:
        spent = {"of_fingerprint": fingerprint, "of_purpose": purpose, "now": now}
        whose: int | None = self._connection.execute(_SPEND, spent).scalar_one_or_none()
        return whose

    def prune(self, now: datetime) -> None:
        """Forget links that have run out."""
        self._connection.execute(_PRUNE, {"now": now})
