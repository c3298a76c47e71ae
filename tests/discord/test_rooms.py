"""Clubs over a real connection with the real discord.py: posts, edits, introductions, losses."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace

import discord
import pytest

from adapters.discord.introducing import NAME
from adapters.discord.pacing import REFUSALS
from adapters.discord.requests import Requests
from bot.delivery import Gone, Later, Outcome, Refused, Sent, Unknown
from bot.message import File, Link, Message, Text
from bot.model import Account
from tests.discord.judge import Judge
from tests.discord.mailing import CANARY, HOUR, LETTER, Desk
from tests.discord.wire import ACCOUNT, DROP, LOSE, NOW, Reply, Wire, error, limited

CLUB = Account(20, 9, "discord", "", "7001", "7001")
MEMBERS = (ACCOUNT, Account(9, 5, "discord", "", "4003"))
LOST = [
    (404, 10003),
    (404, 10004),
    (403, 50001),
    (403, 50013),
    (400, 50083),
    (400, 160005),
    (400, 50008),
    (400, 40058),
]


async def edited(desk: Desk, account: Account = CLUB, ref: str = "7001:9000") -> Outcome:
    return await desk.messenger.edit(account, ref, LETTER, "k")


async def introduced(desk: Desk, key: str = "k") -> Outcome:
    return await desk.messenger.introduce(MEMBERS, "7001", LETTER, key)


def arrived(desk: Desk) -> list[str]:
    return [request.what for request in desk.wire.arrived]


async def test_a_club_is_posted_to_in_its_channel_without_pinging_anybody(desk: Desk) -> None:
    assert await desk.send(account=CLUB) == Sent("7001:9000")
    (post,) = desk.wire.arrived
    assert post.what == "post 7001"
    assert post.body["allowed_mentions"] == {"parse": []}
    assert post.body["flags"] == 1 << 15 | 1 << 2
    assert post.body["enforce_nonce"] is True


@pytest.mark.parametrize(("status", "code"), LOST)
async def test_a_club_whose_channel_is_lost_is_gone_at_once_and_nobody_is_written_to_instead(
    desk: Desk, status: int, code: int
) -> None:
    desk.wire.answer("post", error(status, code))
    outcome = await desk.send(account=CLUB)
    assert isinstance(outcome, Gone)
    assert str(code) in outcome.why
    assert "person" not in outcome.why
    assert arrived(desk) == ["post 7001"]
    # It is tried at once when the club begins anew, and nobody else waits.
    assert await desk.send("again", CLUB) == Sent("7001:9000")
    assert isinstance(await desk.send("b"), Sent)


async def test_losing_a_channel_counts_towards_the_ban_as_anything_refused(desk: Desk) -> None:
    for _ in range(REFUSALS):
        desk.rates.refused(NOW)
    desk.wire.answer("post", error(403, 50013))
    assert isinstance(await desk.send(account=CLUB), Gone)
    assert isinstance(await desk.send("b"), Later)


async def test_a_post_whose_answer_was_lost_is_the_same_post_when_it_is_tried_again(
    desk: Desk,
) -> None:
    desk.wire.answer("post", LOSE)
    assert isinstance(await desk.send(account=CLUB), Unknown)
    desk.clock.now += HOUR
    assert await desk.send(account=CLUB) == Sent("7001:9000")
    assert len(desk.wire.made) == 1


async def test_an_edit_shows_the_message_in_place_of_the_other(desk: Desk) -> None:
    assert await edited(desk) == Sent("7001:9000")
    (edit,) = desk.wire.arrived
    assert edit.what == "edit 7001:9000"
    assert edit.body["flags"] == 1 << 15 | 1 << 2
    assert edit.body["allowed_mentions"] == {"parse": []}
    # What was attached before goes.
    assert edit.body["attachments"] == []
    assert "nonce" not in edit.body
    assert CANARY in str(edit.body["components"])
    assert Judge().request("PATCH", "/channels/7001/messages/9000", edit.body) == []


async def test_an_edit_takes_its_files_along(desk: Desk) -> None:
    message = LETTER.and_then(File("meeting.ics", b"BEGIN:VCALENDAR"))
    await desk.messenger.edit(CLUB, "7001:9000", message, "k")
    (edit,) = desk.wire.arrived
    assert edit.files == {"files[0]": b"BEGIN:VCALENDAR"}
    assert [each["filename"] for each in edit.body["attachments"]] == ["meeting.ics"]


@pytest.mark.parametrize(("status", "code"), [(404, 10008), (403, 50005), (400, 50083)])
@pytest.mark.parametrize("account", [CLUB, ACCOUNT], ids=["club", "person"])
async def test_a_message_that_cannot_be_changed_is_refused_and_nobody_is_gone(
    desk: Desk, status: int, code: int, account: Account
) -> None:
    desk.wire.answer("edit", error(status, code))
    assert isinstance(await edited(desk, account, f"{account.place}:9000"), Refused)


@pytest.mark.parametrize(("status", "code"), [(404, 10003), (403, 50001), (403, 50013)])
async def test_an_edit_finds_that_the_channel_of_a_club_is_lost(
    desk: Desk, status: int, code: int
) -> None:
    desk.wire.answer("edit", error(status, code))
    assert isinstance(await edited(desk), Gone)


async def test_a_person_is_not_gone_because_a_thread_is(desk: Desk) -> None:
    desk.wire.answer("edit", error(404, 10003), error(403, 50013), error(403, 50001))
    assert isinstance(await edited(desk, ACCOUNT, "6001:9000"), Refused)
    assert isinstance(await edited(desk, ACCOUNT, "6001:9000"), Refused)
    later = await edited(desk, ACCOUNT, "6001:9000")
    assert isinstance(later, Later)
    # What is sent to them does not wait for that.
    assert isinstance(await desk.send(), Sent)


async def test_a_limit_on_edits_is_waited_for_and_holds_nothing_else_up(desk: Desk) -> None:
    desk.wire.answer("edit", limited(600))
    outcome = await edited(desk)
    assert isinstance(outcome, Later)
    assert (outcome.at - NOW).total_seconds() == 600
    assert isinstance(await desk.send(account=CLUB), Sent)


@pytest.mark.parametrize("lost", [DROP, Reply("<html>", 502, kind="text/html")], ids=str)
async def test_an_edit_whose_answer_was_lost_is_in_doubt(hasty: Desk, lost: Reply) -> None:
    hasty.wire.answer("edit", *[lost] * 5)
    assert isinstance(await edited(hasty), Unknown)


@pytest.mark.parametrize("ref", ["", "7001", "7001:", "7001:a/b", ":9000"])
async def test_what_nobody_knows_the_place_of_is_refused_without_asking(
    desk: Desk, ref: str
) -> None:
    assert isinstance(await edited(desk, ref=ref), Refused)
    assert not desk.wire.arrived


async def test_an_edit_that_is_not_let_through_is_tried_without_its_links(desk: Desk) -> None:
    message = Message("Hello", (Text((Link("the advert", "https://bad.example/ad"),)),))
    desk.wire.answer("edit", error(400, 240000))
    outcome = await desk.messenger.edit(CLUB, "7001:9000", message, "k")
    assert outcome == Sent("7001:9000")
    assert "https://" not in str(desk.wire.arrived[-1].body["components"])


async def test_people_are_introduced_in_a_private_thread_that_says_nothing(desk: Desk) -> None:
    assert await introduced(desk) == Sent("6001:9000")
    assert arrived(desk) == ["thread 7001", "bring 6001:4002", "bring 6001:4003", "post 6001"]
    assert desk.wire.arrived[0].body == {
        "name": NAME,
        "type": 12,
        "invitable": False,
        "auto_archive_duration": 10_080,
    }
    assert Judge().request("POST", "/channels/7001/threads", desk.wire.arrived[0].body) == []
    assert desk.wire.arrived[3].body["allowed_mentions"] == {"parse": []}


async def test_another_try_goes_on_in_the_same_thread_with_the_same_message(desk: Desk) -> None:
    desk.wire.answer("post", LOSE)
    assert isinstance(await introduced(desk), Unknown)
    desk.clock.now += HOUR
    assert await introduced(desk) == Sent("6001:9000")
    assert len(desk.wire.asked("thread")) == 1
    assert len(desk.wire.made) == 1
    # Another introduction is another conversation.
    assert await introduced(desk, "another") == Sent("6002:9001")


async def test_a_thread_whose_answer_comes_too_late_is_known_after_all(
    wire: Wire, client: discord.Client
) -> None:
    async def reach() -> discord.Client:
        return client

    known: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    wire.answer("thread", Reply({"id": "6001"}, 201, instead="hold"))
    requests = Requests(reach, 0.05)
    with pytest.raises(TimeoutError):
        await requests.thread("7001", NAME, requests.until(), known.set_result)
    wire.over.set()
    assert await asyncio.wait_for(known, 5) == "6001"


async def test_while_nobody_was_brought_to_a_thread_nothing_is_in_doubt(desk: Desk) -> None:
    desk.wire.answer("thread", DROP)
    assert isinstance(await introduced(desk), Later)
    desk.clock.now += HOUR
    # One is not enough: aiohttp repeats a PUT by itself over a connection that was open before.
    desk.wire.answer("bring", DROP, DROP)
    assert isinstance(await introduced(desk), Later)
    desk.clock.now += HOUR
    assert isinstance(await introduced(desk), Sent)
    assert len(desk.wire.asked("post")) == 1


@pytest.mark.parametrize(("status", "code"), [(404, 10003), (403, 50001), (403, 50013)])
async def test_where_no_private_thread_can_be_opened_nobody_is_introduced(
    desk: Desk, status: int, code: int
) -> None:
    desk.wire.answer("thread", error(status, code))
    assert isinstance(await introduced(desk), Gone)
    assert arrived(desk) == ["thread 7001"]


@pytest.mark.parametrize(
    ("status", "code"), [(404, 10007), (404, 10013), (403, 50001), (403, 50013), (403, 40007)]
)
async def test_when_one_of_them_cannot_come_the_others_are_let_go_and_nothing_is_said(
    desk: Desk, status: int, code: int
) -> None:
    desk.wire.answer("bring", Reply(status=204, kind=""), error(status, code))
    desk.wire.answer("let-go", error(404, 10007))
    assert isinstance(await introduced(desk), Gone)
    assert arrived(desk)[1:] == [
        "bring 6001:4002",
        "bring 6001:4003",
        "let-go 6001:4002",
        "let-go 6001:4003",
    ]


async def test_a_thread_that_was_deleted_since_is_gone_and_another_is_opened_if_asked(
    desk: Desk,
) -> None:
    desk.wire.answer("post", error(404, 10003))
    assert isinstance(await introduced(desk), Gone)
    assert await introduced(desk) == Sent("6002:9000")


async def test_a_limit_on_threads_holds_no_message_up(desk: Desk) -> None:
    desk.wire.answer("thread", limited(600))
    assert isinstance(await introduced(desk), Later)
    assert isinstance(await desk.send(), Sent)


@pytest.mark.parametrize("act", [edited, introduced], ids=["edit", "introduce"])
async def test_a_refused_token_stops_these_too(
    desk: Desk, act: Callable[[Desk], Awaitable[Outcome]]
) -> None:
    desk.wire.answer("edit", error(401, 0))
    desk.wire.answer("thread", error(401, 0))
    assert isinstance(await act(desk), Later)
    assert desk.refused == 1


async def test_no_log_of_a_club_holds_a_word_of_a_message(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="adapters.discord")
    desk.wire.answer("post", error(403, 50013, CANARY))
    desk.wire.answer("edit", error(403, 50013, CANARY))
    desk.wire.answer("thread", error(403, 50013, CANARY))
    await desk.send(account=replace(CLUB, id=21))
    await edited(desk)
    await introduced(desk)
    assert caplog.text.count("outcome=Gone") == 3
    assert CANARY not in caplog.text
