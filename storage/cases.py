"""Applications with all that belongs to them. Knows no rule that looks at them."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import TypeVar

from bot.model import Application, Case, FollowUp, Interview, Reply
from storage.records import Shelf

Pair = tuple[int, int]
Belonging = TypeVar("Belonging", Interview, Reply, FollowUp)


def gather(
    about: Collection[Pair],
    applications: Shelf[Application],
    interviews: Shelf[Interview],
    replies: Shelf[Reply],
    followups: Shelf[FollowUp],
) -> dict[Pair, Case]:
    """The cases of those (seeker id, number), in that order; four statements, no missing ones."""
    pairs = list(dict.fromkeys(about))
    if not pairs:
        return {}
    found = {(a.seeker_id, a.number): a for a in applications.among(pairs)}
    met = _grouped(interviews.among(pairs))
    heard = _grouped(replies.among(pairs))
    written = _grouped(followups.among(pairs))
    return {
        pair: Case(found[pair], tuple(met[pair]), tuple(heard[pair]), tuple(written[pair]))
        for pair in pairs
        if pair in found
    }


def _grouped(records: Iterable[Belonging]) -> dict[Pair, list[Belonging]]:
    groups: dict[Pair, list[Belonging]] = defaultdict(list)
    for record in records:
        groups[record.seeker_id, record.application].append(record)
    return groups
