"""Sending over a real connection with the real discord.py: what arrives, and what Discord says."""

import logging
from dataclasses import replace
from datetime import timedelta

import discord
import pytest

from adapters.discord.messenger import DiscordMessenger
from adapters.discord.pacing import BURST, Rates
from adapters.discord.unlinked import HERE
from bot.delivery import Gone, Later, Refused, Sent
from bot.message import File, Link, Message, Text
from bot.model import Account
from tests.discord.mailing import CANARY, HOUR, LETTER, Desk
from tests.discord.wire import (
    ACCOUNT,
    NOW,
    STRANGER,
    Clock,
    Reply,
    Wire,
    error,
)


async def test_a_message_arrives_with_its_components_and_may_mention_nobody(desk: Desk) -> None:
    assert await desk.send() == Sent("5002:9000")
    (post,) = desk.wire.arrived
    assert (post.what, post.token) == ("post 5002", "Bot token-test")
    assert [part["type"] for part in post.body["components"]] == [17]
    # Components, and no preview of links.
    assert post.body["flags"] == 1 << 15 | 1 << 2
    assert post.body["allowed_mentions"] == {"parse": []}
    assert "content" not in post.body
    assert CANARY in str(post.body["components"])


async def test_its_file_goes_along(desk: Desk) -> None:
    await desk.send(message=LETTER.and_then(File("all.json", b"{}")))
    (post,) = desk.wire.asked("post")
    assert post.files == {"files[0]": b"{}"}
    assert post.body["nonce"]


async def test_the_nonce_is_the_nudges_own_and_is_enforced(desk: Desk) -> None:
    for key in ("k", "another", "k" * 500):
        await desk.send(key)
    await desk.send("k", replace(ACCOUNT, id=9))
    nonces = [post.body["nonce"] for post in desk.wire.asked("post")]
    assert len(set(nonces)) == 4
    assert all(len(nonce) <= 25 for nonce in nonces)
    assert all(post.body["enforce_nonce"] is True for post in desk.wire.asked("post"))
    # A process of tomorrow finds the same.
    assert nonces[0] == "4-YCznhrR4oKiRkgMcyP-Q"


async def test_nothing_that_was_sent_is_kept_by_the_library(
    desk: Desk, client: discord.Client
) -> None:
    await desk.send()
    assert not client.persistent_views
    assert not client.cached_messages


async def test_whoever_was_never_written_to_gets_a_conversation_that_is_remembered(
    desk: Desk,
) -> None:
    assert await desk.send(account=STRANGER) == Sent("5001:9000")
    assert [request.what for request in desk.wire.arrived] == ["open", "post 5001"]
    assert desk.wire.arrived[0].body == {"recipient_id": "4001"}
    assert desk.opened == [(STRANGER, "5001")]


async def test_a_conversation_that_is_no_more_is_opened_anew_once(desk: Desk) -> None:
    stale = replace(ACCOUNT, place="77")
    desk.wire.answer("post", error(404, 10003))
    assert await desk.send(account=stale) == Sent("5002:9000")
    assert [request.what for request in desk.wire.arrived] == ["post 77", "open", "post 5002"]
    assert desk.opened == [(stale, "5002")]
    desk.wire.answer("post", error(404, 10003), error(404, 10003))
    outcome = await desk.send("k2", stale)
    assert isinstance(outcome, Later)
    assert outcome.at == NOW + HOUR
    assert len(desk.wire.arrived) == 6


@pytest.mark.parametrize("code", [50007, 50278])
@pytest.mark.parametrize("account", [ACCOUNT, STRANGER], ids=["known", "stranger"])
async def test_whoever_takes_no_messages_costs_one_refused_request(
    desk: Desk, code: int, account: Account
) -> None:
    desk.wire.answer("post", error(403, code))
    outcome = await desk.send(account=account)
    assert isinstance(outcome, Gone)
    assert len(desk.wire.asked("post")) == 1
    assert len(desk.wire.asked("open")) == (account is STRANGER)
    # Nobody else has to wait for that.
    assert isinstance(await desk.send("b", replace(ACCOUNT, id=9)), Sent)


async def test_missing_access_is_asked_about_three_times_in_hours_and_then_believed(
    desk: Desk,
) -> None:
    desk.wire.answer("post", *[error(403, 50001)] * 3)
    first = await desk.send()
    assert isinstance(first, Later)
    assert first.at == NOW + HOUR
    # Neither at once, nor for another nudge.
    early = await desk.send("other")
    assert isinstance(early, Later)
    assert (early.at, early.tried) == (first.at, False)
    assert len(desk.wire.asked("post")) == 1
    desk.clock.now = first.at
    second = await desk.send()
    assert isinstance(second, Later)
    assert second.at == first.at + 3 * HOUR
    desk.clock.now = second.at
    assert isinstance(await desk.send(), Gone)
    # They used the bot again since.
    assert isinstance(await desk.send(), Sent)


async def test_a_turn_that_comes_soon_is_waited_for(desk: Desk) -> None:
    outcomes = [await desk.send(f"k{number}") for number in range(BURST + 40)]
    assert all(isinstance(outcome, Sent) for outcome in outcomes)
    assert desk.clock.now == NOW + timedelta(seconds=1)


async def test_content_that_is_not_let_through_is_sent_once_more_without_links(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    message = LETTER.and_then(Text((Link("the advert", "https://bad.example/ad"),)))
    desk.wire.answer("post", error(400, 240000))
    assert isinstance(await desk.send(message=message), Sent)
    first, second = (str(post.body["components"]) for post in desk.wire.asked("post"))
    assert "https://" in first
    assert "https://" not in second
    assert HERE in second.replace("\\", "")
    assert CANARY in second
    assert "240000" in caplog.text
    one, other = (post.body["nonce"] for post in desk.wire.asked("post"))
    assert one == other


async def test_content_that_is_refused_without_links_too_is_refused(desk: Desk) -> None:
    desk.wire.answer("post", *[error(400, 200000)] * 2)
    assert isinstance(await desk.send(), Refused)
    assert len(desk.wire.asked("post")) == 2
    desk.wire.answer("post", error(400, 200000))
    assert isinstance(await desk.send("b", message=Message("Hello")), Refused)
    assert len(desk.wire.asked("post")) == 3


async def test_a_message_that_discord_finds_wrong_is_refused(desk: Desk) -> None:
    desk.wire.answer("post", error(400, 50035, f"Invalid Form Body {CANARY}"))
    assert await desk.send() == Refused("Discord does not take this message (50035)")
    assert len(desk.wire.asked("post")) == 1


async def test_a_message_that_was_deleted_since_was_sent(desk: Desk) -> None:
    desk.wire.answer("post", error(404, 10008))
    assert await desk.send() == Sent()


async def test_a_listener_that_fails_does_not_unsay_that_it_was_sent(
    wire: Wire, client: discord.Client
) -> None:
    async def reach() -> discord.Client:
        return client

    async def opened(account: Account, place: str) -> None:
        raise ValueError(CANARY)

    messenger = DiscordMessenger(reach, Rates(), Clock(), opened)
    assert isinstance(await messenger.send(STRANGER, LETTER, "k"), Sent)


async def test_no_log_holds_a_word_of_the_message_or_the_token(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="adapters.discord")
    desk.wire.answer(
        "post",
        error(400, 240000, CANARY),
        error(400, 50035, CANARY),
        Reply(CANARY, 503, kind="text/plain"),
        error(403, 123456, CANARY),
    )
    for number in range(4):
        desk.clock.now += timedelta(minutes=1)
        await desk.send(f"k{number}")
    assert [word for word in caplog.text.split() if word.startswith("outcome=")] == [
        "outcome=Refused",
        "outcome=Unknown",
        "outcome=Later",
        "outcome=Sent",
    ]
    assert not [word for word in (CANARY, "token-test", "Dear") if word in caplog.text]
