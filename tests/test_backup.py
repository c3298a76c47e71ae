"""Backups are whole whatever goes on meanwhile; a restore gives all of it back, or does nothing."""

import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.model import Nudge, NudgeState
from bot.ports import Unavailable
from storage.address import place_of, url_of
from storage.backup import Copied, backup, look
from storage.models import HEAD
from storage.restore import restore
from storage.store import Store
from tests.samples import KIM, NOW, SAM, arrive, everything, nudge

# When the restore is, in a world where the backup was made at NOW.
THEN = NOW + timedelta(hours=3)
SERVER = "postgresql://me:s3cr:et@db.example:5433/jobs?sslmode=require&password=s3cret"

# Two accounts of a bank, in the tables that are there: their sum is always 100.
WRITER = """
import sqlite3, sys
here = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=10)
print("ready", flush=True)
number = 0
while True:
    number += 1
    here.execute("BEGIN IMMEDIATE")
    for half in (0, 1):
        here.execute(
            "INSERT INTO seen_events VALUES (?, ?)", (f"{number}/{half}/" + "x" * 500, "2026")
        )
    here.execute("COMMIT")
"""


@pytest.fixture
def records(sqlite_file: Path, tmp_path: Path) -> Path:
    """A migrated SQLite file without records."""
    return Path(shutil.copy(sqlite_file, tmp_path / "jobs.db"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the backup is to be."""
    folder = tmp_path / "kept"
    folder.mkdir()
    return folder / "jobs.backup"


def nudges(path: Path) -> list[Nudge]:
    """Everybody's, in the order of their ids."""
    with Store.open(url_of(path)) as store:
        found = [store.run(lambda unit, who=who: unit.nudges.of(who)) for who in (1, 2)]
    return sorted((n for each in found for n in each), key=lambda n: n.id)


def exported(path: Path, seeker_id: int) -> Any:
    """Everything about somebody."""
    with Store.open(url_of(path)) as store:
        return store.run(lambda unit: unit.export(seeker_id))


def refused(url: str, file: Path, **how: Any) -> str:
    """The sentence with which a restore does nothing."""
    with pytest.raises(Unavailable) as caught:
        restore(url, file, THEN, **how)
    return str(caught.value)


@contextmanager
def process(code: str, *arguments: object) -> "Iterator[subprocess.Popen[str]]":
    """A process of its own, once it has said that it is ready."""
    with subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
    ) as running:
        try:
            assert running.stdout
            assert running.stdout.readline() == "ready\n"
            yield running
        finally:
            running.kill()


# --- the copy


def test_a_backup_is_the_records_in_one_private_file(records: Path, file: Path) -> None:
    with Store.open(url_of(records)) as store:
        for who in (SAM, KIM):
            store.run(lambda unit, who=who: everything(unit, who))
        # What is only in the log so far belongs to it too.
        assert backup(url_of(records), file) == Copied(2, file.stat().st_size, HEAD)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["jobs.backup"]
    assert exported(file, 1) == exported(records, 1)


def test_a_backup_under_writing_is_of_one_instant_and_ends(records: Path, file: Path) -> None:
    with process(WRITER, records) as writer:
        seen, total = [], 0
        for _ in range(5):
            backup(url_of(records), file, force=True)
            with closing(sqlite3.connect(file)) as copy:
                assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
                (total,) = copy.execute("SELECT count(*) FROM seen_events").fetchone()
            seen.append(total)
        assert writer.poll() is None
    assert all(count % 2 == 0 for count in seen)
    # The writer went on meanwhile, and the last copies were of more than one step.
    assert seen == sorted(seen)
    assert seen[-1] > seen[0]


def test_writers_go_on_in_the_middle_of_a_copy_and_are_not_in_it(records: Path, file: Path) -> None:
    with closing(sqlite3.connect(records, isolation_level=None)) as writer:
        add = "INSERT INTO seen_events VALUES (?, ?)"
        writer.execute("BEGIN")
        writer.executemany(add, [(f"{n}/" + "x" * 2000, "2026") for n in range(6000)])
        writer.execute("COMMIT")
        steps = []

        def step() -> None:
            steps.append(1)
            writer.execute(add, (f"during/{len(steps)}", "2026"))

        backup(url_of(records), file, step=step)
    assert len(steps) > 2
    with closing(sqlite3.connect(file)) as copy:
        assert copy.execute("SELECT count(*) FROM seen_events").fetchone() == (6000,)


def test_a_file_that_is_there_is_replaced_only_when_told(records: Path, file: Path) -> None:
    file.write_text("precious")
    with pytest.raises(Unavailable, match="--force replaces it"):
        backup(url_of(records), file)
    assert file.read_text() == "precious"
    assert backup(url_of(records), file, force=True).people == 0
    with pytest.raises(Unavailable, match="the file of the records itself"):
        backup(url_of(records), records, force=True)
    with pytest.raises(Unavailable, match="is a folder"):
        backup(url_of(records), file.parent, force=True)


def test_killed_in_the_middle_it_leaves_nothing_at_the_name(records: Path, file: Path) -> None:
    with closing(sqlite3.connect(records)) as writer, writer:
        rows = [(f"{n}/" + "x" * 2000, "2026") for n in range(6000)]
        writer.executemany("INSERT INTO seen_events VALUES (?, ?)", rows)
    code = (
        "import sys, signal, os\nfrom pathlib import Path\nfrom storage.backup import backup\n"
        "print('ready', flush=True)\n"
        "die = lambda: os.kill(os.getpid(), signal.SIGKILL)\n"
        "backup(sys.argv[1], Path(sys.argv[2]), force=True, step=die)"
    )
    for former in (None, "precious"):
        if former:
            file.write_text(former)
        with process(code, url_of(records), file) as killed:
            assert killed.wait(30) == -signal.SIGKILL
        assert file.exists() == bool(former)
        assert not former or file.read_text() == former
    assert backup(url_of(records), file, force=True).people == 0


def test_where_there_is_no_room_one_sentence_says_so_and_nothing_is_left(
    records: Path, file: Path
) -> None:
    with closing(sqlite3.connect(records)) as writer, writer:
        rows = [(f"{n}/" + "x" * 2000, "2026") for n in range(500)]
        writer.executemany("INSERT INTO seen_events VALUES (?, ?)", rows)
    code = (
        "import resource, sys\nfrom pathlib import Path\n"
        "from bot.ports import Unavailable\nfrom storage.backup import backup\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))\n"
        "try: backup(sys.argv[1], Path(sys.argv[2]))\n"
        "except Unavailable as why: print('ready'); print(why)"
    )
    with process(code, url_of(records), file) as short:
        assert short.stdout
        assert "is there room on its disk?" in short.stdout.read()
    assert list(file.parent.iterdir()) == []


def test_what_is_no_file_of_records_is_not_backed_up(file: Path, tmp_path: Path) -> None:
    other, text = tmp_path / "other.db", tmp_path / "text.db"
    with closing(sqlite3.connect(other)) as foreign, foreign:
        foreign.execute("CREATE TABLE recipes (name)")
    text.write_text("no database at all, and long enough to have a header " * 20)
    for path, words in (
        (other, "no file of this program's records"),
        (text, "no database of records"),
        (tmp_path / "none.db", "There are no records at"),
    ):
        with pytest.raises(Unavailable, match=words):
            backup(url_of(path), file)
    assert not (tmp_path / "none.db").exists()
    assert list(file.parent.iterdir()) == []
    with pytest.raises(Unavailable, match="in memory"):
        backup("sqlite://", file)


def test_for_a_server_the_commands_are_named_without_any_secret(file: Path) -> None:
    with pytest.raises(Unavailable) as keeping:
        backup(SERVER, file)
    bringing = refused(SERVER, file)
    for said in (str(keeping.value), bringing):
        assert "s3cr" not in said
        assert "postgresql://me@db.example:5433/jobs?sslmode=require" in said
    assert f"pg_dump --format=custom --file={file}" in str(keeping.value)
    assert "pg_restore --clean" in bringing
    assert "in_doubt = true" in bringing


@pytest.mark.parametrize("name", ["a b.db", "100%.db", "what?x=1.db", "#1.db", "é.db"])
def test_the_address_of_a_file_leads_back_to_it(name: str) -> None:
    assert place_of(url_of(Path("/tmp") / name)) == Path("/tmp") / name


# --- back again


def test_a_restore_gives_back_everything_and_keeps_what_was_there(
    records: Path, file: Path
) -> None:
    with Store.open(url_of(records)) as store:
        store.run(lambda unit: everything(unit, SAM))
    before = exported(records, 1)
    backup(url_of(records), file)
    with Store.open(url_of(records)) as store:
        store.run(lambda unit: unit.applications.remove(unit.applications.all(1)[0]))
    after = exported(records, 1)
    done = restore(url_of(records), file, THEN)
    assert (done.people, done.doubtful, done.erased) == (1, 1, 0)
    assert done.kept
    assert done.kept.name == "jobs.db.before-restore-20260601T170000Z"
    doubtful = {"in_doubt": True, "claim": ""}
    before["nudges"] = [row | doubtful for row in before["nudges"]]
    # A link that works once may have been used since.
    before["links"] = []
    assert exported(records, 1) == before
    assert sorted(path.name for path in records.parent.glob("jobs.db*")) == [
        "jobs.db",
        done.kept.name,
    ]
    assert exported(done.kept, 1) == after
    assert stat.S_IMODE(records.stat().st_mode) == 0o600


def test_where_there_are_no_records_a_restore_makes_them(file: Path, records: Path) -> None:
    with Store.open(url_of(records)) as store:
        arrive(store)
    backup(url_of(records), file)
    elsewhere = file.parent / "new" / "jobs.db"
    assert restore(url_of(elsewhere), file, THEN).kept is None
    assert [path.name for path in elsewhere.parent.iterdir()] == ["jobs.db"]
    assert exported(elsewhere, 1) == exported(records, 1)


def test_what_may_have_been_sent_since_the_backup_says_so(records: Path, file: Path) -> None:
    with Store.open(url_of(records)) as store:
        sam = arrive(store)

        def plan(unit: Any) -> None:
            unit.nudges.add(
                [
                    nudge(sam, "due before", NOW - timedelta(minutes=1)),
                    nudge(sam, "due since", NOW + timedelta(hours=1), claim="dead"),
                    nudge(sam, "due later", THEN + timedelta(seconds=1)),
                    nudge(sam, "sent", NOW - timedelta(days=1), state=NudgeState.SENT),
                ]
            )

        store.run(plan)
    backup(url_of(records), file)
    assert restore(url_of(records), file, THEN).doubtful == 2
    assert {n.key.split("/")[1]: n.in_doubt for n in nudges(records)} == {
        "due before": True,
        "due since": True,
        "due later": False,
        "sent": False,
    }
    assert not any(n.claim for n in nudges(records))


def test_who_had_themselves_forgotten_is_not_brought_back_unasked(
    records: Path, file: Path
) -> None:
    with Store.open(url_of(records)) as store:
        store.run(lambda unit: everything(unit, SAM))
        kim = arrive(store, KIM)
        backup(url_of(records), file)
        store.run(lambda unit: unit.forget(1))
    assert "1 person in this backup" in refused(url_of(records), file)
    assert not any(exported(records, 1).values())
    assert not list(records.parent.glob("jobs.db.*"))
    done = restore(url_of(records), file, THEN, forget=True)
    assert (done.people, done.erased) == (1, 1)
    assert not any(exported(records, 1).values())
    assert b"Dear Dana" not in records.read_bytes()
    assert exported(records, kim.id)["seekers"]
    assert restore(url_of(records), file, THEN + timedelta(days=1), forget=False).people == 2
    assert any(exported(records, 1).values())


def test_no_number_that_was_given_since_the_backup_is_given_again(
    records: Path, file: Path
) -> None:
    with Store.open(url_of(records)) as store:
        store.run(lambda unit: everything(unit, SAM))
        backup(url_of(records), file)
        newer = store.run(lambda unit: everything(unit, SAM))
        kim = arrive(store, KIM)
    restore(url_of(records), file, THEN)
    with Store.open(url_of(records)) as store:
        assert arrive(store, replace(KIM, user="U9")).id > kim.id
        assert store.run(lambda unit: everything(unit, SAM)).number > newer.number


def test_while_a_process_has_the_records_open_nothing_is_restored(
    records: Path, file: Path
) -> None:
    backup(url_of(records), file)
    idle = (
        "import sys\nfrom storage.store import Store\n"
        "with Store.open(sys.argv[1]):\n    print('ready', flush=True)\n    sys.stdin.read()"
    )
    with process(idle, url_of(records)):
        assert "stop every process" in refused(url_of(records), file)
        with Store.open(url_of(records)) as store:
            assert arrive(store).id == 1
    restore(url_of(records), file, THEN, forget=True)
    assert not list(records.parent.glob("*.partial*"))


def test_who_opens_the_records_during_a_restore_writes_nothing_into_the_old_ones(
    records: Path, file: Path
) -> None:
    backup(url_of(records), file)
    with closing(sqlite3.connect(records, isolation_level=None)) as early:
        # Opened, but not yet looked into: no lock says so.
        done = restore(url_of(records), file, THEN)
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            early.execute("INSERT INTO seen_events VALUES ('x', '2026')")
    assert done.kept


def test_killed_at_any_moment_a_restore_leaves_the_old_records_or_the_new(
    records: Path, file: Path
) -> None:
    with Store.open(url_of(records)) as store:
        arrive(store, SAM)
        backup(url_of(records), file)
        arrive(store, KIM)
    code = (
        "import sys\nfrom datetime import UTC, datetime\nfrom pathlib import Path\n"
        "from storage.restore import restore\nprint('ready', flush=True)\n"
        "restore(sys.argv[1], Path(sys.argv[2]), datetime(2026, 6, 1, 17, tzinfo=UTC))"
    )
    for moment in (0.05, 0.15, 0.25):
        with process(code, url_of(records), file) as killed, suppress(subprocess.TimeoutExpired):
            killed.wait(moment)
        assert look(records).people in (1, 2)
        with Store.open(url_of(records)) as store:
            arrive(store, KIM)
    assert restore(url_of(records), file, THEN, forget=False).people == 1


def test_records_that_cannot_be_read_are_replaced_and_kept(records: Path, file: Path) -> None:
    with Store.open(url_of(records)) as store:
        arrive(store)
    backup(url_of(records), file)
    records.write_bytes(b"rubbish " * 1000)
    log = records.with_name("jobs.db-wal")
    log.write_bytes(b"rubbish")
    done = restore(url_of(records), file, THEN)
    assert done.people == 1
    assert done.kept
    assert done.kept.read_bytes().startswith(b"rubbish")
    assert not log.exists()
    assert exported(records, 1)["seekers"]


def test_a_file_that_is_no_backup_of_ours_changes_nothing(records: Path, file: Path) -> None:
    former = records.read_bytes()
    assert "There is no file" in refused(url_of(records), file)
    file.write_text("rubbish " * 1000)
    assert "no file of this program's records" in refused(url_of(records), file)
    file.unlink()
    with closing(sqlite3.connect(file)) as other, other:
        other.execute("CREATE TABLE recipes (name)")
    assert "no file of this program's records" in refused(url_of(records), file)
    file.write_bytes(former)
    with closing(sqlite3.connect(file)) as newer, newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
    assert "a newer version of this program" in refused(url_of(records), file)
    file.write_bytes(former[:8192])
    assert "damaged" in refused(url_of(records), file)
    assert "the file of the records itself" in refused(url_of(records), records)
    assert "in memory" in refused("sqlite://", file)
    assert records.read_bytes() == former
    assert not list(records.parent.glob("jobs.db.*"))


def test_a_backup_of_an_older_version_is_brought_up_to_date(tmp_path: Path, file: Path) -> None:
    from alembic.command import upgrade

    from storage.engine import begin, connect, unlinked
    from storage.migrate import script
    from tests.test_migrations import insert_sam

    old, records = tmp_path / "old.db", tmp_path / "jobs.db"
    engine = connect(url_of(old), 1)
    with engine.connect() as connection, unlinked(connection), begin(connection):
        config = script()
        config.attributes["connection"] = connection
        upgrade(config, "0001")
        insert_sam(connection)
    engine.dispose()
    assert backup(url_of(old), file).version == "0001"
    assert restore(url_of(records), file, THEN).people == 1
    with Store.open(url_of(records), migrate=False) as store:
        assert arrive(store, SAM).id == 7
