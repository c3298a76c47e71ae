"""How what we log reaches Python's own logging. Knows no handler, no file and no platform.

An event is a fixed short text, and everything that varies is a named field: an id, a code, a kind,
an outcome, a count or seconds. tests/test_logs.py holds the closed list of the names.
"""

from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

_FIELDS = structlog.processors.LogfmtRenderer(bool_as_flag=False)


class Entry(dict[str, Any]):
    """An event and its fields. As text it is `event key=value`, for any handler there may be.

    So a program that embeds us, or a test that reads what was logged, sees every field without
    knowing structlog; and a formatter that does know it finds them apart.
    """

    def __str__(self) -> str:
        return " ".join(part for part in (str(self.get("event", "")), fields(self)) if part)


def fields(entry: EventDict) -> str:
    """The fields without the event: `nudge=12 state=sent`; "" when there are none."""
    rest = {name: value for name, value in entry.items() if name != "event"}
    return _FIELDS(None, "", rest)


def _entry(_logger: WrappedLogger, _method: str, entry: EventDict) -> Entry:
    return Entry(entry)


def bridge() -> None:
    """Have structlog speak through `logging`, unless somebody has configured it already.

    Without this structlog would print to standard output, which belongs to the terminal's chat.
    """
    if structlog.is_configured():
        return
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            _entry,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
