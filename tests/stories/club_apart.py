"""Two clubs at once, and members whose clocks differ."""

from zoneinfo import ZoneInfo

from tests.stories.club import CLUB, NAMES, TownStory, meetings, on, order, report, started
from tests.stories.town import Town

# Twelve hours apart in summer, thirteen in winter; and in between.
ZONES = {"Ana": "America/New_York", "Mei": "Asia/Singapore", "Ned": "Europe/Berlin"}


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


async def two_clubs_on_one_evening_ask_each_for_itself(town: Town) -> None:
    """Each with its own answer, which goes to that club alone; in a channel its club is meant.

    Not in a terminal, where everybody reads both.
    """
    if not town.channels:
        return
    members, channel = await started(town, *NAMES[:3])
    ben = members["Ben"]
    dev = town.person("Dev", organizes=True)
    other = town.channel("gardeners", [dev, ben])
    await dev.say('club start tuesday 9:00 called=Dev name="Early birds"', other)
    await ben.say("club join called=Ben", other)
    await ben.came()
    await town.until(on("06-01", "18:30"))
    came = await ben.came()
    for club in ("Early birds", CLUB):
        assert len([seen for seen in came if f"For {club}" in seen]) == 1
    assert sum(seen.buttons.count("Answer") for seen in came) == 2
    for where, words in ((channel, "For the first"), (other, "For the second")):
        shown = await ben.say(f'club report moved="{words}"', where)
        assert ("Early birds" in shown) is (where == other)
        await ben.press("Share it", shown)
    await town.until(on("06-02", "18:05"))
    (first,), (second,) = await meetings(town, channel), await meetings(town, other)
    assert ("For the first" in first, "For the second" in first) == (True, False)
    assert ("For the first" in second, "For the second" in second) == (False, True)


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
    two_clubs_know_nothing_of_each_other,
    two_clubs_on_one_evening_ask_each_for_itself,
    everybody_reads_their_own_clock,
)
