"""People in many Slack workspaces and on Discord, each with a nudge due at one instant.

They are due by the machine's clock, since the workers are the program as it is: everybody's hour is
set to that instant, on every day of the week and without quiet hours, so that policy, asked again
when it is due, wants the same.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from datetime import time as Time
from typing import Any

from slack_sdk.oauth.installation_store.models.bot import Bot
from sqlalchemy import ColumnElement, Connection, case, delete, update

from bench.databases import connected, tidy
from bench.scale_platforms import CONVERSATION
from bench.seeding import Number, add_applications, add_people, each_second, multiply, word
from bot.model import Account, Nudge, NudgeKind, NudgeState
from storage.crypto import Ring
from storage.models import accounts, applications, lanes, nudges, seekers
from storage.shapes import ACCOUNTS, NUDGES
from storage.slack import SlackInstallations
from storage.store import Store

SLACK, DISCORD = "slack", "discord"
CLIENT = "1.2"
WEEK = timedelta(days=7)
_UTC = "UTC"


@dataclass(frozen=True)
class Crowd:
    """So many workspaces of so many people each, so many on Discord, and what else is pending.

    There is at least one workspace.
    """

    workspaces: int
    each: int
    discord: int
    pending: int = 0

    @property
    def slack(self) -> int:
        """People on Slack."""
        return self.workspaces * self.each

    @property
    def whole(self) -> int:
        """All people."""
        return self.slack + self.discord


def now() -> datetime:
    """By the machine's clock, which the workers go by too."""
    return datetime.fromtimestamp(time.time(), UTC)


async def seed(url: str, crowd: Crowd, key: str) -> None:
    """All of them, with applications and nudges that `make_due` dates; and the tokens."""
    here = now()
    with connected(url) as connection:
        add_people(connection, 1, crowd.whole)
        add_applications(connection, 1, crowd.whole, here)
        connection.execute(
            update(seekers).values(
                zone=_UTC, days=[0, 1, 2, 3, 4, 5, 6], quiet_from=Time(), quiet_until=Time()
            )
        )
        connection.execute(delete(accounts))
        _add_accounts(connection, crowd)
        later = here + timedelta(days=30)
        first = Nudge(0, "1/followup:1", 1, SLACK, NudgeKind.FOLLOW_UP, here, here, application=1)
        _add_nudges(connection, crowd, first, crowd.whole)
        if crowd.pending:
            quiet = replace(first, key="1/quiet:0", kind=NudgeKind.QUIET, due_at=later)
            quiet = replace(quiet, ready_at=later)
            _add_nudges(connection, crowd, quiet, crowd.pending, each_second(connection, later))
    async with Store.open(url) as store:
        kept = SlackInstallations(store, Ring([key]), CLIENT)
        for number in range(crowd.workspaces):
            await kept.async_save_bot(
                Bot(
                    app_id="A1",
                    team_id=f"T{number}",
                    bot_token=f"xoxb-T{number}",
                    bot_id="B1",
                    bot_user_id="U0",
                    installed_at=here.timestamp(),
                )
            )
    tidy(url)


def _mixed(crowd: Crowd, n: Number) -> Number:
    """The id of the person who is n-th by platform and workspace, as if they had come in any order.

    Ids from 1, all different, since the factor is a prime that no crowd's size is a multiple of.
    """
    return n * 7919 % crowd.whole + 1


def _add_nudges(
    connection: Connection,
    crowd: Crowd,
    first: Nudge,
    count: int,
    at: Callable[[Number], Any] | None = None,
) -> None:
    """So many nudges of all these people in turn; with `at` several of each, all due apart."""
    connection.execute(NUDGES.insert, NUDGES.row(first, "id"))

    def person(n: Number) -> Number:
        return _mixed(crowd, n % crowd.whole)

    different: dict[str, Callable[[Number], Any]] = {
        "key": lambda n: word(person(n)) + "/followup:1"
    }
    if at is not None:
        different = {
            "key": lambda n: word(person(n)) + "/quiet:" + word(n),
            "due_at": at,
            "ready_at": at,
        }
    multiply(
        connection,
        nudges,
        nudges.c.key == first.key,
        count - 1,
        id=None,
        seeker_id=person,
        platform=lambda n: case((n % crowd.whole < crowd.slack, SLACK), else_=DISCORD),
        **different,
    )


def _add_accounts(connection: Connection, crowd: Crowd) -> None:
    """An account for each; on Slack they are spread over the workspaces in turn."""
    connection.execute(ACCOUNTS.insert, ACCOUNTS.row(Account(1, 1, SLACK, "T0", "U1")))

    def person(n: Number) -> Number:
        return _mixed(crowd, n)

    def either(n: Number, slack: Any, discord: Any) -> ColumnElement[str]:
        return case((n < crowd.slack, slack), else_=discord)

    multiply(
        connection,
        accounts,
        accounts.c.id == 1,
        crowd.whole - 1,
        id=person,
        seeker_id=person,
        platform=lambda n: either(n, SLACK, DISCORD),
        workspace=lambda n: either(n, "T" + word(n % crowd.workspaces), ""),
        user=lambda n: either(n, "U" + word(person(n)), word(person(n))),
        place=lambda n: either(n, "", word(person(n) + CONVERSATION)),
    )


def make_due(url: str, at: datetime) -> None:
    """Everybody's follow-up is due then (whole seconds), and none was ever sent."""
    applied = (at - WEEK).date()
    with connected(url) as connection:
        connection.execute(update(seekers).values(hour=at.time().replace(tzinfo=None)))
        logged = datetime.combine(applied, Time(), UTC)
        connection.execute(update(applications).values(applied_on=applied, logged_at=logged))
        connection.execute(
            update(nudges)
            .where(nudges.c.kind == NudgeKind.FOLLOW_UP)
            .values(
                due_at=at, ready_at=at, local=f"{at:%Y-%m-%d %H:%M} {_UTC}",
                state=NudgeState.PLANNED, claim="", tries=0, in_doubt=False, why="", sent_at=None,
                message_ref="", turn_at=None,
            )
        )  # fmt: skip
        connection.execute(delete(lanes))
    tidy(url)
