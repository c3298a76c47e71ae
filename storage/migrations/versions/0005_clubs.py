"""Clubs and warm leads, beside everything that older programs use, who go on with it."""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    Text,
    Time,
)

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_id = BigInteger().with_variant(Integer(), "sqlite")
_instant = DateTime(timezone=True).with_variant(Text(), "sqlite")


def _link(table: str, column: str, to: str = "seekers") -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        [column], [f"{to}.id"], name=f"fk_{table}_{column}", ondelete="CASCADE"
    )


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, [*columns])


def upgrade() -> None:
    op.create_table(
        "clubs",
        Column("seeker_id", _id, nullable=False),
        Column("name", Text, nullable=False),
        Column("platform", Text, nullable=False),
        Column("workspace", Text, nullable=False),
        Column("channel", Text, nullable=False),
        Column("weekday", Integer, nullable=False),
        Column("at", Time, nullable=False),
        Column("zone", Text, nullable=False),
        Column("began_at", _instant, nullable=False),
        Column("country", Text, nullable=False),
        Column("minutes", Integer, nullable=False),
        Column("size", Integer, nullable=False),
        Column("posted_by", Text, nullable=False),
        Column("resting", Boolean, nullable=False),
        Column("asked_at", _instant),
        Column("founder", _id, nullable=False),
        PrimaryKeyConstraint("seeker_id", name="pk_clubs"),
        _link("clubs", "seeker_id"),
    )
    _index("clubs", "platform", "workspace", "channel")
    op.create_table(
        "members",
        Column("seeker_id", _id, nullable=False),
        Column("club", _id, nullable=False),
        Column("account_id", _id, nullable=False),
        Column("name", Text, nullable=False),
        Column("joined_at", _instant, nullable=False),
        Column("organizes", Boolean, nullable=False),
        Column("partners", Boolean, nullable=False),
        Column("helps", Boolean, nullable=False),
        Column("named", Boolean, nullable=False),
        Column("goal", Text, nullable=False),
        PrimaryKeyConstraint("seeker_id", "club", name="pk_members"),
        _link("members", "seeker_id"),
        _link("members", "club"),
        _link("members", "account_id", "accounts"),
    )
    _index("members", "club")
    _index("members", "account_id")
    op.create_table(
        "meetings",
        Column("seeker_id", _id, nullable=False),
        Column("number", Integer, nullable=False),
        Column("intended_on", Date, nullable=False),
        Column("starts_at", _instant, nullable=False),
        Column("cancelled", Boolean, nullable=False),
        Column("order", Text, nullable=False),
        Column("timekeeper", _id, nullable=False),
        Column("posted_at", _instant),
        Column("post_ref", Text, nullable=False),
        PrimaryKeyConstraint("seeker_id", "number", name="pk_meetings"),
        _link("meetings", "seeker_id"),
    )
    op.create_table(
        "reports",
        Column("seeker_id", _id, nullable=False),
        Column("number", Integer, nullable=False),
        Column("club", _id, nullable=False),
        Column("meeting", Integer, nullable=False),
        Column("written_at", _instant, nullable=False),
        Column("moved", Text, nullable=False),
        Column("ask", Text, nullable=False),
        Column("next", Text, nullable=False),
        Column("conversations", Integer),
        Column("followups", Integer),
        Column("absent", Boolean, nullable=False),
        PrimaryKeyConstraint("seeker_id", "number", name="pk_reports"),
        _link("reports", "seeker_id"),
        _link("reports", "club"),
    )
    _index("reports", "club", "meeting")
    op.create_table(
        "actions",
        Column("seeker_id", _id, nullable=False),
        Column("number", Integer, nullable=False),
        Column("club", _id, nullable=False),
        Column("meeting", Integer, nullable=False),
        Column("words", Text, nullable=False),
        Column("due_on", Date, nullable=False),
        Column("done_at", _instant),
        PrimaryKeyConstraint("seeker_id", "number", name="pk_actions"),
        _link("actions", "seeker_id"),
        _link("actions", "club"),
    )
    _index("actions", "club", "meeting")
    op.create_table(
        "landings",
        Column("seeker_id", _id, nullable=False),
        Column("number", Integer, nullable=False),
        Column("club", _id, nullable=False),
        Column("application", Integer, nullable=False),
        Column("landed_at", _instant, nullable=False),
        Column("words", Text, nullable=False),
        Column("employer", Text, nullable=False),
        PrimaryKeyConstraint("seeker_id", "number", name="pk_landings"),
        _link("landings", "seeker_id"),
        _link("landings", "club"),
    )
    _index("landings", "club")
    op.create_table(
        "partnerings",
        Column("seeker_id", _id, nullable=False),
        Column("club", _id, nullable=False),
        Column("week", Date, nullable=False),
        Column("partners", Text, nullable=False),
        PrimaryKeyConstraint("seeker_id", "club", "week", name="pk_partnerings"),
        _link("partnerings", "seeker_id"),
        _link("partnerings", "club"),
    )
    _index("partnerings", "club", "week")
    op.create_table(
        "exclusions",
        Column("seeker_id", _id, nullable=False),
        Column("other", _id, nullable=False),
        PrimaryKeyConstraint("seeker_id", "other", name="pk_exclusions"),
        _link("exclusions", "seeker_id"),
        _link("exclusions", "other"),
    )
    _index("exclusions", "other")
    op.create_table(
        "ties",
        Column("seeker_id", _id, nullable=False),
        Column("number", Integer, nullable=False),
        Column("employer", Text, nullable=False),
        Column("key", Text, nullable=False),
        Column("how", Text, nullable=False),
        Column("noted_at", _instant, nullable=False),
        Column("until", Date),
        PrimaryKeyConstraint("seeker_id", "number", name="pk_ties"),
        _link("ties", "seeker_id"),
    )
    _index("ties", "key")
    op.create_table(
        "mutes",
        Column("seeker_id", _id, nullable=False),
        Column("key", Text, nullable=False),
        PrimaryKeyConstraint("seeker_id", "key", name="pk_mutes"),
        _link("mutes", "seeker_id"),
    )
    op.create_table(
        "askings",
        Column("seeker_id", _id, nullable=False),
        Column("number", Integer, nullable=False),
        Column("application", Integer, nullable=False),
        Column("employer", Text, nullable=False),
        Column("key", Text, nullable=False),
        Column("words", Text, nullable=False),
        Column("asked_at", _instant, nullable=False),
        Column("settled_at", _instant),
        PrimaryKeyConstraint("seeker_id", "number", name="pk_askings"),
        _link("askings", "seeker_id"),
    )
    op.create_table(
        "asked",
        Column("seeker_id", _id, nullable=False),
        Column("number", Integer, nullable=False),
        Column("by", _id, nullable=False),
        Column("asking", Integer, nullable=False),
        Column("club", _id, nullable=False),
        Column("asked_at", _instant, nullable=False),
        Column("answer", Text, nullable=False),
        Column("answered_at", _instant),
        PrimaryKeyConstraint("seeker_id", "number", name="pk_asked"),
        _link("asked", "seeker_id"),
        _link("asked", "by"),
        _link("asked", "club"),
    )
    _index("asked", "by", "asking")
    _index("asked", "club")
