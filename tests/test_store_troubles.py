"""What can be wrong with a database, each told in one sentence, with nothing overwritten."""

import os
import shutil
import sqlite3
import stat
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, make_url

from bot.ports import Unavailable
from storage.engine import connect
from storage.migrate import migrate
from storage.models import HEAD
from storage.store import Store
from tests.conftest import Server
from tests.samples import KIM, NOW, SAM, application, arrive


@pytest.fixture
def path(sqlite_file: Path, tmp_path: Path) -> Path:
    """A migrated SQLite file."""
    return Path(shutil.copy(sqlite_file, tmp_path / "jobs.db"))


def refused(url: str) -> str:
    """The sentence that opening a URL ends with."""
    with pytest.raises(Unavailable) as caught:
        Store.open(url)
    sentence = str(caught.value)
    assert sentence.endswith("."), sentence
    assert "\n" not in sentence, sentence
    return sentence


@contextmanager
def nobody() -> Iterator[Path]:
    """A folder of an ordinary user's, and their rights: root may write where nobody else may."""
    with tempfile.TemporaryDirectory() as folder:
        if os.geteuid():
            yield Path(folder)
            return
        os.chown(folder, 65534, 65534)
        os.seteuid(65534)
        try:
            yield Path(folder)
        finally:
            os.seteuid(0)


def test_the_file_and_its_folder_are_made_for_their_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "jobs.db"
    with Store.open(f"sqlite:///{path}") as store:
        arrive(store)
        for file in path.parent.iterdir():
            assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_file_that_another_program_is_writing_is_in_use_until_it_has_finished(path: Path) -> None:
    with Store.open(f"sqlite:///{path}?timeout=0.01") as store:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(Unavailable, match="in use by another program"):
                arrive(store)
            assert "in use by another program" in refused(f"sqlite:///{path}?timeout=0.01")
            other.execute("COMMIT")
        arrive(store)


def test_a_full_disk_changes_nothing(path: Path) -> None:
    engine = connect(f"sqlite:///{path}", 1)
    pages = path.stat().st_size // 4096 + 2
    event.listen(engine, "connect", lambda c, _: c.execute(f"PRAGMA max_page_count={pages}"))
    store = Store(engine, 1)
    seeker = arrive(store)
    small = store.run(lambda unit: unit.applications.add(application(seeker)))
    with pytest.raises(Unavailable, match="disk is full"):
        store.run(lambda unit: unit.applications.add(application(seeker, note="x" * 40_000)))
    assert store.run(lambda unit: unit.applications.all(seeker.id)) == [small]
    engine.dispose()


def test_a_file_that_may_only_be_read_is_left_alone(path: Path) -> None:
    records = path.read_bytes()
    with nobody() as folder:
        copy = folder / "jobs.db"
        copy.write_bytes(records)
        copy.chmod(0o444)
        folder.chmod(0o555)
        assert "cannot be written" in refused(f"sqlite:///{copy}")
        assert "cannot be written" in refused(f"sqlite:///{folder / 'new' / 'jobs.db'}")
        assert [file.name for file in folder.iterdir()] == ["jobs.db"]
        folder.chmod(0o755)


def test_a_file_that_stopped_being_writable_is_told_as_such(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA journal_mode=WAL")
    engine = connect(f"sqlite:///{path}", 1)
    event.listen(engine, "connect", lambda c, _: c.execute("PRAGMA query_only=ON"))
    store = Store(engine, 1)
    with pytest.raises(Unavailable, match="only be read"):
        arrive(store)
    engine.dispose()


@pytest.mark.parametrize("text", ["Dear diary,\n" * 400, "short"])
def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path, text: str) -> None:
    path = tmp_path / "diary.txt"
    path.write_text(text)
    assert "no database" in refused(f"sqlite:///{path}")
    assert path.read_text() == text
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert "is a folder" in refused(f"sqlite:///{tmp_path}")


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE recipes (name TEXT)")
    assert "another program's tables" in refused(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("recipes",)]


@pytest.mark.parametrize(
    "url", ["", "jobs.db", "mysql://sam:secret@db/x", "://secret@", "oracle://"]
)
def test_an_address_that_is_none_is_told_without_its_password(url: str) -> None:
    assert "secret" not in refused(url)


def test_a_server_that_is_not_there_is_told_without_the_password() -> None:
    sentence = refused("postgres://sam:secret@127.0.0.1:1/jobs?sslmode=prefer")
    assert "cannot be reached" in sentence
    for private in ("sam", "secret", "127.0.0.1", "jobs"):
        assert private not in sentence


def test_an_option_that_is_none_is_told(postgres: Server, tmp_path: Path) -> None:
    for option in ("colour=red", "sslmode=perhaps"):
        assert "option" in refused(f"{postgres.address('postgres')}&{option}")
    assert "no option colour" in refused(f"sqlite:///{tmp_path / 'jobs.db'}?colour=red")


def test_names_that_the_server_does_not_know_are_told(postgres: Server) -> None:
    assert "no database of that name" in refused(postgres.address("nowhere"))
    assert "name or the password" in refused(postgres.address("postgres", username="stranger"))


def test_a_wrong_password_is_told_without_the_password(postgres: Server) -> None:
    ((hba,),) = postgres.run("SHOW hba_file")
    rules = Path(hba).read_text()
    postgres.run("CREATE ROLE locked LOGIN PASSWORD 'right'")
    Path(hba).write_text(f"local all locked scram-sha-256\n{rules}")
    postgres.run("SELECT pg_reload_conf()")
    wrong = postgres.address("postgres", username="locked", password="wrong-one")
    missing = postgres.address("postgres", username="locked", password="")
    try:
        assert "name or the password" in refused(wrong)
        assert "name or the password" in refused(missing)
        assert "wrong-one" not in refused(wrong)
    finally:
        Path(hba).write_text(rules)
        postgres.run("SELECT pg_reload_conf()")


def test_a_server_that_only_reads_is_told(postgres: Server, postgres_url: str) -> None:
    name = make_url(postgres_url).database
    postgres.run(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    with Store.open(postgres_url) as store, pytest.raises(Unavailable, match="only be read"):
        arrive(store)


def test_a_role_that_may_not_write_is_told(postgres: Server, postgres_url: str) -> None:
    postgres.run("CREATE ROLE guest LOGIN")
    name = make_url(postgres_url).database or ""
    assert "does not allow" in refused(postgres.address(name, username="guest"))


@pytest.mark.parametrize("oldest", ["9998", None], ids=["serves others", "says nothing"])
def test_a_newer_programs_database_that_serves_us_no_longer_is_left_alone(
    store_url: str, oldest: str | None
) -> None:
    engine = newer(store_url, oldest)
    assert "newer version" in refused(store_url)
    with engine.connect() as connection:
        assert (
            connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == "9999"
        )
    engine.dispose()


def test_on_a_newer_programs_database_that_still_serves_us_we_start_and_change_nothing(
    store_url: str,
) -> None:
    """In a deploy an older process may have to start again, and a release to be taken back."""
    engine = newer(store_url, HEAD)
    with Store.open(store_url, migrate=False) as store:
        assert store.run(lambda unit: unit.nudges.next_due(["slack"])) is None
    assert migrate(store_url) is False
    engine.dispose()


def newer(url: str, oldest: str | None) -> Engine:
    """A database as a newer program leaves it, which serves programs from that schema on."""
    engine = connect(url, 1)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        connection.exec_driver_sql("DELETE FROM serving")
        if oldest:
            connection.exec_driver_sql(f"INSERT INTO serving VALUES ('{oldest}')")
    return engine


def test_a_store_goes_on_after_a_trouble(path: Path) -> None:
    with Store.open(f"sqlite:///{path}?timeout=0.01") as store:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            for who in (SAM, KIM):
                with pytest.raises(Unavailable):
                    store.run(lambda unit, who=who: unit.enter(who, NOW))
        assert [arrive(store, SAM).id, arrive(store, KIM).id] == [1, 2]
        assert migrate(f"sqlite:///{path}") is False
