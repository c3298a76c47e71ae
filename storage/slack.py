"""slack_sdk's stores over our database, with secrets sealed. Knows no route, no event, no record.

Its synchronous SQLAlchemy stores do the reading and writing, each call in one transaction of ours
on a storage thread: so SQLite keeps its single writer, a connection that broke is made again, and
what goes wrong is `Unavailable`. Logs hold ids, never a token or a state.
"""

import copy
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar, cast

import structlog
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.installation_store.models.bot import Bot
from slack_sdk.oauth.installation_store.models.installation import Installation
from slack_sdk.oauth.installation_store.sqlalchemy import SQLAlchemyInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.oauth.state_store.sqlalchemy import SQLAlchemyOAuthStateStore
from sqlalchemy import Connection, Engine, Table, bindparam, delete, select, update

from bot import ports
from storage.crypto import Ring, Unreadable
from storage.installations import SECRETS
from storage.models import slack_bots, slack_installations, slack_oauth_states
from storage.store import Store

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)
# What slack_sdk and slack_bolt speak through.
_sdks = logging.getLogger(__name__)

Granted = TypeVar("Granted", Bot, Installation)
Sdk = TypeVar("Sdk", SQLAlchemyInstallationStore, SQLAlchemyOAuthStateStore)
T = TypeVar("T")

# slack_sdk's stores are given their engine with each call.
_NOWHERE = cast(Engine, None)

_CONSUME = (
    delete(slack_oauth_states)
    .where(
        slack_oauth_states.c.state == bindparam("state"),
        slack_oauth_states.c.expire_at > bindparam("now"),
    )
    .returning(slack_oauth_states.c.id)
)


class SlackInstallations(AsyncInstallationStore):
    """Where Slack is installed, under one client id; every method raises Unavailable."""

    def __init__(self, store: Store, ring: Ring, client_id: str) -> None:
        self._store, self._ring = store, ring
        self._sdk = SQLAlchemyInstallationStore(client_id, _NOWHERE, logger=_sdks)

    @property
    def logger(self) -> logging.Logger:
        """What slack_bolt asks every store for."""
        return _sdks

    async def async_save(self, installation: Installation) -> None:
        """Keep an installation and its bot, both or neither; the newest of a workspace counts."""
        await self._in_sdk(lambda sdk: sdk.save(self._sealed(installation)))

    async def async_save_bot(self, bot: Bot) -> None:
        """Keep a bot's new token."""
        await self._in_sdk(lambda sdk: sdk.save_bot(self._sealed(bot)))

    async def async_find_bot(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        is_enterprise_install: bool | None = False,
    ) -> Bot | None:
        """The newest bot there; raises `ports.Unreadable` when no key opens its token."""
        return await self._in_sdk(
            lambda sdk: self._opened(
                sdk.find_bot(
                    enterprise_id=enterprise_id,
                    team_id=team_id,
                    is_enterprise_install=is_enterprise_install,
                )
            )
        )

    async def async_find_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,
        is_enterprise_install: bool | None = False,
    ) -> Installation | None:
        """The newest installation there (of that user); raises as `async_find_bot` does."""
        return await self._in_sdk(
            lambda sdk: self._opened(
                sdk.find_installation(
                    enterprise_id=enterprise_id,
                    team_id=team_id,
                    user_id=user_id,
                    is_enterprise_install=is_enterprise_install,
                )
            )
        )

    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        """Erase every bot there."""
        await self._in_sdk(
            lambda sdk: sdk.delete_bot(enterprise_id=enterprise_id, team_id=team_id), erases=True
        )

    async def async_delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        """Erase every installation there (of that user)."""
        await self._in_sdk(
            lambda sdk: sdk.delete_installation(
                enterprise_id=enterprise_id, team_id=team_id, user_id=user_id
            ),
            erases=True,
        )

    async def async_delete_all(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        """Erase everything there, in one transaction."""
        await self._in_sdk(
            lambda sdk: sdk.delete_all(enterprise_id=enterprise_id, team_id=team_id), erases=True
        )

    async def _in_sdk(
        self, work: Callable[[SQLAlchemyInstallationStore], T], *, erases: bool = False
    ) -> T:
        return await self._store.on_connection(
            lambda connection: work(_within(connection, self._sdk)), erases=erases
        )

    def _sealed(self, granted: Granted) -> Granted:
        return _turned(granted, self._ring.seal)

    def _opened(self, granted: Granted | None) -> Granted | None:
        if granted is None:
            return None
        try:
            return _turned(granted, self._ring.open)
        except Unreadable:
            place = (granted.enterprise_id, granted.team_id)
            log.warning("token unreadable", enterprise=place[0], team=place[1])
            words = "The bot's token cannot be read: a key in TOKEN_KEYS is missing."
            raise ports.Unreadable(words) from None


class SlackStates(AsyncOAuthStateStore):
    """States of installations that have begun: each is taken back once, within `seconds`."""

    def __init__(self, store: Store, seconds: int = 600) -> None:
        self._store = store
        self._sdk = SQLAlchemyOAuthStateStore(seconds, _NOWHERE, logger=_sdks)

    @property
    def logger(self) -> logging.Logger:
        """What slack_bolt asks every store for."""
        return _sdks

    async def async_issue(self, *args: Any, **kwargs: Any) -> str:
        """A new state; raises Unavailable."""
        return await self._store.on_connection(
            lambda connection: _within(connection, self._sdk).issue()
        )

    async def async_consume(self, state: str) -> bool:
        """Whether the state was ours and in time; true once. Raises Unavailable.

        One statement of our own: slack_sdk reads, then deletes, so that on PostgreSQL two requests
        at once are both told yes, and it logs the state when the database fails.
        """
        # The interface hands over no time, and slack_sdk stamped the state with this clock.
        now = datetime.fromtimestamp(time.time(), UTC).replace(tzinfo=None)
        asked = {"state": state, "now": now}
        return await self._store.on_connection(
            lambda connection: connection.execute(_CONSUME, asked).one_or_none() is not None
        )


class Rotated(NamedTuple):
    """How many values are sealed with the newest key now, and how many no key opened."""

    sealed: int
    unreadable: int


def rotate_keys(store: Store, ring: Ring) -> Rotated:
    """Seal every secret with the newest key, in one transaction; raises Unavailable.

    Afterwards the older keys are needed no longer. What no key opens stays as it is: those
    workspaces must install the bot again anyway, and must not keep the others on an old key.
    """

    def work(connection: Connection) -> Rotated:
        done = [_rotate(connection, ring, table) for table in (slack_installations, slack_bots)]
        return Rotated(sum(one.sealed for one in done), sum(one.unreadable for one in done))

    return store.run_on_connection(work, erases=True)


def _rotate(connection: Connection, ring: Ring, table: Table) -> Rotated:
    secrets = [table.c[name] for name in SECRETS if name in table.c]
    rows = connection.execute(select(table.c.id, *secrets).with_for_update()).all()
    sealed = unreadable = 0
    for row in rows:
        turned: dict[str, str] = {}
        for name, value in row._asdict().items():
            if name == "id" or value is None:
                continue
            try:
                turned[name] = ring.rotate(value)
            except Unreadable:
                unreadable += 1
        if turned:
            connection.execute(update(table).where(table.c.id == row.id).values(turned))
        sealed += len(turned)
    return Rotated(sealed, unreadable)


def _turned(granted: Granted, turn: Callable[[str], str]) -> Granted:
    """A copy whose secrets are sealed or opened; what was handed over stays as it is."""
    turned = copy.copy(granted)
    for name in SECRETS:
        if value := getattr(granted, name, None):
            setattr(turned, name, turn(value))
    return turned


class _Within:
    """What slack_sdk's stores ask of an engine, within a transaction that is open already.

    They begin one for each step, where ours is to hold all steps; and on our SQLite connections,
    which begin nothing by themselves (`storage.engine`), they would have none at all.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """The connection; whoever opened the transaction commits it."""
        yield self._connection

    connect = begin


def _within(connection: Connection, sdk: Sdk) -> Sdk:
    # A copy, because making its tables anew would also compile each statement anew.
    here = copy.copy(sdk)
    here.engine = cast(Engine, _Within(connection))
    return here
