"""What each platform brings to a process: its messenger, routes, connections. Sees all parts.

A platform is imported when it is meant: it costs time and memory.
"""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from starlette.routing import BaseRoute

from adapters.checks import Check
from adapters.discord.credentials import Credentials as DiscordCredentials
from adapters.front import Answered, uncounted
from adapters.parts import Part
from adapters.settings import Outside
from adapters.slack.credentials import Credentials as SlackCredentials
from adapters.web.guard import Guard, anyone
from adapters.web.pages import page
from bot.commands import registry
from bot.delivery import Messenger
from bot.desk import Desk
from bot.exits import Exits
from bot.letters.draft import Letters
from bot.model import Account
from storage.store import Store

if TYPE_CHECKING:
    from adapters.slack.app import Installs

# Bytes in the body of a request from a browser, which sends none.
SMALL = 1000


def machine_time() -> datetime:
    """What this machine takes for the time (aware UTC)."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Process:
    """What all platforms of a process share. `answered` and `exits` are as their modules say."""

    part: Part
    store: Store
    letters: Letters
    exits: Exits | None = None
    answered: Answered = uncounted
    now: Callable[[], datetime] = machine_time


def shown_nowhere(account: Account) -> None:
    """The platform shows nothing that would have to be drawn anew."""


@dataclass(frozen=True)
class Platform:
    """A platform's share in a process.

    `held` is entered for as long as it runs, if there is something to hold. `ended` raises
    BadSetting once nothing but another setting can help; it may also return, and means nothing.
    `close` is told how many seconds what is under way has. `state` is how it is connected,
    and `desk` what answers its people.
    `changed` is told of accounts there whose records have changed, or are gone.
    """

    messenger: Messenger
    routes: Sequence[BaseRoute]
    held: Callable[[], AbstractAsyncContextManager[object]] | None
    ended: Callable[[], Awaitable[None]]
    close: Callable[[float], Awaitable[None]]
    state: Check
    desk: Desk
    changed: Callable[[Account], None] = shown_nowhere


def slack(credentials: SlackCredentials, process: Process) -> Platform:
    """Slack's share. Raises BadSetting."""
    from adapters.slack.app import Slack
    from adapters.slack.requests import Signed

    app = Slack(
        credentials,
        process.store,
        registry,
        process.letters,
        installs(credentials, process.store),
        process.now,
        answered=process.answered,
    )
    app.front.desk.exits = process.exits
    routes: Sequence[BaseRoute] = ()
    if process.part.web and credentials.http:
        trust = Signed(credentials.signing_secret)
        routes = app.routes(
            lambda inner: Guard(inner, trust), lambda inner: Guard(inner, anyone, limit=SMALL)
        )
    held = app.socket if process.part.socket and credentials.socket else None
    return Platform(
        app.messenger,
        routes,
        held,
        app.greeted,
        app.close,
        app.state,
        app.front.desk,
        app.front.changed,
    )


def discord(credentials: DiscordCredentials, process: Process) -> Platform:
    """Discord's share."""
    from adapters.discord.app import Discord
    from adapters.discord.events import EVENTS_LIMIT, Ed25519Signed

    app = Discord(
        credentials,
        process.store,
        registry,
        process.letters,
        process.now,
        answered=process.answered,
    )
    app.desk.exits = process.exits
    routes: Sequence[BaseRoute] = ()
    if process.part.web and credentials.webhook:
        trust = Ed25519Signed(credentials.public_key)
        routes = app.routes(lambda inner: Guard(inner, trust, limit=EVENTS_LIMIT))
    held = app.gateway if process.part.gateway else None
    return Platform(app.messenger, routes, held, app.ended, app.close, app.state, app.desk)


def changed(platforms: Sequence[Platform], account: Account) -> None:
    """Tell its platform, if that is served here, that an account's records have changed."""
    for platform in platforms:
        if platform.messenger.platform == account.platform:
            platform.changed(account)


def exits_of(outside: Outside | None) -> Exits | None:
    """What makes links that leave chat, where the host has an address. Raises BadKey."""
    if outside is None:
        return None
    from storage.crypto import derived

    return Exits(outside.url, derived(outside.keys, "followthrough links 1"))


def installs(credentials: SlackCredentials, store: Store) -> "Installs | None":
    """Where installations are kept, if any workspace may install the app. Raises BadSetting."""
    if not credentials.many:
        return None
    from adapters.slack.app import Installs
    from storage.crypto import Ring
    from storage.slack import SlackInstallations, SlackStates

    ring = Ring(credentials.keys)
    found = SlackInstallations(store, ring, credentials.client_id)
    return Installs(found, SlackStates(store), page)
