"""Whether the variables of the environment can be read, and what they say. Shows no value."""

import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from adapters.discord.credentials import Credentials as Discord
from adapters.doctor.finding import Finding, look, ok, wrong
from adapters.parts import apart, check, metrics_port_of, port_of
from adapters.settings import BadSetting, Outside, Settings, check_public, token_keys
from adapters.slack.credentials import Credentials as Slack

T = TypeVar("T")

# How alike a name must be to one of ours to be taken for a slip.
_ALIKE = 0.85
# What links that are signed need.
_OUTSIDE = ("PUBLIC_URL", "TOKEN_KEYS")
_DO = "Mend it where your settings are, and start again."


@dataclass(frozen=True, repr=False)
class Said:
    """What could be read; None is what is not meant, or cannot be read.

    `unused_keys` are TOKEN_KEYS that serve nothing as yet.
    """

    settings: Settings
    slack: Slack | None
    discord: Discord | None
    outside: Outside | None
    port: int | None
    metrics_port: int | None
    unused_keys: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """TOKEN_KEYS where they are used: to seal tokens, or to sign links."""
        if self.slack and self.slack.many:
            return self.slack.keys
        return self.outside.keys if self.outside else ()

    @property
    def served(self) -> bool:
        """Whether anything is answered over HTTP."""
        slack, discord = self.slack, self.discord
        return bool((slack and slack.http) or (discord and discord.webhook) or self.outside)

    @property
    def platforms(self) -> tuple[str, ...]:
        """Those with credentials, by the names that accounts have."""
        both = (("slack", self.slack), ("discord", self.discord))
        return tuple(name for name, credentials in both if credentials)


class _Asked(Mapping[str, str]):
    """An environment that remembers which names were asked for."""

    def __init__(self, names: set[str]) -> None:
        self._names = names

    def __getitem__(self, name: str) -> str:
        self._names.add(name)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def names() -> frozenset[str]:
    """Every variable that the program reads."""
    asked: set[str] = set()
    nothing = _Asked(asked)
    for reads in (Settings.read, Slack.read, Discord.read, Outside.read, port_of, metrics_port_of):
        reads(nothing)
    return frozenset(asked)


def read(environment: Mapping[str, str]) -> Said:
    """Read everything that can be read, and say what cannot."""
    found: list[Finding] = []

    def attempt(reads: Callable[[Mapping[str, str]], T], where: Mapping[str, str]) -> T | None:
        try:
            return reads(where)
        except BadSetting as why:
            found.append(wrong(str(why), _DO))
            return None

    # Each by itself, so that one that cannot be read hides no other.
    plain: dict[str, str] = {}
    for name in _names_of(Settings.read) & set(environment):
        if attempt(Settings.read, {name: environment[name]}):
            plain[name] = environment[name]
    slack, discord = attempt(Slack.read, environment), attempt(Discord.read, environment)
    outside, port = attempt(Outside.read, environment), attempt(port_of, environment)
    metrics_port = attempt(metrics_port_of, environment)
    if not found:
        found += _put_together(slack, discord)
    if port is not None:
        attempt(lambda _: apart(port, metrics_port), environment)
    half = list(_half(environment))
    # Where many workspaces install the app, both are missed already.
    if not any(name in each.what for each in found for name in _OUTSIDE):
        found += half
    # An address that is none is read, and refused, for two things.
    found = list(dict.fromkeys(found))
    known = names()
    set_ones = sorted(name for name in known if environment.get(name, "").strip())
    if not found:
        read_ones = ", ".join(set_ones) or "none is set, so all have their defaults"
        found.append(ok(f"The settings can be read: {read_ones}."))
    found += _slips(set(environment) - known, known)
    unused = token_keys(environment) if half else ()
    return Said(
        Settings.read(plain), slack, discord, outside, port, metrics_port, unused, tuple(found)
    )


def _names_of(reads: Callable[[Mapping[str, str]], object]) -> set[str]:
    asked: set[str] = set()
    reads(_Asked(asked))
    return asked


def _put_together(slack: Slack | None, discord: Discord | None) -> list[Finding]:
    if not slack and not discord:
        only = "No platform has credentials, so only the chat in a terminal works."
        return [look(only, "docs/slack.md and docs/discord.md say what to set.")]
    try:
        check("run", slack, discord)
    except BadSetting as why:
        return [wrong(str(why), _DO)]
    return []


def _half(environment: Mapping[str, str]) -> Iterator[Finding]:
    """An address without keys, or keys without one: nothing starts any the worse for it."""
    url = environment.get("PUBLIC_URL", "").strip().rstrip("/")
    if bool(url) == bool(token_keys(environment)):
        return
    there, missing = _OUTSIDE if url else reversed(_OUTSIDE)
    what = f"{there} is set, and {missing} is not."
    yield look(what, "No link is offered for exports until both are set.")
    try:
        if url:
            check_public(url)
    except BadSetting as why:
        yield look(str(why), "Mend it before you set TOKEN_KEYS: nothing would start then.")


def _slips(unread: set[str], known: frozenset[str]) -> Iterator[Finding]:
    """Names that look as if they were meant for us."""
    for name in sorted(unread):
        near = difflib.get_close_matches(name, known, n=1, cutoff=_ALIKE)
        if near or name.startswith(("SLACK_", "DISCORD_")):
            meant = f"Is {near[0]} meant?" if near else "Is it another program's, or a slip?"
            yield look(f"{name} is set, and nothing here reads it.", meant)
