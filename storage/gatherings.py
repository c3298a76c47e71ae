"""Clubs, their members and meetings, and warm leads as tables. Knows no statement.

Two sorts of ids are in them: a club's own, which is a row among the seekers as a person's is, and
people's. Each goes with the row that it is of, so that erasing a person or a club leaves nothing.
Only `clubs.founder`, `meetings.order`, `meetings.timekeeper` and `partnerings.partners` are no
links: a number, which nobody else ever has.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    Time,
)

from bot.clubs.records import Answered, How
from storage.columns import Choice, Id, Instant, Listed


def _one(name: str, *, key: bool = False) -> Column[int]:
    """A person or a club, by its id among the seekers."""
    link = ForeignKey("seekers.id", ondelete="CASCADE")
    return Column(name, Id, link, primary_key=key, nullable=False, autoincrement=False)


def _number() -> Column[int]:
    return Column("number", Integer, primary_key=True, autoincrement=False)


def _count(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False)


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False)


def clubs(metadata: MetaData) -> Table:
    """Clubs; `seeker_id` is the club's own row among the seekers."""
    return Table(
        "clubs",
        metadata,
        _one("seeker_id", key=True),
        _text("name"),
        _text("platform"),
        _text("workspace"),
        _text("channel"),
        _count("weekday"),
        Column("at", Time, nullable=False),
        _text("zone"),
        Column("began_at", Instant, nullable=False),
        _text("country"),
        _count("minutes"),
        _count("size"),
        _text("posted_by"),
        _flag("resting"),
        Column("asked_at", Instant),
        Column("founder", Id, nullable=False),
        Index(None, "platform", "workspace", "channel"),
    )


def members(metadata: MetaData) -> Table:
    """Who is in which club. A place goes with the account at which its person is there.

    Whoever is reached elsewhere too stays in the clubs there: none of them is in a workspace that
    they have left.
    """
    account = ForeignKey("accounts.id", ondelete="CASCADE")
    return Table(
        "members",
        metadata,
        _one("seeker_id", key=True),
        _one("club", key=True),
        Column("account_id", Id, account, nullable=False),
        _text("name"),
        Column("joined_at", Instant, nullable=False),
        _flag("organizes"),
        _flag("partners"),
        _flag("helps"),
        _flag("named"),
        _text("goal"),
        Index(None, "club"),
        Index(None, "account_id"),
    )


def meetings(metadata: MetaData) -> Table:
    """Meetings of clubs; `seeker_id` is the club's."""
    return Table(
        "meetings",
        metadata,
        _one("seeker_id", key=True),
        _number(),
        Column("intended_on", Date, nullable=False),
        Column("starts_at", Instant, nullable=False),
        _flag("cancelled"),
        Column("order", Listed(), nullable=False),
        Column("timekeeper", Id, nullable=False),
        Column("posted_at", Instant),
        _text("post_ref"),
    )


def reports(metadata: MetaData) -> Table:
    """Members' answers for a meeting."""
    return Table(
        "reports",
        metadata,
        _one("seeker_id", key=True),
        _number(),
        _one("club"),
        _count("meeting"),
        Column("written_at", Instant, nullable=False),
        _text("moved"),
        _text("ask"),
        _text("next"),
        Column("conversations", Integer),
        Column("followups", Integer),
        _flag("absent"),
        Index(None, "club", "meeting"),
    )


def actions(metadata: MetaData) -> Table:
    """What members said that they would do next."""
    return Table(
        "actions",
        metadata,
        _one("seeker_id", key=True),
        _number(),
        _one("club"),
        _count("meeting"),
        _text("words"),
        Column("due_on", Date, nullable=False),
        Column("done_at", Instant),
        Index(None, "club", "meeting"),
    )


def landings(metadata: MetaData) -> Table:
    """That members found work, as they told a club."""
    return Table(
        "landings",
        metadata,
        _one("seeker_id", key=True),
        _number(),
        _one("club"),
        _count("application"),
        Column("landed_at", Instant, nullable=False),
        _text("words"),
        _text("employer"),
        Index(None, "club"),
    )


def partnerings(metadata: MetaData) -> Table:
    """Whose partners were who in a week."""
    return Table(
        "partnerings",
        metadata,
        _one("seeker_id", key=True),
        _one("club", key=True),
        Column("week", Date, primary_key=True),
        Column("partners", Listed(), nullable=False),
        Index(None, "club", "week"),
    )


def exclusions(metadata: MetaData) -> Table:
    """Whom somebody does not want for a partner."""
    return Table(
        "exclusions",
        metadata,
        _one("seeker_id", key=True),
        _one("other", key=True),
        Index(None, "other"),
    )


def ties(metadata: MetaData) -> Table:
    """Members' private notes of the employers that they are tied to."""
    return Table(
        "ties",
        metadata,
        _one("seeker_id", key=True),
        _number(),
        _text("employer"),
        _text("key"),
        Column("how", Choice(How), nullable=False),
        Column("noted_at", Instant, nullable=False),
        Column("until", Date),
        Index(None, "key"),
    )


def mutes(metadata: MetaData) -> Table:
    """The employers about which somebody does not want to be asked."""
    return Table(
        "mutes",
        metadata,
        _one("seeker_id", key=True),
        Column("key", Text, primary_key=True),
    )


def askings(metadata: MetaData) -> Table:
    """Questions for a word at an employer, each its asker's."""
    return Table(
        "askings",
        metadata,
        _one("seeker_id", key=True),
        _number(),
        _count("application"),
        _text("employer"),
        _text("key"),
        _text("words"),
        Column("asked_at", Instant, nullable=False),
        Column("settled_at", Instant),
    )


def asked(metadata: MetaData) -> Table:
    """Helpers' records of the questions that were put to them."""
    return Table(
        "asked",
        metadata,
        _one("seeker_id", key=True),
        _number(),
        _one("by"),
        _count("asking"),
        _one("club"),
        Column("asked_at", Instant, nullable=False),
        Column("answer", Choice(Answered), nullable=False),
        Column("answered_at", Instant),
        Index(None, "by", "asking"),
        Index(None, "club"),
    )
