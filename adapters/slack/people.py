"""Who a Slack user is: their zone, their name, and whether they belong here. Knows `users.info`.

https://docs.slack.dev/reference/methods/users.info and
https://docs.slack.dev/reference/objects/user-object. Only looked up, never waited for: whoever asks
goes on without it after a second.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from adapters.slack import Json, utc_now
from adapters.slack.clients import Clients
from adapters.slack.outcomes import ended
from adapters.slack.tokens import NotInstalled, NotNow
from adapters.slack.workspace import Workspace
from bot.message import shorten

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

# How many people are remembered, and for how long. A stranger may become a member any day.
PEOPLE = 10_000
MEMBER_FOR, STRANGER_FOR = timedelta(days=1), timedelta(minutes=10)
# A command has three seconds in all.
SECONDS = 1.0
NAME_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Person:
    """A Slack user. `zone` is an IANA name or ""; `name` is how they would sign, or "".

    A `member` is a person of the workspace or organization that installed the bot, its guests
    included; not one from another company in a shared channel, a bot, or a closed account. A
    `guest` sees only some channels of it.
    """

    zone: str
    name: str
    member: bool
    guest: bool = False


class People:
    """Looks people up, one call a person however many ask, and remembers them."""

    def __init__(
        self,
        clients: Clients,
        seconds: float = SECONDS,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._clients = clients
        self._seconds = seconds
        self._clock = clock
        self._known: OrderedDict[tuple[str, str], tuple[Person, datetime]] = OrderedDict()
        self._asking: dict[tuple[str, str], asyncio.Task[Person | None]] = {}

    async def person(self, workspace_key: str, user: str) -> Person | None:
        """The person, or None when Slack did not say so in time; a late answer is remembered."""
        who = (workspace_key, user)
        person, until = self._known.get(who, (None, None))
        if person is not None and until is not None and self._clock() < until:
            self._known.move_to_end(who)
            return person
        task = self._asking.get(who)
        if task is None:
            task = self._asking[who] = asyncio.ensure_future(self._ask(who))
            task.add_done_callback(lambda _: self._asking.pop(who, None))
        try:
            async with asyncio.timeout(self._seconds):
                # It goes on for the others who asked, and for the next time.
                return await asyncio.shield(task)
        except TimeoutError:
            log.info("users.info slow", workspace=workspace_key)
            return None

    def forget(self, workspace_key: str) -> None:
        """Forget everybody of a workspace: it removed the bot."""
        for who in [who for who in self._known if who[0] == workspace_key]:
            del self._known[who]

    async def aclose(self) -> None:
        """Give up what is still being asked."""
        asking = list(self._asking.values())
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)

    async def _ask(self, who: tuple[str, str]) -> Person | None:
        key, user = who
        try:
            answer = await self._clients.call(key, lambda client: client.users_info(user=user))
            person = read_person(answer["user"], Workspace.parse(key))
        except (NotInstalled, NotNow) as error:
            log.warning("users.info failed", workspace=key, error=type(error).__name__)
            return None
        except Exception as error:
            code = ended(error, self._clock()).code
            log.warning("users.info failed", workspace=key, code=code)
            return None
        kept = MEMBER_FOR if person.member else STRANGER_FOR
        self._known[who] = (person, self._clock() + kept)
        self._known.move_to_end(who)
        if len(self._known) > PEOPLE:
            self._known.popitem(last=False)
        return person


def read_person(user: Json, place: Workspace) -> Person:
    """The person in a user object of Slack's, as seen from an installation."""
    profile = user.get("profile") or {}
    name = next(
        (
            n
            for n in (profile.get("real_name"), user.get("real_name"), profile.get("display_name"))
            if isinstance(n, str) and n.strip()
        ),
        "",
    )
    guest = bool(user.get("is_restricted") or user.get("is_ultra_restricted"))
    return Person(_zone(user.get("tz")), shorten(name, NAME_LIMIT), _belongs(user, place), guest)


def _zone(named: object) -> str:
    if not isinstance(named, str) or not named:
        return ""
    try:
        return ZoneInfo(named).key
    except (KeyError, ValueError, OSError):
        return ""


def _belongs(user: Json, place: Workspace) -> bool:
    if any(user.get(flag) for flag in ("is_stranger", "is_bot", "deleted")):
        return False
    # Slackbot is not marked as a bot.
    if user.get("id") == "USLACKBOT":
        return False
    org = user.get("enterprise_user") or {}
    # Inside an organization `team_id` may be the organization's.
    theirs = {user.get("team_id"), org.get("enterprise_id"), *(org.get("teams") or [])} - {None, ""}
    here = place.enterprise if place.whole_org else place.team
    # Unsaid by Slack is no ground to send somebody away.
    return not theirs or here in theirs
