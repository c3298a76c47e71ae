"""PostgreSQL waits only so long for a session of ours: no frozen process stops the others."""

import asyncio
from urllib.parse import quote

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError

from bot.ports import Unavailable
from storage.engine import connect
from storage.store import Store
from tests.conftest import Server
from tests.samples import KIM, SAM, arrive

LIMITS = ("idle_in_transaction_session_timeout", "lock_timeout", "statement_timeout")
SOON = 10


def having(url: str, **limits: str) -> str:
    """The address with options of its own."""
    options = " ".join(f"-c {name}={value}" for name, value in limits.items())
    return f"{url}&options={quote(options)}"


def limits(url: str) -> list[str]:
    """What holds in a session of ours, also after a transaction that was taken back."""
    engine = connect(url, 1)
    shown = []
    for _ in range(2):
        with engine.connect() as connection:
            shown.append(
                [
                    connection.execute(text(f"SELECT current_setting('{name}')")).scalar_one()
                    for name in LIMITS
                ]
            )
            connection.rollback()
    engine.dispose()
    first, second = shown
    assert first == second
    return first


def test_each_session_is_given_limits(postgres_url: str) -> None:
    assert limits(postgres_url) == ["30s", "10s", "1min"]


def test_an_option_in_the_address_wins(postgres_url: str) -> None:
    address = having(postgres_url, idle_in_transaction_session_timeout="300ms")
    assert limits(address) == ["300ms", "10s", "1min"]
    assert limits(having(postgres_url, statement_timeout="5min")) == ["30s", "10s", "5min"]


def test_what_the_database_or_the_role_is_set_to_wins(postgres: Server, postgres_url: str) -> None:
    name = make_url(postgres_url).database
    postgres.run(f"ALTER DATABASE {name} SET lock_timeout = '3s'")
    assert limits(postgres_url) == ["30s", "3s", "1min"]


async def test_a_process_frozen_in_its_transaction_is_ended_by_the_server(
    postgres_url: str,
) -> None:
    short = having(postgres_url, idle_in_transaction_session_timeout="300ms")
    async with Store.open(postgres_url) as store:
        sam = arrive(store, SAM)
        engine = connect(short, 1)
        connection = engine.connect()
        connection.execute(text("UPDATE seekers SET name = 'frozen'"))
        changing = asyncio.create_task(
            store.on_connection(lambda c: c.execute(text("UPDATE seekers SET zone = zone")))
        )
        async with asyncio.timeout(SOON):
            await changing
        with pytest.raises(DBAPIError) as ended:
            connection.execute(text("SELECT 1"))
        assert ended.value.connection_invalidated
        connection.close()
        engine.dispose()
        # What it had not kept is not kept, and nothing of it is in the way.
        assert arrive(store, SAM) == sam


def test_whoever_waits_too_long_for_a_lock_is_told_and_goes_on_after_it(postgres_url: str) -> None:
    with (
        Store.open(postgres_url) as holder,
        Store.open(having(postgres_url, lock_timeout="50ms")) as store,
    ):
        with holder._engine.connect() as other:
            other.execute(text("LOCK TABLE seekers IN EXCLUSIVE MODE"))
            with pytest.raises(Unavailable, match="in use by another program"):
                arrive(store, SAM)
        assert [arrive(store, SAM).id, arrive(store, KIM).id]


def test_a_statement_that_does_not_end_is_ended_and_told(postgres_url: str) -> None:
    with Store.open(having(postgres_url, statement_timeout="50ms")) as store:
        with pytest.raises(Unavailable, match="cannot be reached"):
            store.run_on_connection(lambda c: c.execute(text("SELECT pg_sleep(60)")))
        assert arrive(store, SAM)
