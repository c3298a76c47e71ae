"""What this machine gives the program: time zones, letter templates, a port. Asks no database."""

import errno
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from datetime import datetime
from importlib import metadata
from pathlib import Path
from zoneinfo import TZPATH, ZoneInfo, ZoneInfoNotFoundError

from adapters.doctor.finding import Finding, ok, wrong
from adapters.doctor.finding import look as look_at
from adapters.doctor.variables import Said
from bot.letters.draft import Letters
from bot.letters.templating import BrokenTemplate

# Rules of summer time change a few times a year; after so many years some zone's have.
OLD_YEARS = 2
_SAMPLES = ("America/New_York", "Europe/London", "Asia/Kolkata", "Australia/Lord_Howe")


def look(said: Said, now: datetime) -> Sequence[Finding]:
    """Everything about this machine."""
    found = [*zones(now), *letters(said.settings.letters)]
    if said.served and said.port:
        found.append(port(said.port, "PORT"))
    if said.metrics_port and said.metrics_port != said.port:
        found.append(port(said.metrics_port, "METRICS_PORT"))
    return found


def zones(now: datetime) -> Iterator[Finding]:
    """Whether the rules of time zones are there, and not too old."""
    try:
        for name in _SAMPLES:
            ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError, ValueError):
        yield wrong("Time zones are missing, so nobody's morning is known.", "Install tzdata.")
        return
    version = _zones_version()
    if version[:4].isdigit() and int(version[:4]) <= now.year - OLD_YEARS:
        yield look_at(f"The rules of time zones are of {version}.", "Update tzdata.")
    else:
        yield ok(f"Time zones are there ({version or 'of an unknown version'}).")


def letters(folder: Path | None) -> Iterator[Finding]:
    """Whether the templates of letters can be used."""
    try:
        Letters(folder)
    except (BrokenTemplate, OSError) as why:
        yield wrong(f"A letter template cannot be used: {why}.", "Mend it, or take it away.")
    else:
        yield ok("The letter templates can be used.")


def port(number: int, name: str) -> Finding:
    """Whether HTTP can be served at the port that the variable `name` says, or is already."""
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("0.0.0.0", number))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                what = f"Port {number} cannot be served here."
                return wrong(what, f"Set {name} to one above 1023.")
        else:
            return ok(f"Port {number} is free.")
    if _healthy(number):
        return ok(f"Port {number} is served, by a running copy of this program as it seems.")
    return wrong(f"Port {number} is taken by another program.", f"Set {name} to a free one.")


def _healthy(number: int) -> bool:
    ours = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with ours.open(f"http://127.0.0.1:{number}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, ValueError):
        return False


def _zones_version() -> str:
    """Such as 2026a; of the system's rules, which come before the package's, or empty."""
    for folder in TZPATH:
        try:
            with open(Path(folder, "tzdata.zi"), encoding="ascii") as file:
                return file.readline().removeprefix("# version ").strip()[:8]
        except (OSError, ValueError):
            if Path(folder, _SAMPLES[0]).exists():
                return ""
    try:
        return metadata.version("tzdata")
    except metadata.PackageNotFoundError:
        return ""
