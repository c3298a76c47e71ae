"""Both stand-ins, the people in them, and what really arrived there. Knows no table of ours."""

import re
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any, Self

from bot.model import Who
from faults.account import Arrival
from faults.clock import Clock
from tests.discord import standin as discord_standin
from tests.slack import standin as slack_standin

_FIRM = re.compile(r"Firm\d{6}")
_DOUBT = "You may have seen this already"
_LATE = "This comes late"
# The requests that carry a nudge.
POSTS = {"slack": "chat.postMessage", "discord": "POST /channels/{id}/messages"}
OPENING = "POST /users/@me/channels"


@dataclass(frozen=True)
class Human:
    """Somebody who is waiting for nudges."""

    platform: str
    user: str
    who: Who


class Platforms:
    """A Slack and a Discord that go by the harness's clock."""

    def __init__(self, clock: Clock) -> None:
        self.slack = slack_standin.Slack(judging=False)
        self.discord = discord_standin.Discord(judging=False)
        # Ids, and how long a nonce is known, are counted in the time that leaps.
        for world in (self.slack.world, self.discord.world):
            world.clock = clock.seconds  # type: ignore[assignment]  # a clock is what gives seconds
        self._team = self.slack.team("T1")
        self._up = AsyncExitStack()
        self._numbers = count(1)
        self._plans: list[Any] = []
        self._held: list[Any] = []

    async def __aenter__(self) -> Self:
        await self._up.enter_async_context(self.slack)
        await self._up.enter_async_context(self.discord)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.release()
        await self._up.aclose()

    @property
    def environment(self) -> dict[str, str]:
        """What a worker is told of them."""
        return {
            "SLACK_BOT_TOKEN": self._team.bot_token,
            "SLACK_API_URL": self.slack.api_url,
            "DISCORD_TOKEN": self.discord.token,
            "DISCORD_API_URL": self.discord.api_url,
        }

    def human(self, platform: str) -> Human:
        """Somebody new. Every fourth on Discord has no conversation with the bot yet."""
        number = next(self._numbers)
        if platform == "slack":
            user = f"U{number:06d}"
            self._team.person(user, met=True)
            return Human(platform, user, Who(platform, user, "T1"))
        person = self.discord.person(f"p{number}", installed=True, met=True)
        place = self.discord.world.users[person.id].channel if number % 4 else ""
        return Human(platform, person.id, Who(platform, person.id, "", place))

    def fault(self, human: Human, fault: Any, times: int | None = 1, route: str = "") -> Any:
        """Let the next messages to somebody meet a misfortune; its plan, which can be lifted."""
        side: Any = self.slack if human.platform == "slack" else self.discord
        where = route or POSTS[human.platform]
        plan = side.fault(where, fault, user=human.user, times=times)
        self._plans.append(plan)
        if hasattr(fault, "arrived"):
            self._held.append(fault)
        return plan

    def anybody(self, side: Any, route: str, fault: Any) -> Any:
        """Let the next message to anybody meet it; its plan."""
        plan = side.fault(route, fault)
        self._plans.append(plan)
        if hasattr(fault, "arrived"):
            self._held.append(fault)
        return plan

    @property
    def met(self) -> int:
        """How many misfortunes happened."""
        return sum(plan.met for plan in self._plans)

    def release(self) -> None:
        """Let go on whatever is held."""
        for fault in self._held:
            let_go: Callable[[], None] = getattr(fault.release, "set", fault.release)
            let_go()

    def arrivals(self) -> list[Arrival]:
        """Every message that a person has."""
        found = [
            arrival("slack", float(message.ts), message.shown)
            for inbox in self.slack.world.inboxes.values()
            for message in inbox.received
        ]
        found += [
            arrival("discord", message.made, message.shown)
            for message in self.discord.world.messages.values()
        ]
        return found


def arrival(platform: str, seconds: float, words: str) -> Arrival:
    at = datetime.fromtimestamp(seconds, UTC)
    return Arrival(platform, at, frozenset(_FIRM.findall(words)), _DOUBT in words, _LATE in words)
