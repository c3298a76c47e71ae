"""What every end of a call means: the error table, and which failures come before sending."""

import ssl
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.errors import SlackApiError

from adapters.slack.outcomes import Ended, Then, ended
from bot.delivery import Gone, Later, Refused, Unknown

NOW = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)
KEY = ConnectionKey("slack.com", 443, True, True, None, None, None)

RECIPIENT = [
    "channel_not_found",
    "user_not_found",
    "users_not_found",
    "user_disabled",
    "user_not_visible",
    "messages_tab_disabled",
    "is_archived",
    "is_inactive",
    "not_in_channel",
    "restricted_action",
    "restricted_action_read_only_channel",
    "cannot_dm_bot",
]
INSTALL = [
    "invalid_auth",
    "account_inactive",
    "token_revoked",
    "not_authed",
    "missing_scope",
    "not_allowed_token_type",
    "team_access_not_granted",
    "ekm_access_denied",
    "two_factor_setup_required",
    "accesslimited",
]
WORDS = [
    "invalid_blocks",
    "invalid_blocks_format",
    "msg_blocks_too_long",
    "msg_too_long",
    "no_text",
    "too_many_attachments",
    "markdown_text_conflict",
    "metadata_too_large",
    "invalid_arguments",
    "block_mismatch",
]


def answered(data: object, status: int = 200, **headers: str) -> SlackApiError:
    """The error that slack_sdk makes of an answer."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    response = SimpleNamespace(data=data, status_code=status, headers=named)
    return SlackApiError("no", response)  # type: ignore[no-untyped-call]  # ships so


def told(code: str, status: int = 200, **headers: str) -> Ended:
    """How a call ends that Slack answers with a code of its own."""
    return ended(answered({"ok": False, "error": code}, status, **headers), NOW)


@pytest.mark.parametrize("code", RECIPIENT)
def test_a_person_who_cannot_be_reached_is_gone_and_their_workspace_is_not(code: str) -> None:
    end = told(code)
    assert isinstance(end.outcome, Gone)
    assert (end.then, code in end.outcome.why) == (Then.NOTHING, True)


@pytest.mark.parametrize("code", INSTALL)
def test_nobody_can_be_reached_where_the_installation_is_dead(code: str) -> None:
    end = told(code)
    assert isinstance(end.outcome, Gone)
    assert (end.then, code in end.outcome.why) == (Then.NOTHING, True)


@pytest.mark.parametrize("code", WORDS)
def test_a_message_that_is_not_taken_is_tried_once_more_as_text(code: str) -> None:
    end = told(code)
    assert isinstance(end.outcome, Refused)
    assert end.then is Then.PLAIN


@pytest.mark.parametrize(
    ("code", "then", "wait"),
    [
        ("service_unavailable", Then.PAUSE, timedelta(seconds=30)),
        ("request_timeout", Then.PAUSE, timedelta(seconds=30)),
        ("team_added_to_org", Then.HOLD, timedelta(minutes=30)),
        ("org_login_required", Then.HOLD, timedelta(minutes=30)),
        ("message_limit_exceeded", Then.HOLD, timedelta(hours=1)),
        ("token_expired", Then.NOTHING, timedelta(hours=1)),
        ("some_code_of_next_year", Then.NOTHING, timedelta(hours=1)),
    ],
)
def test_what_slack_left_undone_is_tried_later(code: str, then: Then, wait: timedelta) -> None:
    end = told(code)
    assert isinstance(end.outcome, Later)
    assert (end.outcome.at, end.then) == (NOW + wait, then)


def test_service_unavailable_is_slacks_word_whatever_the_status() -> None:
    assert isinstance(told("service_unavailable", 503).outcome, Later)


@pytest.mark.parametrize("code", ["internal_error", "fatal_error"])
@pytest.mark.parametrize("status", [200, 500])
def test_an_error_after_which_part_may_have_succeeded_is_unknown(code: str, status: int) -> None:
    end = told(code, status)
    assert isinstance(end.outcome, Unknown)
    assert end.then is Then.PAUSE


@pytest.mark.parametrize(
    ("named", "seconds"),
    [("30", 30), ("1", 1), ("0", 1), ("", 30), ("soon", 30), ("999999999", 86_400), ("-5", 30)],
)
def test_the_wait_that_slack_names_is_kept_within_reason(named: str, seconds: int) -> None:
    for end in (
        told("ratelimited", 429, Retry_After=named),
        told("rate_limited", 200, Retry_After=named),
        ended(answered("", 429, Retry_After=named), NOW),
    ):
        assert isinstance(end.outcome, Later)
        assert (end.outcome.at, end.then) == (NOW + timedelta(seconds=seconds), Then.HOLD)


@pytest.mark.parametrize(
    "error",
    [
        aiohttp.ClientConnectorError(KEY, ConnectionRefusedError(111, "refused")),
        aiohttp.ClientConnectorDNSError(KEY, OSError(-2, "no such name")),
        aiohttp.ClientProxyConnectionError(KEY, OSError(111, "refused")),
        aiohttp.ClientConnectorSSLError(KEY, ssl.SSLError(1, "no handshake")),
        aiohttp.ClientConnectorCertificateError(KEY, ssl.CertificateError("not trusted")),
        aiohttp.ConnectionTimeoutError("while connecting"),
        aiohttp.ClientHttpProxyError(SimpleNamespace(real_url="x"), (), status=407),  # type: ignore[arg-type]  # only its address is ever read
        aiohttp.InvalidURL("nonsense"),
        answered("<html>", 403),
        answered("", 413),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_failed_before_it_was_sent_is_tried_later(error: Exception) -> None:
    end = ended(error, NOW)
    assert end.outcome == Later(NOW + timedelta(seconds=30), end.outcome.why)  # type: ignore[union-attr]  # a Sent would be unequal
    assert end.then is Then.PAUSE


@pytest.mark.parametrize(
    "error",
    [
        TimeoutError(),
        aiohttp.SocketTimeoutError("while reading"),
        aiohttp.ServerTimeoutError("whichever"),
        aiohttp.ServerDisconnectedError(),
        aiohttp.ClientOSError(104, "reset"),
        aiohttp.ClientConnectionResetError("closing"),
        aiohttp.ClientPayloadError("cut short"),
        ConnectionResetError(104, "reset"),
        BrokenPipeError(32, "broken"),
        AttributeError("'str' object has no attribute 'get'"),
        UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no"),
        answered({}, 200),
        answered({"ok": False}, 200),
        answered({"ok": False, "error": ["?"]}, 200),
        answered({}, 500),
        answered("", 502),
        answered("", 503),
        answered(None, 504),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_may_have_arrived_is_never_called_unsent(error: Exception) -> None:
    end = ended(error, NOW)
    assert isinstance(end.outcome, Unknown)
    assert end.then is Then.PAUSE


@given(st.text(max_size=80), st.sampled_from([200, 400, 500]))
def test_words_of_slacks_that_are_no_code_are_never_quoted(said: str, status: int) -> None:
    end = told(f"canary {said}", status)
    assert "canary" not in f"{end.code} {end.outcome}"
