"""Everything that the stand-in's judge should see in calls of the Web API, done once on purpose."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack.standin import Slack
from tests.slack.standin.trial import FORM, QUIET, button, paragraph, row


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    """A stand-in without an app."""
    async with Slack() as slack:
        yield slack


@pytest.fixture
async def client(slack: Slack) -> AsyncWebClient:
    """A client with the token of T1, where U1 has met the bot."""
    team = slack.team("T1")
    team.person("U1", met=True)
    return AsyncWebClient(team.bot_token, base_url=slack.api_url, retry_handlers=[])


async def trigger(slack: Slack, user: str = "U1") -> str:
    """A trigger_id as if the person had just done something."""
    return slack.world.trigger(slack.world.inbox(slack.team("T1").install, user))


Breach = Callable[[Slack, AsyncWebClient], Awaitable[Any]]


async def unknown_method(slack: Slack, client: AsyncWebClient) -> None:
    await client.api_call("chat.shout", json={"channel": "U1"})


async def missing_argument(slack: Slack, client: AsyncWebClient) -> None:
    await client.api_call("chat.postMessage", json={"text": "Hi", **QUIET})


async def unknown_argument(slack: Slack, client: AsyncWebClient) -> None:
    await client.api_call("users.info", params={"user": "U1", "zone": "1"})


async def wrong_token(slack: Slack, client: AsyncWebClient) -> None:
    await client.auth_test(token="xoxb-of-nobody")


async def other_workspace(slack: Slack, client: AsyncWebClient) -> None:
    slack.team("T2").person("U2", met=True)
    await client.chat_postMessage(channel="U2", text="Hi", **QUIET)


async def other_conversation(slack: Slack, client: AsyncWebClient) -> None:
    bob = slack.team("T2").person("U2", met=True)
    await client.chat_postMessage(channel=bob.channel, text="Hi", **QUIET)


async def missing_scope(slack: Slack, client: AsyncWebClient) -> None:
    team = slack.team("T3", scopes=["commands"])
    team.person("U3", met=True)
    client.token = team.bot_token
    await client.chat_postMessage(channel="U3", text="Hi", **QUIET)


async def unknown_trigger(slack: Slack, client: AsyncWebClient) -> None:
    await client.views_open(trigger_id="1.2.3", view=FORM)


async def late_trigger(slack: Slack, client: AsyncWebClient) -> None:
    name = await trigger(slack)
    slack.clock.move(3.5)
    await client.views_open(trigger_id=name, view=FORM)


async def used_trigger(slack: Slack, client: AsyncWebClient) -> None:
    name = await trigger(slack)
    await client.views_open(trigger_id=name, view=FORM)
    await client.views_open(trigger_id=name, view=FORM)


async def fourth_window(slack: Slack, client: AsyncWebClient) -> None:
    await client.views_open(trigger_id=await trigger(slack), view=FORM)
    inbox = slack.world.inbox(slack.team("T1").install, "U1")
    for _ in range(3):
        await client.views_push(trigger_id=slack.world.trigger(inbox, inside=True), view=FORM)


async def push_from_outside(slack: Slack, client: AsyncWebClient) -> None:
    await client.views_push(trigger_id=await trigger(slack), view=FORM)


async def stale_hash(slack: Slack, client: AsyncWebClient) -> None:
    opened = await client.views_open(trigger_id=await trigger(slack), view=FORM)
    view = opened["view"]
    await client.views_update(view_id=view["id"], hash=view["hash"], view=FORM)
    await client.views_update(view_id=view["id"], hash=view["hash"], view=FORM)


async def unknown_view(slack: Slack, client: AsyncWebClient) -> None:
    await client.views_update(view_id="V404", view=FORM)


async def wrong_kind(slack: Slack, client: AsyncWebClient) -> None:
    await client.views_publish(user_id="U1", view=FORM)


async def over_the_limit(slack: Slack, client: AsyncWebClient) -> None:
    blocks = [row(button("x" * 76, "a"))]
    await client.chat_postMessage(channel="U1", text="Hi", blocks=blocks, **QUIET)


async def same_action_twice(slack: Slack, client: AsyncWebClient) -> None:
    blocks = [row(button("One", "a"), button("Two", "a"))]
    await client.chat_postMessage(channel="U1", text="Hi", blocks=blocks, **QUIET)


async def unfurling(slack: Slack, client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel="U1", text="Hi", unfurl_links=False)


async def no_fallback(slack: Slack, client: AsyncWebClient) -> None:
    body = {"channel": "U1", "blocks": [paragraph("Hi")], **QUIET}
    await client.api_call("chat.postMessage", json=body)


async def uninvited(slack: Slack, client: AsyncWebClient) -> None:
    slack.team("T1").person("U7")
    await client.chat_postMessage(channel="U7", text="Hi", **QUIET)


async def to_a_channel(slack: Slack, client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel="C1", text="Hi", **QUIET)


async def calling_everybody(slack: Slack, client: AsyncWebClient) -> None:
    slack.team("T1").channel("C1", "U1")
    part = {"type": "broadcast", "range": "channel"}
    section = {"type": "rich_text_section", "elements": [part]}
    body = {"channel": "C1", "text": "Hi", "blocks": [{"type": "rich_text", "elements": [section]}]}
    await client.api_call("chat.postMessage", json={**body, **QUIET})


async def too_many_together(slack: Slack, client: AsyncWebClient) -> None:
    await client.conversations_open(users=",".join(f"U{number}" for number in range(9)))


async def together_with_the_bot(slack: Slack, client: AsyncWebClient) -> None:
    await client.conversations_open(users="U1,UBOTT1")


async def together_unasked(slack: Slack, client: AsyncWebClient) -> None:
    team = slack.team("T1")
    team.person("U7")
    room = await client.conversations_open(users="U1,U7")
    await client.chat_postMessage(channel=room["channel"]["id"], text="Hi", **QUIET)


async def not_our_message(slack: Slack, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel="U1", text="Hi", **QUIET)
    await client.chat_update(channel=posted["channel"], ts="1.000001", text="Hello")


async def update_by_user_id(slack: Slack, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel="U1", text="Hi", **QUIET)
    await client.chat_update(channel="U1", ts=posted["ts"], text="Hello")


async def ephemeral_update(slack: Slack, client: AsyncWebClient) -> None:
    whole = slack.team("T1").person("U1")
    said = await client.chat_postEphemeral(channel="C1", user="U1", text="Hi")
    await client.chat_update(channel=whole.channel, ts=said["message_ts"], text="Hello")


async def wrong_secret(slack: Slack, client: AsyncWebClient) -> None:
    body = {"client_id": slack.client_id, "client_secret": "x", "code": "1"}
    await client.api_call("oauth.v2.access", data=body)


async def wrong_app_token(slack: Slack, client: AsyncWebClient) -> None:
    await client.apps_connections_open(app_token="xapp-other")


async def file_for_nobody(slack: Slack, client: AsyncWebClient) -> None:
    await client.files_upload_v2(content="a,b", filename="a.csv")


async def file_never_sent(slack: Slack, client: AsyncWebClient) -> None:
    made = await client.files_getUploadURLExternal(filename="a.csv", length=3)
    files = [{"id": made["file_id"], "title": "a"}]
    await client.files_completeUploadExternal(files=files, channel_id="DT1U1")


@pytest.mark.parametrize(
    ("breach", "seen"),
    [
        (unknown_method, "chat.shout: there is no such method"),
        (missing_argument, "chat.postMessage: the argument channel is missing"),
        (unknown_argument, "users.info: there is no argument zone"),
        (wrong_token, "auth.test: the token belongs to no workspace"),
        (other_workspace, "U2 belongs to another workspace than the token"),
        (other_conversation, "DT2U2 belongs to another install than the token"),
        (missing_scope, "the scope chat:write is not granted"),
        (unknown_trigger, "the trigger_id is unknown"),
        (late_trigger, "older than 3 seconds"),
        (used_trigger, "the trigger_id was used before"),
        (fourth_window, "more than 3 windows"),
        (push_from_outside, "the trigger did not come from an open window"),
        (stale_hash, "hash_conflict"),
        (unknown_view, "there never was such a view"),
        (wrong_kind, "the view's type is 'modal', not 'home'"),
        (over_the_limit, "over 75"),
        (same_action_twice, "action_id 'a'"),
        (unfurling, "unfurl_media"),
        (no_fallback, "says nothing to notifications"),
        (uninvited, "U7 never had to do with the bot"),
        (to_a_channel, "a message to everybody in C1"),
        (calling_everybody, "calls people"),
        (too_many_together, "9 people, more than 8"),
        (together_with_the_bot, "or the bot itself"),
        (together_unasked, "U7 never had to do with the bot"),
        (not_our_message, "1.000001 is no message of the bot's"),
        (update_by_user_id, "U1 is no conversation of the bot's"),
        (ephemeral_update, "can only be changed by its response_url"),
        (wrong_secret, "wrong client_id or client_secret"),
        (wrong_app_token, "not the app-level token"),
        (file_for_nobody, "the file is shown to nobody"),
        (file_never_sent, "a file was not uploaded"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
async def test_the_judge_sees(
    slack: Slack, client: AsyncWebClient, breach: Breach, seen: str
) -> None:
    slack.check()
    with suppress(SlackApiError):
        await breach(slack, client)
    assert [each for each in slack.violations if seen in each] == slack.violations[-1:]
    with pytest.raises(AssertionError, match="Slack would object"):
        slack.check()
    assert slack.forgive(seen)


async def test_what_is_right_is_not_judged(slack: Slack, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel="U1", text="Hi", **QUIET)
    await client.chat_postMessage(channel=posted["channel"], text="Again", **QUIET)
    await client.chat_update(channel=posted["channel"], ts=posted["ts"], text="Hello")
    await client.chat_delete(channel=posted["channel"], ts=posted["ts"])
    await client.conversations_open(users="U1")
    who = (await client.users_info(user="U1", include_locale=True))["user"]
    assert (who["tz"], who["locale"], who["team_id"]) == ("UTC", "en-US", "T1")
    assert (await client.auth_test()).headers["x-oauth-scopes"].startswith("chat:write")
    await client.views_open(trigger_id=await trigger(slack), view=FORM)
    await client.files_upload_v2(content="a,b", filename="a.csv", channel=posted["channel"])
    ana = slack.team("T1").person("U1")
    assert [each.text for each in ana.dms] == ["Again", ""]
    assert ana.dm.files[0]["content"] == b"a,b"
    slack.check()


async def test_judging_can_be_switched_off() -> None:
    async with Slack(judging=False) as slack:
        team = slack.team("T1")
        team.person("U1")
        client = AsyncWebClient(team.bot_token, base_url=slack.api_url)
        await unfurling(slack, client)
        assert slack.received == {"U1": 1}
        assert slack.violations == []
        assert slack.world.calls == []
