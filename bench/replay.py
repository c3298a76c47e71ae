"""The statements of one call, recorded and executed again with other values. Knows no command.

What is recorded are SQLAlchemy's constructs with their parameters, as they come to the connection;
recognizable values among them stand for what is different in each call.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, event

Values = dict[int | str, Any]


@dataclass(frozen=True)
class Step:
    """One statement. `blanks` names the parameters of each row that hold a recognizable value."""

    statement: Any
    many: bool
    rows: tuple[dict[str, Any], ...]
    blanks: tuple[tuple[str, ...], ...]

    def parameters(self, values: Values) -> Any:
        """The parameters with these values filled in, in dictionaries of their own."""
        filled = []
        for row, blanks in zip(self.rows, self.blanks, strict=True):
            fresh = dict(row)
            for name in blanks:
                fresh[name] = _fill(fresh[name], values)
            filled.append(fresh)
        return filled if self.many else filled[0]

    def mentions(self, mark: int | str) -> bool:
        """Whether a parameter holds this value, or text with it."""
        return any(_holds(value, mark) for row in self.rows for value in row.values())


@dataclass(frozen=True)
class Script:
    """The statements of a call. After a step in `gives` the number it returned is known."""

    steps: tuple[Step, ...]
    gives: Mapping[int, tuple[int, int]]

    def run(self, connection: Connection, values: Values) -> None:
        """Execute everything in the order of the call, and fetch whatever it returns."""
        for number, step in enumerate(self.steps):
            result = connection.execute(step.statement, step.parameters(values))
            if result.returns_rows:
                rows = result.all()
                if number in self.gives:
                    mark, less = self.gives[number]
                    values[mark] = rows[0][0] - less


@contextmanager
def recording(engine: Engine) -> Iterator[list[tuple[Any, Any, Any]]]:
    """What this engine's connections execute, while the block runs."""
    heard: list[tuple[Any, Any, Any]] = []

    def listen(connection: Connection, statement: Any, many: Any, one: Any, options: Any) -> None:
        heard.append((statement, many, one))

    event.listen(engine, "before_execute", listen)
    yield heard
    event.remove(engine, "before_execute", listen)


def script(
    heard: list[tuple[Any, Any, Any]], marks: tuple[int | str, ...], returned: Mapping[int, int]
) -> Script:
    """The script of what was heard.

    `marks` are the recognizable values. Those in `returned` the database gave out itself, in the
    statement before the first that holds them; the number is how much less than it they are.
    """
    every = (*marks, *returned)
    steps = []
    for statement, many, one in heard:
        rows = tuple(many) if many else (one,)
        blanks = tuple(
            tuple(name for name, value in row.items() if any(_holds(value, m) for m in every))
            for row in rows
        )
        steps.append(Step(statement, bool(many), rows, blanks))
    gives = {}
    for mark, less in returned.items():
        first = next((n for n, step in enumerate(steps) if step.mentions(mark)), None)
        if first:
            gives[first - 1] = (mark, less)
    return Script(tuple(steps), gives)


def _holds(value: Any, mark: int | str) -> bool:
    if isinstance(value, str):
        return str(mark) in value
    return type(value) is int and value == mark


def _fill(value: Any, values: Values) -> Any:
    if type(value) is int:
        return values[value]
    for mark, fresh in values.items():
        if str(mark) in value:
            value = value.replace(str(mark), str(fresh))
    return value
