"""A recording of a release's statements: how it is kept in a file, and how it is played again.

Knows SQL as text and no table: what a recording says was said by the release that it is of.

A file is named `SCHEMA.DATABASE.jsonl`. Its first line says what the release could read, its second
lists the statements, and every other line is a scene: one test's transactions, on a database that
was empty before it.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, inspect

FOLDER = Path(__file__).parent
Begin = Callable[[Connection], Any]


class Differs(AssertionError):
    """A statement was refused, or answered otherwise than when it was recorded."""


@dataclass(frozen=True)
class Statement:
    """A statement as the driver got it; `names` of its parameters where they have names."""

    sql: str
    names: tuple[str, ...] | None

    def given(self, row: Sequence[Any]) -> Any:
        """A row of parameters as the driver wants it."""
        return tuple(row) if self.names is None else dict(zip(self.names, row, strict=True))


@dataclass(frozen=True)
class Answered:
    """What came back: the columns by name, how many rows (or rows changed), and their values."""

    columns: tuple[str, ...]
    count: int
    digest: str


@dataclass
class Run:
    """One statement with its parameters (several rows: `executemany`) and what was answered."""

    statement: Statement
    rows: list[tuple[Any, ...]]
    answered: Answered | None = None


@dataclass
class Transaction:
    """Statements that were kept together, or taken back together."""

    runs: list[Run] = field(default_factory=list)
    kept: bool = True


@dataclass
class Scene:
    """What was done on one database, which was empty before."""

    name: str
    transactions: list[Transaction] = field(default_factory=list)

    @property
    def runs(self) -> list[Run]:
        """All of its statements, in order."""
        return [run for transaction in self.transactions for run in transaction.runs]


@dataclass
class Recording:
    """What one release asked of one kind of database.

    `choices` are the values it could read in columns that hold one of a few ("nudges.kind").
    """

    schema: str
    database: str
    choices: dict[str, list[str]]
    scenes: list[Scene]

    @property
    def statements(self) -> list[Statement]:
        """Its statements, each once, in the order in which they were first used."""
        return list(dict.fromkeys(run.statement for scene in self.scenes for run in scene.runs))


def play(scene: Scene, engine: Engine, begin: Begin, transactions: slice = slice(None)) -> None:
    """Do again what a scene did; raises Differs where the answer is not the recorded one.

    Where none is recorded yet it is noted. `begin` begins a transaction as the program does.
    """
    for transaction in scene.transactions[transactions]:
        with engine.connect() as connection, begin(connection) as begun:
            for run in transaction.runs:
                answered = ask(connection, run.statement, run.rows)
                if run.answered is None:
                    run.answered = answered
                elif answered != run.answered:
                    told = f"{run.statement.sql}\nthen {run.answered}\nnow  {answered}"
                    raise Differs(f"{scene.name}: answered otherwise:\n{told}")
            if not transaction.kept:
                begun.rollback()


def ask(connection: Connection, statement: Statement, rows: Sequence[Sequence[Any]]) -> Answered:
    """Run one statement as it was recorded; raises Differs when the database refuses it."""
    given = [statement.given(row) for row in rows]
    try:
        result = connection.exec_driver_sql(statement.sql, given[0] if len(given) == 1 else given)
    except Exception as error:
        raise Differs(f"refused:\n{statement.sql}\n{error}") from error
    if not result.returns_rows:
        return Answered((), result.rowcount, "")
    found = [tuple(row) for row in result]
    # Without ORDER BY the order is nobody's promise.
    plain = sorted(json.dumps([_plain(value) for value in row]) for row in found)
    return Answered(
        tuple(result.keys()), len(found), sha256("\n".join(plain).encode()).hexdigest()[:12]
    )


def empty(engine: Engine, begin: Begin) -> None:
    """Delete every row of every table but the schema's version, and count from one again."""
    tables = [name for name in inspect(engine).get_table_names() if name != "alembic_version"]
    # TRUNCATE would make new files for every table and index, which takes ten times as long.
    statements = [f'DELETE FROM "{name}"' for name in tables]
    with engine.connect() as connection, begin(connection):
        if engine.dialect.name == "postgresql":
            counting = connection.exec_driver_sql("SELECT sequencename FROM pg_sequences")
            statements += [f'ALTER SEQUENCE "{name}" RESTART' for (name,) in counting]
        else:
            statements.append("DELETE FROM sqlite_sequence")
        for statement in statements:
            connection.exec_driver_sql(statement)


def write(recording: Recording, folder: Path = FOLDER) -> Path:
    """Keep it in its file, which is returned."""
    numbers = {statement: number for number, statement in enumerate(recording.statements)}
    answers: dict[Statement, tuple[str, ...]] = {}
    scenes = []
    for scene in recording.scenes:
        transactions: list[dict[str, Any]] = []
        for transaction in scene.transactions:
            runs: list[list[Any]] = []
            for run in transaction.runs:
                assert run.answered is not None
                answers[run.statement] = run.answered.columns
                rows = [[_plain(value) for value in row] for row in run.rows]
                answered = run.answered.count, run.answered.digest
                runs.append([numbers[run.statement], rows, *answered])
            transactions.append({"kept": transaction.kept, "runs": runs})
        scenes.append({"scene": scene.name, "transactions": transactions})
    head = {
        "schema": recording.schema,
        "database": recording.database,
        "choices": recording.choices,
    }
    statements = [[s.sql, s.names, answers[s]] for s in numbers]
    path = folder / f"{recording.schema}.{recording.database}.jsonl"
    path.write_text("".join(_line(one) for one in (head, statements, *scenes)), encoding="utf-8")
    return path


def read(path: Path) -> Recording:
    """The recording in a file."""
    head, statements, *scenes = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    known = [
        (Statement(sql, None if names is None else tuple(names)), tuple(columns))
        for sql, names, columns in statements
    ]
    return Recording(**head, scenes=[_scene(one, known) for one in scenes])


def _scene(plain: Any, known: Sequence[tuple[Statement, tuple[str, ...]]]) -> Scene:
    scene = Scene(plain["scene"])
    for transaction in plain["transactions"]:
        runs = []
        for number, rows, count, digest in transaction["runs"]:
            statement, columns = known[number]
            values = [tuple(map(_rich, row)) for row in rows]
            runs.append(Run(statement, values, Answered(columns, count, digest)))
        scene.transactions.append(Transaction(runs, transaction["kept"]))
    return scene


def _line(plain: Any) -> str:
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")) + "\n"


_OF_TEXT: dict[str, Callable[[str], Any]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "bytes": b64decode,
}


def _plain(value: Any) -> Any:
    """A driver's value as JSON: what JSON lacks is an object with the type's name as its key."""
    if isinstance(value, datetime):
        # The session's zone is the machine's, and says nothing.
        return {"datetime": (value.astimezone(UTC) if value.tzinfo else value).isoformat()}
    if isinstance(value, date | time):
        return {type(value).__name__: value.isoformat()}
    if isinstance(value, bytes):
        return {"bytes": b64encode(value).decode()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    assert value is None or isinstance(value, str | int | float), type(value)
    return value


def _rich(plain: Any) -> Any:
    if isinstance(plain, dict):
        ((kind, text),) = plain.items()
        return _OF_TEXT[kind](text)
    return [_rich(one) for one in plain] if isinstance(plain, list) else plain


def fewest(scenes: Iterable[Scene], shape: Callable[[str], str]) -> list[Scene]:
    """Of the scenes a few short ones in which every statement of all of them still occurs.

    Statements of one `shape` count as one.
    """
    left = {id(s): (s, {shape(run.statement.sql) for run in s.runs}) for s in scenes}
    chosen: list[Scene] = []
    while True:
        best = max(
            left.values(), key=lambda one: len(one[1]) / (10 + len(one[0].runs)), default=None
        )
        if best is None:
            return chosen
        scene, covered = best
        chosen.append(scene)
        left = {
            key: (other, wanted - covered)
            for key, (other, wanted) in left.items()
            if wanted - covered
        }
