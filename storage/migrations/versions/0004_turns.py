"""Turns, heartbeats, links that work once, and whom a schema serves. Older programs go on.

Nobody can write nudges while the indexes are made: about a second for a million.
"""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Float,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    Text,
    text,
)

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_id = BigInteger().with_variant(Integer(), "sqlite")
_instant = DateTime(timezone=True).with_variant(Text(), "sqlite")

_turned = "state = 'planned' AND turn_at IS NOT NULL"


def upgrade() -> None:
    op.add_column("nudges", Column("turn_at", _instant))
    op.drop_index("ix_nudges_due", "nudges")
    for name, where in (("due", "state = 'planned'"), ("turned", _turned)):
        op.create_index(
            f"ix_nudges_{name}",
            "nudges",
            ["platform", "ready_at", "seeker_id", "id"],
            sqlite_where=text(where),
            postgresql_where=text(where),
        )
    op.create_table(
        "lanes",
        Column("lane", Text, nullable=False),
        Column("next_at", _instant, nullable=False),
        Column("late", Float, nullable=False),
        PrimaryKeyConstraint("lane", name="pk_lanes"),
    )
    op.create_table(
        "heartbeats",
        Column("process", Text, nullable=False),
        Column("part", Text, nullable=False),
        Column("version", Text, nullable=False),
        Column("began_at", _instant, nullable=False),
        Column("beat_at", _instant, nullable=False),
        PrimaryKeyConstraint("process", name="pk_heartbeats"),
    )
    op.create_table(
        "serving",
        Column("oldest", Text, nullable=False),
        PrimaryKeyConstraint("oldest", name="pk_serving"),
    )
    op.create_table(
        "links",
        Column("fingerprint", Text, nullable=False),
        Column("seeker_id", _id, nullable=False),
        Column("purpose", Text, nullable=False),
        Column("expires_at", _instant, nullable=False),
        PrimaryKeyConstraint("fingerprint", name="pk_links"),
        ForeignKeyConstraint(
            ["seeker_id"],
            ["seekers.id"],
            name="fk_links_seeker_id",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_links_seeker_id", "links", ["seeker_id"])
