"""Who a Slack user is, over a real connection: members and strangers, remembered or unknown."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.slack.people import People, Person, read_person
from adapters.slack.workspace import Workspace
from tests.slack.wire import DROP, HOLD, Reply, Wire, clients, error, listening

NOW = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)
ADA = {
    "id": "U1",
    "team_id": "T1",
    "tz": "Europe/Paris",
    "profile": {"real_name": "Ada Byron", "display_name": "ada"},
}
MATE = {"team_id": "E1", "enterprise_user": {"enterprise_id": "E1", "teams": ["T1"]}}
COLLEAGUE = {"team_id": "T2", "enterprise_user": {"enterprise_id": "E1", "teams": ["T2"]}}
OUTSIDER = {"team_id": "T2", "enterprise_user": {"enterprise_id": "E2", "teams": ["T2"]}}
TEAM, INSIDE, ORG = Workspace("T1"), Workspace("T1", "E1"), Workspace("", "E1", True)


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with listening() as made:
        made.usual["users.info"] = Reply({"ok": True, "user": ADA})
        yield made


@pytest.fixture
async def people(wire: Wire) -> AsyncIterator[People]:
    async with clients(wire.url) as connected:
        made = People(connected, seconds=0.2, clock=lambda: NOW)
        yield made
        await made.aclose()


async def test_a_member_has_a_zone_and_a_name_and_is_asked_about_once(
    people: People, wire: Wire
) -> None:
    found = await asyncio.gather(*(people.person("T1", "U1") for _ in range(5)))
    assert {*found, await people.person("T1", "U1")} == {Person("Europe/Paris", "Ada Byron", True)}
    (call,) = wire.posts("users.info")
    assert call.body["user"] == "U1"


async def test_a_person_is_asked_about_again_after_a_day_and_a_stranger_sooner(
    wire: Wire,
) -> None:
    now = NOW
    async with clients(wire.url) as connected:
        people = People(connected, clock=lambda: now)
        await people.person("T1", "U1")
        await people.person("T2", "U1")
        now += timedelta(minutes=11)
        await people.person("T1", "U1")
        await people.person("T2", "U1")
        assert len(wire.posts("users.info")) == 3
        now += timedelta(days=1)
        await people.person("T1", "U1")
        assert len(wire.posts("users.info")) == 4


@pytest.mark.parametrize(
    "reply", [error("user_not_found"), error("ratelimited", 429), Reply("<html>", 502), DROP]
)
async def test_a_call_that_failed_says_nothing_and_is_not_remembered(
    people: People, wire: Wire, reply: Reply
) -> None:
    wire.answer("users.info", reply, *([reply] if reply is DROP else []))
    assert await people.person("T1", "U1") is None
    assert await people.person("T1", "U1") is not None


async def test_nobody_waits_for_slack_longer_than_agreed(people: People, wire: Wire) -> None:
    wire.answer("users.info", HOLD)
    assert await people.person("T1", "U1") is None


async def test_an_answer_that_came_too_late_is_known_the_next_time(wire: Wire) -> None:
    wire.usual["users.info"] = Reply({"ok": True, "user": ADA}, instead="hold")
    async with clients(wire.url) as connected:
        people = People(connected, seconds=0.0, clock=lambda: NOW)
        assert await people.person("T1", "U1") is None
        (asking,) = people._asking.values()
        wire.over.set()
        await asking
        assert await people.person("T1", "U1") is not None
        assert len(wire.posts("users.info")) == 1


async def test_a_workspace_that_left_is_forgotten(people: People, wire: Wire) -> None:
    await people.person("T1", "U1")
    people.forget("T1")
    await people.person("T1", "U1")
    assert len(wire.posts("users.info")) == 2


@pytest.mark.parametrize(
    ("about", "place", "member"),
    [
        ({}, TEAM, True),
        ({"is_restricted": True}, TEAM, True),
        ({"is_restricted": True, "is_ultra_restricted": True}, TEAM, True),
        ({"is_stranger": True}, TEAM, False),
        ({"is_bot": True}, TEAM, False),
        ({"id": "USLACKBOT"}, TEAM, False),
        ({"deleted": True}, TEAM, False),
        ({"team_id": "T2"}, TEAM, False),
        ({"team_id": None}, TEAM, True),
        (
            {"team_id": "E1", "enterprise_user": {"enterprise_id": "E1", "teams": ["T1"]}},
            TEAM,
            True,
        ),
        ({"team_id": "T1"}, INSIDE, True),
        (
            {"team_id": "E1", "enterprise_user": {"enterprise_id": "E1", "teams": ["T1"]}},
            INSIDE,
            True,
        ),
        (
            {"team_id": "T2", "enterprise_user": {"enterprise_id": "E1", "teams": ["T2"]}},
            INSIDE,
            False,
        ),
        (COLLEAGUE, ORG, True),
        ({"team_id": "E1"}, ORG, True),
        (
            {"team_id": "T2", "enterprise_user": {"enterprise_id": "E2", "teams": ["T2"]}},
            ORG,
            False,
        ),
        ({"team_id": "T2"}, ORG, False),
    ],
)
def test_guests_are_members_and_people_of_other_companies_are_not(
    about: dict[str, Any], place: Workspace, member: bool
) -> None:
    assert read_person({**ADA, **about}, place).member is member


@pytest.mark.parametrize("zone", [None, "", "Mars/Base", "../etc/passwd", 3600])
def test_a_zone_that_is_none_is_left_out(zone: object) -> None:
    assert read_person({**ADA, "tz": zone}, TEAM).zone == ""


@pytest.mark.parametrize(
    ("profile", "name"),
    [
        ({"real_name": "Ada\nByron", "display_name": "ada"}, "Ada Byron"),
        ({"real_name": " ", "display_name": "ada"}, "ada"),
        ({}, ""),
        (None, ""),
    ],
)
def test_a_person_signs_with_their_real_name_or_what_they_show(
    profile: dict[str, str] | None, name: str
) -> None:
    assert read_person({**ADA, "profile": profile}, TEAM).name == name
