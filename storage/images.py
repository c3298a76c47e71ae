"""What one transaction has read and changed, as images before and after. Knows no SQL."""

from collections.abc import Iterator
from typing import Any, TypeVar

from bot.model import Nudge
from storage.shapes import Key, Shape

R = TypeVar("R")


class Images:
    """The records of one transaction, each as the database holds it now and as it was found.

    This is sound because a person's records change only under the lock that `enter` takes.
    """

    def __init__(self) -> None:
        self._now: dict[Key, Any] = {}
        self._changed: dict[Key, tuple[Shape[Any], Any, Any]] = {}
        self.touched: set[int] = set()
        # Applications stored just now, about which there is nothing to ask the database yet.
        self.bare: set[tuple[int, int]] = set()
        # What `Plan.standing` found, until a nudge is written.
        self.standing: dict[int, list[Nudge]] = {}
        self.kept = True
        self.forgot = False

    def saw(self, shape: Shape[R], record: R) -> R:
        """Remember a record that was just read."""
        self._now[shape.key(record)] = record
        return record

    def now(self, shape: Shape[R], *key: Any) -> R | None:
        """The record of that key as it is now, if this transaction has met it."""
        found: R | None = self._now.get((shape.name, *key))
        return found

    def wrote(
        self, shape: Shape[R], before: R | None, after: R | None, *, journal: bool = True
    ) -> None:
        """Remember a change: no `before` is a new record, no `after` a removed one.

        One that is not for the journal still completes what the journal has of the same record.
        """
        one = after if after is not None else before
        if one is None:
            return
        if isinstance(one, Nudge):
            self.standing.clear()
        key = shape.key(one)
        first = self._changed.get(key)
        if first or (journal and shape.undone):
            self._changed[key] = (shape, first[1] if first else before, after)
        if after is None:
            self._now.pop(key, None)
        else:
            self._now[key] = after
        if shape.about:
            about = {getattr(r, shape.about) for r in (before, after) if r is not None}
            self.bare -= {(key[1], number) for number in about}
            self.touched |= about - {0}

    def changes(self, seeker_id: int) -> Iterator[tuple[Shape[Any], Any, Any]]:
        """Of this person's records those that differ now: shape, before, after."""
        for key, (shape, before, after) in self._changed.items():
            if key[1] == seeker_id and before != after:
                yield shape, before, after

    def forget(self) -> None:
        """Drop everything: the person is gone."""
        self.forgot = True
        self._now.clear()
        self.standing.clear()
        self._changed.clear()
        self.touched.clear()
