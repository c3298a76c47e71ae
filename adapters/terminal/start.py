"""Puts a conversation together for the terminal at hand, and ends it well. Knows no database.

Where somebody sits at a terminal there are panels, a prompt and a metronome; otherwise plain lines,
and nothing happens but what the lines ask for.
"""

import asyncio
import contextlib
import io
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from adapters.terminal.chat import chat
from adapters.terminal.clock import MovableClock
from adapters.terminal.conversation import Conversation
from adapters.terminal.orders import ORDERS, sure
from adapters.terminal.pages import Page, PlainPage
from adapters.terminal.paper import Paper, piped, scripted
from adapters.terminal.screen import Screen
from bot import dates
from bot.command import Registry
from bot.letters.draft import Letters
from bot.ports import Store

# Seconds between two letters of a line that is shown as though typed.
PACE = 0.018
# What `followthrough demo` plays, by its name; the first where none is named.
STORIES = {"month": "demo.txt", "club": "demo_club.txt"}


class BadPlan(ValueError):
    """A zone or a time that cannot be used; the string is one sentence."""


@dataclass(frozen=True)
class Plan:
    """How to talk.

    `at` is where a standing clock begins (None: the real time). `practice` is on records that will
    be forgotten. `script` is played instead of reading, with `pace` seconds between two letters.
    """

    zone: ZoneInfo
    at: datetime | None = None
    folder: Path = Path()
    practice: bool = False
    script: str | None = None
    pace: float = 0


def plan(at: str | None, zone: str | None, folder: Path, *, scratch: bool) -> Plan:
    """A Plan from what was typed. Raises BadPlan."""
    try:
        found = ZoneInfo(zone) if zone else own_zone()
    except (KeyError, OSError, ValueError) as why:
        raise BadPlan(f"There is no time zone {zone!r}; one is Europe/Paris.") from why
    if not folder.is_dir():
        raise BadPlan(f"{folder} is not a folder.")
    if at is None:
        return Plan(found, None, folder, scratch)
    try:
        return Plan(found, dates.read_instant(at, datetime.now(UTC), found), folder, scratch)
    except dates.Unreadable as why:
        raise BadPlan(str(why)) from why


def demo(story: str, *, fast: bool) -> Plan:
    """The Plan of a demonstration: the `story` of that name. Raises BadPlan."""
    if story not in STORIES:
        raise BadPlan(f"There is no story {story!r}; there are: {', '.join(STORIES)}.")
    zone = ZoneInfo("America/New_York")
    script = Path(__file__).with_name(STORIES[story]).read_text(encoding="utf-8")
    slow = sys.stdout.isatty() and not fast
    return Plan(
        zone,
        datetime(2026, 6, 1, 9, tzinfo=zone).astimezone(UTC),
        practice=True,
        script=script,
        pace=PACE if slow else 0,
    )


def own_zone() -> ZoneInfo:
    """The system's time zone, UTC where it has no name."""
    from tzlocal import get_localzone_name

    try:
        return ZoneInfo(get_localzone_name() or "UTC")
    except (KeyError, OSError, ValueError):
        return ZoneInfo("UTC")


async def talk(store: Store, registry: Registry, letters: Letters, how: Plan) -> None:
    """Hold the conversation until its end, or until SIGINT, SIGTERM or SIGHUP."""
    typed = sys.stdin.isatty() and sys.stdout.isatty() and how.script is None
    if isinstance(sys.stdout, io.TextIOWrapper):
        # What this terminal's encoding lacks becomes a question mark, not an error.
        sys.stdout.reconfigure(errors="replace")
    screen = _window() if typed else _paper(how)
    talking = Conversation(
        store,
        registry,
        letters,
        screen,
        MovableClock(how.at),
        how.zone,
        folder=how.folder,
        practice=how.practice,
        orders=tuple(ORDERS),
    )
    with _stopping(talking.stop):
        if typed:
            await _sit(talking, how)
        else:
            await chat(talking)


async def _sit(talking: Conversation, how: Plan) -> None:
    from prompt_toolkit.patch_stdout import patch_stdout

    from adapters.metronome import Metronome

    if how.at and not await sure(talking):
        return
    await talking.screen.say("“help” lists what I can do, “:help” the rest. Ctrl-D leaves.")
    # What others write (a warning in the log) must not tear the prompt.
    with patch_stdout():
        async with Metronome(talking.beat):
            await chat(talking)


def _window() -> Screen:
    from adapters.terminal.colors import ColorPage
    from adapters.terminal.window import Window

    return Window(ColorPage(sys.stdout))


def _paper(how: Plan) -> Screen:
    if how.script is None:
        return Paper(PlainPage(sys.stdout), piped(sys.stdin.fileno()))
    page: Page = PlainPage(sys.stdout)
    if sys.stdout.isatty():
        from adapters.terminal.colors import ColorPage

        page = ColorPage(sys.stdout)
    return Paper(page, scripted(how.script.splitlines()), telling=True, pace=how.pace)


@contextlib.contextmanager
def _stopping(stop: Callable[[], None]) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    caught = []
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        # Windows has neither SIGHUP nor handlers in the loop; Ctrl-C still raises there.
        with contextlib.suppress(NotImplementedError, AttributeError):
            loop.add_signal_handler(getattr(signal, name), stop)
            caught.append(getattr(signal, name))
    try:
        yield
    finally:
        for number in caught:
            loop.remove_signal_handler(number)
