"""People of a Slack workspace who log applications, and what Slack sends for each. Knows no app."""

import hmac
import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Text, func, insert, literal, update

from adapters.slack import PLATFORM
from adapters.slack.front import HOME, NOTICE
from bench.databases import connected, tidy
from bench.processes import lines
from bench.seeding import FIRST_DAY, ZONE, add_applications, add_people, multiply, word
from bot.commands import registry
from bot.desk import Desk
from bot.letters.draft import Letters
from bot.message import Call
from bot.model import Who
from storage.models import accounts, counters, nudges, seekers
from storage.store import Store

NOW = datetime(2026, 6, 9, 14, 0, tzinfo=UTC)
TEAM = "T1"
PATH = "/slack/events"
HISTORY = 20  # applications that everybody has logged before
# Whose review is planned by the desk itself, and copied for everybody; they send nothing.
MODEL = 1_000_000_007


@dataclass(frozen=True)
class Door:
    """What a program needs to act as the app: Slack's address, and both secrets."""

    api_url: str
    token: str
    secret: str

    def json(self) -> dict[str, Any]:
        """As it goes from process to process."""
        return {"api_url": self.api_url, "token": self.token, "secret": self.secret}


def user(number: int) -> str:
    """Slack's id of the person, from 1."""
    return f"U{number}"


async def seed(url: str, people: int, *, home: bool = False) -> None:
    """Everybody has begun, has logged `HISTORY` applications, and has the week's review planned.

    With `home` everybody has opened the Home tab before, so that it is kept up to date for them.
    """
    with connected(url) as connection:
        for first, count in ((1, people), (MODEL, 1)):
            add_people(connection, first, count)
            add_applications(connection, first, count, FIRST_DAY, HISTORY)
            counter = {"seeker_id": first, "kind": "applications", "last": HISTORY}
            connection.execute(insert(counters), counter)
            mine = counters.c.seeker_id == first
            multiply(connection, counters, mine, count - 1, seeker_id=lambda n: n + 1)
        name = literal("U", Text) + word(accounts.c.seeker_id)
        here: dict[str, Any] = {"platform": PLATFORM, "workspace": TEAM, "user": name}
        if home:
            here["place"] = HOME
        connection.execute(update(accounts).values(here))
        connection.execute(update(seekers).values(began_at=FIRST_DAY, discreet=True))
    async with Store.open(url) as store:
        who = Who(PLATFORM, user(MODEL), TEAM)
        call = Call("job applied", {"company": "First", "role": "Platform Engineer"})
        await Desk(store, registry, Letters(), NOTICE).handle(call, who, NOW)
    with connected(url) as connection:
        multiply(
            connection,
            nudges,
            (nudges.c.seeker_id == MODEL) & (nudges.c.application == 0),
            people,
            id=None,
            key=lambda n: func.replace(nudges.c.key, str(MODEL), word(n)),
            seeker_id=lambda n: n,
        )
    tidy(url)


def logged(number: int, people: int, door: Door, port: int) -> bytes:
    """The whole signed request of one `/job applied ...`; everybody's turn comes in `people`."""
    who = user(1 + number % people)
    fields = {
        "token": "verification-token",
        "team_id": TEAM,
        "team_domain": "t1",
        "channel_id": f"D{TEAM}{who}",
        "channel_name": "directmessage",
        "user_id": who,
        "user_name": who.lower(),
        "command": "/job",
        "text": (
            f"applied Platform Engineer at Employer{number} yesterday via referral "
            f"https://jobs.example.com/{number}"
        ),
        "api_app_id": "A0STANDIN",
        "is_enterprise_install": "false",
        "response_url": door.api_url.replace("/api/", f"/response/{number}"),
        "trigger_id": f"{number}.{number}.{who.lower()}",
    }
    body = urlencode(fields).encode()
    stamp = str(int(time.time())).encode()
    signature = hmac.digest(door.secret.encode(), b"v0:" + stamp + b":" + body, "sha256").hex()
    head = (
        f"POST {PATH} HTTP/1.1\r\n"
        f"Host: 127.0.0.1:{port}\r\n"
        "User-Agent: Slackbot 1.0 (+https://api.slack.com/robots)\r\n"
        "Accept: application/json,*/*\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"X-Slack-Request-Timestamp: {stamp.decode()}\r\n"
        f"X-Slack-Signature: v0={signature}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def workspace(people: int) -> None:
    """Be Slack for them until the input ends, which judges nothing: it has to be quick.

    Its first line says which door it has; each further line of input is answered with how many
    calls of which method came.
    """
    from tests.slack.standin import Slack

    async with Slack(judging=False) as slack:
        team = slack.team(TEAM)
        for number in range(1, people + 1):
            team.person(user(number), zone=ZONE, name="Sam Rivera", met=True)
        door = Door(slack.api_url, team.bot_token, slack.signing_secret)
        print(json.dumps(door.json()), flush=True)
        async for _ in lines():
            print(json.dumps(slack.world.counts), flush=True)
