"""What the stand-in does when Slack is meant to be busy, broken or gone."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack.standin import Broken, Busy, Denied, Dropped, Garbage, Held, Slack
from tests.slack.standin.trial import QUIET


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    """A stand-in without an app, with two people who know the bot."""
    async with Slack() as slack:
        for user in ("U1", "U2"):
            slack.team("T1").person(user, met=True)
        yield slack


@pytest.fixture
async def client(slack: Slack) -> AsyncIterator[AsyncWebClient]:
    """A client that does not repeat anything by itself."""
    async with aiohttp.ClientSession() as http:
        token = slack.team("T1").bot_token
        yield AsyncWebClient(token, base_url=slack.api_url, retry_handlers=[], session=http)


async def say(client: AsyncWebClient, user: str = "U1") -> None:
    await client.chat_postMessage(channel=user, text="Hi", **QUIET)


async def test_an_error_code_comes_once_and_for_one_person(
    slack: Slack, client: AsyncWebClient
) -> None:
    plan = slack.fault("chat.postMessage", Denied("user_disabled"), user="U1")
    await say(client, "U2")
    with pytest.raises(SlackApiError, match="user_disabled"):
        await say(client)
    await say(client)
    assert plan.met == 1
    assert slack.received == {"U1": 1, "U2": 1}


async def test_a_busy_slack_names_the_seconds(slack: Slack, client: AsyncWebClient) -> None:
    slack.fault("chat.postMessage", Busy(17), times=2)
    for _ in range(2):
        with pytest.raises(SlackApiError) as caught:
            await say(client)
        assert caught.value.response.status_code == 429
        assert caught.value.response.headers["Retry-After"] == "17"
    await say(client)
    assert slack.received == {"U1": 1}


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_broken_slack_answers_with_a_page(
    slack: Slack, client: AsyncWebClient, status: int
) -> None:
    plan = slack.fault("chat.postMessage", Broken(status), times=None)
    with pytest.raises(SlackApiError) as caught:
        await say(client)
    assert caught.value.response.status_code == status
    plan.lift()
    await say(client)
    assert slack.received == {"U1": 1}


async def test_garbage_is_no_json(slack: Slack, client: AsyncWebClient) -> None:
    slack.fault("chat.postMessage", Garbage())
    with pytest.raises(SlackApiError, match="non-JSON"):
        await say(client)
    assert not slack.received


@pytest.mark.parametrize(("kept", "arrived"), [(False, {}), (True, {"U1": 1})])
async def test_a_dropped_connection_may_have_kept_the_message(
    slack: Slack, client: AsyncWebClient, kept: bool, arrived: dict[str, int]
) -> None:
    slack.fault("chat.postMessage", Dropped(kept=kept))
    with pytest.raises(aiohttp.ClientConnectionError):
        await say(client)
    assert slack.received == arrived


async def test_a_held_call_waits_for_the_test(slack: Slack, client: AsyncWebClient) -> None:
    held = Held()
    slack.fault("chat.postMessage", held)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(say(client))
        await held.arrived.wait()
        assert not slack.received
        held.release.set()
    assert slack.received == {"U1": 1}


async def test_a_response_url_can_fail_too(slack: Slack, client: AsyncWebClient) -> None:
    inbox = slack.world.inbox(slack.team("T1").install, "U1")
    url = f"{slack.world.root}/response/{slack.world.reply(inbox, 'C1')}"
    slack.fault("response_url", Broken(500))
    async with aiohttp.ClientSession() as http:
        for status in (500, 200):
            async with http.post(url, json={"text": "Hi"}) as answer:
                assert answer.status == status
    assert [each.text for each in slack.team("T1").person("U1").ephemerals] == ["Hi"]
    slack.check()


async def test_what_was_asked_is_judged_whatever_the_misfortune(
    slack: Slack, client: AsyncWebClient
) -> None:
    slack.fault("chat.postMessage", Busy())
    with pytest.raises(SlackApiError):
        await client.api_call("chat.postMessage", json={"channel": "U1", "loud": True, **QUIET})
    assert slack.forgive("there is no argument loud")
