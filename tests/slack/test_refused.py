"""A workspace whose token dies while a worker runs: what the log and `/readyz` say of it."""

import logging
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from adapters.checks import Level, State
from adapters.slack.app import REFUSED, Slack
from adapters.slack.credentials import Credentials
from adapters.slack.messenger import REFUSING, SlackMessenger
from adapters.slack.outcomes import INSTALL
from adapters.slack.pacing import messages
from bot.commands import registry
from bot.delivery import Gone, Outcome, Sent
from bot.message import Message
from storage.store import Store
from tests.slack.wire import ACCOUNT, Wire, clients, error, listening
from tests.stories.chat import LETTERS

HELLO = Message("Hello")
POST = "chat.postMessage"


@pytest.fixture
def kind() -> str:
    """One kind of database, since nothing of this is kept in any."""
    return "sqlite"


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with listening() as made:
        yield made


@pytest.fixture
async def slack(wire: Wire, store: Store) -> AsyncIterator[Slack]:
    credentials = Credentials("xoxb-test", "xapp-test", api_url=wire.url)
    made = Slack(credentials, store, registry, LETTERS)
    yield made
    await made.close()


async def send(slack: Slack, workspace: str = "T1") -> Outcome:
    return await slack.messenger.send(replace(ACCOUNT, workspace=workspace), HELLO, "k")


async def mended(slack: Slack, workspace: str = "T1") -> Outcome:
    """Sent once the refused token is asked with again, as it is after some minutes."""
    slack.clients.forget(workspace)
    return await send(slack, workspace)


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING]


@pytest.mark.parametrize("code", sorted(INSTALL))
async def test_a_workspace_that_refuses_us_is_said_once_at_the_level_everybody_hears(
    slack: Slack, wire: Wire, caplog: pytest.LogCaptureFixture, code: str
) -> None:
    wire.answer(POST, error(code), error(code))
    assert isinstance(await send(slack), Gone)
    assert isinstance(await send(slack), Gone)
    assert isinstance(await mended(slack), Gone)
    assert len(wire.posts()) == 2
    assert warnings(caplog) == [f"workspace refuses us workspace=T1 code={code}"]


async def test_slack_is_degraded_while_any_workspace_refuses_us_and_well_after_a_success_there(
    slack: Slack, wire: Wire
) -> None:
    wire.answer(POST, error("token_revoked"), error("invalid_auth"))
    await send(slack, "T1")
    assert slack.state() == State(Level.DEGRADED, REFUSED, {"refusing": 1.0})
    await send(slack, "T2")
    assert slack.state().facts == {"refusing": 2.0}
    assert isinstance(await send(slack, "T3"), Sent)
    assert slack.state().facts == {"refusing": 2.0}
    assert isinstance(await mended(slack, "T1"), Sent)
    assert slack.state() == State(Level.DEGRADED, REFUSED, {"refusing": 1.0})
    assert isinstance(await mended(slack, "T2"), Sent)
    assert slack.state() == State()


async def test_a_workspace_that_took_a_message_in_between_is_said_again(
    slack: Slack, wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):
        wire.answer(POST, error("invalid_auth"))
        assert isinstance(await send(slack), Gone)
        assert isinstance(await mended(slack), Sent)
    assert warnings(caplog) == ["workspace refuses us workspace=T1 code=invalid_auth"] * 2


async def test_a_refusal_that_another_call_met_first_is_said_as_well(
    slack: Slack, wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    wire.answer("views.publish", error("invalid_auth"))
    with pytest.raises(Exception, match="invalid_auth"):
        await slack.clients.call(
            "T1", lambda client: client.views_publish(user_id="U1", view={"type": "home"})
        )
    assert isinstance(await send(slack), Gone)
    assert not wire.posts()
    assert warnings(caplog) == ["workspace refuses us workspace=T1 code=not_installed"]
    assert slack.state().level is Level.DEGRADED


@pytest.mark.parametrize("code", ["user_disabled", "restricted_action", "internal_error"])
async def test_what_is_one_persons_or_passes_is_no_refusal_of_the_workspace(
    slack: Slack, wire: Wire, caplog: pytest.LogCaptureFixture, code: str
) -> None:
    wire.answer(POST, error(code))
    assert not isinstance(await send(slack), Sent)
    assert warnings(caplog) == []
    assert slack.state() == State()


async def test_a_workspace_that_has_the_bot_anew_no_longer_counts(slack: Slack, wire: Wire) -> None:
    wire.usual["auth.test"] = replace(error(""), body={"ok": True, "team_id": "T1"})
    wire.answer(POST, error("account_inactive"))
    await send(slack)
    await slack.greeted(wait=0)
    assert slack.state() == State()


async def test_only_so_many_workspaces_are_remembered(wire: Wire) -> None:
    wire.usual[POST] = error("token_revoked")
    async with clients(wire.url) as connected:
        messenger = SlackMessenger(connected, messages())
        for number in range(REFUSING + 1):
            await messenger.send(replace(ACCOUNT, workspace=f"T{number}"), HELLO, "k")
        assert messenger.refusing == REFUSING
