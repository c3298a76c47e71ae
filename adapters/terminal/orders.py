"""The lines that begin with a colon: the clock, who speaks, and the way out. Knows no records."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from adapters.terminal.clock import Unclear, after_waiting, meant, move, said
from adapters.terminal.conversation import YOU, Conversation
from adapters.terminal.forms import CANCEL
from adapters.terminal.literal import one_line
from adapters.terminal.screen import Cancelled, nothing
from bot.ports import Unavailable

# A name for somebody who shares the terminal; longer ones would push the line off the screen.
NAME_LIMIT = 40


@dataclass(frozen=True)
class Order:
    """What may follow the word, what it is for, and what it does."""

    after: str
    help: str
    do: Callable[[Conversation, str], Awaitable[None]]


async def obey(talk: Conversation, line: str) -> None:
    """Do what a line that begins with a colon says; an unknown one gets the list."""
    word, _, rest = line.strip().partition(" ")
    order = ORDERS.get(word.casefold())
    if order is None:
        if word.casefold() == CANCEL:
            await talk.screen.say("There is nothing to cancel.")
            return
        await talk.screen.say(f"I do not know {word}.", *_listed())
        return
    await order.do(talk, rest.strip())


async def _wait(talk: Conversation, words: str) -> None:
    await _move(talk, words, after_waiting)


async def _until(talk: Conversation, words: str) -> None:
    await _move(talk, words, meant)


async def _move(
    talk: Conversation, words: str, target: Callable[[str, datetime, ZoneInfo], datetime]
) -> None:
    try:
        to = target(words, talk.now(), talk.zone)
    except Unclear as why:
        await talk.screen.say(str(why))
        return
    if not await sure(talk):
        return
    try:
        await move(talk.clock, to, talk.dispatcher.next_due, talk.tick, lambda: talk.stopped)
    except Unavailable as trouble:
        await talk.screen.say(str(trouble))
    await _now(talk, "")


async def sure(talk: Conversation) -> bool:
    """Whether the clock may be moved: asked once, where one's own records would live with it."""
    if talk.practice or not talk.screen.typed:
        return True
    await talk.screen.say(
        "This moves the clock for good in the file that holds your own records.",
        "To practise there is “followthrough demo”, and “followthrough chat --scratch”.",
        "Move it all the same? (y/n)",
    )
    try:
        given = await talk.screen.answer("", nothing, long=False)
    except Cancelled:
        given = None
    talk.practice = (given or "").strip().casefold() in ("y", "yes")
    return talk.practice


async def _now(talk: Conversation, _: str) -> None:
    await talk.screen.say(f"It is {said(talk.now(), talk.zone, year=True)} ({talk.zone.key}).")


async def _as(talk: Conversation, name: str) -> None:
    talk.become(one_line(name)[:NAME_LIMIT] or YOU)
    await talk.screen.say(f"You are speaking as {talk.who.user}.")


async def _help(talk: Conversation, _: str) -> None:
    await talk.screen.say(
        "“help” lists what I can do. A number, or a button's words, presses that button.",
        *_listed(),
    )


def _listed() -> list[str]:
    width = max(len(f"{word} {order.after}") for word, order in ORDERS.items())
    return [
        *(f"{f'{word} {order.after}':<{width}}  {order.help}" for word, order in ORDERS.items()),
        f"{CANCEL:<{width}}  leave a question; nothing is saved",
    ]


async def _quit(talk: Conversation, _: str) -> None:
    talk.stop()


ORDERS = {
    ":wait": Order("7 days", "move the clock; what is due arrives", _wait),
    ":until": Order("monday 9am", "the same, up to a moment", _until),
    ":now": Order("", "what the clock shows", _now),
    ":as": Order("dana", "somebody else speaks; “:as you” is you again", _as),
    ":help": Order("", "this list", _help),
    ":quit": Order("", "the end", _quit),
}
