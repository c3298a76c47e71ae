"""What every end of a call means: the error table, and which failures come before sending."""

import ssl
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest
from aiohttp.client_reqrep import ConnectionKey
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.outcomes import (
    Ended,
    NotReached,
    Then,
    asked_to_wait,
    ended,
    no_access,
    unsent,
)
from bot.delivery import Gone, Later, Refused, Sent, Unknown

NOW = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)
KEY = ConnectionKey("discord.com", 443, True, True, None, None, None)
HOUR = timedelta(hours=1)
KINDS = {403: discord.Forbidden, 404: discord.NotFound}


def answered(
    status: int, body: dict[str, Any] | str, kind: str = "application/json", **headers: str
) -> discord.HTTPException:
    """The error that discord.py makes of an answer."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    response: Any = SimpleNamespace(
        status=status, reason="no", headers={"Content-Type": kind, **named}
    )
    raised = discord.DiscordServerError if status >= 500 else discord.HTTPException
    return KINDS.get(status, raised)(response, body)


def told(status: int, code: int, **headers: str) -> Ended:
    """How a call ends that Discord answers with a code of its own."""
    return ended(answered(status, {"message": "no", "code": code}, **headers), NOW)


@pytest.mark.parametrize(
    ("status", "code"), [(403, 50007), (403, 50278), (400, 50033), (404, 10013)]
)
def test_a_person_who_cannot_be_reached_is_gone_at_once_and_nobody_else_is(
    status: int, code: int
) -> None:
    end = told(status, code)
    assert isinstance(end.outcome, Gone)
    assert (end.then, str(code) in end.outcome.why) == (Then.NOTHING, True)


@pytest.mark.parametrize(
    ("status", "code", "then", "wait"),
    [
        (403, 50001, Then.SELDOM, HOUR),
        (400, 40003, Then.SLOW, timedelta(minutes=10)),
        (429, 40003, Then.SLOW, timedelta(minutes=10)),
        (404, 10003, Then.REOPEN, HOUR),
        (403, 40004, Then.HOLD, timedelta(minutes=30)),
        (403, 40006, Then.HOLD, timedelta(minutes=30)),
        (500, 130000, Then.PAUSE, timedelta(seconds=30)),
        (503, 130000, Then.PAUSE, timedelta(seconds=30)),
        (401, 0, Then.STOP, HOUR),
        (401, 40001, Then.STOP, HOUR),
        (403, 40001, Then.STOP, HOUR),
        (403, 50013, Then.NOTHING, HOUR),
        (403, 0, Then.NOTHING, HOUR),
        (404, 0, Then.NOTHING, HOUR),
        (400, 987654, Then.NOTHING, HOUR),
    ],
)
def test_what_discord_left_undone_is_tried_later(
    status: int, code: int, then: Then, wait: timedelta
) -> None:
    end = told(status, code)
    assert isinstance(end.outcome, Later)
    assert (end.outcome.at, end.outcome.tried, end.then) == (NOW + wait, True, then)


def test_missing_access_is_believed_the_third_time_hours_later() -> None:
    first, second, third = (no_access(times, NOW) for times in (1, 2, 3))
    assert first == Later(NOW + HOUR, "Discord gives the bot no access to this person (50001)")
    assert second == Later(NOW + 3 * HOUR, "Discord gives the bot no access to this person (50001)")
    assert third == Gone("Discord gives the bot no access to this person (50001)")


@pytest.mark.parametrize("code", [20009, 200000, 240000])
def test_content_that_is_not_let_through_is_tried_once_more_without_links(code: int) -> None:
    end = told(400, code)
    assert isinstance(end.outcome, Refused)
    assert end.then is Then.UNLINKED


@pytest.mark.parametrize("code", [50035, 50006, 40005, 50109])
def test_a_message_that_is_not_taken_is_refused(code: int) -> None:
    end = told(400, code)
    assert end.outcome == Refused(f"Discord does not take this message ({code})")
    assert end.then is Then.NOTHING


def test_a_nonce_whose_message_was_deleted_since_is_one_that_was_sent() -> None:
    assert told(404, 10008).outcome == Sent()


@pytest.mark.parametrize(
    ("named", "seconds"),
    [("40", 40), ("0.3", 1), ("40.5", 40.5), ("", 30), ("soon", 30), ("9e99", 86_400), ("-5", 30)],
)
def test_the_wait_that_discord_names_is_kept_within_reason_and_holds_everything(
    named: str, seconds: float
) -> None:
    end = told(429, 0, Via="1.1 google", Retry_After=named)
    assert isinstance(end.outcome, Later)
    assert (end.outcome.at, end.then) == (NOW + timedelta(seconds=seconds), Then.HOLD)


@pytest.mark.parametrize("seconds", [float("nan"), float("inf"), -1.0])
def test_a_wait_that_is_no_time_is_ours(seconds: float) -> None:
    end = ended(discord.RateLimited(seconds), NOW)
    assert isinstance(end.outcome, Later)
    assert end.outcome.at == NOW + timedelta(seconds=30)


def test_a_limit_that_the_library_does_not_wait_for_is_waited_for_by_us() -> None:
    end = ended(discord.RateLimited(61.0), NOW)
    assert isinstance(end.outcome, Later)
    assert (end.outcome.at, end.then) == (NOW + timedelta(seconds=61), Then.HOLD)
    assert not end.counted


@pytest.mark.parametrize(
    ("named", "minutes"), [("", 10), ("30", 10), ("3600", 60), ("999999999", 24 * 60)]
)
def test_cloudflare_is_given_minutes_at_least(named: str, minutes: int) -> None:
    end = ended(answered(429, "<html>1015", "text/html", Retry_After=named), NOW)
    assert isinstance(end.outcome, Later)
    assert (end.outcome.at, end.then) == (NOW + timedelta(minutes=minutes), Then.HOLD)


@pytest.mark.parametrize(
    ("status", "counted"),
    [(400, False), (401, True), (403, True), (404, False), (429, True), (503, False)],
)
def test_what_discord_counts_towards_a_ban_is_counted(status: int, counted: bool) -> None:
    assert told(status, 0).counted is counted


@pytest.mark.parametrize(
    "error",
    [
        aiohttp.ClientConnectorError(KEY, ConnectionRefusedError(111, "refused")),
        aiohttp.ClientConnectorDNSError(KEY, OSError(-2, "no such name")),
        aiohttp.ClientProxyConnectionError(KEY, OSError(111, "refused")),
        aiohttp.ClientConnectorCertificateError(KEY, ssl.CertificateError("not trusted")),
        aiohttp.ConnectionTimeoutError("while connecting"),
        aiohttp.ClientHttpProxyError(SimpleNamespace(real_url="x"), (), status=407),  # type: ignore[arg-type]  # only its address is ever read
        aiohttp.InvalidURL("nonsense"),
        answered(403, "<html>", "text/html"),
        answered(404, "", "text/plain"),
        answered(413, "too large", "text/plain"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_was_not_sent_is_tried_later_after_a_pause(error: Exception) -> None:
    end = ended(error, NOW)
    assert end.outcome == Later(NOW + timedelta(seconds=30), end.outcome.why)  # type: ignore[union-attr]  # a Sent would be unequal
    assert end.then is Then.PAUSE


def test_a_discord_that_was_not_even_asked_is_no_try() -> None:
    end = ended(NotReached("TimeoutError"), NOW)
    assert end.outcome == Later(NOW + timedelta(seconds=30), "Discord cannot be reached", False)
    assert end.then is Then.PAUSE


def test_a_token_that_is_refused_when_signing_in_stops_everything() -> None:
    assert ended(discord.LoginFailure("Improper token"), NOW).then is Then.STOP


MAYBE = [
    TimeoutError(),
    aiohttp.SocketTimeoutError("while reading"),
    aiohttp.ServerTimeoutError("whichever"),
    aiohttp.ServerDisconnectedError(),
    aiohttp.ClientOSError(104, "reset"),
    aiohttp.ClientPayloadError("cut short"),
    ConnectionResetError(104, "reset"),
    BrokenPipeError(32, "broken"),
    TypeError("string indices must be integers"),
    KeyError("id"),
    UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no"),
    answered(500, {"message": "500: Internal Server Error", "code": 0}),
    answered(502, "<html>", "text/html"),
    answered(503, "upstream connect error", "text/plain"),
    answered(504, "", "text/plain"),
    answered(524, "", "text/html"),
]


@pytest.mark.parametrize("error", MAYBE, ids=lambda error: type(error).__name__)
def test_what_may_have_arrived_is_never_called_unsent(error: Exception) -> None:
    end = ended(error, NOW)
    assert isinstance(end.outcome, Unknown)
    assert end.then is Then.PAUSE


@pytest.mark.parametrize("error", MAYBE, ids=lambda error: type(error).__name__)
def test_whatever_went_wrong_while_opening_a_conversation_nothing_was_sent(
    error: Exception,
) -> None:
    end = unsent(ended(error, NOW), NOW)
    assert isinstance(end.outcome, Later)
    assert end.then is Then.PAUSE


def test_a_limit_on_opening_conversations_holds_only_that() -> None:
    limited = ended(discord.RateLimited(61.0), NOW)
    assert unsent(limited, NOW).then is Then.SLOW
    cloudflare = ended(answered(429, "", "text/html"), NOW)
    assert unsent(cloudflare, NOW).then is Then.HOLD
    assert unsent(told(404, 10003), NOW).then is Then.NOTHING


@given(
    st.text(max_size=80),
    st.sampled_from([400, 401, 403, 404, 429, 500, 503]),
    st.sampled_from(["application/json", "text/html"]),
)
def test_words_of_discords_are_never_quoted(said: str, status: int, kind: str) -> None:
    body = {"message": f"canary {said}", "code": f"canary {said}"}
    for told_so in (body, f"canary {said}"):
        end = ended(answered(status, told_so, kind), NOW)
        assert "canary" not in f"{end.code} {end.outcome}"


def test_only_whoever_asks_to_wait_is_waited_for() -> None:
    assert asked_to_wait(discord.RateLimited(1800.0)) == 1800
    assert asked_to_wait(ValueError("no")) == 0
    assert asked_to_wait(discord.GatewayNotFound()) == 0
