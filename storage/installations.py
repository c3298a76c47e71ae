"""Slack's installations and OAuth states as tables. Knows no statement; imports no SDK.

They are slack_sdk's own (its SQLAlchemy stores read and write them), declared here by hand so that
opening the database does not import slack_sdk; a test compares the two. What differs: secrets are
`Text`, since sealed (`storage.crypto`) they are longer than Slack's.
"""

from typing import Any, Final

from sqlalchemy import Boolean, Column, DateTime, Index, Integer, MetaData, String, Table, Text

# Sealed before they are stored. Everything else says who installed what, and where.
SECRETS: Final = (
    "bot_token",
    "bot_refresh_token",
    "user_token",
    "user_refresh_token",
    "incoming_webhook_url",
)


def installations(metadata: MetaData) -> Table:
    """Who installed the bot where, with what that gave us; a workspace's newest row counts."""
    name = "slack_installations"
    return Table(
        name,
        metadata,
        _id(),
        _text("client_id", 32, needed=True),
        _text("app_id", 32, needed=True),
        _text("enterprise_id", 32),
        _text("enterprise_name", 200),
        _text("enterprise_url", 200),
        _text("team_id", 32),
        _text("team_name", 200),
        *_bot(),
        _text("user_id", 32, needed=True),
        _secret("user_token"),
        _text("user_scopes", 1000),
        _secret("user_refresh_token"),
        _moment("user_token_expires_at"),
        _secret("incoming_webhook_url"),
        _text("incoming_webhook_channel", 200),
        _text("incoming_webhook_channel_id", 200),
        _text("incoming_webhook_configuration_url", 200),
        Column("is_enterprise_install", Boolean, nullable=False),
        _text("token_type", 32),
        _moment("installed_at", needed=True),
        Index(
            f"{name}_idx", "client_id", "enterprise_id", "team_id", "user_id", "installed_at"
        ),
    )  # fmt: skip


def bots(metadata: MetaData) -> Table:
    """The bot of each installation: what a message is sent with."""
    name = "slack_bots"
    return Table(
        name,
        metadata,
        _id(),
        _text("client_id", 32, needed=True),
        _text("app_id", 32, needed=True),
        _text("enterprise_id", 32),
        _text("enterprise_name", 200),
        _text("team_id", 32),
        _text("team_name", 200),
        *_bot(),
        Column("is_enterprise_install", Boolean, nullable=False),
        _moment("installed_at", needed=True),
        Index(f"{name}_idx", "client_id", "enterprise_id", "team_id", "installed_at"),
    )


def oauth_states(metadata: MetaData) -> Table:
    """Installations that have begun: what Slack's answer must bring back, once and in time."""
    return Table(
        "slack_oauth_states",
        metadata,
        _id(),
        _text("state", 200, needed=True),
        _moment("expire_at", needed=True),
    )


def _bot() -> list[Column[Any]]:
    return [
        _secret("bot_token"),
        _text("bot_id", 32),
        _text("bot_user_id", 32),
        _text("bot_scopes", 1000),
        _secret("bot_refresh_token"),
        _moment("bot_token_expires_at"),
    ]


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True, autoincrement=True)


def _text(name: str, length: int, *, needed: bool = False) -> Column[str]:
    return Column(name, String(length), nullable=not needed)


def _secret(name: str) -> Column[str]:
    assert name in SECRETS
    return Column(name, Text)


def _moment(name: str, *, needed: bool = False) -> Column[Any]:
    # Naive UTC: slack_sdk's columns have no zone, and its code compares them with naive values.
    return Column(name, DateTime, nullable=not needed)
