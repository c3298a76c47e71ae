"""An attacker in Slack: forged ids and forms, another workspace's same id, requests sent again."""

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from adapters.slack.buttons import VERSION
from adapters.slack.meta import Meta
from bot.context import STASHED
from bot.message import Call
from bot.model import Who
from storage.store import Store
from tests.attacker.forging import everything, innocent, leaks, numbers
from tests.slack.chat import SlackChat, World
from tests.slack.checks import anywhere, deliver, install, member, settle
from tests.slack.standin import Posted
from tests.slack.standin.reading import Pressable
from tests.slack.standin.transports import FORM, signature

# An action_id has up to 255 characters.
ID_LIMIT = 255


@pytest.fixture
def kind() -> str:
    return "sqlite"


async def told(chat: SlackChat, world: World) -> list[str]:
    """Live through a week in which every word is the victim's; the ids that they were offered."""
    for line in (
        'applied Zorblaxrole at Zorblaxcorp fit="zorblaxfit" note="zorblaxnote"',
        "applied Zorblaxcook at Zorblaxinn",
        'applied Zorblaxcook at Zorblaxinn note="zorblaxstash"',
        "interview 1 tomorrow 3pm with Zorblax Lee",
        "interview 1 friday 4pm",
        "show 1",
        "list",
        "today",
        "followup 2",
        "remove 2",
        "forget",
        "undo",
        "settings",
    ):
        await chat.say(line)
        world.now += timedelta(seconds=5)
    await deliver(world, days=8)
    surfaces = [*chat.person.dms, *chat.person.ephemerals]
    found = {t.action_id for s in surfaces for t in s.pressables}
    return sorted(found | {str(thing.action_id) for _, old in chat.shown.values() for thing in old})


def forgeries(offered: list[str], theirs: list[int]) -> Iterator[str]:
    """What is in nobody's message: the victim's own ids, their numbers, and nonsense."""
    yield from map(innocent, offered)
    for number in (*theirs, -1, "9" * 30, "\u0661", "1 OR 1=1", "1'--"):
        for call in (
            Call(STASHED, {"call": str(number)}),
            Call("job show", {"application": str(number)}),
            Call("job undo", {"change": str(number)}),
            Call("job begin", {"employer": "no", "then": str(number)}),
            Call("job attendees", {"interview": str(number), "people": "Eve"}),
            Call("job skip", {"nudge": f"{number}/followup:1"}),
            Call("job remove", {"application": str(number), "sure": "yes"}),
        ):
            yield (VERSION + call.wire())[:ID_LIMIT]


def looked(chat: SlackChat) -> str:
    """Everything that somebody could find on their screen, unseen parts of it included."""
    person = chat.person
    surfaces = [*person.dms, *person.ephemerals, *person.inbox.windows]
    shown = [(s.shown, s.blocks, getattr(s, "private_metadata", "")) for s in surfaces]
    return repr((shown, person.home and person.home.blocks))


def undo(chat: SlackChat) -> tuple[Posted, Pressable]:
    """A button of somebody's own, and the message that it is on."""
    surfaces = [*chat.person.dms, *chat.person.ephemerals]
    return next((s, t) for s in surfaces for t in s.pressables if t.label == "Undo")


async def test_forged_buttons_and_forms_reach_nothing_of_anothers(store: Store) -> None:
    async with anywhere(store) as world:
        await install(world, world.team)
        chat, eve = member(world, world.team), member(world, world.team, "U0EVE")
        other = world.slack.team("T2", installed=False)
        await install(world, other)
        twin = member(world, other, chat.user)
        offered = await told(chat, world)
        whose = Who("slack", chat.user, "T1")
        before = everything(store, whose)
        assert leaks(before)
        for thief in (eve, twin):
            await thief.say("applied Editor at Globex")
            surface, thing = undo(thief)
            for action_id in forgeries(offered, numbers(store, whose)):
                world.now += timedelta(seconds=2)
                payload = thief.person.payloads.press(surface, thing)
                payload["actions"][0]["action_id"] = action_id
                await thief.person.send(payload)
                await settle(world)
                assert not leaks(looked(thief)), action_id
            assert everything(store, whose) == before
            await _forms(thief, world, numbers(store, whose))
            assert not leaks(looked(thief))
            assert everything(store, whose) == before


async def _forms(thief: SlackChat, world: World, theirs: list[int]) -> None:
    """Send forms that carry, unseen, what a thief has put there."""
    for number in theirs:
        for call in (
            Call("job edit", {"application": str(number)}),
            Call("job reasons", {"application": str(number)}),
            Call("job debrief", {"interview": str(number)}),
            Call(STASHED, {"call": str(number)}),
        ):
            world.now += timedelta(seconds=2)
            await thief.say("applied")
            thief.person.window.body["private_metadata"] = Meta(call).encode()
            await thief.person.fill(company="Globex", role="Editor")
            await settle(world)
            assert not leaks(looked(thief)), call


async def test_a_request_that_is_old_altered_or_not_signed_by_slack_does_nothing(
    store: Store,
) -> None:
    async with anywhere(store) as world:
        await install(world, world.team)
        chat, eve = member(world, world.team), member(world, world.team, "U0EVE")
        await chat.say("applied Zorblaxrole at Zorblaxcorp")
        await eve.say("applied Editor at Globex")
        whose = Who("slack", chat.user, "T1")
        before = everything(store, whose)
        for thief, victim_of_it in ((chat, chat), (eve, chat)):
            surface, thing = undo(thief)
            payload = thief.person.payloads.press(surface, thing)
            honest = urlencode({"payload": json.dumps(payload)}).encode()
            payload["user"]["id"] = victim_of_it.user
            payload["actions"][0]["action_id"] = f"{VERSION}job forget?sure=yes"
            body = urlencode({"payload": json.dumps(payload)}).encode()
            secret, now = world.slack.signing_secret, int(time.time())
            for stamp, sealed in (
                # Old and repeated, with Slack's own signature.
                (now - 301, signature(secret, str(now - 301), body)),
                (now - 86_400, signature(secret, str(now - 86_400), body)),
                # An old signature under a new time, and the other way round.
                (now, signature(secret, str(now - 301), body)),
                (now - 301, signature(secret, str(now), body)),
                # What Slack signed was somebody's honest click.
                (now, signature(secret, str(now), honest)),
                (now, signature("a guess", str(now), body)),
                (now, ""),
            ):
                headers = {
                    "Content-Type": FORM,
                    "X-Slack-Request-Timestamp": str(stamp),
                    "X-Slack-Signature": sealed,
                }
                ack = await world.slack.transport.post(body, headers)  # type: ignore[attr-defined]  # of Http
                assert ack.status == 401
        await settle(world)
        assert everything(store, whose) == before


async def test_an_old_button_does_nothing_to_what_its_owner_began_anew(store: Store) -> None:
    async with anywhere(store) as world:
        await install(world, world.team)
        chat, eve = member(world, world.team), member(world, world.team, "U0EVE")
        offered = await told(chat, world)
        await eve.say("applied Editor at Globex")
        await chat.say("forget sure=yes")
        await chat.say("applied Zorblaxnew at Zorblaxelse")
        whose = Who("slack", chat.user, "T1")
        before = everything(store, whose)
        surface, thing = undo(eve)
        for action_id in map(innocent, offered):
            world.now += timedelta(seconds=2)
            payload = eve.person.payloads.press(surface, thing)
            payload["actions"][0]["action_id"] = action_id
            await eve.person.send(payload)
            await settle(world)
            assert not leaks(looked(eve)), action_id
        assert everything(store, whose) == before


async def test_whoever_floods_is_asked_to_wait_and_the_others_are_served(store: Store) -> None:
    async with anywhere(store) as world:
        await install(world, world.team)
        chat, eve = member(world, world.team), member(world, world.team, "U0EVE")
        await chat.say("applied SRE at Acme")
        await eve.say("applied Editor at Globex")
        surface, thing = undo(eve)
        world.now += timedelta(minutes=1)
        for _ in range(30):
            await eve.say("list")
        whose = Who("slack", eve.user, "T1")
        before = everything(store, whose)
        assert "One moment, please" in await eve.say("list")
        assert "One moment, please" in await eve.say("applied")
        assert "One moment, please" in await eve.say("forget sure=yes")
        assert everything(store, whose) == before
        assert "Acme" in await chat.say("list")
        world.now += timedelta(minutes=1)
        # What was typed into a form that came too early is still there.
        await eve.say("applied")
        for _ in range(30):
            await eve.person.send(eve.person.payloads.press(surface, thing))
            await settle(world)
        form = await eve.fill(company="Initech", role="Cook")
        assert form.fields["company"] == "Initech"
        assert "One moment" in str(form.problems)
