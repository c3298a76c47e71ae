"""A restore gives back all of a backup, or does nothing; and what was there is kept."""

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.model import Nudge, NudgeKind, NudgeState
from bot.ports import Unavailable
from bot.retention import warning_name
from storage.address import url_of
from storage.backup import backup, look
from storage.restore import restore
from storage.store import Store
from tests.samples import KIM, NOW, SAM, arrive, everything, nudge
from tests.test_backup import exported, process

# When the restore is, in a world where the backup was made at NOW.
THEN = NOW + timedelta(hours=3)


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


def refused(url: str, file: Path, **how: Any) -> str:
    """The sentence with which a restore does nothing."""
    with pytest.raises(Unavailable) as caught:
        restore(url, file, THEN, **how)
    return str(caught.value)


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


def test_who_was_warned_of_an_erasure_before_the_backup_is_warned_anew(
    records: Path, file: Path
) -> None:
    with Store.open(url_of(records)) as store:
        sam = arrive(store)
        name = warning_name(replace(sam, seen_at=NOW))
        told = nudge(sam, name, NOW, kind=NudgeKind.REVIEW, state=NudgeState.SENT, sent_at=NOW)
        store.run(lambda unit: unit.nudges.add([told]))
    backup(url_of(records), file)
    restore(url_of(records), file, THEN)
    assert [n.state for n in nudges(records)] == [NudgeState.DROPPED]


def test_who_had_themselves_forgotten_is_not_brought_back_unasked(
    records: Path, file: Path
) -> None:
    with Store.open(url_of(records)) as store:
        store.run(lambda unit: everything(unit, SAM))
        kim = arrive(store, KIM)
        backup(url_of(records), file)
        store.run(lambda unit: unit.forget(1))
    assert refused(url_of(records), file).startswith(
        "1 person in this backup is no longer in the records. If they had themselves forgotten, add"
    )
    assert not any(exported(records, 1).values())
    assert not list(records.parent.glob("jobs.db.*"))
    done = restore(url_of(records), file, THEN, forget=True)
    assert (done.people, done.erased) == (1, 1)
    assert not any(exported(records, 1).values())
    assert b"Dear Dana" not in records.read_bytes()
    assert exported(records, kim.id)["seekers"]
    assert restore(url_of(records), file, THEN + timedelta(days=1), forget=False).people == 2
    assert any(exported(records, 1).values())


def test_two_who_had_themselves_forgotten_are_more_than_one(records: Path, file: Path) -> None:
    with Store.open(url_of(records)) as store:
        ids = [arrive(store, who).id for who in (SAM, KIM)]
        backup(url_of(records), file)
        for each in ids:
            store.run(lambda unit, each=each: unit.forget(each))
    said = refused(url_of(records), file)
    assert said.startswith("2 people in this backup are no longer in the records.")


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


def test_while_a_process_has_damaged_records_open_nothing_is_restored_either(
    records: Path, file: Path
) -> None:
    backup(url_of(records), file)
    idle = (
        "import sys, sqlite3\nhere = sqlite3.connect(sys.argv[1])\n"
        "here.execute('SELECT * FROM seekers').fetchall()\n"
        "print('ready', flush=True)\nsys.stdin.read()"
    )
    with process(idle, records):
        # In place: another file at the name would be nobody's.
        with records.open("r+b") as damaged:
            damaged.write(b"rubbish " * 1000)
        assert "stop every process" in refused(url_of(records), file)
        assert records.read_bytes().startswith(b"rubbish")
    assert restore(url_of(records), file, THEN).people == 0


def test_both_are_orders_of_the_command_line(records: Path, file: Path) -> None:
    plain = {k: v for k, v in os.environ.items() if not k.startswith(("SLACK_", "DISCORD_"))}
    plain |= {"PYTHONPATH": os.getcwd(), "DATABASE_URL": url_of(records), "LOG_LEVEL": "INFO"}

    def run(*words: str) -> tuple[int, str, str]:
        end = subprocess.run(
            [sys.executable, "-m", "adapters", *words],
            env=plain,
            capture_output=True,
            text=True,
            check=False,
        )
        return end.returncode, end.stdout, end.stderr

    with Store.open(url_of(records)) as store:
        store.run(lambda unit: everything(unit, SAM))
    code, said, _ = run("backup", str(file))
    assert code == 0
    assert said.startswith(f"Backed up to {file}: 1 person, {file.stat().st_size:,} bytes.\n")
    assert "Sam" not in said
    code, _, complaint = run("backup", str(file))
    assert code == 1
    assert complaint.endswith("--force replaces it.\n")
    with Store.open(url_of(records)) as store:
        store.run(lambda unit: unit.forget(1))
    assert run("restore", str(file))[0] == 1
    code, said, logged = run("restore", str(file), "--bring-back")
    assert code == 0
    # Nothing of what Alembic says to those who write migrations.
    assert logged == ""
    assert said.startswith("Restored: 1 person.\nNudges due by now: 1.")
    assert ".before-restore-" in said


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
