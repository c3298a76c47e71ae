"""Which events were handled before. Knows no platform: an event is a key."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, select

from storage.models import seen_events
from storage.upserts import added

# Slack sends an event again for up to a day (https://docs.slack.dev/apis/events-api/, "delayed
# events"); the rest is for a database that was away.
SEEN_FOR = timedelta(days=7)

_SEEN = select(seen_events.c.key).where(seen_events.c.key == bindparam("of_key"))
_PRUNE = delete(seen_events).where(seen_events.c.at < bindparam("before"))


class Events:
    """The part of `ports.Unit` that knows what was seen."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def first_time(self, key: str, now: datetime) -> bool:
        insert = added(seen_events, self._connection.dialect.name, "key")
        return self._connection.execute(insert, {"key": key, "at": now}).one_or_none() is not None

    def seen(self, key: str) -> bool:
        return self._connection.execute(_SEEN, {"of_key": key}).one_or_none() is not None

    def prune(self, now: datetime) -> None:
        """Forget keys older than `SEEN_FOR`."""
        self._connection.execute(_PRUNE, {"before": now - SEEN_FOR})
