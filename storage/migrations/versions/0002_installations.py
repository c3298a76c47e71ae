"""Where Slack is installed, who removed the bot, and which events were handled."""

from typing import Any

from alembic import op
from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
)

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_instant = DateTime(timezone=True).with_variant(Text(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "departures",
        _needed("platform", Text),
        _needed("workspace", Text),
        _needed("user", Text),
        _needed("left_at", _instant),
        _needed("why", Text),
        PrimaryKeyConstraint("platform", "workspace", "user", name="pk_departures"),
    )
    op.create_table(
        "seen_events",
        _needed("key", Text),
        _needed("at", _instant),
        PrimaryKeyConstraint("key", name="pk_seen_events"),
    )
    op.create_table(
        "slack_installations",
        _needed("id", Integer),
        _needed("client_id", String(32)),
        _needed("app_id", String(32)),
        Column("enterprise_id", String(32)),
        Column("enterprise_name", String(200)),
        Column("enterprise_url", String(200)),
        Column("team_id", String(32)),
        Column("team_name", String(200)),
        Column("bot_token", Text),
        Column("bot_id", String(32)),
        Column("bot_user_id", String(32)),
        Column("bot_scopes", String(1000)),
        Column("bot_refresh_token", Text),
        Column("bot_token_expires_at", DateTime),
        _needed("user_id", String(32)),
        Column("user_token", Text),
        Column("user_scopes", String(1000)),
        Column("user_refresh_token", Text),
        Column("user_token_expires_at", DateTime),
        Column("incoming_webhook_url", Text),
        Column("incoming_webhook_channel", String(200)),
        Column("incoming_webhook_channel_id", String(200)),
        Column("incoming_webhook_configuration_url", String(200)),
        _needed("is_enterprise_install", Boolean),
        Column("token_type", String(32)),
        _needed("installed_at", DateTime),
        PrimaryKeyConstraint("id", name="pk_slack_installations"),
    )
    op.create_index(
        "slack_installations_idx",
        "slack_installations",
        ["client_id", "enterprise_id", "team_id", "user_id", "installed_at"],
    )
    op.create_table(
        "slack_bots",
        _needed("id", Integer),
        _needed("client_id", String(32)),
        _needed("app_id", String(32)),
        Column("enterprise_id", String(32)),
        Column("enterprise_name", String(200)),
        Column("team_id", String(32)),
        Column("team_name", String(200)),
        Column("bot_token", Text),
        Column("bot_id", String(32)),
        Column("bot_user_id", String(32)),
        Column("bot_scopes", String(1000)),
        Column("bot_refresh_token", Text),
        Column("bot_token_expires_at", DateTime),
        _needed("is_enterprise_install", Boolean),
        _needed("installed_at", DateTime),
        PrimaryKeyConstraint("id", name="pk_slack_bots"),
    )
    op.create_index(
        "slack_bots_idx",
        "slack_bots",
        ["client_id", "enterprise_id", "team_id", "installed_at"],
    )
    op.create_table(
        "slack_oauth_states",
        _needed("id", Integer),
        _needed("state", String(200)),
        _needed("expire_at", DateTime),
        PrimaryKeyConstraint("id", name="pk_slack_oauth_states"),
    )


def _needed(name: str, kind: Any) -> Column[Any]:
    return Column(name, kind, nullable=False, autoincrement=name == "id")
