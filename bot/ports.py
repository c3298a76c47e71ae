"""What the core asks of a store. Knows none.

Raised by a store:
    Unavailable      nothing was changed; `str(e)` is one sentence for the person in front of it
    Uncertain        as that, but nobody can say whether the change was kept
    Unreadable       as that: what is asked for is sealed with a key that this process lacks
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from bot.clubs.keeping import Clubs
from bot.delivery import Given, Lane, Wanted
from bot.message import Call
from bot.model import (
    Account,
    Application,
    Case,
    Change,
    FollowUp,
    Interview,
    Nudge,
    NudgeState,
    Reply,
    Seeker,
    Who,
)

# How long a workspace that removed the bot, or a person who did, is remembered. Removing may be a
# mistake, or the way to install it anew with other rights, and is mended within a working week;
# whoever meant it waits no longer than they must. Whoever removes it is told this number.
GRACE = timedelta(days=7)


class Unavailable(Exception):
    """The store could not do its work. Nothing was changed. `str(e)` is a sentence for people."""


class Unreadable(Unavailable):
    """What is stored is sealed, and no key at hand opens it; another process may have the key."""


class Uncertain(Unavailable):
    """The connection broke while the work was being kept: it may or may not have been."""


Record = TypeVar("Record", Application, Interview, Reply, FollowUp)


class Records(Protocol[Record]):
    """One kind of record. There is no way to ask for one without naming whose it is."""

    def get(self, seeker_id: int, number: int) -> Record | None:
        """This person's record of that number, or None: not theirs and not there are the same."""
        ...

    def all(self, seeker_id: int) -> list[Record]:
        """All of this person's, oldest first."""
        ...

    def about(self, seeker_id: int, application: int) -> list[Record]:
        """Those that belong to one application, oldest first."""
        ...

    def add(self, record: Record) -> Record:
        """Store a new record; returned with its number, which is never used again."""
        ...

    def save(self, record: Record) -> None:
        """Store a changed record; raises LookupError when this person has none of its number."""
        ...

    def remove(self, record: Record) -> None:
        """Remove it, and (for an application) all that belongs to it."""
        ...


class Applications(Records[Application], Protocol):
    """The applications, which may also be looked for by what they are for."""

    def twins(self, seeker_id: int, company: str, role: str, link: str) -> list[Application]:
        """This person's of that employer and role, in whatever capitals, or of that advert.

        Oldest first. An empty `link` is no advert's.
        """
        ...


class Nudges(Protocol):
    """What is planned to be sent, and what became of it."""

    def of(self, seeker_id: int, states: Collection[NudgeState] = ()) -> list[Nudge]:
        """A person's nudges in these states (all when none are given), by due time."""
        ...

    def about(self, seeker_id: int, application: int) -> list[Nudge]:
        """Every nudge ever planned about one application (0: those about none)."""
        ...

    def standing(self, seeker_id: int) -> list[Nudge]:
        """What every call looks at: those about no application, and whatever is undelivered.

        Not a club's questions, action items and partners that came to an end (`among`).
        As this transaction has left them; read once, while nothing is written.
        """
        ...

    def among(self, seeker_ids: Collection[int], keys: Collection[str]) -> list[Nudge]:
        """What these people's plans about no application are made of, by due time.

        That is what is planned or undelivered, and whatever has one of these keys.
        """
        ...

    def add(self, nudges: Sequence[Nudge]) -> None:
        """Plan some. A key that is already there is left as it is."""
        ...

    def save(self, nudge: Nudge) -> None:
        """Store what the person did to a nudge, and take it from whoever has claimed it.

        Whoever had it may have sent it already, so it is then `in_doubt`.
        """
        ...

    def replan(self, nudge: Nudge) -> None:
        """Store what planning changed: as `save`, but nothing that `undo` would take back."""
        ...

    def due(self, now: datetime, platform: str, limit: int) -> list[Nudge]:
        """The first `limit` nudges that are due on a platform, locked; those with a turn first.

        With them come the others that are due to the same people. Rows that another dispatcher is
        just taking are passed over. Returned in the order in which they fell due.
        """
        ...

    def turns(self, wanted: Mapping[Lane, Wanted], now: datetime) -> Mapping[str, Given]:
        """Take turns in each lane, behind all that were taken before: by the lane's name.

        Where the first of those that were taken was missed, all are put back by as much.
        """
        ...

    def wait(self, nudges: Sequence[Nudge]) -> None:
        """Store the turns (`turn_at`, `ready_at`) of due nudges, which nobody holds from now on."""
        ...

    def claim(self, nudges: Sequence[Nudge], token: str, until: datetime) -> list[Nudge]:
        """Hold these due nudges under `token` until then; returned as they are from now on.

        One row is never held by two tokens at a time. `in_doubt` is set on a row whose former
        holder never settled it.
        """
        ...

    def renew(self, nudges: Collection[Nudge], until: datetime) -> set[int]:
        """Hold claimed nudges until then; the ids of those that still were under their token."""
        ...

    def settle(self, settled: Sequence[Nudge]) -> int:
        """Store what became of claimed nudges; only of those still held. Returns how many."""
        ...

    def next_due(self, platforms: Collection[str]) -> datetime | None:
        """When the dispatcher next has something to look at (aware UTC), or None."""
        ...


class Unit(Protocol):
    """One transaction. It commits when the work returns and rolls back when it raises."""

    @property
    def applications(self) -> Applications: ...
    @property
    def interviews(self) -> Records[Interview]: ...
    @property
    def replies(self) -> Records[Reply]: ...
    @property
    def followups(self) -> Records[FollowUp]: ...
    @property
    def nudges(self) -> Nudges: ...
    @property
    def clubs(self) -> Clubs: ...

    def enter(self, who: Who, now: datetime) -> tuple[Seeker, Account]:
        """The person behind a platform account, made when new; locked until the transaction ends.

        Notes `now` as the last time they were seen, and that they can be reached again: using the
        bot takes a departure back, their own at once, their workspace's once no request from before
        can still be on its way.
        """
        ...

    def look(self, who: Who) -> tuple[Seeker, Account] | None:
        """The person behind a platform account, if there is one; changes and locks nothing."""
        ...

    def numbers(self, ids: Collection[int]) -> list[tuple[int, int]]:
        """(seeker id, number) of every application of these people."""
        ...

    def seekers(self, ids: Collection[int]) -> Mapping[int, Seeker]:
        """People by id."""
        ...

    def accounts(self, ids: Collection[int]) -> Mapping[int, Sequence[Account]]:
        """Where people can be reached, by the person's id."""
        ...

    def cases(self, about: Collection[tuple[int, int]]) -> Mapping[tuple[int, int], Case]:
        """Applications with all that belongs to them, by (seeker id, number); without the missing.

        A handful of statements however many are asked for.
        """
        ...

    def save_seeker(self, seeker: Seeker) -> None:
        """Store changed settings."""
        ...

    def adopt(self, seeker: Seeker) -> None:
        """Store what the platform says of a person; nothing that `undo` would take back.

        A zone that this machine does not know is left alone, and everything else with it.
        """
        ...

    def save_place(self, account_id: int, place: str) -> None:
        """Remember a surface that this account's person has opened."""
        ...

    def close_account(self, account_id: int, why: str) -> None:
        """Note that this account cannot be reached, until its person uses the bot again."""
        ...

    def touched(self) -> set[int]:
        """Numbers of the applications that this transaction changed something about."""
        ...

    def note_change(self, seeker_id: int, what: str, now: datetime) -> int:
        """Keep what this transaction changed under the words `what`, to be taken back by `undo`.

        Returns its number among this person's changes, or 0 when nothing was changed.
        """
        ...

    def last_change(self, seeker_id: int) -> Change | None:
        """The newest change that has not been taken back."""
        ...

    def undo(self, change: Change, now: datetime) -> None:
        """Put the records back as they were before it. Nudges sent since then stay as they are."""
        ...

    def stash(self, seeker_id: int, call: Call, now: datetime) -> int:
        """Keep a call too long for a button; returns its number. Kept for 30 days."""
        ...

    def stashed(self, seeker_id: int, number: int) -> Call | None:
        """A stashed call of this person's."""
        ...

    def first_time(self, key: str, now: datetime) -> bool:
        """Whether this key (an event's id) was never seen before; remembered for 7 days.

        Of several who ask at once, exactly one is told True.
        """
        ...

    def seen(self, key: str) -> bool:
        """Whether `first_time` has been told of this key; notes nothing."""
        ...

    def offer_link(self, seeker_id: int, purpose: str, fingerprint: str, until: datetime) -> None:
        """Keep the fingerprint of a link of this person's; an older one of that purpose is void."""
        ...

    def spend_link(self, fingerprint: str, purpose: str, now: datetime) -> int | None:
        """Whose link it was, and void it: of several who ask at once, exactly one is told.

        None when there is none that lasts beyond `now`: used, replaced, or its person forgotten.
        """
        ...

    def depart(self, platform: str, workspace: str, user: str, now: datetime, why: str) -> None:
        """A workspace (no `user`) or one person in it removed the bot, so nothing is sent there.

        Their accounts are closed with `why`, and erased when GRACE has passed; noting it again
        begins the grace anew.
        """
        ...

    def arrive(self, platform: str, workspace: str, user: str = "") -> None:
        """The bot was installed, perhaps again: forget the departure, and open every account there.

        Of a workspace (no `user`) those stay closed whose person departed by themselves. Whoever
        cannot be reached for another reason is closed again at the next message.
        """
        ...

    def entrances(self, platform: str) -> Mapping[str, bool]:
        """Every entrance by which somebody has come, and whether it is open."""
        ...

    def shut(self, platform: str, entrance: str, now: datetime, why: str) -> None:
        """An entrance is gone: whoever came by it and has no other open one departs.

        They depart as `depart` says of one person. Whoever departs by themselves is forgotten by
        all their entrances, so that no `reopen` brings them back.
        """
        ...

    def reopen(self, platform: str, entrance: str) -> None:
        """An entrance is there again: whoever departed because it was shut can be reached."""
        ...

    def prune(self, now: datetime) -> None:
        """Forget whatever has had its time, of whomever.

        Every change and stashed call older than 30 days; every account that departed longer ago
        than GRACE, and completely every person who has no other; completely, too, every person who
        never began, left nothing but stashed calls, and was not seen for 30 days; keys of
        `first_time` older than 7 days, links and installations that were begun and have run out.
        """
        ...

    def silent(self, before: datetime, after: int) -> tuple[list[Seeker], int | None]:
        """Some who were not seen since `before`, locked, of a slice of people by id after `after`.

        And the id after which to go on, or None when there is nobody beyond. Whoever is just using
        the bot is passed over. A slice is so small that a transaction which waits for it waits some
        milliseconds.
        """
        ...

    def export(self, seeker_id: int) -> dict[str, list[dict[str, object]]]:
        """Every row of every table about this person, as plain JSON values, by table."""
        ...

    def forget(self, seeker_id: int) -> None:
        """Erase the person and every row about them, this transaction's own notes included."""
        ...


T = TypeVar("T")


class Store(Protocol):
    """Where records are kept."""

    async def transact(self, work: Callable[[Unit], T]) -> T:
        """Run `work` in one transaction on a storage thread.

        `work` may be run again from the start when the database asks for that, so it must do
        nothing but read and write the unit. Raises Unavailable, having changed nothing, or
        Uncertain.
        """
        ...
