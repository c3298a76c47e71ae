"""Sending over a real connection with the real slack_sdk: what arrives, and what is said of it."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters.slack.mending import SentMessages
from adapters.slack.messenger import NO_BUTTONS, SlackMessenger
from adapters.slack.pacing import BURST, messages
from bot.delivery import Gone, Later, Outcome, Refused, Sent, Unknown
from bot.message import Button, Buttons, Call, Message, Quote, Text
from bot.model import Account
from tests.slack.wire import ACCOUNT, DROP, HOLD, SENT, Reply, Wire, clients, error, listening

NOW = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)
CANARY = "canarybird"
LETTER = Message(
    f"Follow up with {CANARY}",
    (
        Text((f"{CANARY} is <!channel> & more",)),
        Quote(f"Dear {CANARY},"),
        Buttons((Button("I sent it", Call("job sent", {"followup": "3"})),)),
    ),
)


class Desk:
    """A messenger on a wire, at a time that a test sets, and whom it told what."""

    def __init__(self, wire: Wire, messenger: SlackMessenger) -> None:
        self.wire = wire
        self.messenger = messenger
        self.told: list[Account] = []

    async def send(self, key: str = "k", account: Account = ACCOUNT) -> Outcome:
        return await self.messenger.send(account, LETTER, key)


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with listening() as made:
        yield made


@pytest.fixture
async def desk(wire: Wire) -> AsyncIterator[Desk]:
    async with clients(wire.url, seconds=0.3) as connected:
        told: list[Account] = []
        messenger = SlackMessenger(connected, messages(), lambda: NOW, told.append)
        made = Desk(wire, messenger)
        made.told = told
        yield made


async def test_a_message_arrives_with_its_blocks_and_the_text_that_stands_for_it(
    desk: Desk,
) -> None:
    assert await desk.send() == Sent("D1:1700000000.000100")
    (post,) = desk.wire.posts()
    assert post.token == "xoxb-test"
    assert post.body["channel"] == "U1"
    assert (post.body["unfurl_links"], post.body["unfurl_media"]) == (False, False)
    assert [block["type"] for block in post.body["blocks"]][-1] == "actions"
    assert f"Dear {CANARY}" in post.body["text"]
    assert "username" not in post.body
    assert desk.told == []
    desk.messenger.stored(ACCOUNT)
    assert desk.told == [ACCOUNT]


async def test_a_lost_answer_is_unknown_and_the_message_was_posted_once(desk: Desk) -> None:
    # A connection is kept first, since it is on kept ones that libraries repeat a request.
    await desk.send("before")
    desk.wire.answer("chat.postMessage", DROP)
    assert isinstance(await desk.send(), Unknown)
    assert len(desk.wire.posts()) == 2


async def test_an_answer_that_takes_too_long_is_unknown_and_the_message_was_posted_once(
    desk: Desk,
) -> None:
    desk.wire.answer("chat.postMessage", HOLD)
    assert isinstance(await desk.send(), Unknown)
    assert len(desk.wire.posts()) == 1


@pytest.mark.parametrize(
    "reply",
    [
        Reply("<html>gateway</html>", 502, kind="text/html"),
        Reply("upstream reset", 503, kind="text/plain"),
        Reply("", 504),
        Reply({"ok": False}, 500),
        Reply("ok", kind="text/plain"),
        Reply("{", kind="application/json"),
        Reply("[1]", kind="application/json"),
        Reply('"ok"', kind="application/json"),
        Reply("null", kind="application/json"),
        Reply(b"\xff\xfe\xff", kind="application/json"),
        Reply("<html>", kind="text/html"),
        Reply("", kind="application/gzip"),
        Reply(b"zip", kind="application/gzip"),
        error("internal_error", 500),
        error("fatal_error"),
    ],
    ids=lambda reply: f"{reply.status}-{str(reply.body)[:20]}",
)
async def test_an_answer_that_makes_no_sense_is_unknown_and_not_repeated(
    desk: Desk, reply: Reply
) -> None:
    desk.wire.answer("chat.postMessage", reply)
    assert isinstance(await desk.send(), Unknown)
    assert len(desk.wire.posts()) == 1


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_what_cannot_connect_was_not_sent(scheme: str) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    async with clients(f"{scheme}://127.0.0.1:{port}/api/") as connected:
        messenger = SlackMessenger(connected, messages(), lambda: NOW)
        outcome = await messenger.send(ACCOUNT, LETTER, "k")
    assert outcome == Later(NOW + timedelta(seconds=31), outcome.why)  # type: ignore[union-attr]  # a Sent would be unequal


async def test_what_finds_no_tls_was_not_sent(wire: Wire) -> None:
    async with clients(wire.url.replace("http:", "https:")) as connected:
        messenger = SlackMessenger(connected, messages(), lambda: NOW)
        outcome = await messenger.send(ACCOUNT, LETTER, "k")
    assert isinstance(outcome, Later)
    assert not wire.arrived


async def test_the_wait_that_slack_asks_for_holds_its_whole_workspace_and_no_other(
    desk: Desk,
) -> None:
    desk.wire.answer("chat.postMessage", error("ratelimited", 429, Retry_After="30"))
    first, second = await desk.send("a"), await desk.send("b")
    assert isinstance(first, Later)
    assert isinstance(second, Later)
    assert (first.at, second.at) == (NOW + timedelta(seconds=31), NOW + timedelta(seconds=32))
    assert len(desk.wire.posts()) == 1
    assert isinstance(await desk.send("c", replace(ACCOUNT, workspace="T2")), Sent)


async def test_beyond_a_burst_messages_wait_for_their_turn_and_are_not_posted(desk: Desk) -> None:
    outcomes = [await desk.send(f"k{number}") for number in range(BURST + 2)]
    assert outcomes[BURST:] == [
        Later(NOW + timedelta(seconds=1), "waiting for its turn", tried=False),
        Later(NOW + timedelta(seconds=2), "waiting for its turn", tried=False),
    ]
    assert len(desk.wire.posts()) == BURST


async def test_a_dead_installation_is_not_asked_again_but_after_a_person_who_left_it_is(
    desk: Desk,
) -> None:
    desk.wire.answer("chat.postMessage", error("user_disabled"), error("account_inactive"))
    person, workspace = await desk.send("a"), await desk.send("b")
    assert person == Gone("Slack says this person's account is deactivated (user_disabled)")
    assert workspace == Gone("Slack says the account is deactivated (account_inactive)")
    assert len(desk.wire.posts()) == 2
    assert isinstance(await desk.send("c"), Gone)
    assert len(desk.wire.posts()) == 2


async def test_blocks_that_are_refused_are_sent_once_more_as_text(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.wire.answer("chat.postMessage", error("invalid_blocks"))
    assert isinstance(await desk.send(), Sent)
    first, second = desk.wire.posts()
    assert "blocks" in first.body
    assert "blocks" not in second.body
    assert second.body["mrkdwn"] is False
    assert "I sent it" in second.body["text"]
    assert second.body["text"].endswith(NO_BUTTONS)
    assert "<!channel>" not in second.body["text"]
    assert "invalid_blocks" in caplog.text


async def test_a_message_that_is_refused_as_text_too_is_refused(desk: Desk) -> None:
    desk.wire.answer("chat.postMessage", error("invalid_blocks"), error("msg_too_long"))
    assert await desk.send() == Refused("Slack does not take this message (msg_too_long)")
    assert len(desk.wire.posts()) == 2


async def test_sixteen_at_once_are_sent_side_by_side_over_one_session(desk: Desk) -> None:
    gate = 15
    desk.wire.answer("chat.postMessage", *[HOLD] * gate)
    sending = [asyncio.ensure_future(desk.send(f"k{number}")) for number in range(gate)]
    await asyncio.gather(*sending)
    # All were under way together: they timed out together, each on a connection of its own.
    assert len({post.connection for post in desk.wire.posts()}) == gate


async def test_one_after_another_uses_one_connection(desk: Desk) -> None:
    for number in range(5):
        await desk.send(f"k{number}")
    assert len({post.connection for post in desk.wire.posts()}) == 1


async def test_a_cancelled_send_is_cancelled(desk: Desk) -> None:
    desk.wire.answer("chat.postMessage", HOLD)
    sending = asyncio.ensure_future(desk.send())
    await desk.wire.came.wait()
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending


async def test_a_listener_that_fails_does_nobody_harm(wire: Wire) -> None:
    def fail(account: Account) -> None:
        raise ValueError(CANARY)

    async with clients(wire.url) as connected:
        messenger = SlackMessenger(connected, messages(), lambda: NOW, on_sent=fail)
        assert isinstance(await messenger.send(ACCOUNT, LETTER, "k"), Sent)
        messenger.stored(ACCOUNT)


async def test_no_log_holds_a_word_of_the_message_or_the_token(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("slack_sdk", "slack_sdk.web", "adapters.slack", "adapters.slack.clients.web"):
        caplog.set_level(logging.DEBUG, logger=name)
    desk.wire.answer(
        "chat.postMessage",
        Reply(SENT | {"message": {"text": CANARY}}),
        error("invalid_blocks"),
        Reply(CANARY, 200),
        Reply(f"<html>{CANARY}", 502),
        error(f"{CANARY} no code"),
        error("ratelimited", 429, Retry_After="30"),
    )
    for number in range(4):
        account = replace(ACCOUNT, workspace=f"T{number}")
        await desk.send(f"k{number}", account)
    assert "outcome=Sent" in caplog.text
    assert "outcome=Unknown" in caplog.text
    assert not [line for line in (CANARY, "xoxb", "Dear") if line in caplog.text]


async def test_a_message_is_settled_in_place(wire: Wire) -> None:
    async with clients(wire.url) as connected:
        messages = SentMessages(connected, lambda: NOW)
        rows = [{"type": "section", "text": {"type": "plain_text", "text": "Done."}}]
        assert await messages.settle("D1", "1.2", "T1", rows, "Done.")
    (update,) = wire.posts("chat.update")
    assert (update.body["channel"], update.body["ts"]) == ("D1", "1.2")
    assert (update.body["blocks"], update.body["text"]) == (rows, "Done.")


@pytest.mark.parametrize(
    "reply",
    [
        error("message_not_found"),
        error("cant_update_message"),
        error("edit_window_closed"),
        error("account_inactive"),
        Reply("<html>", 502),
        DROP,
    ],
    ids=lambda reply: str(reply.body)[:40] or reply.instead,
)
async def test_a_message_that_cannot_be_mended_is_left_with_a_line_in_the_log(
    wire: Wire, reply: Reply, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    wire.answer("chat.update", reply)
    async with clients(wire.url) as connected:
        messages = SentMessages(connected, lambda: NOW)
        assert not await messages.settle("D1", "1.2", "T1", [], "Done.")
    assert "message not mended what=settle workspace=T1" in caplog.text
    assert len(wire.posts("chat.update")) == 1


async def test_mending_waits_out_what_slack_asks_for(wire: Wire) -> None:
    now = NOW
    wire.answer("chat.update", error("ratelimited", 429, Retry_After="30"))
    async with clients(wire.url) as connected:
        messages = SentMessages(connected, lambda: now)
        assert not await messages.settle("D1", "1.2", "T1", [], "Done.")
        assert not await messages.settle("D1", "1.2", "T1", [], "Done.")
        assert len(wire.posts("chat.update")) == 1
        now += timedelta(seconds=32)
        assert await messages.settle("D1", "1.2", "T1", [], "Done.")
