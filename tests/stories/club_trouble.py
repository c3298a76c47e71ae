"""A club in trouble: members leave or are lost, its channel is gone, clocks and clubs differ."""

from zoneinfo import ZoneInfo

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

# Twelve hours apart in summer, thirteen in winter; and in between.
ZONES = {"Ana": "America/New_York", "Mei": "Asia/Singapore", "Ned": "Europe/Berlin"}


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


async def two_clubs_know_nothing_of_each_other(town: Town) -> None:
    """One person in both: each is asked for by its name, and what one hears the other does not.

    Not in a terminal, where everybody reads both.
    """
    if not town.channels:
        return
    members, channel = await started(town, *NAMES[:3])
    ana, ben, cleo = members.values()
    dev = town.person("Dev", organizes=True)
    other = town.channel("gardeners", [dev, ben])
    said = await dev.say('club start wednesday 9:00 called=Dev name="Early birds"', other)
    assert "Early birds is there" in said
    assert "Welcome to Early birds" in await ben.say("club join called=Benjamin", other)
    which = await ben.say("club leave")
    assert "Which club?" in which
    assert which.buttons == (CLUB, "Early birds")
    await ben.came()
    await town.until(on("06-01", "19:00"))
    await report(ben, moved="For the first one", ask="", next="")
    await town.until(on("06-02", "20:00"))
    asked = next(seen for seen in await ben.came() if "For Early birds" in seen)
    await ben.press("Answer", asked)
    shown = await ben.fill(moved="For the second one", ask="", next="")
    assert "Benjamin" in shown
    await ben.press("Share it", shown)
    await town.until(on("06-03", "12:00"))
    (first,), (second,) = await meetings(town, channel), await meetings(town, other)
    assert "For the first one" in first
    assert "For the second one" in second
    for words, post in (("second one", first), ("Dev", first), ("first one", second)):
        assert words not in post
    await ben.press("Leave", await ben.say("club leave", other))
    await town.until(on("06-10", "12:00"))
    assert sorted(order((await meetings(town, channel))[-1])) == ["Ana", "Ben", "Cleo"]
    assert order((await meetings(town, other))[-1]) == ["Dev"]
    assert "canary" not in (await cleo.say("club members")).text
    assert "Dev" not in await ana.say("club members")


async def everybody_reads_their_own_clock(town: Town) -> None:
    """Twelve hours apart, and in the week in which one of three clocks goes back.

    New York is on summer time until November 1, Berlin was until October 25.
    """
    await town.until(on("10-26", "09:00"))
    wall = {name: ZoneInfo(zone) for name, zone in ZONES.items()}
    members = {
        name: town.person(name, zone, organizes=name == "Ana") for name, zone in ZONES.items()
    }
    channel = town.channel("hunters", list(members.values()))
    await members["Ana"].say("club start tuesday 18:00 called=Ana", channel)
    for name in ("Ned", "Mei"):
        await members[name].say(f"club join called={name}", channel)
    for each in members.values():
        await each.came()
    # Who is asked when, each on the evening before by their own wall; and what it says there.
    weeks = {
        "10-27": (
            ("Ned", "10-26", "Tuesday, October 27, 23:00"),
            ("Ana", "10-26", "Tuesday, October 27, 18:00"),
            ("Mei", "10-27", "Wednesday, October 28, 06:00"),
        ),
        "11-03": (
            ("Ana", "11-02", "Tuesday, November 3, 18:00"),
            ("Mei", "11-03", "Wednesday, November 4, 07:00"),
            ("Ned", "11-03", "Wednesday, November 4, 00:00"),
        ),
    }
    for day, asked in weeks.items():
        for name, evening, meets in asked:
            await town.until(on(evening, "17:59", wall[name]))
            early = [(each.name, seen) for each in members.values() for seen in await each.came()]
            assert early == [], early
            await town.until(on(evening, "18:01", wall[name]))
            (seen,) = await members[name].came()
            assert f"{CLUB} meets {meets}" in seen
        await town.until(on(day, "17:59"))
        earlier = len(await meetings(town, channel))
        await town.until(on(day, "18:01"))
        assert len(await meetings(town, channel)) == earlier + 1
    for post, day in zip(await meetings(town, channel), ("October 27", "November 3"), strict=True):
        assert f"Tuesday, {day}, 18:00" in post


STORIES: tuple[TownStory, ...] = (
    who_leaves_takes_along_what_they_shared,
    whoever_organizes_leaves_and_the_club_goes_on,
    who_cannot_be_reached_changes_nothing_for_the_others,
    a_channel_that_is_lost_ends_in_silence_and_one_word,
    who_organizes_hears_of_a_lost_channel_also_later,
    a_club_is_woken_where_it_was_once_the_bot_is_back,
    two_clubs_know_nothing_of_each_other,
    everybody_reads_their_own_clock,
)
