"""A club in trouble: members leave or cannot be reached, and its channel is gone."""

from tests.stories.club import (
    CLUB,
    NAMES,
    TownStory,
    meetings,
    on,
    order,
    report,
    started,
    timekeeper,
)
from tests.stories.town import Town


async def who_leaves_takes_along_what_they_shared(town: Town) -> None:
    """It goes from the message that was posted, and is in none that follows."""
    members, channel = await started(town, *NAMES[:4])
    ben, cleo = members["Ben"], members["Cleo"]
    await town.until(on("06-01", "19:00"))
    await report(ben, moved="Ben’s canary", ask="Another canary", next="")
    await report(cleo, moved="Cleo’s news", ask="", next="")
    await town.until(on("06-02", "18:30"))
    (post,) = await meetings(town, channel)
    assert "Ben’s canary" in post
    sure = await ben.say("club leave", channel)
    assert f"Leave {CLUB}?" in sure
    assert "You have left" in await ben.press("Leave", sure)
    assert "You are in no club" in await ben.say("club members")
    for each in members.values():
        await each.came()
    await town.until(on("06-09", "18:30"))
    posts = await meetings(town, channel)
    assert len(posts) == 2
    for each in posts:
        assert "canary" not in each
        assert "Ben" not in each
        assert sorted(order(each)) == ["Ana", "Cleo", "Dev"]
    assert "Cleo’s news" in posts[0]
    assert [seen for seen in await ben.came() if CLUB in seen] == []
    assert any(f"For {CLUB}" in seen for seen in await cleo.came())


async def whoever_organizes_leaves_and_the_club_goes_on(town: Town) -> None:
    """Whoever joined first after them can move it; the last to leave closes it."""
    members, channel = await started(town, *NAMES[:3])
    ana, ben, cleo = members.values()
    await ana.press("Leave", await ana.say("club leave", channel))
    assert "Ben, who organizes it" in await cleo.say("club members", channel)
    assert "Thursday, June 4, 19:00" in await ben.say("club move thu 7pm", channel)
    await town.until(on("06-04", "19:05"))
    (post,) = await meetings(town, channel)
    assert sorted(order(post)) == ["Ben", "Cleo"]
    for each in (ben, cleo):
        await each.press("Leave", await each.say("club leave", channel))
    posted = len(await meetings(town, channel))
    for each in members.values():
        await each.came()
    await town.until(on("06-30"))
    assert len(await meetings(town, channel)) == posted
    assert [await each.came() for each in members.values()] == [[], [], []]
    # It has nobody's words any more; whoever comes next has a club that meets.
    said = await cleo.say("club join called=Cleo", channel)
    assert f"Welcome to {CLUB}" in said
    assert "Next: Tuesday, June 30, 18:00" in said


async def who_cannot_be_reached_changes_nothing_for_the_others(town: Town) -> None:
    """Banned, or with a closed door: their own questions wait for them, and the club meets.

    Not in a terminal, where whoever speaks is there.
    """
    if not town.channels:
        return
    members, channel = await started(town, *NAMES[:4])
    ben, cleo = members["Ben"], members["Cleo"]
    await ben.unreachable(True)
    await town.until(on("06-01", "19:00"))
    assert not any(CLUB in seen for seen in await ben.came())
    await report(cleo, moved="Cleo’s news", ask="", next="")
    await town.until(on("06-02", "18:05"))
    (post,) = await meetings(town, channel)
    assert "Cleo’s news" in post
    assert sorted(order(post)) == ["Ana", "Ben", "Cleo", "Dev"]
    assert timekeeper(post) in NAMES
    # What could not reach them is over; from their next command on they are asked again.
    await ben.unreachable(False)
    assert "Ana, who organizes it" in await ben.say("club members")
    await town.until(on("06-08", "17:00"))
    await ben.unreachable(True)
    await town.until(on("06-08", "19:00"))
    await ben.unreachable(False)
    back = await ben.say("club members")
    assert "could not reach you" in back
    missed = await ben.press("Show what I missed", back)
    assert f"For {CLUB}" in missed
    assert "Answer" in missed.buttons
    await town.until(on("06-09", "18:05"))
    assert len(await meetings(town, channel)) == 2
    await ben.came()
    await town.until(on("06-15", "18:05"))
    assert any(f"For {CLUB}" in seen for seen in await ben.came())


async def a_channel_that_is_lost_ends_in_silence_and_one_word(town: Town) -> None:
    """Whoever organizes the club is told once; in another channel it goes on.

    Not in a terminal, which loses no channel.
    """
    if not town.channels:
        return
    members, channel = await started(town, *NAMES[:3])
    ana, ben, cleo = members.values()
    await town.until(on("06-02", "18:30"))
    await town.lose(channel)
    for each in members.values():
        await each.came()
    await town.until(on("06-30"))
    told = [seen for seen in await ana.came() if "I cannot post" in seen]
    assert len(told) == 1
    for each in (ben, cleo):
        came = await each.came()
        assert not any("I cannot post" in seen for seen in came)
        # They were asked once more, before anybody knew.
        assert len([seen for seen in came if f"For {CLUB}" in seen]) <= 1
    other = town.channel("again", list(members.values()))
    if town.permits:
        assert "Ask whoever organizes" in await ben.say("club settings here=yes", other)
    moved = await ana.say("club settings here=yes rest=no", other)
    assert f"{CLUB} is awake again" in moved
    await town.until(on("07-01"))
    (post,) = await meetings(town, other)
    assert sorted(order(post)) == ["Ana", "Ben", "Cleo"]


async def who_organizes_hears_of_a_lost_channel_also_later(town: Town) -> None:
    """If they could not be reached either, at their next command; the bot may have been put out.

    Not in a terminal, which loses no channel.
    """
    if not town.channels:
        return
    members, channel = await started(town, *NAMES[:3])
    ana, ben, _ = members.values()
    await town.put_out(channel)
    await ana.unreachable(True)
    await town.until(on("06-04"))
    for each in members.values():
        await each.came()
    await ana.unreachable(False)
    back = await ana.say("club members")
    assert "could not reach you" in back
    missed = await ana.press("Show what I missed", back)
    while f"I cannot post for {CLUB}" not in missed:
        missed = await ana.press("Show more", missed)
    assert "is resting" in await ben.say("club report")
    await town.until(on("06-20"))
    for each in members.values():
        assert not any(CLUB in seen for seen in await each.came())


async def a_club_is_woken_where_it_was_once_the_bot_is_back(town: Town) -> None:
    """Whoever put the bot out invites it again; waking the club is enough.

    Not in a terminal, which loses no channel.
    """
    if not town.channels:
        return
    members, channel = await started(town, *NAMES[:3])
    ana, ben, _ = members.values()
    await town.put_out(channel)
    await town.until(on("06-04"))
    assert any("I cannot post" in seen for seen in await ana.came())
    await town.invite(channel)
    assert f"{CLUB} is awake again" in await ana.say("club settings rest=no", channel)
    await ben.came()
    await town.until(on("06-09", "18:05"))
    (post,) = await meetings(town, channel)
    assert sorted(order(post)) == ["Ana", "Ben", "Cleo"]
    assert any(f"For {CLUB}" in seen for seen in await ben.came())


STORIES: tuple[TownStory, ...] = (
    who_leaves_takes_along_what_they_shared,
    whoever_organizes_leaves_and_the_club_goes_on,
    who_cannot_be_reached_changes_nothing_for_the_others,
    a_channel_that_is_lost_ends_in_silence_and_one_word,
    who_organizes_hears_of_a_lost_channel_also_later,
    a_club_is_woken_where_it_was_once_the_bot_is_back,
)
