"""A club's month with eight members: reports, meetings, whose turn it is, a move and a day off."""

import re
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.stories.chat import ZONE, Seen
from tests.stories.town import Somebody, Town

NAMES = ("Ana", "Ben", "Cleo", "Dev", "Eli", "Fay", "Gus", "Hana")
CLUB = "Tuesday club"
NEW_YORK = ZoneInfo(ZONE)

Members = dict[str, Somebody]
TownStory = Callable[[Town], Coroutine[Any, Any, None]]


def on(day: str, at: str = "12:00", zone: ZoneInfo = NEW_YORK) -> datetime:
    """A moment of 2026: a day ("06-02") and a time on New York's wall."""
    return datetime.fromisoformat(f"2026-{day}T{at}").replace(tzinfo=zone)


def people(town: Town, *names: str, zone: str = ZONE) -> Members:
    """People, of whom the first may arrange things for others."""
    return {name: town.person(name, zone, organizes=not n) for n, name in enumerate(names)}


async def started(
    town: Town, *names: str, line: str = "club start tuesday 18:00"
) -> tuple[Members, str]:
    """A club that meets at six on Tuesdays, and all of these in it; returns its channel too."""
    members = people(town, *names)
    channel = town.channel("hunters", list(members.values()))
    first, *others = members.values()
    assert f"{CLUB} is there" in await first.say(f"{line} called={first.name}", channel)
    for other in others:
        assert f"Welcome to {CLUB}" in await other.say(f"club join called={other.name}", channel)
    return members, channel


async def report(who: Somebody, **answers: str) -> Seen:
    """Answer the three questions, look at what the club will see, and share it."""
    asked = next(seen for seen in reversed(await who.came()) if f"For {CLUB}" in seen)
    form = await who.press("Answer", asked)
    assert form.problems == {}
    shown = await who.fill(**answers)
    assert f"What {CLUB} will see" in shown
    assert f"Shared with {CLUB}" in await who.press("Share it", shown)
    return shown


async def meetings(town: Town, channel: str) -> list[Seen]:
    """The messages of meetings in a channel, as they are now."""
    return [seen for seen in await town.standing(channel) if "today’s meeting" in seen]


def order(post: Seen) -> list[str]:
    """Who speaks, in order."""
    found = re.findall(r"\b(\d+)\. (\w+)", post.text)
    assert [int(place) for place, _ in found] == list(range(1, len(found) + 1))
    return [name for _, name in found]


def timekeeper(post: Seen) -> str:
    """Who keeps time."""
    found = re.search(r"(\w+) keeps time", post.text)
    assert found, post.text
    return found[1]


async def eight_meet_and_nothing_is_shown_that_was_not_shared(town: Town) -> None:
    """Asked in private, seen first, posted once, and mended where it stands."""
    members, channel = await started(town, *NAMES)
    ben, fay, gus = members["Ben"], members["Fay"], members["Gus"]
    await ben.say("applied SRE at Globex")
    await ben.say("sent globex")
    for each in members.values():
        await each.came()
    await town.until(on("06-01", "17:59"))
    assert [seen for each in members.values() for seen in await each.came()] == []
    await town.until(on("06-01", "18:30"))
    assert await meetings(town, channel) == []
    shown = await _two_report(town, members, channel)
    asked = next(seen for seen in await fay.came() if f"For {CLUB}" in seen)
    await fay.press("I will be away", asked)
    shown = await fay.fill(moved="Two talks", ask="A quiet place to call from", next="")
    assert "somebody reads this out" in shown
    await fay.press("Share it", shown)
    await town.until(on("06-02", "17:59"))
    assert await meetings(town, channel) == []
    await town.until(on("06-02", "18:05"))
    (post,) = await meetings(town, channel)
    assert "Tuesday, June 2, 18:00" in post
    assert sorted([*order(post), "Fay"]) == sorted(NAMES)
    assert timekeeper(post) not in ("Fay", order(post)[0])
    assert "1 follow-up sent; next: Write to three people" in post
    assert "Who knows a recruiter in Oslo?" in post
    assert "Not here today" in post
    assert "A quiet place to call from" in post
    assert "2 conversations, 1 follow-up" in post
    assert "Set up by Ana" in post
    for secret in ("Globex", "SRE", "@everyone", "@channel", "@here"):
        assert secret not in post
    await report(gus, moved="It took me a while", ask="", next="Sleep")
    await town.until(on("06-02", "18:15"))
    (mended,) = await meetings(town, channel)
    assert "It took me a while" in mended
    assert order(mended) == order(post)
    assert timekeeper(mended) == timekeeper(post)


async def _two_report(town: Town, members: Members, channel: str) -> Seen:
    """One with what their own records say, and without names; one with numbers on the wall."""
    ben, cleo = members["Ben"], members["Cleo"]
    asked = next(seen for seen in await ben.came() if f"For {CLUB}" in seen)
    assert "Tuesday, June 2, 18:00" in asked
    assert "1 follow-up sent" in asked
    assert "Globex" not in asked
    form = await ben.press("Answer", asked)
    assert form.fields["moved"] == "1 follow-up sent"
    shown = await ben.fill(next="Write to three people")
    assert "Globex" not in shown
    named = await ben.press("Fill in with names", shown)
    assert named.fields["moved"] == "1 follow-up sent (to Globex)"
    await ben.press("Share it", shown)
    shown = await report(
        cleo, moved="A talk", ask="Who knows a recruiter in Oslo?", next="", **_NUMBERS
    )
    assert "2 conversations, 1 follow-up" in shown
    assert await meetings(town, channel) == []
    return shown


_NUMBERS = {"conversations": "2", "followups": "1"}


async def what_was_promised_comes_back_to_its_owner_alone(town: Town) -> None:
    """Three days after the meeting, and once it is done it is not asked about again."""
    members, channel = await started(town, *NAMES[:3])
    await town.until(on("06-01", "19:00"))
    await report(members["Ben"], moved="", ask="", next="Write to three people")
    for each in members.values():
        await each.came()
    await town.until(on("06-05", "20:00"))
    (back,) = await members["Ben"].came()
    assert "You said you would" in back
    assert "Write to three people" in back
    assert [await members[name].came() for name in ("Ana", "Cleo")] == [[], []]
    await members["Ben"].press("Done", back)
    await town.until(on("06-15", "17:00"))
    assert not any("You said you would" in seen for seen in await members["Ben"].came())
    assert len(await meetings(town, channel)) == 2


async def a_month_goes_round_with_one_move_and_one_day_off(town: Town) -> None:
    """Nobody begins or keeps time twice; one meeting is moved once, and one is called off once."""
    members, channel = await started(town, *NAMES)
    ana, ben = members["Ana"], members["Ben"]
    await town.until(on("06-14"))
    if town.permits:
        assert "Ask whoever organizes" in await ben.say("club move thu 7pm", channel)
    assert "Thursday, June 18, 19:00" in await ana.say("club move 2026-06-18 19:00", channel)
    await town.until(on("06-18", "18:59"))
    assert len(await meetings(town, channel)) == 2
    await town.until(on("06-20"))
    off = await ana.say("club cancel", channel)
    assert "There is none on Tuesday, June 23, 18:00" in off
    await town.until(on("07-08"))
    posts = await meetings(town, channel)
    days = [re.search(r"\w+, \w+ \d+, \d\d:\d\d", post.text) for post in posts]
    assert [day and day[0] for day in days] == [
        "Tuesday, June 2, 18:00",
        "Tuesday, June 9, 18:00",
        "Thursday, June 18, 19:00",
        "Tuesday, June 30, 18:00",
        "Tuesday, July 7, 18:00",
    ]
    assert len({order(post)[0] for post in posts}) == 5
    assert len({timekeeper(post) for post in posts}) == 5
    assert all(sorted(order(post)) == sorted(NAMES) for post in posts)


async def a_club_is_started_by_who_may_and_joined_by_whoever_is_there(town: Town) -> None:
    """Once; a second time changes nothing."""
    members = people(town, *NAMES[:3])
    ana, ben, cleo = members.values()
    channel = town.channel("hunters", [ana, ben, cleo])
    assert "There is no club here" in await ben.say("club join called=Ben", channel)
    if town.permits:
        refused = await ben.say("club start tuesday 18:00 called=Ben", channel)
        assert "A club lives in a channel" in refused
    if town.channels:
        assert "A club lives in a channel" in await ana.say("club start tuesday 18:00 called=Ana")
    said = await ana.say("club start tuesday 18:00 called=Ana", channel)
    assert "Tuesday, June 2, 18:00" in said
    if town.channels:
        again = await ana.say("club start friday 9:00 called=Ana", channel)
        assert "There is a club here already" in again
    assert "as Ben, and nothing else" in await ben.say("club join called=Ben", channel)
    assert "already" in await ben.say("club join called=Ben", channel)
    assert "You are in no club" in await cleo.say("club members", channel)
    listed = await ben.say("club members")
    assert "Ana, who organizes it" in listed
    assert "Cleo" not in listed


async def a_club_that_says_nothing_is_asked_once_whether_to_rest(town: Town) -> None:
    """After three weeks; whoever organizes it decides, and it rests until it is woken."""
    members, channel = await started(town, *NAMES[:3])
    await town.until(on("07-01"))
    asked = [seen for seen in await members["Ana"].came() if f"Shall {CLUB} rest?" in seen]
    assert len(asked) == 1
    assert not any("rest?" in seen for seen in await members["Ben"].came())
    posted = len(await meetings(town, channel))
    await members["Ana"].press("Let it rest", asked[0])
    for each in members.values():
        await each.came()
    await town.wait(weeks=3)
    assert len(await meetings(town, channel)) == posted
    assert [await each.came() for each in members.values()] == [[], [], []]


STORIES: tuple[TownStory, ...] = (
    a_club_is_started_by_who_may_and_joined_by_whoever_is_there,
    eight_meet_and_nothing_is_shown_that_was_not_shared,
    what_was_promised_comes_back_to_its_owner_alone,
    a_month_goes_round_with_one_move_and_one_day_off,
    a_club_that_says_nothing_is_asked_once_whether_to_rest,
)
