"""By which installations each account came. Nothing else changes: older programs go on with it."""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    Text,
)

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_id = BigInteger().with_variant(Integer(), "sqlite")
_instant = DateTime(timezone=True).with_variant(Text(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "entrances",
        Column("account_id", _id, nullable=False, autoincrement=False),
        Column("seeker_id", _id, nullable=False),
        Column("entrance", Text, nullable=False),
        Column("shut_at", _instant),
        PrimaryKeyConstraint("account_id", "entrance", name="pk_entrances"),
        ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name="fk_entrances_account_id",
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["seeker_id"],
            ["seekers.id"],
            name="fk_entrances_seeker_id",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_entrances_entrance", "entrances", ["entrance"])
    op.create_index("ix_entrances_seeker_id", "entrances", ["seeker_id"])
