"""What Discord forbids and what a private bot never does, remembered. Knows no network.

Single requests are the subject of `tests.discord.judge` and `tests.discord.limits`; here is what
needs state or manners. Both are used where they are there.
"""

import importlib
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from tests.discord.standin.records import User
from tests.discord.standin.scene import EPHEMERAL

MESSAGE, DEFER, UPDATE_LATER, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9


@cache
def _module(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        return None


@cache
def _openapi() -> Any:
    module = _module("tests.discord.judge")
    return module.Judge() if module is not None else None


class Rules:
    """Collects violations. When switched off it looks at nothing and costs nothing."""

    def __init__(self, *, on: bool = True) -> None:
        self.on = on
        self.violations: list[str] = []

    def note(self, where: str, what: str) -> None:
        """Remember a violation."""
        if self.on:
            self.violations.append(f"{where}: {what}")

    def forgive(self, part: str) -> list[str]:
        """Take away the violations that contain `part`, and return them: they were meant."""
        meant = [each for each in self.violations if part in each]
        self.violations = [each for each in self.violations if part not in each]
        return meant

    def request(self, method: str, path: str, body: Any, *, multipart: bool) -> None:
        """A request against Discord's own description of it."""
        judge = _openapi() if self.on else None
        if judge is not None:
            found = judge.request(method, path, body, multipart=multipart)
            self._all("OpenAPI", found)

    def limits(self, where: str, name: str, *what: Any, **about: Any) -> None:
        """Remember what a function of `tests.discord.limits` finds."""
        module = _module("tests.discord.limits")
        check: Callable[..., Any] | None = getattr(module, name, None)
        if self.on and check is not None:
            self._all(where, check(*what, **about))

    def _all(self, where: str, found: Iterable[str]) -> None:
        for each in found:
            self.note(where, each)

    def private(self, where: str, dm: bool, flags: int) -> None:
        """Nothing about a job search is said before others."""
        if not dm and not flags & EPHEMERAL:
            self.note(where, "a public message in a server")

    def met(self, where: str, user: User) -> None:
        """Nothing is sent to whoever never used the bot."""
        if not user.met:
            self.note(where, f"a message to {user.name}, who never used the bot")
