"""Socket Mode begins, waits for Slack, says what is wrong, and ends; whatever Slack does."""

import logging

import pytest

from adapters.settings import BadSetting
from adapters.slack.app import Slack
from adapters.slack.credentials import Credentials
from bot.commands import registry
from storage.store import Store
from tests.slack.standin import Broken, Denied, Dropped
from tests.slack.standin import Slack as StandIn
from tests.stories.chat import LETTERS


def app(slack: StandIn, store: Store) -> Slack:
    token = slack.team("T1").bot_token
    credentials = Credentials(token, slack.app_token, api_url=slack.api_url)
    return Slack(credentials, store, registry, LETTERS)


async def test_a_token_that_slack_refuses_is_said_at_once(store: Store) -> None:
    async with StandIn() as slack:
        slack.fault("apps.connections.open", Denied("invalid_auth"), times=None)
        made = app(slack, store)
        with pytest.raises(BadSetting, match=r"refuses SLACK_APP_TOKEN \(invalid_auth\)"):
            await made.socket().__aenter__()
        await made.close()


@pytest.mark.parametrize("fault", [Broken(503), Dropped(), Denied("internal_error")])
async def test_trouble_at_the_start_is_logged_and_then_it_connects(
    store: Store, caplog: pytest.LogCaptureFixture, fault: Broken | Dropped | Denied
) -> None:
    async with StandIn() as slack:
        slack.fault("apps.connections.open", fault, times=3)
        made = app(slack, store)
        async with made.socket(wait=0):
            await slack.over_socket().at_least(1)
        await made.close()
    assert "trying again" in caplog.text
    assert slack.app_token not in caplog.text


async def test_it_ends_although_it_could_never_connect(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    async with StandIn() as slack:
        slack.fault("apps.connections.open", Broken(503), times=None)
        made = app(slack, store)
        async with made.socket():
            pass
        await made.close()
    assert not [r for r in caplog.records if r.levelno > logging.ERROR]


async def test_it_connects_anew_when_slack_asks_for_that(store: Store) -> None:
    async with StandIn() as slack:
        made = app(slack, store)
        async with made.socket():
            await slack.over_socket().at_least(1)
            await slack.sockets.refresh()
            ana = slack.team("T1").person("U1")
            await ana.slash("help")
            assert "What I can do" in ana.answer.shown
        await made.close()
        slack.check()
