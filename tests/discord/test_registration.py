"""The commands are registered when they differ, and people are told how to install the app."""

import asyncio
import copy
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from socket import socket
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import web
from discord.http import HTTPClient, Route

from adapters.discord import Json
from adapters.discord.options import commands
from adapters.discord.registration import CLUBS, Synced, invite, same, sync
from adapters.settings import BadSetting
from bot.commands import registry
from tests.discord.judge import Judge

APPLICATION = 1100000000000000001
PAYLOAD = commands(registry)
NAMES = ("job", "Save this job")


def added(part: Json, number: int = 0) -> Json:
    """A command, option or choice as Discord returns it: defaults left out, or written out."""
    found = {key: part[key] for key in reversed(part) if part[key] is not False and part[key] != []}
    for key in ("options", "choices"):
        if key in found:
            found[key] = [added(one) for one in found[key]]
    found = {"name_localizations": None, "name_localized": part["name"], **found}
    if "contexts" not in part:
        return found
    return {
        "id": f"12{number}",
        "application_id": str(APPLICATION),
        "version": f"99{number}",
        "description": "",
        "description_localizations": None,
        "default_member_permissions": None,
        "dm_permission": True,
        "nsfw": False,
        **found,
        "contexts": part["contexts"] and part["contexts"][::-1],
    }


def as_returned(payload: list[Json]) -> list[Json]:
    return [added(one, number) for number, one in reversed(list(enumerate(payload)))]


class Commands:
    """Discord's keeping of commands, on a port of its own; `fault` answers in its place."""

    def __init__(self, registered: list[Json]) -> None:
        self.registered = registered
        self.asked: list[tuple[str, str, Any]] = []
        self.fault: Callable[[], web.Response] | None = None

    async def answer(self, request: web.Request) -> web.Response:
        path = request.path_qs.removeprefix("/api/v10")
        if path == "/users/@me":
            return said({"id": "1", "username": "followthrough"})
        body = json.loads(await request.text() or "null")
        self.asked.append((request.method, path, body))
        if self.fault is not None:
            return self.fault()
        if request.method == "PUT":
            self.registered = as_returned(body)
        return said(self.registered)


def said(body: Any, status: int = 200) -> web.Response:
    # discord.py takes for JSON only what is called so without a character set.
    return web.Response(
        body=json.dumps(body).encode(), content_type="application/json", status=status
    )


@asynccontextmanager
async def logged_in(
    discord: Commands, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[HTTPClient]:
    """discord.py's own client, logged in to that server."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", discord.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    _, port = runner.addresses[0]
    monkeypatch.setattr(Route, "BASE", f"http://127.0.0.1:{port}/api/v10")
    http = HTTPClient(asyncio.get_running_loop())
    await http.static_login("token")
    try:
        yield http
    finally:
        await http.close()
        await runner.cleanup()


async def test_what_is_not_there_is_registered(monkeypatch: pytest.MonkeyPatch) -> None:
    discord = Commands([])
    async with logged_in(discord, monkeypatch) as http:
        assert await sync(http, APPLICATION, PAYLOAD) == Synced(changed=True)
    judge = Judge()
    assert [fault for asked in discord.asked for fault in judge.request(*asked)] == []
    assert discord.asked[-1][0] == "PUT"
    assert discord.asked[-1][2] == PAYLOAD


async def test_what_is_there_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    discord = Commands([])
    async with logged_in(discord, monkeypatch) as http:
        await sync(http, APPLICATION, PAYLOAD)
        again = await sync(http, APPLICATION, PAYLOAD)
    assert again == Synced(changed=False)
    assert [method for method, _, _ in discord.asked] == ["GET", "PUT", "GET"]
    assert all(
        "with_localizations=true" in path for verb, path, _ in discord.asked if verb == "GET"
    )


async def test_what_is_there_no_longer_is_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    old = added({**PAYLOAD[0], "name": "jobs"}, 7)
    discord = Commands([*as_returned(PAYLOAD), old])
    async with logged_in(discord, monkeypatch) as http:
        assert (await sync(http, APPLICATION, PAYLOAD)).changed
    assert [one["name"] for one in discord.registered] == ["Save this job", "club", "job"]


def test_what_discord_adds_and_leaves_out_makes_no_difference() -> None:
    assert same(as_returned(PAYLOAD), PAYLOAD)
    assert same(PAYLOAD, PAYLOAD)


CHANGES: dict[str, Callable[[list[Json]], Any]] = {
    "no command": lambda made: made.clear(),
    "one command less": lambda made: made.pop(),
    "one command twice": lambda made: made.append(made[0]),
    "another name": lambda made: made[0].update(name="jobs"),
    "another type": lambda made: made[1].update(type=2),
    "another description": lambda made: made[0].update(description="Other."),
    "other places": lambda made: made[0].update(contexts=[0, 1, 2]),
    "everywhere": lambda made: made[0].update(contexts=None),
    "only in servers": lambda made: made[1].update(integration_types=[0]),
    "for some members only": lambda made: made[0].update(default_member_permissions="0"),
    "for adults only": lambda made: made[0].update(nsfw=True),
    "another language": lambda made: made[0].update(name_localizations={"de": "arbeit"}),
    "another order": lambda made: made[0]["options"].reverse(),
    "no options": lambda made: made[0]["options"][0].pop("options"),
    "a required option": lambda made: option(made).update(required=True),
    "no completion": lambda made: option(made).pop("autocomplete"),
    "another length": lambda made: option(made).update(max_length=99),
    "no least value": lambda made: option(made, "interview", "minutes").pop("min_value"),
    "no choices": lambda made: option(made, "applied", "via").pop("choices"),
    "another choice": lambda made: option(made, "applied", "via")["choices"][0].update(value="x"),
}


def option(made: list[Json], word: str = "applied", name: str = "company") -> Json:
    (found,) = (
        option
        for one in made[0]["options"]
        if one["name"] == word
        for option in one["options"]
        if option["name"] == name
    )
    return found


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_whatever_people_would_notice_makes_a_difference(
    change: Callable[[list[Json]], Any],
) -> None:
    other = copy.deepcopy(PAYLOAD)
    change(other)
    assert not same(as_returned(PAYLOAD), other)
    assert not same([added(one) for one in other], PAYLOAD)


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (401, "DISCORD_TOKEN is not a token"),
        (403, "DISCORD_TOKEN is the token of another application"),
        (404, "DISCORD_TOKEN is the token of another application"),
        (400, r"User Install and Guild Install .*Error 50035"),
        (429, "HTTP 429"),
        (503, "HTTP 503"),
    ],
)
async def test_a_refusal_is_told_in_one_sentence(
    status: int, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    discord = Commands([])
    discord.fault = lambda: said({"code": 50035, "message": "a word of theirs"}, status)
    async with logged_in(discord, monkeypatch) as http:
        with pytest.raises(BadSetting, match=sentence) as told:
            await sync(http, APPLICATION, PAYLOAD)
    assert str(told.value).endswith((".", ".)"))
    assert "a word of theirs" not in str(told.value)
    assert len(discord.asked) == 1


async def test_something_else_that_answers_is_not_taken_for_discord(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    discord = Commands([])
    discord.fault = lambda: web.Response(text="<h1>Welcome</h1>", content_type="text/html")
    async with logged_in(discord, monkeypatch) as http:
        with pytest.raises(BadSetting, match="DISCORD_API_URL"):
            await sync(http, APPLICATION, PAYLOAD)


async def test_a_server_that_is_not_there_is_told_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        nowhere = free.getsockname()[1]
    async with logged_in(Commands([]), monkeypatch) as http:
        monkeypatch.setattr(Route, "BASE", f"http://127.0.0.1:{nowhere}/api/v10")
        with pytest.raises(BadSetting, match="cannot be reached"):
            await sync(http, APPLICATION, PAYLOAD)


def test_the_links_ask_for_the_least_that_works() -> None:
    server, person = map(urlsplit, invite(APPLICATION))
    assert server.geturl().startswith("https://discord.com/oauth2/authorize?client_id=1100")
    assert parse_qs(server.query) == {
        "client_id": [str(APPLICATION)],
        "integration_type": ["0"],
        "scope": ["bot applications.commands"],
        "permissions": ["0"],
    }
    assert parse_qs(person.query) == {
        "client_id": [str(APPLICATION)],
        "integration_type": ["1"],
        "scope": ["applications.commands"],
    }
    assert person.path == server.path == "/oauth2/authorize"


def test_a_server_is_asked_for_what_a_club_needs_and_nothing_else() -> None:
    server, _ = invite(APPLICATION, CLUBS)
    assert parse_qs(urlsplit(server).query)["permissions"] == [str(CLUBS.value)]
    assert {name for name, asked in CLUBS if asked} == {
        # The library's name for seeing a channel; it says nothing of older messages.
        "read_messages",
        "send_messages",
        "attach_files",
        "create_private_threads",
        "send_messages_in_threads",
    }
