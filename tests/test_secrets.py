"""Nothing that knows a secret shows it: not in a `repr`, not in what it says when it is wrong."""

import dataclasses
import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import adapters
import bot
import storage
from adapters.discord.credentials import Credentials as DiscordCredentials
from adapters.discord.events import Ed25519Signed
from adapters.doctor import variables
from adapters.settings import BadSetting, Outside, Settings
from adapters.slack.clients import Clients
from adapters.slack.credentials import Credentials as SlackCredentials
from adapters.slack.requests import Signed
from bot.exits import Exits
from bot.ports import Unavailable
from storage.crypto import BadKey, Ring, Unreadable, new_key
from storage.engine import connect
from storage.slack import SlackInstallations
from storage.store import Store

# Fields by whose name they hold what only we may know.
SECRET = re.compile(r"(^|_)(tokens?|secret|password|keys|signing_\w+|database_url)$")
# Said by its own test, because what it shows is the part that is none.
PARTLY = {("adapters.settings", "Settings")}

CANARY = "canary"
KEY = new_key()
ENVIRONMENT = {
    "DATABASE_URL": f"postgresql://me:{CANARY}-1@127.0.0.1/jobs?password={CANARY}-2",
    "SLACK_CLIENT_ID": "111.222",
    "SLACK_CLIENT_SECRET": f"{CANARY}-3",
    "SLACK_SIGNING_SECRET": f"{CANARY}-4",
    "SLACK_APP_TOKEN": f"xapp-{CANARY}-5",
    "PUBLIC_URL": "https://jobs.example.org",
    "TOKEN_KEYS": KEY,
    "DISCORD_TOKEN": f"{CANARY}-6.{CANARY}.{CANARY}",
    "DISCORD_PUBLIC_KEY": "0a" * 32,
}


def shown(thing: object) -> str:
    """Every way in which Python writes something down."""
    return f"{thing!r} {thing} {[thing]} {vars(thing) if isinstance(thing, Exception) else ''}"


def declared() -> Iterator[type[Any]]:
    """Every dataclass and named tuple of ours."""
    for package in (adapters, bot, storage):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if "migrations" in found.name or found.name.endswith("__main__"):
                continue
            for each in vars(importlib.import_module(found.name)).values():
                if isinstance(each, type) and each.__module__ == found.name:
                    yield each


def fields(of: type[Any]) -> list[str]:
    """The names of a dataclass's or a named tuple's fields."""
    if dataclasses.is_dataclass(of):
        return [field.name for field in dataclasses.fields(of)]
    return list(getattr(of, "_fields", ()))


def test_no_record_of_ours_has_a_secret_in_its_repr() -> None:
    holding = [of for of in declared() if any(map(SECRET.search, fields(of)))]
    assert {SlackCredentials, DiscordCredentials, Outside, Exits, Settings} <= {*holding}
    for of in holding:
        if (of.__module__, of.__name__) in PARTLY:
            continue
        assert not issubclass(of, tuple), f"{of}: a named tuple shows all that it holds"
        made = object.__new__(of)
        for name in fields(of):
            object.__setattr__(made, name, CANARY if SECRET.search(name) else "")
        assert CANARY not in shown(made), of


def test_what_was_read_from_the_environment_shows_no_secret() -> None:
    outside = Outside.read(ENVIRONMENT)
    slack, discord = SlackCredentials.read(ENVIRONMENT), DiscordCredentials.read(ENVIRONMENT)
    assert outside
    assert slack
    assert discord
    ring = Ring([KEY])
    things = [
        Settings.read(ENVIRONMENT),
        outside,
        slack,
        discord,
        ring,
        Exits("https://jobs.example.org", [f"{CANARY}{'x' * 32}".encode()]),
        Signed(slack.signing_secret),
        Ed25519Signed(discord.public_key),
        Clients(slack.api_url, token=f"xoxb-{CANARY}", rotation=("1", slack.client_secret)),
        variables.read(ENVIRONMENT),
        # The library hides the password itself; options are shown by it, and its engine by nobody.
        connect(f"postgresql://me:{CANARY}@127.0.0.1/jobs", 1),
    ]
    with Store.open("sqlite://") as store:
        things += [store, SlackInstallations(store, ring, "1")]
        for thing in things:
            assert CANARY not in shown(thing), type(thing)
            assert KEY not in shown(thing), type(thing)


def _slack(**more: str) -> Callable[[], object]:
    return lambda: SlackCredentials.read(ENVIRONMENT | more)


def _discord(**more: str) -> Callable[[], object]:
    return lambda: DiscordCredentials.read(ENVIRONMENT | more)


def _settings(**more: str) -> Callable[[], object]:
    return lambda: Settings.read(ENVIRONMENT | more)


WRONG = {
    "level": _settings(LOG_LEVEL=CANARY),
    "format": _settings(LOG_FORMAT=CANARY),
    "folder": _settings(LETTERS_DIR=f"/{CANARY}"),
    "both kinds of token": _slack(SLACK_BOT_TOKEN=f"xoxb-{CANARY}"),
    "a token of another kind": _slack(SLACK_BOT_TOKEN=f"xoxp-{CANARY}", SLACK_CLIENT_ID=""),
    "an app token of another kind": _slack(SLACK_APP_TOKEN=CANARY),
    "a missing secret": _slack(SLACK_CLIENT_SECRET="", SLACK_SIGNING_SECRET=""),
    "a public address": _slack(PUBLIC_URL=f"https://me:{CANARY}@jobs.example.org"),
    "an address outside": lambda: Outside.read(ENVIRONMENT | {"PUBLIC_URL": f"ftp://{CANARY}"}),
    "an API": _slack(SLACK_API_URL=f"ftp://{CANARY}"),
    "a token in quotes": _discord(DISCORD_TOKEN=f'"{CANARY}"'),
    "a token with a word": _discord(DISCORD_TOKEN=f"Bot {CANARY}"),
    "a token of one part": _discord(DISCORD_TOKEN=CANARY),
    "a public key": _discord(DISCORD_PUBLIC_KEY=CANARY),
    "shards": _discord(DISCORD_SHARDS=CANARY),
    "a gateway": _discord(DISCORD_GATEWAY_URL=CANARY),
    "another API": _discord(DISCORD_API_URL=CANARY),
    "a malformed key": lambda: Ring([KEY, CANARY]),
    "what no key opens": lambda: Ring([KEY]).open(CANARY),
    "what no key seals anew": lambda: Ring([KEY]).rotate(CANARY),
    "keys that are too short": lambda: Exits("https://jobs.example.org", [CANARY.encode()]),
    "an address of a database": lambda: Store.open(f"postgresql://me:{CANARY}@host:port/x"),
    "another kind of database": lambda: Store.open(f"mysql://me:{CANARY}@host/x"),
    "an unknown option": lambda: Store.open(f"postgresql://me:{CANARY}@127.0.0.1:1/x?{CANARY}=1"),
    "a server that is away": lambda: Store.open(f"postgresql://me:{CANARY}@127.0.0.1:1/x"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_with_a_setting_is_said_without_it(name: str) -> None:
    expected = (BadSetting, BadKey, Unreadable, Unavailable, ValueError)
    with pytest.raises(expected) as caught:
        WRONG[name]()
    assert CANARY not in shown(caught.value)
    assert KEY not in shown(caught.value)
