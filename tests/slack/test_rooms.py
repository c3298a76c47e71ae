"""Messages that several people read: in a club's channel, mended there, and said to a few alone."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.blocks import blocks, text_of
from adapters.slack.messenger import NO_BUTTONS, SlackMessenger
from adapters.slack.pacing import messages
from adapters.slack.posting import MAY_NOT_OPEN
from bot.delivery import Gone, Later, Outcome, Refused, Sent, Unknown
from bot.message import Button, Buttons, Call, Message, text
from bot.model import Account
from tests.slack import limits, standin
from tests.slack.standin import Team
from tests.slack.standin.judge import Judge
from tests.slack.wire import ACCOUNT, DROP, HOLD, Reply, Wire, clients, error, listening

NOW = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)
CLUB = Account(8, 4, "slack", "T1", "C0CLUB", "C0CLUB")
ANA, BOB, CLEO = (
    Account(n, n, "slack", "T1", user) for n, user in enumerate(("U1", "U2", "U3"), 1)
)
MEETING = Message("The club meets on Tuesday", (text("<!channel> @channel @here: <@U1>, at six."),))
CHANGED = Message("The club meets on Friday", (text("At six."),))
BLOCKS_REFUSED = error("invalid_blocks")
ROOM = Reply({"ok": True, "channel": {"id": "G7"}})


@dataclass
class Club:
    """A workspace of the stand-in's with three people, and a messenger in it."""

    slack: standin.Slack
    team: Team
    messenger: SlackMessenger

    async def introduce(self, *accounts: Account, key: str = "k") -> Outcome:
        return await self.messenger.introduce(accounts, "C0CLUB", MEETING, key)


@pytest.fixture
async def club() -> AsyncIterator[Club]:
    async with standin.Slack() as slack:
        team = slack.team("T1")
        for user in ("U1", "U2", "U3"):
            team.person(user, met=True)
        async with clients(slack.api_url, team.bot_token) as connected:
            yield Club(slack, team, SlackMessenger(connected, messages(), lambda: NOW))
        slack.check()


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with listening() as made:
        made.usual["conversations.open"] = ROOM
        yield made


@pytest.fixture
async def messenger(wire: Wire) -> AsyncIterator[SlackMessenger]:
    async with clients(wire.url, seconds=0.3) as connected:
        yield SlackMessenger(connected, messages(), lambda: NOW)


async def test_a_club_reads_in_its_channel_and_nobody_is_called(club: Club) -> None:
    room = club.team.channel("C0CLUB", "U1", "U2")
    outcome = await club.messenger.send(CLUB, MEETING, "k")
    (posted,) = room.messages.values()
    assert outcome == Sent(f"C0CLUB:{posted.ts}")
    assert "@channel @here" in posted.shown
    assert club.slack.received == {}


@pytest.mark.parametrize(
    ("channel", "how", "why"),
    [
        ("C0CLUB", {"bot": False}, "the bot is not in the channel (not_in_channel)"),
        ("C0CLUB", {"archived": True}, "the channel is archived (is_archived)"),
        (
            "G0CLUB",
            {"bot": False},
            "Slack cannot find this channel, or the bot was never invited to it "
            "(channel_not_found)",
        ),
    ],
)
async def test_a_lost_channel_is_gone_and_its_workspace_is_not(
    club: Club, channel: str, how: dict[str, bool], why: str
) -> None:
    club.team.channel(channel, "U1", **how)
    account = replace(CLUB, user=channel, place=channel)
    assert await club.messenger.send(account, MEETING, "k") == Gone(why)
    assert club.messenger.refusing == 0
    assert isinstance(await club.messenger.send(ANA, MEETING, "other"), Sent)


@pytest.mark.parametrize("code", ["restricted_action", "restricted_action_read_only_channel"])
async def test_where_the_bot_may_not_post_the_channel_is_gone(
    wire: Wire, messenger: SlackMessenger, code: str
) -> None:
    wire.answer("chat.postMessage", error(code))
    outcome = await messenger.send(CLUB, MEETING, "k")
    assert outcome == Gone(f"the workspace does not let the bot post there ({code})")
    assert messenger.refusing == 0


async def test_a_workspace_that_refuses_the_bot_refuses_it_in_a_channel_too(
    wire: Wire, messenger: SlackMessenger
) -> None:
    wire.answer("chat.postMessage", error("account_inactive"))
    assert isinstance(await messenger.send(CLUB, MEETING, "k"), Gone)
    assert messenger.refusing == 1


async def test_a_message_is_replaced_where_it_stands(club: Club) -> None:
    room = club.team.channel("C0CLUB", "U1")
    sent = await club.messenger.send(CLUB, MEETING, "k")
    assert isinstance(sent, Sent)
    assert await club.messenger.edit(CLUB, sent.ref, CHANGED, "e") == sent
    (said,) = room.said
    assert said.startswith("The club meets on Friday")
    room.archived = True
    outcome = await club.messenger.edit(CLUB, sent.ref, MEETING, "f")
    assert outcome == Gone("the channel is archived (is_inactive)")
    room.archived, room.bot = False, False
    outcome = await club.messenger.edit(CLUB, sent.ref, MEETING, "g")
    assert outcome == Gone("the bot is not in the channel (not_in_channel)")
    assert club.messenger.refusing == 0


async def test_a_private_message_is_replaced_too(club: Club) -> None:
    sent = await club.messenger.send(ANA, MEETING, "k")
    assert isinstance(sent, Sent)
    assert await club.messenger.edit(ANA, sent.ref, CHANGED, "e") == sent
    (message,) = club.team.person("U1").dms
    assert (message.edits, message.shown.splitlines()[0]) == (1, "The club meets on Friday")


@pytest.mark.parametrize("code", ["message_not_found", "cant_update_message", "edit_window_closed"])
async def test_what_can_no_longer_be_changed_is_refused(
    wire: Wire, messenger: SlackMessenger, code: str
) -> None:
    wire.answer("chat.update", error(code))
    outcome = await messenger.edit(CLUB, "C0CLUB:1.2", CHANGED, "k")
    assert isinstance(outcome, Refused)
    assert outcome.why.endswith(f"({code})")
    assert len(wire.posts("chat.update")) == 1


@pytest.mark.parametrize("ref", ["", "C1", "C1:", ":1.2"])
async def test_a_message_that_nobody_can_find_is_refused_unasked(
    wire: Wire, messenger: SlackMessenger, ref: str
) -> None:
    assert isinstance(await messenger.edit(CLUB, ref, CHANGED, "k"), Refused)
    assert not wire.arrived


@pytest.mark.parametrize("reply", [DROP, HOLD, Reply("<html>", 502), error("internal_error")])
async def test_a_change_whose_answer_is_lost_is_unknown(
    wire: Wire, messenger: SlackMessenger, reply: Reply
) -> None:
    wire.answer("chat.update", reply)
    assert isinstance(await messenger.edit(CLUB, "C0CLUB:1.2", CHANGED, "k"), Unknown)
    assert len(wire.posts("chat.update")) == 1


async def test_changes_wait_for_what_slack_asks_and_new_messages_do_not(
    wire: Wire, messenger: SlackMessenger
) -> None:
    wire.answer("chat.update", error("ratelimited", 429, Retry_After="30"))
    first = await messenger.edit(CLUB, "C0CLUB:1.2", CHANGED, "a")
    second = await messenger.edit(CLUB, "C0CLUB:1.2", CHANGED, "b")
    assert isinstance(first, Later)
    assert isinstance(second, Later)
    assert NOW + timedelta(seconds=30) < first.at < second.at
    assert (first.tried, second.tried) == (True, False)
    assert len(wire.posts("chat.update")) == 1
    assert isinstance(await messenger.send(CLUB, MEETING, "c"), Sent)


async def test_a_change_whose_blocks_are_refused_is_made_as_text(
    wire: Wire, messenger: SlackMessenger
) -> None:
    wire.answer("chat.update", BLOCKS_REFUSED)
    asked = Message("Friday?", (Buttons((Button("Yes", Call("job show", {"n": "1"})),)),))
    assert isinstance(await messenger.edit(CLUB, "C0CLUB:1.2", asked, "k"), Sent)
    first, second = wire.posts("chat.update")
    assert (first.body["channel"], first.body["ts"]) == ("C0CLUB", "1.2")
    assert first.body["blocks"]
    # Left out, those of before would stay.
    assert second.body["blocks"] == []
    # Slack's own default would make mentions of bare words.
    assert {post.body["parse"] for post in (first, second)} == {"none"}
    assert NO_BUTTONS not in second.body["text"]


async def test_people_are_introduced_where_they_and_nobody_else_are(club: Club) -> None:
    outcome = await club.introduce(BOB, ANA)
    room = club.team.together("U1", "U2")
    (posted,) = room.messages.values()
    assert outcome == Sent(f"{room.channel}:{posted.ts}")
    assert isinstance(await club.introduce(ANA, BOB, key="other"), Sent)
    assert len(room.messages) == 2
    assert isinstance(await club.introduce(ANA, BOB, CLEO, key="three"), Sent)
    assert len(room.messages) == 2
    assert len(club.team.together("U1", "U2", "U3").messages) == 1
    assert isinstance(await club.messenger.edit(ANA, outcome.ref, CHANGED, "e"), Sent)


async def test_where_the_scope_was_declined_nobody_is_introduced_and_all_else_goes_on(
    club: Club,
) -> None:
    club.team.install.scopes -= {"mpim:write"}
    assert await club.introduce(ANA, BOB) == Gone(f"{MAY_NOT_OPEN} (missing_scope)")
    assert club.messenger.refusing == 0
    assert isinstance(await club.messenger.send(ANA, MEETING, "other"), Sent)
    assert club.slack.forgive("the scope mpim:write is not granted")


async def test_who_cannot_be_brought_together_is_gone(club: Club) -> None:
    club.team.person("U2", deleted=True)
    outcome = await club.introduce(ANA, BOB)
    assert outcome == Gone("Slack says this person's account is deactivated (user_disabled)")
    assert club.messenger.refusing == 0


@pytest.mark.parametrize(
    "accounts",
    [
        (),
        (ANA,),
        (ANA, ANA),
        (ANA, CLUB),
        (ANA, replace(BOB, workspace="T2")),
        tuple(replace(ANA, user=f"U{n}") for n in range(9)),
    ],
    ids=["nobody", "one", "one twice", "a channel", "two workspaces", "nine"],
)
async def test_those_whom_slack_brings_together_nowhere_are_refused_unasked(
    wire: Wire, messenger: SlackMessenger, accounts: tuple[Account, ...]
) -> None:
    assert isinstance(await messenger.introduce(accounts, "C0CLUB", MEETING, "k"), Refused)
    assert not wire.arrived


@pytest.mark.parametrize("reply", [DROP, HOLD, Reply("<html>", 502), error("fatal_error")])
async def test_nothing_was_said_when_it_is_not_known_whether_there_is_a_room(
    wire: Wire, messenger: SlackMessenger, reply: Reply
) -> None:
    wire.answer("conversations.open", reply)
    outcome = await messenger.introduce((ANA, BOB), "C0CLUB", MEETING, "k")
    assert isinstance(outcome, Later)
    assert outcome.at > NOW
    assert len(wire.posts("conversations.open")) == 1
    assert not wire.posts()


async def test_an_introduction_whose_answer_is_lost_is_unknown_and_was_posted_once(
    wire: Wire, messenger: SlackMessenger
) -> None:
    wire.answer("chat.postMessage", DROP)
    outcome = await messenger.introduce((ANA, BOB), "C0CLUB", MEETING, "k")
    assert isinstance(outcome, Unknown)
    (asked,), (post,) = wire.posts("conversations.open"), wire.posts()
    assert (asked.body["users"], post.body["channel"]) == ("U1,U2", "G7")


async def test_an_introduction_that_is_refused_as_blocks_is_said_in_the_same_room(
    wire: Wire, messenger: SlackMessenger
) -> None:
    wire.answer("chat.postMessage", BLOCKS_REFUSED)
    assert isinstance(await messenger.introduce((ANA, BOB), "", MEETING, "k"), Sent)
    assert [post.body["channel"] for post in wire.posts()] == ["G7", "G7"]
    assert len(wire.posts("conversations.open")) == 1


async def test_rooms_wait_for_what_slack_asks_and_private_messages_do_not(
    wire: Wire, messenger: SlackMessenger
) -> None:
    wire.answer("conversations.open", error("ratelimited", 429, Retry_After="30"))
    first = await messenger.introduce((ANA, BOB), "", MEETING, "a")
    second = await messenger.introduce((ANA, CLEO), "", MEETING, "b")
    assert isinstance(first, Later)
    assert isinstance(second, Later)
    assert NOW + timedelta(seconds=30) < first.at < second.at
    assert len(wire.posts("conversations.open")) == 1
    assert isinstance(await messenger.send(ACCOUNT, MEETING, "c"), Sent)


async def test_a_dead_installation_is_noticed_when_people_are_introduced(
    wire: Wire, messenger: SlackMessenger
) -> None:
    wire.answer("conversations.open", error("token_revoked"))
    assert isinstance(await messenger.introduce((ANA, BOB), "", MEETING, "k"), Gone)
    assert messenger.refusing == 1


CALLS = st.sampled_from(
    [
        *("<!channel>", "<!here|here>", "<!everyone>", "<!subteam^S1>"),
        *("@channel", "@here", "&lt;!", "<"),
    ]
)
TYPED = st.lists(CALLS | st.text(max_size=20), min_size=1).map("".join)


@given(TYPED, TYPED)
def test_whatever_people_type_calls_nobody(title: str, words: str) -> None:
    message = Message(title[:80], (text(words),))
    shown, rows = text_of(message), blocks(message)
    judge = Judge()
    judge.quiet("chat.postMessage", {"text": shown, "blocks": rows})
    assert judge.violations == []
    assert not list(limits.fallback_faults(shown))
    # Where there is no markup there is nothing to call anybody with.
    assert '"mrkdwn"' not in json.dumps(rows)
