"""The first tables."""

from typing import Any

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
    UniqueConstraint,
    text,
)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_id = BigInteger().with_variant(Integer(), "sqlite")
_instant = DateTime(timezone=True).with_variant(Text(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "seekers",
        _needed("id", _id),
        _needed("name", Text),
        _needed("profile", Text),
        _needed("strengths", Text),
        _needed("premium", Boolean),
        _needed("zone", Text),
        _needed("zone_confirmed", Boolean),
        _needed("hour", Time),
        _needed("days", Text),
        _needed("quiet_from", Time),
        _needed("quiet_until", Time),
        _needed("discreet", Boolean),
        Column("paused_from", _instant),
        Column("paused_until", _instant),
        Column("seen_at", _instant),
        Column("began_at", _instant),
        PrimaryKeyConstraint("id", name="pk_seekers"),
        sqlite_autoincrement=True,
    )
    _create(
        "accounts",
        _needed("id", _id),
        _needed("seeker_id", _id),
        _needed("platform", Text),
        _needed("workspace", Text),
        _needed("user", Text),
        _needed("place", Text),
        _needed("on", Boolean),
        _needed("why", Text),
        UniqueConstraint(
            "platform", "workspace", "user", name="uq_accounts_platform_workspace_user"
        ),
        key=("id",),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_accounts_seeker_id", "accounts", ["seeker_id"])
    _create(
        "applications",
        _needed("seeker_id", _id),
        _needed("number", Integer),
        _needed("company", Text),
        _needed("role", Text),
        _needed("applied_on", Date),
        _needed("logged_at", _instant),
        _needed("via", Text),
        _needed("link", Text),
        _needed("fit", Text),
        _needed("proof", Text),
        _needed("why_here", Text),
        _needed("agency", Text),
        _needed("referrer", Text),
        Column("contact", Text),
        _needed("no_contact", Boolean),
        Column("closes_on", Date),
        Column("decision_on", Date),
        _needed("stage", Text),
        _needed("note", Text),
        _needed("skipped", Text),
    )
    _create(
        "interviews",
        _needed("seeker_id", _id),
        _needed("number", Integer),
        _needed("application", Integer),
        _needed("starts_at", _instant),
        _needed("logged_at", _instant),
        _needed("minutes", Integer),
        _needed("interviewers", Text),
        _needed("reasons", Text),
        _needed("themes", Text),
        _needed("unsaid", Text),
        Column("debriefed_at", _instant),
        _needed("missed", Boolean),
        _needed("cancelled", Boolean),
    )
    _create(
        "replies",
        _needed("seeker_id", _id),
        _needed("number", Integer),
        _needed("application", Integer),
        _needed("what", Text),
        _needed("on", Date),
        _needed("logged_at", _instant),
        _needed("note", Text),
    )
    _create(
        "followups",
        _needed("seeker_id", _id),
        _needed("number", Integer),
        _needed("application", Integer),
        _needed("kind", Text),
        _needed("channel", Text),
        _needed("written_at", _instant),
        _needed("interview", Integer),
        _needed("to", Text),
        _needed("text", Text),
        Column("sent_at", _instant),
        _needed("against_advice", Boolean),
    )
    _create(
        "nudges",
        _needed("id", _id),
        _needed("key", Text),
        _needed("seeker_id", _id),
        _needed("platform", Text),
        _needed("kind", Text),
        _needed("due_at", _instant),
        _needed("ready_at", _instant),
        _needed("local", Text),
        _needed("application", Integer),
        _needed("interview", Integer),
        _needed("state", Text),
        Column("snoozed_until", _instant),
        _needed("claim", Text),
        _needed("tries", Integer),
        _needed("in_doubt", Boolean),
        _needed("why", Text),
        Column("sent_at", _instant),
        _needed("message_ref", Text),
        UniqueConstraint("key", name="uq_nudges_key"),
        key=("id",),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_nudges_seeker_id_application", "nudges", ["seeker_id", "application"])
    planned = text("state = 'planned'")
    due = {
        "ix_nudges_due": ["ready_at", "seeker_id", "id"],
        "ix_nudges_due_of_seeker": ["seeker_id", "ready_at"],
    }
    for name, columns in due.items():
        op.create_index(name, "nudges", columns, sqlite_where=planned, postgresql_where=planned)
    _create(
        "changes",
        _needed("seeker_id", _id),
        _needed("number", Integer),
        _needed("at", _instant),
        _needed("what", Text),
        _needed("rows", Text),
        Column("undone_at", _instant),
    )
    _create(
        "stash",
        _needed("seeker_id", _id),
        _needed("number", Integer),
        _needed("at", _instant),
        _needed("call", Text),
    )
    _create(
        "counters",
        _needed("seeker_id", _id),
        _needed("kind", Text),
        _needed("last", Integer),
        key=("seeker_id", "kind"),
    )


def _needed(name: str, kind: Any) -> Column[Any]:
    # Only a lone `id` counts by itself; PostgreSQL would else make a sequence of a composite key.
    return Column(name, kind, nullable=False, autoincrement=name == "id")


def _create(
    name: str, *parts: Any, key: tuple[str, ...] = ("seeker_id", "number"), **options: Any
) -> None:
    """A table about a person: its rows go when the person does."""
    op.create_table(
        name,
        *parts,
        PrimaryKeyConstraint(*key, name=f"pk_{name}"),
        ForeignKeyConstraint(
            ["seeker_id"], ["seekers.id"], name=f"fk_{name}_seeker_id", ondelete="CASCADE"
        ),
        **options,
    )
