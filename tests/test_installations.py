"""Slack's installations and OAuth states: sealed, newest first, each state once."""

import asyncio
import logging
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.oauth.installation_store.models.bot import Bot
from slack_sdk.oauth.installation_store.models.installation import Installation
from slack_sdk.oauth.installation_store.sqlalchemy import SQLAlchemyInstallationStore
from slack_sdk.oauth.state_store.sqlalchemy import SQLAlchemyOAuthStateStore
from sqlalchemy import Connection, MetaData, Table, Text, make_url, select, text, update
from sqlalchemy.exc import DBAPIError

from bot.ports import Unavailable, Unreadable
from storage import models
from storage.crypto import Ring, new_key
from storage.installations import SECRETS
from storage.migrate import migrate
from storage.slack import Rotated, SlackInstallations, SlackStates, rotate_keys
from storage.store import Store

OLD, NEW = new_key(), new_key()
CLIENT = "111.222"
HERE: dict[str, Any] = {"enterprise_id": None, "team_id": "T1"}
ORGANIZATION: dict[str, Any] = {"enterprise_id": "E1", "team_id": None}


def installation(number: int = 1, **more: Any) -> Installation:
    """An installation with every secret that there may be."""
    start: dict[str, Any] = {
        "app_id": "A1",
        "team_id": "T1",
        "team_name": "Job club",
        "bot_id": "B1",
        "bot_user_id": "UB",
        "bot_scopes": ["chat:write", "commands"],
        "user_id": "U1",
        "bot_token_expires_at": 1_800_000_000,
        "installed_at": 1_780_000_000.0 + number,
    }
    start |= {name: f"canary-{name}-{number}" for name in SECRETS}
    return Installation(**(start | more))


def at(store: Store, *keys: str) -> SlackInstallations:
    return SlackInstallations(store, Ring(keys or (NEW,)), CLIENT)


def dump(store: Store) -> str:
    """Every row of Slack's tables, as the database holds it."""
    tables = (models.slack_installations, models.slack_bots, models.slack_oauth_states)
    return store.run_on_connection(
        lambda connection: "\n".join(
            str(row) for t in tables for row in connection.execute(select(t))
        )
    )


def count(store: Store) -> int:
    """How many rows there are of both."""
    tables = (models.slack_installations, models.slack_bots)
    return store.run_on_connection(
        lambda connection: sum(len(connection.execute(select(t.c.id)).all()) for t in tables)
    )


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (models.slack_installations, SQLAlchemyInstallationStore.build_installations_table),
        (models.slack_bots, SQLAlchemyInstallationStore.build_bots_table),
        (models.slack_oauth_states, SQLAlchemyOAuthStateStore.build_oauth_states_table),
    ],
    ids=lambda one: getattr(one, "name", ""),
)
def test_the_tables_are_as_slack_sdk_would_make_them(
    ours: Table, theirs: Callable[[MetaData, str], Table]
) -> None:
    table = theirs(MetaData(), ours.name)
    assert [c.name for c in ours.c] == [c.name for c in table.c]
    for mine, its in zip(ours.c, table.c, strict=True):
        kind = repr(Text()) if its.name in SECRETS else repr(its.type)
        assert (repr(mine.type), mine.nullable, mine.primary_key) == (
            kind,
            its.nullable,
            its.primary_key,
        ), its.name
    assert {(i.name, *i.columns.keys()) for i in ours.indexes} == {
        (i.name, *i.columns.keys()) for i in table.indexes
    }


async def test_an_installation_comes_back_as_it_went_in_and_is_not_changed(store: Store) -> None:
    kept, before = installation(), installation().to_dict()
    await at(store).async_save(kept)
    assert kept.to_dict() == before
    found = await at(store).async_find_installation(**HERE)
    bot = await at(store).async_find_bot(**HERE)
    assert found is not None
    assert bot is not None
    assert found.to_dict() == before
    assert bot.to_dict() == kept.to_bot().to_dict()
    by_user = await at(store).async_find_installation(**HERE, user_id="U1")
    assert by_user is not None
    assert by_user.to_dict() == before
    assert await at(store).async_find_installation(**HERE, user_id="U2") is None


async def test_what_was_never_given_is_not_made_up(store: Store) -> None:
    none: dict[str, Any] = dict.fromkeys(SECRETS)
    await at(store).async_save(installation(**none))
    found = await at(store).async_find_installation(**HERE)
    assert found is not None
    assert [getattr(found, name) for name in SECRETS] == [None] * len(SECRETS)
    assert await at(store).async_find_bot(**HERE) is None


async def test_no_secret_can_be_read_in_the_database(store: Store, store_url: str) -> None:
    await at(store).async_save(installation())
    await at(store).async_save_bot(installation(2).to_bot())
    assert "Job club" in dump(store)
    assert "canary" not in dump(store)
    if store_url.startswith("sqlite"):
        folder = Path(make_url(store_url).database or "").parent
        whole = b"".join(file.read_bytes() for file in folder.iterdir())
        assert b"Job club" in whole
        assert b"canary" not in whole


async def test_of_several_installations_the_newest_counts(store: Store) -> None:
    for number in (1, 3, 2):
        await at(store).async_save(installation(number))
    found = await at(store).async_find_installation(**HERE)
    bot = await at(store).async_find_bot(**HERE)
    assert found is not None
    assert bot is not None
    assert found.bot_token == bot.bot_token == "canary-bot_token-3"
    renewed = found.to_bot()
    renewed.bot_token = "canary-renewed"
    await at(store).async_save_bot(renewed)
    bot = await at(store).async_find_bot(**HERE)
    assert bot is not None
    assert bot.bot_token == "canary-renewed"
    assert count(store) == 6


async def test_workspaces_and_clients_are_kept_apart(store: Store) -> None:
    await at(store).async_save(installation(1))
    await at(store).async_save(installation(2, team_id="T2"))
    other = SlackInstallations(store, Ring([NEW]), "333.444")
    await other.async_save(installation(3))
    bot = await at(store).async_find_bot(**HERE)
    assert bot is not None
    assert bot.bot_token == "canary-bot_token-1"
    await at(store).async_delete_all(**HERE)
    assert await at(store).async_find_bot(**HERE) is None
    assert await at(store).async_find_bot(enterprise_id=None, team_id="T2") is not None
    assert await other.async_find_bot(**HERE) is not None


async def test_a_whole_organization_is_found_as_such_only(store: Store) -> None:
    whole = installation(enterprise_id="E1", team_id=None, is_enterprise_install=True)
    await at(store).async_save(whole)
    team: dict[str, Any] = {"enterprise_id": "E1", "team_id": "T1"}
    find_bot, find = at(store).async_find_bot, at(store).async_find_installation
    assert await find_bot(**team) is None
    assert await find(**team) is None
    assert await find_bot(**team, is_enterprise_install=True) is not None
    found = await find(**team, is_enterprise_install=True)
    assert found is not None
    assert found.is_enterprise_install
    await at(store).async_delete_all(**ORGANIZATION)
    assert await find_bot(**team, is_enterprise_install=True) is None


async def test_deleting_takes_what_it_names_and_all_takes_all(store: Store) -> None:
    async def left() -> tuple[bool, bool, bool]:
        ours = at(store)
        found = [await ours.async_find_installation(**HERE, user_id=user) for user in ("U1", "U2")]
        bot: Bot | None = await ours.async_find_bot(**HERE)
        return found[0] is not None, found[1] is not None, bot is not None

    for number in (1, 2, 3):
        await at(store).async_save(installation(number, user_id="U2" if number == 2 else "U1"))
    assert await left() == (True, True, True)
    await at(store).async_delete_installation(**HERE, user_id="U1")
    assert await left() == (False, True, True)
    await at(store).async_delete_bot(**HERE)
    assert await left() == (False, True, False)
    await at(store).async_save(installation(4))
    await at(store).async_delete_all(**HERE)
    assert count(store) == 0


async def test_what_was_deleted_is_in_no_corner_of_the_file(tmp_path: Path) -> None:
    def left() -> bool:
        return any(b"Deleted club" in file.read_bytes() for file in tmp_path.iterdir())

    async with Store.open(f"sqlite:///{tmp_path / 'jobs.db'}") as store:
        await at(store).async_save(installation(team_name="Deleted club"))
        assert left()
        await at(store).async_delete_all(**HERE)
        assert not left()


async def test_an_installation_whose_bot_cannot_be_kept_is_not_kept_either(
    store: Store, kind: str
) -> None:
    words = {
        "sqlite": "CREATE TRIGGER no BEFORE INSERT ON slack_bots "
        "BEGIN SELECT RAISE(ABORT, 'no'); END",
        "postgres": "CREATE RULE no AS ON INSERT TO slack_bots DO INSTEAD SELECT 1 / 0",
    }
    store.run_on_connection(lambda connection: connection.execute(text(words[kind])))
    with pytest.raises(DBAPIError):
        await at(store).async_save(installation())
    assert count(store) == 0


async def test_after_rotation_the_old_key_may_go(store: Store) -> None:
    await at(store, OLD).async_save(installation(1))
    assert await at(store, NEW, OLD).async_find_bot(**HERE) is not None
    await at(store, NEW, OLD).async_save(installation(2, team_id="T2"))
    sealed = 2 * (len(SECRETS) + 2)
    assert rotate_keys(store, Ring([NEW, OLD])) == Rotated(sealed, 0)
    found = await at(store, NEW).async_find_installation(**HERE)
    assert found is not None
    assert found.to_dict() == installation(1).to_dict()
    with pytest.raises(Unreadable):
        await at(store, OLD).async_find_bot(**HERE)
    assert rotate_keys(store, Ring([NEW])) == Rotated(sealed, 0)


async def test_a_missing_key_is_no_missing_installation_and_is_said_with_ids_only(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    await at(store, OLD).async_save(installation(1))
    with caplog.at_level(logging.DEBUG):
        with pytest.raises(Unreadable, match="a key in TOKEN_KEYS is missing"):
            await at(store, NEW).async_find_bot(**HERE)
        with pytest.raises(Unreadable):
            await at(store, NEW).async_find_installation(**HERE)
    said = [record.getMessage() for record in caplog.records if record.name == "storage.slack"]
    assert said == ["token unreadable enterprise= team=T1"] * 2
    await at(store, NEW).async_save(installation(2))
    bot = await at(store, NEW).async_find_bot(**HERE)
    assert bot is not None
    assert bot.bot_token == "canary-bot_token-2"


async def test_rotation_leaves_what_no_key_opens_and_counts_it(store: Store) -> None:
    await at(store, OLD).async_save(installation(1))
    await at(store, NEW).async_save(installation(2, team_id="T2"))
    newest = new_key()
    half = len(SECRETS) + 2
    assert rotate_keys(store, Ring([newest, NEW])) == Rotated(half, half)
    assert await at(store, newest).async_find_bot(enterprise_id=None, team_id="T2") is not None
    assert await at(store, OLD).async_find_bot(**HERE) is not None


async def test_rotation_waits_for_a_token_that_is_just_being_renewed(postgres_url: str) -> None:
    """On SQLite there is one writer anyway."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    ring = Ring([NEW, OLD])
    async with Store.open(postgres_url) as store:
        await at(store, OLD).async_save(installation())
        turning: list[asyncio.Future[Rotated]] = []
        loop = asyncio.get_running_loop()
        begun = threading.Event()

        def renew(connection: Connection) -> None:
            renewed = update(models.slack_bots).values(bot_token=ring.seal("canary-renewed"))
            connection.execute(renewed)
            loop.call_soon_threadsafe(start)
            begun.wait(10)
            while not connection.execute(waiting).scalar_one():
                pass

        def start() -> None:
            turning.append(loop.run_in_executor(None, rotate_keys, store, ring))
            begun.set()

        await store.on_connection(renew)
        assert (await turning[0]).unreadable == 0
        bot = await at(store, NEW).async_find_bot(**HERE)
    assert bot is not None
    assert bot.bot_token == "canary-renewed"


async def test_a_state_is_taken_back_once(store: Store) -> None:
    states = SlackStates(store)
    state = await states.async_issue()
    other = await states.async_issue()
    assert state != other
    assert await states.async_consume("forged") is False
    assert await states.async_consume(state) is True
    assert await states.async_consume(state) is False
    assert await states.async_consume(other) is True


async def test_of_many_who_bring_a_state_at_once_one_is_let_in(store: Store) -> None:
    states = SlackStates(store)
    for _ in range(5):
        state = await states.async_issue()
        told = await asyncio.gather(*(states.async_consume(state) for _ in range(8)))
        assert sorted(told) == [False] * 7 + [True]


async def test_a_state_that_comes_too_late_is_none(store: Store) -> None:
    state = await SlackStates(store, seconds=-1).async_issue()
    assert await SlackStates(store).async_consume(state) is False


async def test_logs_hold_neither_tokens_nor_states(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        await at(store).async_save(installation())
        await at(store).async_find_installation(**HERE)
        await at(store).async_find_bot(**HERE)
        state = await SlackStates(store).async_issue()
        await SlackStates(store).async_consume(state)
        await SlackStates(store).async_consume(state)
        rotate_keys(store, Ring([NEW]))
        await at(store).async_delete_all(**HERE)
    assert "canary" not in caplog.text
    assert state not in caplog.text


async def test_a_database_in_use_is_told_as_such(tmp_path: Path) -> None:
    path = tmp_path / "jobs.db"
    migrate(f"sqlite:///{path}")
    async with Store.open(f"sqlite:///{path}?timeout=0.01") as store:
        state = await SlackStates(store).async_issue()
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(Unavailable, match="in use"):
                await at(store).async_save(installation())
            with pytest.raises(Unavailable, match="in use"):
                await SlackStates(store).async_consume(state)
            other.execute("COMMIT")
        assert await SlackStates(store).async_consume(state) is True
    with pytest.raises(Unavailable, match="closed"):
        await at(store).async_find_bot(**HERE)


async def test_a_value_that_was_never_sealed_is_not_used(store: Store) -> None:
    await at(store).async_save(installation())
    store.run_on_connection(
        lambda connection: connection.execute(update(models.slack_bots).values(bot_token="xoxb-1"))
    )
    with pytest.raises(Unreadable):
        await at(store).async_find_bot(**HERE)


def test_opening_the_database_needs_neither_slack_sdk_nor_cryptography(tmp_path: Path) -> None:
    program = (
        "import sys; from storage.store import Store; Store.open(sys.argv[1]);"
        "print(sorted({'slack_sdk', 'cryptography', 'aiohttp'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", program, f"sqlite:///{tmp_path / 'jobs.db'}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
