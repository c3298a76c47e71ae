"""Which ways of serving Slack the environment asks for, and a sentence where it cannot be."""

import pytest

from adapters.settings import BadSetting
from adapters.slack.credentials import SLACK, Credentials

BOT = {"SLACK_BOT_TOKEN": "xoxb-1"}
MANY = {
    "SLACK_CLIENT_ID": "1.2",
    "SLACK_CLIENT_SECRET": "s",
    "SLACK_SIGNING_SECRET": "s",
    "PUBLIC_URL": "https://jobs.example.org/",
    "TOKEN_KEYS": "new, old",
}


def test_without_any_of_them_slack_is_not_meant() -> None:
    assert Credentials.read({}) is None
    assert Credentials.read({"PUBLIC_URL": "https://a.example", "SLACK_BOT_TOKEN": " "}) is None


def test_each_way_is_known_by_its_credentials() -> None:
    socket = Credentials.read(BOT | {"SLACK_APP_TOKEN": "xapp-1"})
    http = Credentials.read(BOT | {"SLACK_SIGNING_SECRET": "s"})
    many = Credentials.read(MANY)
    assert socket is not None
    assert http is not None
    assert many is not None
    assert [(c.socket, c.http, c.many) for c in (socket, http, many)] == [
        (True, False, False),
        (False, True, False),
        (False, True, True),
    ]
    assert many.keys == ("new", "old")
    assert many.public_url == "https://jobs.example.org"
    assert http.api_url == SLACK


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"SLACK_BOT_TOKEN": "xapp-1"}, "SLACK_BOT_TOKEN begins with xoxb-"),
        (BOT | {"SLACK_APP_TOKEN": "xoxb-1"}, "SLACK_APP_TOKEN begins with xapp-"),
        ({"SLACK_APP_TOKEN": "xapp-1"}, "SLACK_BOT_TOKEN must be set too"),
        ({"SLACK_SIGNING_SECRET": "s"}, "SLACK_BOT_TOKEN must be set too"),
        (BOT | MANY, "set one of them"),
        ({**MANY, "TOKEN_KEYS": ""}, "TOKEN_KEYS must be set too"),
        ({**MANY, "PUBLIC_URL": "jobs.example.org"}, "PUBLIC_URL is an address"),
        ({**MANY, "PUBLIC_URL": "http://jobs.example.org"}, "PUBLIC_URL is an address"),
        (BOT | {"SLACK_API_URL": "localhost"}, "SLACK_API_URL is an address"),
    ],
)
def test_what_cannot_be_is_said_by_name(environment: dict[str, str], named: str) -> None:
    with pytest.raises(BadSetting, match=named):
        Credentials.read(environment)


def test_a_secret_is_in_no_text_about_it() -> None:
    found = Credentials.read(MANY | {"SLACK_CLIENT_SECRET": "canary"})
    assert "canary" not in repr(found)
