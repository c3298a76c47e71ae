"""The checklist for the first words: what is asked, what is kept, and doors that are closed.

Lines of the checklist that do not apply: command names in other languages, for there are none (a
name that is translated is a name that help cannot quote), and hidden channels in a picker, for
nothing asks for a channel.
"""

import pytest

from adapters.discord.notice import NOTICE
from storage.store import Store
from tests.discord.chat import GREETING, DiscordChat, World
from tests.discord.checks import OPEN, SEND, deliver, rows, stored
from tests.discord.standin import Busy, Denied, Person

ABOUT_THE_SEARCH = ("applications", "interviews", "replies", "followups", "nudges", "changes")


@pytest.fixture
def kind() -> str:
    return "sqlite"


@pytest.fixture
def chat(world: World) -> DiscordChat:
    return DiscordChat(world, brisk=False)


def greetings(person: Person) -> int:
    """How often somebody was greeted in private."""
    return sum(GREETING in message.shown for message in person.dms)


@pytest.mark.parametrize("way", ["slash", "form", "menu", "line"])
async def test_who_can_see_what_is_said_before_the_first_entry_wherever_one_begins(
    chat: DiscordChat, world: World, store: Store, way: str
) -> None:
    person = chat.person
    where = world.server
    if way == "slash":
        await person.slash("applied", where=where, company="Acme", role="SRE")
    elif way == "form":
        await person.slash("applied", where=where)
    elif way == "menu":
        text = "see https://jobs.lever.co/acme-corp/1"
        await person.menu("Save this job", message_content=text, where=where)
    else:
        await world.write(person, "applied SRE at Acme")
    await world.settle()
    asked = person.messages[-1]
    assert "Nobody in a server sees what we say" in asked.shown
    assert asked.ephemeral == (way != "line")
    found = await rows(store)
    assert not any(found[table] for table in ABOUT_THE_SEARCH)
    (seeker,) = found["seekers"]
    assert seeker["began_at"] is None
    if way == "line":
        # What is written in private says nothing of a language.
        await person.press("Choose my time zone", asked)
        await person.submit(zone="Paris")
    else:
        await person.press("Yes, begin", asked)
    await world.settle()
    if way in ("form", "menu"):
        assert person.modal is not None
        await person.submit(company="Acme", role="SRE")
        await world.settle()
    (logged,) = (await rows(store))["applications"]
    assert logged["company"] == "Acme"
    assert logged["link"] == ("https://jobs.lever.co/acme-corp/1" if way == "menu" else "")
    # Where they write already nobody needs to be shown the place.
    assert greetings(person) == (way != "line")


@pytest.mark.parametrize(
    ("locale", "zone", "clock"),
    [("pt-BR", "America/Sao_Paulo", "10:00"), ("ja", "Asia/Tokyo", "22:00")],
)
async def test_a_zone_guessed_from_the_language_is_shown_as_a_guess_and_asked_once(
    chat: DiscordChat, store: Store, locale: str, zone: str, clock: str
) -> None:
    person = chat.person
    person.user.locale = locale
    person.zone = zone
    asked = await chat.say("applied SRE at Acme")
    assert f"Is it {clock} where you are?" in asked
    assert "From your language I guess" in asked
    assert asked.buttons == ("Yes, begin", "Another time zone")
    await chat.press("Yes, begin")
    (seeker,) = (await rows(store))["seekers"]
    assert (seeker["zone"], seeker["zone_confirmed"]) == (zone, True)
    for line in ("applied Editor at Globex", "list", "settings"):
        said = await chat.say(line)
        assert "where you are?" not in said
        assert "not confirmed" not in said


async def test_another_time_zone_is_asked_in_a_form_and_then_it_goes_on(
    chat: DiscordChat, store: Store
) -> None:
    await chat.say("applied SRE at Acme")
    form = await chat.press("Another time zone")
    assert form.text.startswith("Your time zone")
    # What is only a guess is not sent because somebody pressed Submit.
    assert form.fields == {"zone": ""}
    assert (await chat.fill()).problems
    blank = await chat.fill(zone=" ")
    assert blank.problems
    wrong = await chat.fill(zone="Nowhereville")
    assert wrong.problems
    assert wrong.text.startswith("Your time zone")
    asked = await chat.fill(zone="Kathmandu")
    assert "Logged: SRE at Acme" in asked
    (seeker,) = (await rows(store))["seekers"]
    assert (seeker["zone"], seeker["zone_confirmed"]) == ("Asia/Kathmandu", True)


async def test_a_language_that_is_spoken_everywhere_gives_no_guess(chat: DiscordChat) -> None:
    chat.person.user.locale = "ar"
    asked = await chat.say("applied SRE at Acme")
    assert "guess" not in asked
    assert asked.buttons == ("Choose my time zone",)


async def test_the_greeting_comes_once(chat: DiscordChat) -> None:
    await chat.say("applied SRE at Acme")
    begin = chat.person.pressable("Yes, begin")
    for _ in range(3):
        await chat.person.press(on=begin)
    await chat.say("applied Editor at Globex")
    assert [message.shown.splitlines()[0] for message in chat.person.dms] == [GREETING]


async def test_whoever_begins_again_after_forgetting_is_asked_and_greeted_again(
    chat: DiscordChat,
) -> None:
    await chat.say("applied SRE at Acme")
    await chat.press("Yes, begin")
    await chat.say("forget sure=yes")
    assert "Before the first entry" in await chat.say("applied SRE at Acme")
    await chat.press("Yes, begin")
    assert chat.person.received == 2


@pytest.mark.parametrize("code", [50007, 50278])
@pytest.mark.parametrize("route", [SEND, OPEN])
async def test_whoever_cannot_be_written_to_is_told_how_to_mend_it_and_misses_nothing(
    chat: DiscordChat, world: World, store: Store, code: int, route: str
) -> None:
    person = chat.person
    plan = world.discord.fault(route, Denied(code), user=person, times=None)
    await chat.say("applied SRE at Acme")
    answered = await chat.press("Yes, begin")
    assert "Logged: SRE at Acme" in answered
    assert NOTICE.closed.partition(".")[0] in answered
    assert "Privacy Settings" in answered
    lines = answered.text.splitlines()
    said = next(number for number, line in enumerate(lines) if "did not let" in line)
    assert "I could not write to you" in "".join(lines[said - 2 : said])
    for days in (4, 3, 1, 1):
        await deliver(world, days=days, hours=3)
    # The greeting, and one nudge: after that nothing is tried.
    assert plan.met == 2
    listed = await chat.say("list")
    assert "could not reach you" in listed
    assert "Show what I missed" in listed.buttons
    plan.lift()
    shown = await chat.press("Show what I missed")
    assert "could not reach you when it was due" in shown
    while "Subject:" not in shown:
        shown = await chat.say("today")
    assert "I sent it" in shown.buttons
    await chat.press("I sent it", shown)
    assert [row for row in (await rows(store))["followups"] if row["sent_at"]]
    # They were there again, so it goes on.
    before = person.received
    await chat.wait(days=20)
    assert person.received > before


async def test_a_form_that_comes_first_says_that_messages_do_not_arrive(
    chat: DiscordChat, world: World
) -> None:
    chat.person.dm_open = False
    await chat.person.slash("applied", where=world.server)
    await world.settle()
    await chat.person.press("Yes, begin")
    await world.settle()
    # In the form it would be gone with it.
    assert chat.person.modal is not None
    assert "did not let" not in chat.person.modal.shown
    assert "did not let my message through" in chat.person.ephemeral.shown
    await chat.person.submit(company="Acme", role="SRE")
    await world.settle()
    assert any("Logged: SRE at Acme" in message.shown for message in chat.person.ephemerals)


async def test_opening_conversations_too_fast_slows_the_opening_and_loses_no_greeting(
    world: World,
) -> None:
    plan = world.discord.fault(OPEN, Denied(40003, 400))
    first, second = (DiscordChat(world, name, brisk=False) for name in ("ana", "bob"))
    began = world.now
    for each in (first, second):
        await each.person.slash("applied", where=world.server, company="Acme", role="SRE")
        await each.person.press("Yes, begin")
        assert "Logged: SRE at Acme" in each.person.ephemeral.shown
        assert "did not let" not in each.person.ephemeral.shown
    await world.settle()
    assert plan.met == 1
    assert greetings(first.person) == greetings(second.person) == 1
    assert (world.now - began).total_seconds() >= 600


async def test_a_greeting_that_must_wait_is_sent_later(chat: DiscordChat, world: World) -> None:
    world.discord.fault(SEND, Busy(40, via=False))
    began = world.now
    await chat.say("applied SRE at Acme")
    assert "did not let" not in await chat.press("Yes, begin")
    await world.settle()
    assert greetings(chat.person) == 1
    assert (world.now - began).total_seconds() >= 40


async def test_whoever_never_used_it_gets_nothing_and_is_not_known(
    world: World, store: Store
) -> None:
    ada = DiscordChat(world, "ada")
    silent = world.person("silent", "Europe/Paris")
    joins = world.discord.person("joins")
    assert world.server is not None
    await ada.say("applied SRE at Acme")
    joins.join(world.server)
    await world.server.remove_bot()
    await world.server.add_bot()
    await deliver(world, days=30)
    for person in (silent, joins):
        assert (person.received, person.messages) == (0, [])
        assert person.id not in await stored(store)
        assert not [call for call in world.discord.calls if call.user == person.id]


async def test_whoever_only_looked_leaves_nothing_about_a_search(
    chat: DiscordChat, world: World, store: Store
) -> None:
    for line in ("help", "list", "applied SRE at Canarycorp"):
        await chat.say(line)
    found = await rows(store)
    assert not any(found[table] for table in ABOUT_THE_SEARCH)
    assert chat.person.received == 0
    await deliver(world, days=31)
    assert "anary" not in await stored(store)
    assert not (await rows(store))["seekers"]


async def test_a_wordy_answer_to_the_zone_question_loses_neither_entry_nor_greeting(
    world: World,
) -> None:
    chat = DiscordChat(world, brisk=False)
    person = chat.person
    await person.slash("applied", company="Acme", role="SRE", where=world.server)
    await person.press("Another time zone")
    wordy = "I live near Frankfurt but mostly work for people who are in Texas, so who knows"
    await person.submit(zone=wordy)
    await person.press("Correct it")
    await person.submit(zone="Paris")
    await world.settle()
    assert "Logged: SRE at Acme" in person.ephemeral.shown
    assert any("This is where I will write to you" in m.shown for m in person.dms)
