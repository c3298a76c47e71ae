"""What a line of the log looks like, ours or a library's. Knows no event and opens no file.

A library may quote what somebody typed: of what it says several lines about, only the first comes
out, and of an exception its kind and place, never its words.
"""

import json
import logging
import traceback
from collections.abc import Callable
from typing import Any, Protocol

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.logs import fields

# These say where and when; whatever else an entry holds is its fields.
_FRAME = frozenset({"timestamp", "level", "event", "logger"})
# What it does at INFO is for whoever writes migrations.
_ALEMBIC = "alembic"


class Stream(Protocol):
    """Where lines are written: standard error, or what stands in for it."""

    def write(self, text: str, /) -> object:
        """Write this."""

    def flush(self) -> None:
        """Have what was written seen."""


def configure(level: int, form: str, stream: Stream) -> None:
    """Write what is logged from `level` on to `stream`, one line each, as `form` says.

    Both our own and the libraries' come out alike, at the levels that each library was given where
    it is used. Where somebody has set up logging already, as a program that embeds us does, all
    stays theirs.
    """
    logging.basicConfig(level=level, handlers=[handler(form, stream)])


def handler(form: str, stream: Stream) -> logging.Handler:
    """What writes to `stream`: for people with `form` "text", an object a line with "json"."""
    made = logging.StreamHandler(stream)
    made.addFilter(_for_operators)
    made.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=[structlog.contextvars.merge_contextvars, _first_line],
            processors=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                _kind_and_place,
                ProcessorFormatter.remove_processors_meta,
                *_RENDERERS[form],
            ],
        )
    )
    return made


def _for_operators(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING or record.name.partition(".")[0] != _ALEMBIC


def _first_line(_logger: WrappedLogger, _method: str, entry: EventDict) -> EventDict:
    """What follows the first line, or is hidden in it, quotes: asyncio quotes whole tasks."""
    lines = str(entry["event"]).splitlines() or [""]
    entry["event"] = "".join(each if each.isprintable() else "?" for each in lines[0]).strip()
    return entry


def _kind_and_place(_logger: WrappedLogger, _method: str, entry: EventDict) -> EventDict:
    """An exception's kind, and the place where it was raised, instead of its words."""
    entry.pop("stack_info", None)
    known = entry.pop("exc_info", None)
    error = known[1] if isinstance(known, tuple) else known
    if isinstance(error, BaseException):
        entry["error"] = type(error).__name__
        if spots := traceback.extract_tb(error.__traceback__):
            entry["at"] = f"{spots[-1].filename}:{spots[-1].lineno}"
    return entry


def _line(_logger: WrappedLogger, _method: str, entry: EventDict) -> str:
    """`2026-11-23T09:30:00Z info  nudge settled  nudge=12 state=sent logger=bot.settle`."""
    said = {name: value for name, value in entry.items() if name not in _FRAME}
    shown = fields(said | {"logger": entry["logger"]})
    return f"{entry['timestamp']} {entry['level']:<5} {entry['event']}  {shown}"


def _ordered(_logger: WrappedLogger, _method: str, entry: EventDict) -> EventDict:
    """With when and what first, for whoever reads the objects as they are."""
    first: dict[str, Any] = {name: entry[name] for name in ("timestamp", "level", "event")}
    return {**first, **entry}


def _dumped(entry: EventDict, **_how: object) -> str:
    return json.dumps(entry, default=str, separators=(",", ":"))


def _stamped(form: str) -> Processor:
    # The formatter's clock is UTC whatever the machine's zone is.
    return structlog.processors.TimeStamper(fmt=form, utc=True)


_RENDERERS: dict[str, tuple[Processor | Callable[..., str], ...]] = {
    "text": (_stamped("%Y-%m-%dT%H:%M:%SZ"), _line),
    "json": (_stamped("iso"), _ordered, structlog.processors.JSONRenderer(_dumped)),
}
