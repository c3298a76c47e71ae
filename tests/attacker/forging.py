"""What an attacker sends: every id that the program makes, and all that can be made of it."""

import json
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from itertools import cycle

from bot.commands import registry
from bot.context import STASHED
from bot.desk import Desk
from bot.fit import fit
from bot.message import Answer, Call, File, Form, plain
from bot.model import Who
from bot.ports import Unit
from storage.store import Store
from tests.stories import loop, settings, trouble
from tests.stories.chat import DeskChat, Seen

# Every word of the victim's holds this, and nobody else says it.
CANARY = "zorblax"
_SAID = re.compile(CANARY, re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]+")
HUGE = "9" * 40
# What stands in place of an answer.
NONSENSE = (
    "",
    "-1",
    "0",
    HUGE,
    "#1 OR 1=1",
    "1'; DROP TABLE applications; --",
    "1) UNION SELECT * FROM applications --",
    "\u0661",
    "\uff11",
    "\u00b2",
    "1\0",
    "1.0",
    "1e3",
    "0x1",
    " 1 ",
    "%",
    "_%",
    "*",
    "../1",
    "1/followup:1",
    "\ud800",
    "a" * 5000,
)
# What ends what an attacker has of their own, so that it comes last.
ENDS = ("job remove", "job forget")


class Recorder(DeskChat):
    """A chat that keeps every call that it made, and every one it was offered or asked for."""

    def __init__(self, store: Store, user: str = "you", world: "DeskChat | None" = None) -> None:
        super().__init__(store, user, world)
        self.made: list[Call] = []
        if isinstance(world, Recorder):
            self.made = world.made

    async def call(self, call: Call) -> Seen:
        self.made.append(call)
        return await super().call(call)

    def see(self, answer: Answer) -> Seen:
        if isinstance(answer, Form):
            self.made.append(answer.call)
        else:
            # What is too long for a platform has its buttons there too.
            found = {b.call.encode(): b.call for b in (*answer.buttons, *fit(answer).buttons)}
            self.made += found.values()
        return super().see(answer)

    def other(self, name: str) -> "Recorder":
        return Recorder(self.store, name, self.world)


class Host(Recorder):
    """One who may arrange things for others, where there are no channels."""

    @property
    def who(self) -> Who:
        return replace(super().who, organizes=True)

    def other(self, name: str) -> "Host":
        return Host(self.store, name, self.world)


async def told_calls() -> list[Call]:
    """Every call of every story: typed, offered as a button or asked for in a form."""
    made: list[Call] = []
    for story in (*loop.STORIES, *settings.STORIES, *trouble.STORIES):
        async with Store.open("sqlite://") as store:
            chat = Recorder(store)
            await story(chat)
            made += chat.made
    async with Store.open("sqlite://") as store:
        host = Host(store)
        await in_a_club(host, host.other("lee"))
        made += host.made
    return distinct(made)


def whole() -> list[Call]:
    """Each command with every option that it has, those that nobody is asked for included."""
    return [
        Call(command.name, {option.name: "1" for option in command.options})
        for command in registry.commands.values()
    ]


def distinct(calls: Iterable[Call]) -> list[Call]:
    """Each once, without the victim's words; what would end the attacker's own records last."""
    found = {
        call.wire(): call
        for call in (Call(c.name, {n: innocent(v) for n, v in c.answers.items()}) for c in calls)
    }
    return sorted(found.values(), key=lambda call: (call.name in ENDS, call.name))


def kinds(calls: Iterable[Call]) -> list[Call]:
    """One call of each command and set of options: what is forged need not be forged twice."""
    return list({(c.name, *sorted(c.answers)): c for c in calls}.values())


def innocent(words: str) -> str:
    """Words in which nothing is the victim's, so that an echo of them gives nothing away."""
    return _SAID.sub("parrot", words)


def forged(calls: Iterable[Call], theirs: Collection[int]) -> Iterator[Call]:
    """Each call as it is, and with other numbers and nonsense in each of its answers.

    `theirs` are numbers that name something of the victim's. What is nonsense takes turns, so that
    all of it is tried in many places and not in each.
    """
    nonsense = cycle(NONSENSE)
    for call in calls:
        yield call
        for name, raw in call.answers.items():
            if found := _NUMBER.search(raw):
                near = int(found[0][:9])
                for number in (near - 1, near + 1, *theirs):
                    yield call.plus(**{name: _NUMBER.sub(str(number), raw)})
            for _ in range(3):
                yield call.plus(**{name: next(nonsense)})
        # Options that nobody is asked for here, which only a forger adds.
        command = registry.get(call.name)
        names = [option.name for option in command.options] if command else []
        yield call.plus(**{name: "1" for name in names if name not in call.answers})


def stolen(theirs: Iterable[int]) -> Iterator[Call]:
    """Kept calls of the victim's and of nobody, by number, and what goes on with them."""
    yield Call("job undo")
    for number in theirs:
        yield Call(STASHED, {"call": str(number)})
        yield Call(STASHED, {"call": str(number), "company": "Globex", "sure": "yes"})
        yield Call("job begin", {"employer": "no", "then": str(number)})
        yield Call("job undo", {"change": str(number)})


def seen(answer: Answer) -> str:
    """All that can be read of an answer: words, files, forms and what its buttons hold."""
    if isinstance(answer, Form):
        return str(answer)
    files = "".join(b.data.decode("utf-8", "replace") for b in answer.blocks if isinstance(b, File))
    return plain(answer) + files + "".join(button.call.wire() for button in answer.buttons)


def leaks(words: str) -> bool:
    """Whether any of the victim's words is among them."""
    return _SAID.search(words) is not None


def everything(store: Store, who: Who) -> str:
    """Every row about a person, as text; nothing is noted by asking."""

    def read(unit: Unit) -> str:
        found = unit.look(who)
        return json.dumps(unit.export(found[0].id), sort_keys=True) if found else "nobody"

    return store.run(read)


def numbers(store: Store, who: Who) -> list[int]:
    """Every number that names something of a person's: records, changes and kept calls."""
    tables = json.loads(everything(store, who))
    return sorted(
        {
            int(row[column])
            for table, rows in tables.items()
            for row in rows
            for column in ("id", "number", "seeker_id")
            if column in row and table != "counters"
        }
    )


async def victim(chat: DeskChat) -> None:
    """A month of somebody whose every word can be told from others'; nothing is left out."""
    await chat.say(
        "settings name=Zorblaxname profile=https://zorblax.example strengths=zorblaxskill"
    )
    await chat.call(
        Call(
            "job applied",
            {
                "company": "Zorblaxcorp",
                "role": "Zorblaxrole",
                "fit": "zorblaxfit",
                "proof": "zorblaxproof",
                "why": "zorblaxwhy",
                "link": "https://jobs.zorblax.example/1",
                "contact": "Zorblax Fox <fox@zorblax.example>",
                "agency": "Zorblax Agency",
                "referrer": "Zorblax Friend",
                "note": "zorblaxnote",
            },
        )
    )
    await chat.say("applied Zorblaxcook at Zorblaxinn")
    # Asks whether it is another one, and keeps the call for its button.
    await chat.say('applied Zorblaxcook at Zorblaxinn note="zorblaxstash"')
    await chat.wait(days=8)
    await chat.call(Call("job rewrite", {"application": "#1", "letter": "Subject: zorblax\n\nHi."}))
    await chat.say("sent 1")
    await chat.say('heard 1 reply note="zorblaxanswer"')
    await chat.say("interview 1 tomorrow 3pm with Zorblax Lee <lee@zorblax.example>")
    # Moved, or one more? Both are kept for their buttons.
    await chat.say("interview 1 friday 4pm")
    await chat.wait(days=2)
    await chat.call(
        Call("job debrief", {"interview": "1", "themes": "zorblaxtheme", "unsaid": "zorblaxunsaid"})
    )
    await chat.say('followup 2 to "Zorblax Kim"')
    await chat.say("undo")
    await chat.wait(days=8)


async def in_a_club(host: Recorder, lee: Recorder) -> None:
    """A week of a club with another member; nothing of what a member can do is left out."""
    await host.say("settings name=Zorblaxname")
    await host.say("club start tuesday 18:00 name=Zorblaxclub called=Zorblaxname")
    await lee.say("club join called=Lee")
    told = {"moved": "zorblaxmoved", "ask": "zorblaxask", "next": "zorblaxnext"}
    for line in ("members", "move thu 6pm", "cancel", "settings", "me", "announce", "leave", "end"):
        await host.say(f"club {line}")
    await host.say("club remove Lee")
    await host.call(Call("club tell", {"meeting": "1"}))
    for each in (host, lee):
        await each.call(Call("club me", {"helps": "yes", "named": "yes"}))
        await each.say("club partner zorblaxgoal")
        await each.call(Call("club partner", {"goal": "zorblaxgoal", "sure": "yes"}))
        await each.call(Call("club report", {**told, "sure": "yes"}))
        await each.say("club report")
    await host.say("club exclude Lee")
    await host.say("club action zorblaxaction")
    await host.say("club actions")
    await host.call(Call("club later", {"number": "1"}))
    await host.call(Call("club done", {"number": "1"}))
    for employer in ("Zorblaxcorp", "Zorblaxinn"):
        await lee.say(f"club tie {employer}")
        await host.say(f"club tie {employer} as worked there")
    await host.say("club ties")
    await host.say("club mute Zorblaxinn")
    await host.say("club untie Zorblaxinn")
    asked = {"employer": "Zorblaxcorp", "words": "zorblaxwords", "sure": "yes"}
    await host.call(Call("club ask", asked))
    await lee.wait(days=2)
    await lee.call(Call("club answer", {"question": "1", "what": "yes"}))
    await host.wait(days=9)
    await host.call(Call("club thanked", {"question": "1"}))
    await host.call(Call("club landed", {"words": "zorblaxlanded"}))


def accomplices(user: str) -> list[Who]:
    """Who may try: a stranger, a neighbour, and whoever has the victim's id somewhere else."""
    return [
        Who("desk", "mallory", zone="America/New_York"),
        Who("desk", user, workspace="T2", zone="America/New_York"),
        Who("discord", user),
        Who("desk", user.upper()),
        Who("desk", f"{user} "),
        Who("desk", "nobody", formerly="T2"),
    ]


async def armed(desk: Desk, who: Who, chat: DeskChat) -> None:
    """Give an attacker records under the same numbers as the victim's."""
    for company in ("Globex", "Initech"):
        call = Call("job applied", {"company": company, "role": "Editor"})
        await desk.handle(call, who, chat.world.now)
    # Asks whether it is another one, and keeps the call for its button.
    await desk.handle(call, who, chat.world.now)
    for at in ("yesterday 3pm", "tomorrow 3pm"):
        met = Call("job interview", {"application": "1", "at": at})
        await desk.handle(met, who, chat.world.now)
