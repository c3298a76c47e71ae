"""What else happens in a club: its first word, partners, a job found, a move at the last moment."""

from itertools import cycle

from tests.stories.chat import Seen
from tests.stories.club import CLUB, NAMES, TownStory, meetings, on, order, report, started
from tests.stories.town import Somebody, Town
from tests.stories.trouble import HOSTILE


async def asked(who: Somebody) -> list[Seen]:
    """The questions that came to somebody since they last looked."""
    return [seen for seen in await who.came() if f"For {CLUB}" in seen]


async def the_channel_is_told_once_and_reads_what_was_shown_first(town: Town) -> None:
    """By whoever started it, if they like; nobody is called by it.

    Not in a terminal, where there is no channel to tell.
    """
    if not town.channels:
        return
    ana = town.person("Ana", organizes=True)
    channel = town.channel("hunters", [ana])
    there = await ana.say("club start tuesday 18:00 called=Ana", channel)
    assert await town.standing(channel) == []
    told = await ana.press("Tell the channel", there)
    await town.wait(minutes=2)
    (post,) = await town.standing(channel)
    assert all(line in there.text for line in post.text.splitlines()[1:])
    assert "Set up by Ana" in post
    assert "@" not in post
    assert post.text.splitlines()[0] in told.text
    assert "Once is enough" in await ana.press("Tell the channel", there)
    await town.wait(minutes=2)
    assert len(await town.standing(channel)) == 1


async def a_meeting_moved_on_its_own_day_asks_those_who_have_not_answered(town: Town) -> None:
    """What was shared for it stays shared; and nobody meets at the old hour."""
    members, channel = await started(town, *NAMES[:3])
    ana, ben, cleo = members.values()
    await town.until(on("06-01", "19:00"))
    await report(ben, moved="Ben’s news", ask="", next="")
    await town.until(on("06-02", "17:00"))
    await cleo.came()
    assert "Thursday, June 4, 18:00" in await ana.say("club move thu 6pm", channel)
    await town.until(on("06-04", "17:59"))
    assert await meetings(town, channel) == []
    assert len(await asked(cleo)) == 1
    assert await asked(ben) == []
    await town.until(on("06-04", "18:05"))
    (post,) = await meetings(town, channel)
    assert "Thursday, June 4, 18:00" in post
    assert "Ben’s news" in post
    await town.until(on("06-09", "18:05"))
    assert len(await meetings(town, channel)) == 2


async def a_move_and_a_day_off_are_told_once_in_the_words_that_were_shown(town: Town) -> None:
    """Only if whoever organizes says so; and what was called off may take place after all.

    In a terminal what was printed stays on the screen.
    """
    members, channel = await started(town, *NAMES[:3])
    ana = members["Ana"]
    moved = await ana.say("club move 2026-06-04 18:00", channel)
    await town.wait(minutes=2)
    assert await town.standing(channel) == []
    for _ in range(2):
        told = await ana.press("Tell the club", moved)
        await town.wait(minutes=2)
    assert "Once is enough" in told
    (notice,) = await town.standing(channel)
    assert "Thursday, June 4, 18:00" in notice
    assert all(line in moved for line in notice.text.splitlines())
    off = await ana.say("club cancel", channel)
    asked = await ana.say("club cancel", channel)
    assert "One is off already" in asked
    for pressed, label, said in (
        (off, "Tell the club", "There is none on Thursday, June 4, 18:00"),
        (asked, "It takes place after all", "It is on Thursday, June 4, 18:00"),
    ):
        back = await ana.press(label, pressed)
        if label != "Tell the club":
            assert "Next: Thursday, June 4, 18:00" in back
            await ana.press("Tell the club", back)
        await town.wait(minutes=2)
        notices = await town.standing(channel)
        assert said in notices[-1]
        # Where it can be changed, it is the same one.
        assert len(notices) == 1 or not town.channels
    await town.until(on("06-10"))
    assert len(await meetings(town, channel)) == 2


async def whoever_organizes_takes_somebody_out(town: Town) -> None:
    """With all that they shared; they are told once, and nobody else is."""
    members, channel = await started(town, *NAMES[:4])
    ana, ben, cleo, _ = members.values()
    await town.until(on("06-01", "19:00"))
    await report(ben, moved="Ben’s canary", ask="", next="")
    await town.until(on("06-02", "18:05"))
    if town.permits:
        assert "Ask whoever organizes" in await cleo.say("club remove Ben", channel)
    sure = await ana.say("club remove Ben", channel)
    assert f"Take Ben out of {CLUB}?" in sure
    for each in members.values():
        await each.came()
    await ana.press("Take them out", sure)
    await town.until(on("06-09", "18:05"))
    posts = await meetings(town, channel)
    assert len(posts) == 2
    for post in posts:
        assert "Ben" not in post
        assert "canary" not in post
    (told,) = await ben.came()
    assert f"You are not in {CLUB} any more" in told
    for each in (ana, cleo):
        assert not any("any more" in seen for seen in await each.came())
    assert "You are in no club" in await ben.say("club report")


async def partners_meet_everybody_and_see_a_goal_alone(town: Town) -> None:
    """Opt in; three of three are together, and who takes no part hears of nothing."""
    members, channel = await started(town, *NAMES[:5])
    ana, ben, cleo, dev, eli = members.values()
    for each in (ana, ben, cleo, dev):
        shown = await each.say(f'club partner goal="A goal of {each.name}"')
        assert "What your partner of the week will see" in shown
        await each.press("Take part", shown)
    met: dict[str, list[str]] = {each.name: [] for each in (ana, ben, cleo, dev)}
    for week in ("06-03", "06-10", "06-17"):
        await town.until(on(week))
        for name, theirs in met.items():
            (told,) = [seen for seen in await members[name].came() if "Partners in" in seen]
            others = [other for other in met if f"A goal of {other}" in told]
            assert len(others) == 1
            assert name not in others
            met[name] = [*theirs, *others]
        assert not any("Partners in" in seen for seen in await eli.came())
    assert all(sorted([*theirs, name]) == sorted(met) for name, theirs in met.items())
    for post in await meetings(town, channel):
        assert "A goal of" not in post


async def a_job_found_is_told_in_the_words_that_were_shown(town: Town) -> None:
    """The employer is left out unless asked for, all else grows quiet, and leaving takes it along.

    In a terminal what was printed stays on the screen.
    """
    members, channel = await started(town, *NAMES[:3])
    ben = members["Ben"]
    await ben.say("applied SRE at Globex")
    await ben.say("applied SRE at Initech")
    await ben.say("heard globex offer")
    await ben.say("heard globex accepted")
    before = len(await town.standing(channel))
    shown = await ben.say('club landed globex words="I begin on Monday. Thank you all!"')
    assert f"What {CLUB} will see" in shown
    assert "Globex" not in shown.text.partition("I begin")[0].partition(":")[0]
    assert len(await town.standing(channel)) == before
    await ben.press("Share it", shown)
    await town.wait(minutes=2)
    post = (await town.standing(channel))[-1]
    assert "Ben has found a job" in post
    assert "I begin on Monday" in post
    assert "Globex" not in post
    await ben.came()
    await town.until(on("06-20"))
    assert not any("Initech" in seen or "Globex" in seen for seen in await ben.came())
    await ben.press("Leave", await ben.say("club leave", channel))
    await town.wait(minutes=2)
    for each in await town.standing(channel) if town.channels else ():
        assert "I begin on Monday" not in each
        assert "Ben" not in each


async def who_is_forgotten_is_forgotten_in_the_channel_too(town: Town) -> None:
    """Erasing everything takes along what was shared, and the place in the club."""
    members, channel = await started(town, *NAMES[:3])
    ana, ben, _ = members.values()
    await town.until(on("06-01", "19:00"))
    await report(ben, moved="Ben’s canary", ask="", next="")
    await town.until(on("06-02", "18:05"))
    (post,) = await meetings(town, channel)
    assert "canary" in post
    await ben.press("Erase everything", await ben.say("forget"))
    await town.wait(minutes=5)
    (post,) = await meetings(town, channel)
    assert "canary" not in post
    assert "Ben" not in post
    assert "Ben" not in await ana.say("club members")
    await town.until(on("06-09", "18:05"))
    assert sorted(order((await meetings(town, channel))[-1])) == ["Ana", "Cleo"]


async def whatever_is_typed_is_shown_as_typed_and_calls_nobody(town: Town) -> None:
    """Eight long answers with marks of every platform in them fit into the one message."""
    members, channel = await started(town, *NAMES)
    await town.until(on("06-01", "19:00"))
    words = dict(zip(members, cycle(HOSTILE), strict=False))
    long = "and so on, at some length. " * 30
    for name, who in members.items():
        shown = await report(who, moved=f"{words[name]} {long}", ask=words[name], next=long)
        assert words[name] in shown
    await town.until(on("06-02", "18:05"))
    (post,) = await meetings(town, channel)
    assert sorted(order(post)) == sorted(NAMES)
    for name, said in words.items():
        assert f"{name}: {said}" in post, said


async def a_process_that_was_away_says_so_or_says_nothing(town: Town) -> None:
    """Forty minutes late is said; half a day late is not posted at all, and the next one is."""
    members, channel = await started(town, *NAMES[:3])
    for each in members.values():
        await each.came()
    await town.at(on("06-02", "18:40"))
    await town.until(on("06-02", "18:45"))
    (post,) = await meetings(town, channel)
    assert "This comes late" in post
    assert [await asked(each) for each in members.values()] == [[], [], []]
    await town.at(on("06-10", "09:00"))
    await town.until(on("06-10", "10:00"))
    assert len(await meetings(town, channel)) == 1
    await town.until(on("06-16", "18:05"))
    posts = await meetings(town, channel)
    assert len(posts) == 2
    assert "This comes late" not in posts[1]
    assert len(await asked(members["Ben"])) == 1


async def two_at_once_and_a_change_of_mind_are_one_message(town: Town) -> None:
    """While the club meets: the post is mended in place, and has the last word of each."""
    members, channel = await started(town, *NAMES[:3])
    _, ben, cleo = members.values()
    await town.until(on("06-02", "18:02"))
    for who in (ben, cleo):
        await report(who, moved=f"First words of {who.name}", ask="", next="")
    changed = await ben.say('club report moved="Second words of Ben" conversations=3', channel)
    await ben.press("Share it", changed)
    await town.wait(minutes=2)
    (post,) = await meetings(town, channel)
    assert "First words of Cleo" in post
    assert "Second words of Ben" in post
    assert "First words of Ben" not in post
    assert "3 conversations" in post


STORIES: tuple[TownStory, ...] = (
    the_channel_is_told_once_and_reads_what_was_shown_first,
    a_meeting_moved_on_its_own_day_asks_those_who_have_not_answered,
    a_move_and_a_day_off_are_told_once_in_the_words_that_were_shown,
    whoever_organizes_takes_somebody_out,
    partners_meet_everybody_and_see_a_goal_alone,
    a_job_found_is_told_in_the_words_that_were_shown,
    who_is_forgotten_is_forgotten_in_the_channel_too,
    whatever_is_typed_is_shown_as_typed_and_calls_nobody,
    a_process_that_was_away_says_so_or_says_nothing,
    two_at_once_and_a_change_of_mind_are_one_message,
)
