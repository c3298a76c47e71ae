"""The tables. Knows the records' shape in the database; no rule, no statement.

Every table about a person has a `seeker_id` that cascades: export and erasure walk the metadata, so
a table added here is exported and erased without another line. The few that are about no seeker are
named in `APART`. Columns stand in the order of their dataclass's fields. A change here needs a
migration; a test compares the two.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    Time,
    UniqueConstraint,
    text,
)

from bot.model import Channel, Heard, LetterKind, NudgeKind, NudgeState, Stage, Via
from storage import gatherings, installations
from storage.columns import Choice, Id, Instant, Listed, Someone

# The newest migration in `migrations/versions`; here so that opening a current database does not
# have to import Alembic.
HEAD = "0005"
# The oldest schema whose programs go on with this one, and may be started on it: what a deploy, or
# a way back from it, has to bridge. To be raised by a migration that ends that.
SERVES = "0005"

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


def _seeker(*, key: bool = False) -> Column[int]:
    """Whose row it is."""
    link = ForeignKey("seekers.id", ondelete="CASCADE")
    return Column("seeker_id", Id, link, primary_key=key, nullable=False, autoincrement=False)


def _number() -> Column[int]:
    """Counts within one person's records of one kind."""
    return Column("number", Integer, primary_key=True, autoincrement=False)


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False)


seekers = Table(
    "seekers",
    metadata,
    Column("id", Id, primary_key=True),
    _text("name"),
    _text("profile"),
    _text("strengths"),
    _flag("premium"),
    _text("zone"),
    _flag("zone_confirmed"),
    Column("hour", Time, nullable=False),
    Column("days", Listed(), nullable=False),
    Column("quiet_from", Time, nullable=False),
    Column("quiet_until", Time, nullable=False),
    _flag("discreet"),
    Column("paused_from", Instant),
    Column("paused_until", Instant),
    Column("seen_at", Instant),
    Column("began_at", Instant),
    sqlite_autoincrement=True,  # a forgotten person's id is never given to somebody else
)

accounts = Table(
    "accounts",
    metadata,
    Column("id", Id, primary_key=True),
    _seeker(),
    _text("platform"),
    _text("workspace"),
    _text("user"),
    _text("place"),
    _flag("on"),
    _text("why"),
    UniqueConstraint("platform", "workspace", "user"),
    Index(None, "seeker_id"),
    sqlite_autoincrement=True,
)

# An installation by which an account came, where one account may come by several. `shut_at` is when
# it was removed, and the same in all rows of one entrance.
entrances = Table(
    "entrances",
    metadata,
    Column("account_id", Id, ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    _seeker(),
    Column("entrance", Text, primary_key=True),
    Column("shut_at", Instant),
    Index(None, "entrance"),
    Index(None, "seeker_id"),
)

applications = Table(
    "applications",
    metadata,
    _seeker(key=True),
    _number(),
    _text("company"),
    _text("role"),
    Column("applied_on", Date, nullable=False),
    Column("logged_at", Instant, nullable=False),
    Column("via", Choice(Via), nullable=False),
    _text("link"),
    _text("fit"),
    _text("proof"),
    _text("why_here"),
    _text("agency"),
    _text("referrer"),
    Column("contact", Someone),
    _flag("no_contact"),
    Column("closes_on", Date),
    Column("decision_on", Date),
    Column("stage", Choice(Stage), nullable=False),
    _text("note"),
    Column("skipped", Listed(), nullable=False),
)

interviews = Table(
    "interviews",
    metadata,
    _seeker(key=True),
    _number(),
    Column("application", Integer, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("logged_at", Instant, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("interviewers", Listed(Someone()), nullable=False),
    _text("reasons"),
    Column("themes", Listed(), nullable=False),
    _text("unsaid"),
    Column("debriefed_at", Instant),
    _flag("missed"),
    _flag("cancelled"),
)

replies = Table(
    "replies",
    metadata,
    _seeker(key=True),
    _number(),
    Column("application", Integer, nullable=False),
    Column("what", Choice(Heard), nullable=False),
    Column("on", Date, nullable=False),
    Column("logged_at", Instant, nullable=False),
    _text("note"),
)

followups = Table(
    "followups",
    metadata,
    _seeker(key=True),
    _number(),
    Column("application", Integer, nullable=False),
    Column("kind", Choice(LetterKind), nullable=False),
    Column("channel", Choice(Channel), nullable=False),
    Column("written_at", Instant, nullable=False),
    Column("interview", Integer, nullable=False),
    _text("to"),
    _text("text"),
    Column("sent_at", Instant),
    _flag("against_advice"),
)

nudges = Table(
    "nudges",
    metadata,
    Column("id", Id, primary_key=True),
    _text("key"),
    _seeker(),
    _text("platform"),
    Column("kind", Choice(NudgeKind), nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("ready_at", Instant, nullable=False),
    _text("local"),
    Column("application", Integer, nullable=False),
    Column("interview", Integer, nullable=False),
    Column("state", Choice(NudgeState), nullable=False),
    Column("snoozed_until", Instant),
    _text("claim"),
    Column("tries", Integer, nullable=False),
    _flag("in_doubt"),
    _text("why"),
    Column("sent_at", Instant),
    _text("message_ref"),
    Column("turn_at", Instant),
    UniqueConstraint("key"),
    Index(None, "seeker_id", "application"),
    sqlite_autoincrement=True,  # an id held by a dispatcher never comes to mean another nudge
)

# The dispatcher's index: only what is still to be sent, in the order in which it is taken, so that
# a tick costs the same however many are planned for later or were sent before.
PLANNED = text("state = 'planned'")
Index(
    "ix_nudges_due",
    nudges.c.platform,
    nudges.c.ready_at,
    nudges.c.seeker_id,
    nudges.c.id,
    sqlite_where=PLANNED,
    postgresql_where=PLANNED,
)
# The same of those who have a turn in their lane: however many fall due that have none yet, a turn
# is taken when it comes.
TURNED = text("state = 'planned' AND turn_at IS NOT NULL")
Index(
    "ix_nudges_turned",
    nudges.c.platform,
    nudges.c.ready_at,
    nudges.c.seeker_id,
    nudges.c.id,
    sqlite_where=TURNED,
    postgresql_where=TURNED,
)
# The same for one person, whose other due nudges are claimed together with the first.
Index(
    "ix_nudges_due_of_seeker",
    nudges.c.seeker_id,
    nudges.c.ready_at,
    sqlite_where=PLANNED,
    postgresql_where=PLANNED,
)

changes = Table(
    "changes",
    metadata,
    _seeker(key=True),
    _number(),
    Column("at", Instant, nullable=False),
    _text("what"),
    _text("rows"),
    Column("undone_at", Instant),
)

stash = Table(
    "stash",
    metadata,
    _seeker(key=True),
    _number(),
    Column("at", Instant, nullable=False),
    _text("call"),
)

counters = Table(
    "counters",
    metadata,
    _seeker(key=True),
    Column("kind", Text, primary_key=True),
    Column("last", Integer, nullable=False),
)

# A workspace, or one person (`user`), that removed the bot: whoever was reached there is forgotten
# when `bot.ports.GRACE` has passed. `why` is what their accounts were closed with.
departures = Table(
    "departures",
    metadata,
    Column("platform", Text, primary_key=True),
    Column("workspace", Text, primary_key=True),
    Column("user", Text, primary_key=True),
    Column("left_at", Instant, nullable=False),
    _text("why"),
)

# Events of a platform that were handled: it sends one again when our answer was slow.
seen_events = Table(
    "seen_events",
    metadata,
    Column("key", Text, primary_key=True),
    Column("at", Instant, nullable=False),
)

# A way to people that a platform limits, such as a workspace, and its next free turn, from which
# all dispatchers take theirs (`storage.lanes`, also for `late`).
lanes = Table(
    "lanes",
    metadata,
    Column("lane", Text, primary_key=True),
    Column("next_at", Instant, nullable=False),
    Column("late", Float, nullable=False),
)

# Processes that send what is due, and when each last did its round.
heartbeats = Table(
    "heartbeats",
    metadata,
    Column("process", Text, primary_key=True),
    Column("part", Text, nullable=False),
    _text("version"),
    Column("began_at", Instant, nullable=False),
    Column("beat_at", Instant, nullable=False),
)

# One row: SERVES of the newest program that has been here, for older ones to read.
serving = Table("serving", metadata, Column("oldest", Text, primary_key=True))

# What leaves chat by an address that works once: only a fingerprint of the address is kept.
links = Table(
    "links",
    metadata,
    Column("fingerprint", Text, primary_key=True),
    _seeker(),
    _text("purpose"),
    Column("expires_at", Instant, nullable=False),
    Index(None, "seeker_id"),
)

clubs = gatherings.clubs(metadata)
members = gatherings.members(metadata)
meetings = gatherings.meetings(metadata)
reports = gatherings.reports(metadata)
actions = gatherings.actions(metadata)
landings = gatherings.landings(metadata)
partnerings = gatherings.partnerings(metadata)
exclusions = gatherings.exclusions(metadata)
ties = gatherings.ties(metadata)
mutes = gatherings.mutes(metadata)
askings = gatherings.askings(metadata)
asked = gatherings.asked(metadata)

slack_installations = installations.installations(metadata)
slack_bots = installations.bots(metadata)
slack_oauth_states = installations.oauth_states(metadata)

# About no seeker: neither exported with one nor erased with one. Whoever installed the bot for a
# workspace may have no record at all, and their installation serves everybody there. A departure is
# the order to erase; using the bot takes it back.
APART = frozenset(
    {
        departures,
        heartbeats,
        lanes,
        seen_events,
        serving,
        slack_bots,
        slack_installations,
        slack_oauth_states,
    }
)
ABOUT_PEOPLE = tuple(table for table in metadata.sorted_tables if table not in APART)
