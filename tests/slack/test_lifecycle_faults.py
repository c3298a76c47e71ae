"""Installs that end, come back, and are told of late: nobody is erased or cut off by mistake."""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from cryptography.fernet import Fernet

from adapters.settings import BadSetting
from adapters.slack.app import Installs, Slack
from adapters.slack.credentials import Credentials
from adapters.slack.messenger import SlackMessenger
from adapters.slack.pacing import BURST, messages
from adapters.slack.requests import Signed
from adapters.web.guard import Guard, anyone
from adapters.web.pages import page
from adapters.web.server import Server
from adapters.web.site import starlette_app
from bot.commands import registry
from bot.delivery import Gone
from bot.dispatch import Dispatcher
from bot.message import Message
from bot.ports import Unavailable, Unit
from storage.crypto import Ring
from storage.slack import SlackInstallations, SlackStates
from storage.store import Store
from tests.slack import standin
from tests.slack.chat import SCOPES, SlackChat, World, workspace
from tests.slack.checks import (
    KEY,
    anywhere,
    app_for_all,
    deliver,
    install,
    member,
    rows,
    settle,
)
from tests.slack.standin import Broken, Denied, Dropped, Garbage, Held
from tests.slack.test_checklist_settings import environment, listening, process
from tests.slack.wire import ACCOUNT, Wire, clients, error
from tests.slack.wire import listening as wired
from tests.stories.chat import BEGIN, LETTERS

GONE = {"type": "app_uninstalled"}
# Slack's word for an instant long before anything that a test does.
LONG_AGO = {**GONE, "event_ts": "1.0"}
FAULTS = [Broken(503), Dropped(), Garbage(), Denied("internal_error")]
T = TypeVar("T")


@pytest.fixture
def kind() -> str:
    return "sqlite"


@pytest.fixture
async def alone(store: Store) -> AsyncIterator[World]:
    """One workspace, whose token is in the environment."""
    async with workspace(store, "http") as made:
        yield made


@pytest.fixture
async def world(store: Store) -> AsyncIterator[World]:
    """Any number of workspaces."""
    async with anywhere(store) as made:
        yield made


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with wired() as made:
        yield made


async def days(world: World, number: int) -> None:
    """So many days pass, one at a time."""
    for _ in range(number):
        await deliver(world, days=1)


async def companies(store: Store) -> set[str]:
    return {row["company"] for row in (await rows(store))["applications"]}


async def test_one_workspace_that_installs_again_within_the_hour_is_not_erased(
    alone: World, store: Store
) -> None:
    chat = SlackChat(alone)
    await chat.say("applied SRE at Acme")
    await alone.slack.event(alone.team, GONE)
    await settle(alone)
    # The new token is in the environment, and the process begins with it.
    alone.now += timedelta(minutes=20)
    await alone.app.greeted(wait=0)
    assert "Logged" in await chat.say("applied Cook at Globex")
    before = chat.person.received
    await days(alone, 8)
    assert await companies(store) == {"Acme", "Globex"}
    assert chat.person.received > before


@pytest.mark.parametrize(
    "code", ["invalid_auth", "account_inactive", "token_revoked", "not_authed"]
)
async def test_a_token_that_slack_refuses_is_said_at_the_start(alone: World, code: str) -> None:
    alone.slack.fault("auth.test", Denied(code))
    with pytest.raises(BadSetting, match=rf"^Slack refuses SLACK_BOT_TOKEN \({code}\)\.$"):
        await alone.app.greeted(wait=0)


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_start_without_slack_is_made_up_for_later(
    alone: World, store: Store, fault: Any, caplog: pytest.LogCaptureFixture
) -> None:
    await SlackChat(alone).say("applied SRE at Acme")
    await alone.slack.event(alone.team, GONE)
    alone.slack.fault("auth.test", fault, times=2)
    await alone.app.greeted(wait=0)
    assert not (await rows(store))["departures"]
    assert "trying again" in caplog.text
    assert alone.team.bot_token not in caplog.text


async def test_where_many_may_install_there_is_no_token_to_ask_about(world: World) -> None:
    await world.app.greeted(wait=0)
    assert not world.slack.world.counts["auth.test"]


async def test_a_process_with_a_refused_token_ends_with_that_sentence(tmp_path: Path) -> None:
    async with standin.Slack(scopes=SCOPES) as slack:
        env = environment(
            tmp_path,
            SLACK_BOT_TOKEN=slack.team("T1").bot_token,
            SLACK_SIGNING_SECRET=slack.signing_secret,
            SLACK_API_URL=slack.api_url,
        )
        slack.fault("auth.test", Denied("invalid_auth"), times=None)
        async with process("worker", env=env) as worker:
            assert await worker.exit() == 1
            assert (
                "followthrough: Slack refuses SLACK_BOT_TOKEN (invalid_auth).\n" in worker.said[-1]
            )
            assert "Traceback" not in "".join(worker.said)


async def test_a_slack_that_does_not_answer_delays_neither_the_start_nor_the_end(
    tmp_path: Path,
) -> None:
    async with standin.Slack(scopes=SCOPES) as slack:
        env = environment(
            tmp_path,
            SLACK_BOT_TOKEN=slack.team("T1").bot_token,
            SLACK_SIGNING_SECRET=slack.signing_secret,
            SLACK_API_URL=slack.api_url,
        )
        held = Held()
        slack.fault("auth.test", held)
        async with process("web", env=env) as web:
            await listening(slack, web)
            await held.arrived.wait()
            assert await web.end() == 0
        held.release.set()


async def test_late_news_of_a_removal_does_not_remove_the_new_install(
    world: World, store: Store
) -> None:
    await install(world, world.team)
    await member(world, world.team).say("applied SRE at Acme")
    world.team.install.active = False
    await install(world, world.team)
    # Every delivery before this one met a database that was away.
    await world.slack.event(world.team, LONG_AGO, event_id="Ev0LATE", retry=2)
    await settle(world)
    found = await rows(store)
    assert found["slack_bots"]
    assert not found["departures"]


async def test_an_old_removal_counts_when_the_token_of_a_newer_install_is_dead_too(
    world: World, store: Store
) -> None:
    await install(world, world.team)
    await member(world, world.team).say("applied SRE at Acme")
    world.team.install.active = False
    await world.slack.event(world.team, LONG_AGO)
    found = await rows(store)
    assert not found["slack_bots"]
    assert found["departures"]


@pytest.mark.parametrize("fault", FAULTS)
async def test_an_old_removal_waits_while_slack_cannot_say_whether_the_token_works(
    world: World, store: Store, fault: Any
) -> None:
    await install(world, world.team)
    world.slack.fault("auth.test", fault, times=None)
    await world.slack.event(world.team, LONG_AGO, event_id="Ev0LATE")
    world.slack.forgive("503")
    assert (await rows(store))["slack_bots"]
    assert not (await rows(store))["departures"]


async def test_late_news_of_a_removal_means_nothing_to_one_workspace_whose_token_works(
    alone: World, store: Store
) -> None:
    await SlackChat(alone).say("applied SRE at Acme")
    await alone.slack.event(alone.team, LONG_AGO)
    assert not (await rows(store))["departures"]
    alone.team.install.active = False
    await alone.slack.event(alone.team, LONG_AGO)
    assert (await rows(store))["departures"]


class Flaky:
    """A store that a test may ask to be away."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.away = False

    async def transact(self, work: Callable[[Unit], T]) -> T:
        if self.away:
            raise Unavailable("away")
        return await self.store.transact(work)


@asynccontextmanager
async def flaky(store: Store) -> AsyncIterator[tuple[World, Flaky]]:
    """The app for any workspace: its records may be away while its installations are there."""
    async with standin.Slack(scopes=SCOPES) as slack:
        credentials = Credentials(
            signing_secret=slack.signing_secret,
            client_id=slack.client_id,
            client_secret=slack.client_secret,
            public_url="https://jobs.example.org",
            keys=(KEY,),
            api_url=slack.api_url,
        )
        records = Flaky(store)
        kept = SlackInstallations(store, Ring((KEY,)), slack.client_id)
        installs = Installs(kept, SlackStates(store), page)
        world: World
        app = Slack(credentials, records, registry, LETTERS, installs, clock=lambda: world.now)
        dispatcher = Dispatcher(store, [app.messenger], LETTERS)
        world = World(slack, slack.team("T1", installed=False), app, dispatcher)
        trust = Signed(slack.signing_secret)
        site = starlette_app(app.routes(lambda a: Guard(a, trust), lambda a: Guard(a, anyone)))
        async with Server(site, 0, "127.0.0.1") as server:
            slack.over_http(f"http://127.0.0.1:{server.port}/slack/events")
            yield world, records
        await app.close()


async def test_an_install_that_could_not_be_finished_says_so_and_the_next_one_mends_it(
    store: Store,
) -> None:
    async with flaky(store) as (world, records):
        await install(world, world.team)
        await member(world, world.team).say("applied SRE at Acme")
        await world.slack.uninstall(world.team)
        await settle(world)
        world.now += timedelta(hours=2)
        records.away = True
        shown = await install(world, world.team)
        assert shown.status == 503
        assert "Please try again" in shown.text
        assert "is now in" not in shown.text
        records.away = False
        assert (await install(world, world.team)).status == 200
        await days(world, 8)
        assert await companies(store) == {"Acme"}


async def test_a_key_that_one_process_lacks_cuts_nobody_off(store: Store) -> None:
    newer = Fernet.generate_key().decode()
    async with anywhere(store, keys=(newer, KEY)) as web:
        await install(web, web.team)
        chat = member(web, web.team)
        await chat.say("applied SRE at Acme")
        async with app_for_all(web.slack, store, (KEY,)) as worker:
            worker.now = web.now
            await deliver(worker, days=8)
            now = worker.now
        assert all(row["on"] for row in (await rows(store))["accounts"])
        came = chat.person.received
        async with app_for_all(web.slack, store, (newer, KEY)) as worker:
            worker.now = now
            for _ in range(10):
                await deliver(worker, days=3)
        assert chat.person.received > came


async def test_a_send_that_meets_the_dead_token_first_does_not_outlive_the_removal(
    world: World, store: Store
) -> None:
    await install(world, world.team)
    chat = member(world, world.team)
    await chat.say("applied SRE at Acme")
    await deliver(world, days=4, hours=8)
    world.team.install.active = False
    await deliver(world, days=3)
    assert [row["on"] for row in (await rows(store))["accounts"]] == [False]
    await world.slack.uninstall(world.team)
    await settle(world)
    await install(world, world.team)
    assert [row["on"] for row in (await rows(store))["accounts"]] == [True]
    came = chat.person.received
    await days(world, 30)
    assert chat.person.received > came


async def test_a_worker_that_knows_the_old_token_asks_for_the_new_one(store: Store) -> None:
    async with anywhere(store) as worker:
        await install(worker, worker.team)
        chat = member(worker, worker.team)
        await chat.say("applied SRE at Acme")
        await deliver(worker, days=4, hours=8)
        came = chat.person.received
        async with app_for_all(worker.slack, store) as web:
            # The removal and the new install are told to this one.
            web.now = worker.now
            await web.slack.uninstall(web.team)
            await settle(web)
            assert (await install(web, web.team)).status == 200
            await deliver(worker, days=3)
        assert [row["on"] for row in (await rows(store))["accounts"]] == [True]
        assert chat.person.received > came


@pytest.mark.parametrize("code", ["account_inactive", "missing_scope"])
async def test_a_dead_install_is_left_alone(world: World, code: str) -> None:
    await install(world, world.team)
    for number in range(BURST + 5):
        await member(world, world.team, f"U{number}").say("applied SRE at Acme")
    refused = world.slack.fault("chat.postMessage", Denied(code), times=None)
    # Those that were on their way together when it was found dead, and nobody after them.
    assert await deliver(world, days=4, hours=8)
    met = refused.met
    assert met <= BURST
    assert await deliver(world, minutes=2)
    assert refused.met == met


async def test_a_dead_install_is_tried_again_after_a_while(wire: Wire) -> None:
    now = BEGIN
    wire.usual["chat.postMessage"] = error("account_inactive")
    async with clients(wire.url, clock=lambda: now) as made:
        messenger = SlackMessenger(made, messages(), lambda: now)
        for minutes, met in ((0, 1), (9, 1), (10, 2), (19, 2)):
            now = BEGIN + timedelta(minutes=minutes)
            outcome = await messenger.send(ACCOUNT, Message("Hello"), "k")
            assert isinstance(outcome, Gone)
            assert "the account is deactivated" in outcome.why
            assert len(wire.posts()) == met
        made.forget(ACCOUNT.workspace)
        await messenger.send(ACCOUNT, Message("Hello"), "k")
        assert len(wire.posts()) == 3


async def test_a_worker_that_met_the_dead_token_uses_the_new_one_at_once(store: Store) -> None:
    async with anywhere(store) as worker:
        await install(worker, worker.team)
        chat = member(worker, worker.team)
        await chat.say("applied SRE at Acme")
        worker.team.install.active = False
        came = chat.person.received
        await deliver(worker, days=4, hours=8)
        assert chat.person.received == came
        async with app_for_all(worker.slack, store) as web:
            web.now = worker.now
            await install(web, web.team)
        await deliver(worker, days=3)
        assert chat.person.received > came


async def test_the_log_names_no_token(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    await install(world, world.team)
    await member(world, world.team).say("applied SRE at Acme")
    old = world.team.bot_token
    await world.slack.event(world.team, LONG_AGO)
    world.team.install.active = False
    await deliver(world, days=4, hours=8)
    assert "outcome=outdated" in caplog.text
    assert old not in caplog.text
