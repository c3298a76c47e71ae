"""What the doctor finds out about the records, and about what is due."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url

from adapters.doctor import records
from adapters.doctor.finding import Level
from adapters.doctor.report import told
from bot.ports import Unavailable
from storage.address import url_of
from storage.backup import backup
from storage.condition import Server
from storage.crypto import new_key
from storage.engine import connect
from storage.migrate import migrate
from storage.models import HEAD
from storage.restore import replaced, restore
from storage.store import Store
from tests.discord.loopback import TOKEN
from tests.samples import KIM, SAM, arrive, nudge
from tests.test_doctor import NOW, SCOPES, bad, beating, free, offline, only, settings
from tests.test_installations import CLIENT, at, installation


@pytest.fixture
def path(sqlite_file: Path, tmp_path: Path) -> Path:
    """A migrated SQLite file of its owner's alone, whose program runs."""
    copy = Path(shutil.copy(sqlite_file, tmp_path / "jobs.db"))
    copy.chmod(0o600)
    beating(url_of(copy), timedelta(seconds=4))
    return copy


def test_records_that_are_not_there_are_not_made_by_looking(tmp_path: Path) -> None:
    path = tmp_path / "new" / "jobs.db"
    found = only(offline(settings(path)))
    assert found.level is Level.LOOK
    assert found.do == "Is the path right? The first start makes both."
    assert not path.parent.exists()
    assert bad(offline(settings(tmp_path / "jobs.db"))) == []


def test_where_records_are_by_default_no_folder_is_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HOME", "XDG_DATA_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    assert bad(offline({"DISCORD_TOKEN": TOKEN})) == []


def test_what_a_restore_left_is_told_with_whom_it_holds(path: Path, tmp_path: Path) -> None:
    kept = tmp_path / "elsewhere.backup"
    backup(url_of(path), kept)
    restore(url_of(path), kept, NOW)
    beating(url_of(path), timedelta(seconds=4))
    left = replaced(path)
    left[0].with_name(f"{left[0].name}-wal").touch()
    found = only(offline(settings(path)))
    assert found.level is Level.LOOK
    assert f"there is 1 file of records, such as {left[0]}." in found.what
    assert "themselves forgotten" in found.what


def test_a_log_is_missed_only_while_the_program_runs_without_one(path: Path) -> None:
    with closing(sqlite3.connect(path)) as changed:
        changed.execute("PRAGMA journal_mode=DELETE")
    assert "no write-ahead log (delete)" in only(offline(settings(path))).what
    with closing(sqlite3.connect(path)) as changed, changed:
        changed.execute("DELETE FROM heartbeats")
    assert only(offline(settings(path))).what.startswith("Nothing has sent")


def test_looking_leaves_the_records_as_they_are(path: Path) -> None:
    before = path.read_bytes(), sorted(path.parent.iterdir())
    offline(settings(path))
    assert (path.read_bytes(), sorted(path.parent.iterdir())) == before


def test_a_file_that_others_can_read_is_pointed_out(path: Path) -> None:
    path.chmod(0o644)
    found = only(offline(settings(path)))
    assert "(mode 644)" in found.what
    assert found.do == f"Run `chmod 600 {path}`."


def test_a_damaged_file_and_one_of_another_program_are_wrong(path: Path, tmp_path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert only(offline(settings(path))).level is Level.WRONG
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as foreign, foreign:
        foreign.execute("PRAGMA journal_mode=WAL")
        foreign.execute("CREATE TABLE recipes (name)")
    other.chmod(0o600)
    assert "another program's" in only(offline(settings(other))).what
    text = tmp_path / "text.db"
    text.write_text("nothing at all " * 500)
    text.chmod(0o600)
    assert "no database of records" in only(offline(settings(text))).what


@pytest.mark.parametrize(
    ("version", "oldest", "level", "words"),
    [
        ("0003", HEAD, Level.LOOK, "not up to date"),
        ("9999", "9999", Level.WRONG, "cannot go on"),
        ("9999", None, Level.WRONG, "cannot go on"),
        ("9999", HEAD, Level.LOOK, "goes on with it"),
    ],
)
def test_a_database_of_another_version_is_told(
    path: Path, version: str, oldest: str | None, level: Level, words: str
) -> None:
    with closing(sqlite3.connect(path)) as changed, changed:
        changed.execute("UPDATE alembic_version SET version_num = ?", (version,))
        changed.execute("DELETE FROM serving")
        if oldest:
            changed.execute("INSERT INTO serving VALUES (?)", (oldest,))
    found = offline(settings(path))
    assert only(found).level is level
    assert words in only(found).what
    # It is as a start has it, and what serves us is looked at as ours is.
    if level is Level.WRONG:
        with pytest.raises(Unavailable, match="newer version"):
            migrate(url_of(path))
    elif version > HEAD:
        assert migrate(url_of(path)) is False
        assert any("last looked for" in f.what for f in found)


def test_records_in_memory_are_pointed_out() -> None:
    found = only(offline({"DATABASE_URL": "sqlite://", "DISCORD_TOKEN": TOKEN}))
    assert "in memory" in found.what


def test_a_server_is_looked_at_too(postgres_url: str) -> None:
    environment = {"DATABASE_URL": postgres_url, "DISCORD_TOKEN": TOKEN}
    assert "Nothing has sent" in only(offline(environment)).what
    beating(postgres_url, timedelta(seconds=4))
    found = offline(environment)
    assert bad(found) == []
    for words in ("PostgreSQL ", "the database server's", "free connections", "last looked for"):
        assert any(words in f.what for f in found), words


def test_a_server_that_turns_us_away_is_told_with_what_to_look_at(postgres_url: str) -> None:
    nowhere = "postgresql://sam@127.0.0.1:1/jobs"
    away = only(offline({"DATABASE_URL": nowhere, "DISCORD_TOKEN": TOKEN}))
    assert away.what.endswith(": The database cannot be reached.")
    assert away.do == "Is the server running? Are the host name and the port right?"
    engine = connect(postgres_url, 1)
    role = "stranger_to_these_tables"
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE ROLE {role} LOGIN")
    try:
        stranger = make_url(postgres_url).set(username=role).render_as_string(hide_password=False)
        found = only(offline({"DATABASE_URL": stranger, "DISCORD_TOKEN": TOKEN}))
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"DROP ROLE {role}")
        engine.dispose()
    assert found.level is Level.WRONG
    assert found.do == "The user in DATABASE_URL must own the database's tables."


def test_a_servers_trouble_is_told_with_what_to_do() -> None:
    fine = Server(NOW, "18.0", "UTF8", 50)
    for server, level, words in (
        (fine._replace(clock=NOW + timedelta(minutes=2)), Level.WRONG, "2 minutes behind"),
        (fine._replace(encoding="SQL_ASCII"), Level.WRONG, "encoding is SQL_ASCII"),
        (fine._replace(free=3), Level.LOOK, "3 free connections"),
    ):
        found = only(list(records._server(server, NOW)))
        assert found.level is level
        assert words in found.what


@pytest.mark.parametrize(("minutes", "level"), [(2, Level.OK), (4, Level.LOOK), (20, Level.WRONG)])
def test_what_is_due_and_not_sent_is_told_and_nobody_named(
    path: Path, minutes: int, level: Level
) -> None:
    with Store.open(url_of(path)) as store:
        sam = arrive(store, replace(SAM, platform="discord"))
        due = NOW - timedelta(minutes=minutes)
        store.run(lambda unit: unit.nudges.add([nudge(sam, "late", due, platform="discord")]))
    found = offline(settings(path))
    if level is Level.OK:
        assert bad(found) == []
    else:
        what = f"Nudges overdue in Discord: 1, the oldest for {minutes} minutes."
        assert bad(found) == [(level, what)]


def test_a_worker_that_went_away_is_noticed(path: Path) -> None:
    with closing(sqlite3.connect(path)) as changed, changed:
        changed.execute("DELETE FROM heartbeats")
    assert only(offline(settings(path))).what.startswith("Nothing has sent")
    beating(url_of(path), timedelta(hours=3))
    assert only(offline(settings(path))).what == "Nothing has sent what is due for 3 hours."


def test_accounts_out_of_reach_are_counted_by_reason_and_never_named(path: Path) -> None:
    with Store.open(url_of(path)) as store:
        for who in (SAM, KIM):
            arrive(store, who)
    with closing(sqlite3.connect(path)) as changed, changed:
        changed.execute('UPDATE accounts SET "on" = 0, why = ?', ("Slack cannot find them",))
    found = only(offline(settings(path)))
    assert found.what == "2 accounts in Slack cannot be reached: Slack cannot find them."
    assert "Sam" not in told([found])
    assert "If many stopped together, look for one reason" in found.do


def test_people_of_a_platform_without_credentials_are_missed(path: Path) -> None:
    with Store.open(url_of(path)) as store:
        arrive(store)
    assert "Slack has no credentials here" in only(offline(settings(path))).what


async def test_keys_must_open_every_stored_token_and_scopes_must_do(path: Path) -> None:
    old, new = new_key(), new_key()
    enough = installation(1, bot_scopes=SCOPES.split(","))
    with Store.open(url_of(path)) as store:
        await at(store, old).async_save(enough)
    many = {
        "DATABASE_URL": url_of(path),
        "SLACK_CLIENT_ID": CLIENT,
        "SLACK_CLIENT_SECRET": "s",
        "SLACK_SIGNING_SECRET": "s",
        "PUBLIC_URL": "https://jobs.example.org",
        "PORT": str(free()),
    }
    assert bad(offline(many | {"TOKEN_KEYS": f"{new},{old}"})) == []
    lost = only(offline(many | {"TOKEN_KEYS": new}))
    assert lost.level is Level.WRONG
    assert "No key in TOKEN_KEYS opens 7 of 7" in lost.what
    assert "malformed" in only(offline(many | {"TOKEN_KEYS": "short"})).what
    with Store.open(url_of(path)) as store:
        await at(store, old).async_save(installation(2))
    short = only(offline(many | {"TOKEN_KEYS": old}))
    assert short.what == "1 of 1 workspaces granted less than the bot needs."
