"""What the environment may say of Discord, and a sentence where it cannot be."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.credentials import DISCORD, Credentials, Shards
from adapters.settings import BadSetting

BOT = {"DISCORD_TOKEN": "MTIz.abc.def-123"}
KEY = "0a" * 32


def test_without_a_token_discord_is_not_meant() -> None:
    assert Credentials.read({}) is None
    assert Credentials.read({"DISCORD_TOKEN": " ", "DISCORD_SHARDS": "0/1"}) is None


def test_a_token_alone_is_enough() -> None:
    found = Credentials.read({"DISCORD_TOKEN": " MTIz.abc.def-123\n"})
    assert found is not None
    assert found == Credentials("MTIz.abc.def-123", DISCORD, "", None, "")
    assert not found.webhook


def test_whatever_is_set_is_read() -> None:
    found = Credentials.read(
        BOT
        | {
            "DISCORD_API_URL": "http://127.0.0.1:1/api/v10/",
            "DISCORD_GATEWAY_URL": "ws://127.0.0.1:2",
            "DISCORD_SHARDS": "0-3/16",
            "DISCORD_PUBLIC_KEY": KEY.upper(),
        }
    )
    assert found is not None
    assert found.api_url == "http://127.0.0.1:1/api/v10"
    assert found.gateway_url == "ws://127.0.0.1:2"
    assert found.shards == Shards((0, 1, 2, 3), 16)
    assert found.public_key == KEY
    assert found.webhook


@pytest.mark.parametrize(
    ("words", "ids", "count"), [("2/16", (2,), 16), ("0/1", (0,), 1), ("14-15/16", (14, 15), 16)]
)
def test_shards_are_read_as_they_are_written(words: str, ids: tuple[int, ...], count: int) -> None:
    assert Shards.read(words) == Shards(ids, count)


@given(st.text(max_size=12) | st.from_regex(r"\d{0,3}-?\d{0,3}/?\d{0,3}", fullmatch=True))
def test_shards_are_some_of_those_there_are_or_a_sentence(words: str) -> None:
    with suppress(BadSetting):
        shards = Shards.read(words)
        assert shards.ids
        assert all(0 <= number < shards.count for number in shards.ids)


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"DISCORD_PUBLIC_KEY": KEY}, "DISCORD_TOKEN must be set too"),
        ({"DISCORD_TOKEN": "Bot MTIz.abc.def"}, "without a word in front"),
        ({"DISCORD_TOKEN": '"MTIz.abc.def"'}, "without quotation marks"),
        ({"DISCORD_TOKEN": "'MTIz.abc.def"}, "without quotation marks"),
        ({"DISCORD_TOKEN": "1234567890123"}, "is the app's id"),
        ({"DISCORD_TOKEN": KEY}, "public key"),
        ({"DISCORD_TOKEN": "Zm9vYmFyIGJheg-client-secret"}, "three parts with dots"),
        ({"DISCORD_TOKEN": "a.b.c.d"}, "three parts with dots"),
        ({"DISCORD_TOKEN": "a..c"}, "three parts with dots"),
        (BOT | {"DISCORD_API_URL": "localhost:1"}, "DISCORD_API_URL is an address"),
        (BOT | {"DISCORD_GATEWAY_URL": "https://a.example"}, "DISCORD_GATEWAY_URL is an address"),
        (BOT | {"DISCORD_PUBLIC_KEY": "0a"}, "DISCORD_PUBLIC_KEY has 64"),
        (BOT | {"DISCORD_SHARDS": "4/4"}, "DISCORD_SHARDS is such as"),
        (BOT | {"DISCORD_SHARDS": "3-1/4"}, "DISCORD_SHARDS is such as"),
        (BOT | {"DISCORD_SHARDS": "²/4"}, "DISCORD_SHARDS is such as"),
    ],
)
def test_what_cannot_be_is_said_by_name_and_without_its_value(
    environment: dict[str, str], named: str
) -> None:
    with pytest.raises(BadSetting, match=named) as caught:
        Credentials.read(environment)
    assert str(caught.value).count(". ") == 0
    assert not any(value in str(caught.value) for value in environment.values())


def test_a_secret_is_in_no_text_about_it() -> None:
    found = Credentials.read({"DISCORD_TOKEN": "MTIz.abc.canary"})
    assert "canary" not in f"{found!r}{found}"
