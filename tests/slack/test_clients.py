"""Tokens over a real connection: whose is used, when it is renewed, and what fails quietly."""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.oauth.installation_store import FileInstallationStore
from slack_sdk.oauth.installation_store.models.bot import Bot

from adapters.slack.clients import Clients
from adapters.slack.messenger import SlackMessenger
from adapters.slack.pacing import messages
from adapters.slack.tokens import NotInstalled, NotNow
from bot.delivery import Gone, Later, Sent
from bot.message import Message
from tests.slack.wire import ACCOUNT, Reply, Wire, clients, error, listening

NOW = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)
HELLO = Message("Hello")
# slack_sdk's renewal goes through aiohttp.BasicAuth, which newer releases of aiohttp call obsolete.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth:DeprecationWarning")
APP = ("app", "secret")
RENEWED = {
    "ok": True,
    "token_type": "bot",
    "access_token": "new",
    "refresh_token": "refresh-2",
    "expires_in": 43_200,
}


class Installations(FileInstallationStore):
    """slack_sdk's own store, of which a test may ask to be out of order."""

    broken = False
    full = False
    found = 0

    async def async_find_bot(self, **place: Any) -> Bot | None:
        self.found += 1
        if self.broken:
            raise OSError("secret words")
        return await super().async_find_bot(**place)

    async def async_save_bot(self, bot: Bot) -> None:
        if self.full:
            raise OSError("secret words")
        await super().async_save_bot(bot)

    def has(self, team: str | None, enterprise: str | None = None, **more: Any) -> None:
        """Keep an installation."""
        given = {"bot_token": f"xoxb-{team}", "installed_at": 1.0, **more}
        self.save_bot(
            Bot(team_id=team, enterprise_id=enterprise, bot_id="B1", bot_user_id="U0", **given)
        )

    def ends(self, within: timedelta, team: str = "T1") -> None:
        """Keep an installation whose token ends that long after `NOW`."""
        at = int((NOW + within).timestamp())
        self.has(team, bot_token="old", bot_refresh_token="refresh-1", bot_token_expires_at=at)


@pytest.fixture
def store(tmp_path: Path) -> Installations:
    return Installations(base_dir=str(tmp_path), client_id="app")


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with listening() as made:
        made.usual["oauth.v2.access"] = Reply(RENEWED)
        yield made


@pytest.fixture
async def connected(wire: Wire, store: Installations) -> AsyncIterator[Clients]:
    async with clients(wire.url, "", store=store, rotation=APP, clock=lambda: NOW) as made:
        yield made


def renewals(wire: Wire) -> list[str]:
    return [str(post.body["refresh_token"]) for post in wire.posts("oauth.v2.access")]


def kept(store: Installations) -> tuple[str, str | None]:
    bot = store.find_bot(enterprise_id=None, team_id="T1")
    assert bot is not None
    return bot.bot_token, bot.bot_refresh_token


async def test_one_token_serves_every_workspace(wire: Wire) -> None:
    async with clients(wire.url, "xoxb-one") as connected:
        assert (await connected.client("T1")) is (await connected.client("E1/T2"))


@pytest.mark.parametrize(
    ("key", "token"), [("T1", "xoxb-T1"), ("E1/T2", "xoxb-T2"), ("E2", "xoxb-None")]
)
async def test_each_workspace_has_the_token_of_its_installation(
    connected: Clients, store: Installations, key: str, token: str
) -> None:
    store.has("T1")
    store.has("T2", "E1")
    store.has(None, "E2", is_enterprise_install=True)
    client = await connected.client(key)
    assert client.token == token
    assert client.session is connected.session
    assert client.retry_handlers == []


async def test_a_workspace_without_an_installation_is_not_installed(connected: Clients) -> None:
    with pytest.raises(NotInstalled):
        await connected.client("T9")
    outcome = await SlackMessenger(connected, messages(), lambda: NOW).send(ACCOUNT, HELLO, "k")
    assert outcome == Gone("the bot is not installed in this workspace (not_installed)")


async def test_a_store_out_of_order_means_later_and_its_words_are_not_logged(
    connected: Clients, store: Installations, wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    store.broken = True
    outcome = await SlackMessenger(connected, messages(), lambda: NOW).send(ACCOUNT, HELLO, "k")
    assert isinstance(outcome, Later)
    assert not wire.arrived
    assert "secret words" not in caplog.text


async def test_an_installation_is_remembered_until_forgotten(
    connected: Clients, store: Installations
) -> None:
    store.has("T1")
    await connected.client("T1")
    await connected.client("T1")
    assert store.found == 1
    store.has("T1", bot_token="xoxb-again")
    connected.forget("T1")
    assert (await connected.client("T1")).token == "xoxb-again"


async def test_what_is_remembered_is_looked_up_again_after_a_while(
    wire: Wire, store: Installations
) -> None:
    now = NOW
    store.has("T1")
    async with clients(wire.url, "", store=store, clock=lambda: now) as connected:
        await connected.client("T1")
        now += timedelta(minutes=6)
        await connected.client("T1")
    assert store.found == 2


async def test_a_token_that_ends_soon_is_renewed_once_however_many_ask(
    connected: Clients, store: Installations, wire: Wire
) -> None:
    store.ends(timedelta(hours=1))
    found = await asyncio.gather(*(connected.client("T1") for _ in range(16)))
    assert {client.token for client in found} == {"new"}
    assert renewals(wire) == ["refresh-1"]
    assert kept(store) == ("new", "refresh-2")


async def test_a_token_that_lasts_is_left_alone(
    connected: Clients, store: Installations, wire: Wire
) -> None:
    store.ends(timedelta(hours=3))
    assert (await connected.client("T1")).token == "old"
    assert not wire.arrived


async def test_messages_after_an_expired_token_renew_it_once_and_all_arrive(
    connected: Clients, store: Installations, wire: Wire
) -> None:
    store.ends(timedelta(hours=3))
    wire.answer("chat.postMessage", *[error("token_expired")] * 8)
    messenger = SlackMessenger(connected, messages(), lambda: NOW)
    outcomes = await asyncio.gather(*(messenger.send(ACCOUNT, HELLO, f"k{n}") for n in range(8)))
    assert all(isinstance(outcome, Sent) for outcome in outcomes)
    assert renewals(wire) == ["refresh-1"]
    assert [post.token for post in wire.posts()] == ["old"] * 8 + ["new"] * 8


async def test_a_token_that_expires_again_is_not_renewed_again(
    connected: Clients, store: Installations, wire: Wire
) -> None:
    store.ends(timedelta(hours=3))
    wire.answer("chat.postMessage", error("token_expired"), error("token_expired"))
    outcome = await SlackMessenger(connected, messages(), lambda: NOW).send(ACCOUNT, HELLO, "k")
    assert isinstance(outcome, Later)
    assert len(renewals(wire)) == 1


async def test_a_refused_renewal_of_an_ended_token_is_the_end_of_the_installation(
    connected: Clients, store: Installations, wire: Wire
) -> None:
    store.ends(timedelta(hours=-1))
    wire.answer("oauth.v2.access", error("invalid_refresh_token"))
    with pytest.raises(NotInstalled):
        await connected.client("T1")


@pytest.mark.parametrize(
    "reply", [error("invalid_refresh_token"), error("fatal_error"), Reply("<html>", 502)]
)
async def test_a_token_that_cannot_be_renewed_is_used_until_it_ends(
    connected: Clients, store: Installations, wire: Wire, reply: Reply
) -> None:
    store.ends(timedelta(hours=1))
    wire.answer("oauth.v2.access", reply)
    assert (await connected.client("T1")).token == "old"


async def test_a_renewal_that_fails_after_the_end_means_later(
    connected: Clients, store: Installations, wire: Wire
) -> None:
    store.ends(timedelta(hours=-1))
    wire.answer("oauth.v2.access", Reply("<html>", 502))
    with pytest.raises(NotNow):
        await connected.client("T1")
    assert (await connected.client("T1")).token == "new"


async def test_a_token_that_another_process_has_renewed_is_used(
    connected: Clients, store: Installations, wire: Wire
) -> None:
    store.ends(timedelta(hours=3))
    client = await connected.client("T1")
    store.has("T1", bot_token="theirs")
    assert (await connected.renewed("T1", client.token or "")).token == "theirs"
    assert not wire.arrived


async def test_a_renewal_goes_on_when_whoever_asked_gives_up(
    connected: Clients, store: Installations, wire: Wire
) -> None:
    store.ends(timedelta(hours=1))
    wire.answer("oauth.v2.access", Reply(RENEWED, instead="hold"))
    asking = asyncio.ensure_future(connected.client("T1"))
    await wire.came.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    wire.over.set()
    await connected.aclose()
    assert kept(store) == ("new", "refresh-2")


async def test_a_renewed_token_that_could_not_be_kept_is_used_and_kept_later(
    connected: Clients, store: Installations, wire: Wire
) -> None:
    store.ends(timedelta(hours=1))
    store.full = True
    assert (await connected.client("T1")).token == "new"
    assert kept(store)[0] == "old"
    store.full = False
    connected._known.clear()
    assert (await connected.client("T1")).token == "new"
    assert kept(store) == ("new", "refresh-2")
    assert renewals(wire) == ["refresh-1"]


async def test_secrets_are_never_logged(
    connected: Clients, store: Installations, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    store.ends(timedelta(hours=1))
    await connected.client("T1")
    assert "renewed workspace=T1" in caplog.text
    assert not [word for word in ("refresh-1", "refresh-2", "secret") if word in caplog.text]


async def test_the_shared_session_is_closed_at_the_end(wire: Wire) -> None:
    connected = Clients(wire.url, token="xoxb-one")
    session = (await connected.client("T1")).session
    assert session is not None
    assert not session.closed
    await connected.aclose()
    assert session.closed
