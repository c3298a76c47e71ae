"""What a member may change about a club, and what that changes: pauses, zones, rhythm, undo."""

from tests.stories.club import (
    CLUB,
    NAMES,
    TownStory,
    meetings,
    on,
    order,
    report,
    started,
)
from tests.stories.town import Somebody, Town


async def asked(who: Somebody) -> int:
    """How many questions came to somebody since they last looked."""
    return len([seen for seen in await who.came() if f"For {CLUB}" in seen])


async def who_pauses_is_not_asked_and_keeps_their_turn(town: Town) -> None:
    """A pause is for messages; at the meeting they have a place as always."""
    members, channel = await started(town, *NAMES[:3])
    ben, cleo = members["Ben"], members["Cleo"]
    await ben.say("pause until=2026-06-05")
    await town.until(on("06-02", "18:05"))
    assert (await asked(ben), await asked(cleo)) == (0, 1)
    (post,) = await meetings(town, channel)
    assert "Ben" in order(post)
    await town.until(on("06-09", "18:05"))
    assert (await asked(ben), await asked(cleo)) == (1, 1)


async def what_was_shared_can_be_taken_back_before_it_is_posted(town: Town) -> None:
    """And is asked for anew, or not at all, as its owner likes."""
    members, channel = await started(town, *NAMES[:3])
    ben = members["Ben"]
    await town.until(on("06-01", "19:00"))
    await report(ben, moved="Ben’s canary", ask="", next="")
    assert "Taken back" in await ben.say("undo")
    await town.until(on("06-02", "18:05"))
    (post,) = await meetings(town, channel)
    assert "canary" not in post
    assert "Ben" in order(post)


async def who_comes_during_the_meeting_has_a_turn_when_they_say_something(town: Town) -> None:
    """After all others; the next week they are among them."""
    _, channel = await started(town, *NAMES[:3])
    await town.until(on("06-02", "18:05"))
    late = town.person("Late")
    await late.say("club join called=Late", channel)
    shown = await late.say('club report moved="I am new"', channel)
    await late.press("Share it", shown)
    await town.wait(minutes=2)
    (post,) = await meetings(town, channel)
    assert order(post)[-1] == "Late"
    assert "I am new" in post
    await town.until(on("06-09", "18:05"))
    assert "Late" in order((await meetings(town, channel))[-1])


async def who_is_away_speaks_first_when_they_are_back(town: Town) -> None:
    """Whoever is next keeps their place while somebody else begins."""
    members, channel = await started(town, *NAMES[:3])
    await town.until(on("06-08", "19:00"))
    (first,) = await meetings(town, channel)
    away, begins = order(first)[1:]
    question = [seen for seen in await members[away].came() if f"For {CLUB}" in seen][-1]
    await members[away].press("I will be away", question)
    await members[away].press("Share it", await members[away].fill(moved="On a train", ask=""))
    await town.until(on("06-16", "18:05"))
    posts = await meetings(town, channel)
    assert order(posts[1])[0] == begins
    assert away not in order(posts[1])
    assert "On a train" in posts[1]
    assert order(posts[2])[0] == away


async def another_day_and_hour_hold_for_all_that_is_ahead(town: Town) -> None:
    """What was shared for the next meeting is shown at it, whenever it is now."""
    members, channel = await started(town, *NAMES[:3])
    ana, ben, cleo = members.values()
    await town.until(on("06-01", "19:00"))
    await report(ben, moved="Ben’s news", ask="", next="")
    await cleo.came()
    changed = await ana.say("club settings day=thursday hour=12:00", channel)
    assert "Thursday, June 4, 12:00" in changed
    await town.until(on("06-03", "18:30"))
    assert (await asked(ben), await asked(cleo)) == (0, 1)
    await town.until(on("06-04", "12:05"))
    (post,) = await meetings(town, channel)
    assert "Thursday, June 4, 12:00" in post
    assert "Ben’s news" in post
    await town.until(on("06-11", "12:05"))
    assert len(await meetings(town, channel)) == 2


async def a_club_that_rests_sleeps_until_it_is_woken(town: Town) -> None:
    """Nobody is asked meanwhile, and nothing is posted; then all goes on."""
    members, channel = await started(town, *NAMES[:3])
    ana, ben, _ = members.values()
    await ana.say("club settings rest=yes", channel)
    await town.until(on("06-20"))
    assert await meetings(town, channel) == []
    assert await asked(ben) == 0
    assert "is resting" in await ben.say("club report", channel)
    woken = await ana.say("club settings rest=no", channel)
    assert f"{CLUB} is awake again" in woken
    assert "Tuesday, June 23, 18:00" in woken
    await town.until(on("06-23", "18:05"))
    assert await asked(ben) == 1
    assert len(await meetings(town, channel)) == 1


async def who_moves_to_another_zone_is_asked_in_their_new_evening(town: Town) -> None:
    """At six on their wall, with the hour of the meeting on it."""
    members, channel = await started(town, *NAMES[:3])
    ben = members["Ben"]
    await ben.say("settings zone=Europe/Berlin")
    await ben.came()
    await town.until(on("06-02", "11:55"))
    assert await asked(ben) == 0
    await town.until(on("06-02", "12:05"))
    (seen,) = await ben.came()
    assert f"{CLUB} meets Wednesday, June 3, 00:00" in seen
    await town.until(on("06-02", "18:05"))
    assert len(await meetings(town, channel)) == 1


async def an_export_holds_ones_own_and_nothing_of_others(town: Town) -> None:
    """Reports and ties as they were written."""
    members, _ = await started(town, *NAMES[:3])
    ben, cleo = members["Ben"], members["Cleo"]
    await cleo.say("club tie Acme as works")
    await ben.say("club tie Globex as works")
    await town.until(on("06-01", "19:00"))
    await report(ben, moved="Ben’s canary", ask="", next="")
    await report(cleo, moved="Cleo’s canary", ask="", next="")
    await town.until(on("06-02", "18:05"))
    whole = "".join(
        data.decode() for name, data in (await ben.say("export")).files.items() if "json" in name
    )
    if not whole and not town.channels:
        # Saved beside the terminal, not shown in it.
        return
    assert "Ben’s canary" in whole
    assert "Globex" in whole
    for theirs in ("Cleo’s canary", "Acme"):
        assert theirs not in whole


STORIES: tuple[TownStory, ...] = (
    who_is_away_speaks_first_when_they_are_back,
    who_pauses_is_not_asked_and_keeps_their_turn,
    what_was_shared_can_be_taken_back_before_it_is_posted,
    who_comes_during_the_meeting_has_a_turn_when_they_say_something,
    another_day_and_hour_hold_for_all_that_is_ahead,
    a_club_that_rests_sleeps_until_it_is_woken,
    who_moves_to_another_zone_is_asked_in_their_new_evening,
    an_export_holds_ones_own_and_nothing_of_others,
)
