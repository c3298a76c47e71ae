"""The stand-in itself: servers up, workspaces made, transports chosen. Knows every other part."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack
from typing import Self, TypeVar

from aiohttp import web

from tests.slack.standin import installs
from tests.slack.standin.acks import Ack, Acks
from tests.slack.standin.clock import Clock
from tests.slack.standin.faults import Fault, Faults, Plan
from tests.slack.standin.hands import Person
from tests.slack.standin.judge import Judge
from tests.slack.standin.payloads import wrapped
from tests.slack.standin.reading import Json
from tests.slack.standin.responding import Responses
from tests.slack.standin.scene import Inbox, Install, Room
from tests.slack.standin.sockets import Sockets
from tests.slack.standin.transports import Http, Transport
from tests.slack.standin.webapi import WebApi
from tests.slack.standin.world import Place, Profile, World

SCOPES = ("chat:write", "commands", "files:write", "im:write", "mpim:write", "users:read")
Seen = TypeVar("Seen")


class Team:
    """A workspace, and the app in it: its own install, or that of its whole organization."""

    def __init__(self, slack: "Slack", place: Place) -> None:
        self.id = place.id
        self.place = place
        self._slack = slack

    @property
    def install(self) -> Install:
        """The install that serves this workspace; KeyError before there is one."""
        team = "" if self.place.by_org else self.id
        for each in self._slack.world.installs.values():
            if (each.team, each.enterprise) == (team, self.place.enterprise):
                return each
        raise KeyError(f"the app is not installed in {self.id}")

    @property
    def bot_token(self) -> str:
        """The token that the app acts with here."""
        return self.install.bot_token

    def reinstall(self) -> None:
        """Install the app again, as after an uninstall: with a new token."""
        team = "" if self.place.by_org else self.id
        installs.installed(self._slack.world, team, self.place.enterprise, self._slack.scopes)

    def person(
        self, user: str, *, zone: str = "UTC", name: str = "", met: bool = False, **facts: object
    ) -> Person:
        """A person of this workspace.

        `met`: they had to do with the bot before. `facts` are those of `Profile`: locale, deleted,
        is_restricted, is_stranger, ..., and `team` for somebody from another workspace.
        """
        known: dict[str, object] = {"team": self.id, **facts}
        profile = Profile(user, name=name or user.lower(), zone=zone, **known)  # type: ignore[arg-type]  # the caller names Profile's own fields
        self.place.people[user] = profile
        slack = self._slack
        person = Person(
            slack.world,
            slack.acks,
            self.place,
            profile,
            lambda: self.install,
            lambda: slack.transport,
            slack.tell_of,
            lambda: slack.patience,
        )
        if met:
            person.inbox.met = True
        return person

    def channel(
        self, channel: str, *members: str, bot: bool = True, archived: bool = False
    ) -> Room:
        """A channel with these people in it, made when first named; `bot`: it was invited."""
        fresh = Room(self.install, self.id, channel, set(members), bot, archived)
        return self._slack.world.rooms.setdefault(channel, fresh)

    def together(self, *users: str) -> Room:
        """The conversation of exactly these people and the bot; KeyError before it is opened."""
        return self._slack.world.together(self.install, users)


class Slack:
    """A Slack of a test's own. Use it with `async with`; see the package's words for the rest."""

    def __init__(
        self, scopes: Iterable[str] = SCOPES, *, judging: bool = True, patience: float = 3.0
    ) -> None:
        self.scopes = frozenset(scopes)
        self.signing_secret = "5" * 32
        self.app_token = "xapp-1-A0STANDIN-1-5"
        self.client_id = "111.222"
        self.client_secret = "c" * 32
        self.clock = Clock()
        self.world = World(self.clock)
        self.judge = Judge(on=judging)
        self.acks = Acks(self.world, self.judge)
        self.sockets = Sockets(patience)
        self._patience = patience
        self._faults = Faults()
        self._transport: Transport | None = None
        self._up = AsyncExitStack()

    async def __aenter__(self) -> Self:
        secrets = {
            "app_token": self.app_token,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
        }
        api = WebApi(self.world, self.judge, self._faults, secrets, self.sockets.address)
        responses = Responses(self.world, self.judge, self._faults)
        app = web.Application(client_max_size=16 * 1024**2)
        app.router.add_route("*", "/api/{method}", api.answer)
        app.router.add_post("/response/{name:.+}", responses.answer)
        app.router.add_post("/upload/{name}", self._upload)
        app.router.add_get("/socket/{ticket}", self.sockets.serve)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        self._up.push_async_callback(runner.cleanup)
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        self.world.root = self.sockets.root = f"http://127.0.0.1:{port}"
        self._up.push_async_callback(self.sockets.close)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._up.aclose()

    async def _upload(self, request: web.Request) -> web.Response:
        upload = self.world.uploads.get(request.match_info["name"])
        if upload is None:
            return web.Response(status=404, text="no such upload")
        content = await request.read()
        if request.content_type.startswith("multipart/"):
            self.judge.note("upload", "the bytes are not sent as they are")
        if len(content) != upload["length"]:
            self.judge.note("upload", f"{len(content)} bytes, {upload['length']} announced")
        upload["content"] = content
        return web.Response(text=f"OK - {len(content)}")

    @property
    def api_url(self) -> str:
        """What SLACK_API_URL should say."""
        return f"{self.world.root}/api/"

    @property
    def transport(self) -> Transport:
        """The chosen way to the app."""
        if self._transport is None:
            raise RuntimeError("choose over_http(url) or over_socket() first")
        return self._transport

    @property
    def patience(self) -> float:
        """How many real seconds the app has to acknowledge: Slack's 3, or what a test set."""
        return self._patience

    @patience.setter
    def patience(self, seconds: float) -> None:
        self._patience = self.sockets.patience = seconds
        if isinstance(self._transport, Http):
            self._transport.patience = seconds

    def over_http(self, url: str) -> Http:
        """Reach the app by signed requests to its request URL."""
        way = Http(url, self.signing_secret, self._patience)
        self._up.push_async_callback(way.close)
        self._transport = way
        return way

    def over_socket(self) -> Sockets:
        """Reach the app over the sockets that it opens."""
        self._transport = self.sockets
        return self.sockets

    def team(
        self,
        team: str = "T1",
        *,
        enterprise: str = "",
        installed: bool = True,
        by_org: bool = False,
        scopes: Iterable[str] | None = None,
    ) -> Team:
        """A workspace, made when first named; the app is installed there unless told otherwise.

        `by_org`: the app is installed once for its whole `enterprise`.
        """
        fresh = Place(team, team.lower(), enterprise, by_org)
        place = self.world.places.setdefault(team, fresh)
        if installed:
            granted = self.scopes if scopes is None else frozenset(scopes)
            holder = "" if place.by_org else team
            known = self.world.installs.values()
            if not any((i.team, i.enterprise) == (holder, place.enterprise) for i in known):
                installs.installed(self.world, holder, place.enterprise, granted)
        return Team(self, place)

    def code(
        self,
        team: Team,
        user: str,
        *,
        by_org: bool = False,
        redirect_uri: str = "",
        scopes: Iterable[str] | None = None,
    ) -> str:
        """The code that Slack appends to the redirect URL once a person allowed the app."""
        code = f"code.{self.world.number()}"
        self.world.codes[code] = {
            "team": "" if by_org else team.id,
            "enterprise": team.place.enterprise,
            "scopes": self.scopes if scopes is None else frozenset(scopes),
            "user": user,
            "until": self.clock() + 600,
            "redirect_uri": redirect_uri,
        }
        return code

    def fault(self, method: str, fault: Fault, *, user: str = "", times: int | None = 1) -> Plan:
        """Let the next calls of a method, or posts to "response_url", meet a misfortune."""
        return self._faults.plan(method, fault, user, times)

    async def event(self, team: Team, event: Json, *, event_id: str = "", retry: int = 0) -> Ack:
        """Send an event of a workspace. The same `event_id` again is a repetition of Slack's."""
        inbox = Inbox(team.install, team.id, "", "")
        whole = {"event_ts": self.world.ts(), **event}
        return await self._told(inbox, team.place, whole, event_id, retry)

    async def tell_of(self, person: Person, event: Json) -> Ack:
        """Send an event about a person."""
        return await self._told(person.inbox, person.place, event, "", 0)

    async def _told(
        self, inbox: Inbox, place: Place, event: Json, event_id: str, retry: int
    ) -> Ack:
        where = f"event {event['type']}"
        name = event_id or f"Ev{self.world.number():09d}"
        body = wrapped(inbox, place, event, name, self.clock())
        ack = await self.transport.event(body, retry, "http_timeout" if retry else "")
        if self.acks.received(where, ack, self._patience):
            self.acks.nothing(where, ack)
        return ack

    async def uninstall(self, team: Team, *, tokens_first: bool = False) -> None:
        """Take the app out of a workspace: the token dies, then come the two events."""
        install = team.install
        install.active = False
        gone = {"type": "app_uninstalled"}
        revoked = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [install.bot_user]}}
        for event in (revoked, gone) if tokens_first else (gone, revoked):
            await self.event(team, event)

    async def until(self, seen: Callable[[], Seen], within: float = 3.0) -> Seen:
        """The first true result of `seen`, looked at after each change; TimeoutError else."""
        async with asyncio.timeout(within):
            while not (found := seen()):
                await self.world.next_change()
            return found

    @property
    def received(self) -> Counter[str]:
        """How many messages really arrived in each person's DM, by user id."""
        counted: Counter[str] = Counter()
        for inbox in self.world.inboxes.values():
            if inbox.received:
                counted[inbox.user] += len(inbox.received)
        return counted

    @property
    def violations(self) -> list[str]:
        """What the app did that Slack forbids, oldest first."""
        return self.judge.violations

    def forgive(self, part: str) -> list[str]:
        """Take away the violations that contain `part`, and return them: they were meant."""
        return self.judge.forgive(part)

    def check(self) -> None:
        """Raise AssertionError with all violations, if there are any."""
        if self.violations:
            raise AssertionError("\n".join(["Slack would object:", *self.violations]))
