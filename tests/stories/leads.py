"""Warm leads in a club: a tie, a question, a yes that brings two together, and everything else."""

import re

from tests.stories.chat import Seen
from tests.stories.club import TownStory, on, started
from tests.stories.town import Somebody, Town

FIT = 'fit="I ran on-call for forty services"'


async def tied(who: Somebody, employer: str) -> None:
    """Note a tie to an employer, and take questions about it."""
    assert f"Noted: {employer}" in await who.say(f"club tie {employer} as works")
    await who.say("club me helps=yes")


async def asked(who: Somebody, employer: str) -> None:
    """Apply somewhere, learn that somebody has a tie, and ask for a word."""
    logged = await who.say(f"applied SRE at {employer} {FIT}")
    assert f"Someone in your club has a tie to {employer}" in logged
    shown = await who.press("Ask for a word", logged)
    assert "What they will see" in shown
    assert "I ran on-call for forty services" in shown
    assert f"Asked for a word at {employer}" in await who.press("Share it", shown)


async def the_helper_hears_first_and_a_yes_brings_both_together(town: Town) -> None:
    """One conversation of the two, with words to pass on; and a thank-you a week later."""
    members, _ = await started(town, "Ana", "Ben", "Cleo", "Dev")
    ana, ben, cleo, dev = members.values()
    await tied(ben, "Acme")
    for each in members.values():
        await each.came()
    await asked(ana, "Acme")
    await town.wait(minutes=5)
    (question,) = [seen for seen in await ben.came() if "asks for a word" in seen]
    assert "Ana in Tuesday club asks for a word at Acme" in question
    assert "I have applied for SRE at Acme" in question
    assert [await each.came() for each in (ana, cleo, dev)] == [[], [], []]
    assert town.together() == []
    said = await ben.press("Yes, bring us together", question)
    assert "I bring the two of you together" in said
    await town.wait(minutes=5)
    (together,) = town.together()
    assert together.names == {"Ana", "Ben"}
    assert "I have applied for SRE at Acme" in together.said[0]
    assert "can be passed on" in together.said[0]
    await town.until(on("06-10"))
    (thanks,) = [seen for seen in await ana.came() if "Thank Ben" in seen]
    assert "thank you for saying yes when I asked for a word at Acme" in thanks
    assert "Well done" in await ana.press("I thanked them", thanks)
    await town.until(on("07-10"))
    for each in members.values():
        seen = await each.came()
        assert not any("Thank Ben" in one or "a word at Acme" in one for one in seen)
    assert len(town.together()) == 1


async def a_no_and_silence_look_the_same(town: Town) -> None:
    """At the same moment, in the same words; and nobody else hears of either."""
    members, _ = await started(town, "Ana", "Ben", "Cleo", "Dev", "Eli")
    ana, ben, cleo, dev, eli = members.values()
    await tied(ben, "Acme")
    await tied(dev, "Globex")
    await asked(ana, "Acme")
    await asked(cleo, "Globex")
    await town.wait(minutes=5)
    (question,) = [seen for seen in await ben.came() if "asks for a word" in seen]
    assert [seen for seen in await dev.came() if "asks for a word" in seen]
    assert "That is fine" in await ben.press("No", question)
    for each in members.values():
        await each.came()
    heard: dict[str, list[Seen]] = {"Ana": [], "Cleo": []}
    for day in ("06-05", "06-08", "06-10", "06-20"):
        await town.until(on(day))
        for name, seen in heard.items():
            seen += [one for one in await members[name].came() if "Nobody could help" in one]
        assert len(heard["Ana"]) == len(heard["Cleo"])
    (told,), (also,) = heard.values()
    assert _alike(told) == _alike(also)
    assert told.buttons == also.buttons
    for each in (ben, dev, eli):
        assert not any("Nobody could help" in seen for seen in await each.came())
    assert town.together() == []
    first, second = await ana.say("club ask Acme"), await cleo.say("club ask Globex")
    assert _alike(first) == _alike(second)


def _alike(seen: Seen) -> str:
    """What somebody reads, whoever they are and whichever employer it is about."""
    return re.sub("Acme|Globex", "it", re.sub("Ana|Cleo", "they", seen.text))


async def who_takes_no_questions_is_nobody(town: Town) -> None:
    """A tie alone says nothing to anybody, and nor does one about which its owner is muted."""
    members, _ = await started(town, "Ana", "Ben", "Cleo", "Dev")
    ana, ben, *_ = members.values()
    none = await ana.say("club ask Globex")
    assert "Nobody in your clubs has a tie to Globex" in none
    await ben.say("club tie Acme as works")
    assert "has a tie" not in await ana.say("applied SRE at Acme")
    alone = await ana.say("club ask Acme")
    await ben.say("club me helps=yes")
    assert "What they will see" in await ana.say("club ask Acme")
    await ben.say("club me helps=no")
    off = await ana.say("club ask Acme")
    await ben.say("club me helps=yes")
    await ben.say("club mute Acme")
    muted = await ana.say("club ask Acme")
    assert _alike(none) == _alike(alone) == _alike(off) == _alike(muted)


async def a_second_letter_is_worth_less_than_a_word(town: Town) -> None:
    """The guard on another cold letter offers the club first."""
    members, _ = await started(town, "Ana", "Ben", "Cleo", "Dev")
    ana, ben, *_ = members.values()
    await ana.say(f"applied SRE at Acme {FIT}")
    await ana.say("sent acme")
    await tied(ben, "Acme")
    refused = await ana.say("followup acme")
    assert "One follow-up is enough" in refused
    assert refused.buttons[0] == "Ask for a word"
    assert "What they will see" in await ana.press("Ask for a word", refused)


STORIES: tuple[TownStory, ...] = (
    the_helper_hears_first_and_a_yes_brings_both_together,
    a_no_and_silence_look_the_same,
    who_takes_no_questions_is_nobody,
    a_second_letter_is_worth_less_than_a_word,
)
