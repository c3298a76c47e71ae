"""Reads a chat line by line and says what each line is. Knows the syntax of lines; no records."""

import re

import structlog

from adapters.terminal.completion import suggestions
from adapters.terminal.conversation import Conversation
from adapters.terminal.forms import Left
from adapters.terminal.orders import obey
from adapters.terminal.screen import Cancelled
from bot.phrase import read_line

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

_NUMBER = re.compile(r"\[?([0-9]{1,4})\]?")


async def chat(talk: Conversation) -> None:
    """Read and answer lines until the end: of the input, by ":quit", or because it was stopped."""
    await talk.deliver()
    while not talk.stopped:
        try:
            line = await talk.screen.line(talk.mark, suggestions(talk))
        except Cancelled:
            return
        if line is None:
            return
        try:
            await take(talk, line)
        except OSError:
            # The screen itself is gone.
            raise
        except Exception as error:
            log.error("line failed", error=type(error).__name__)
            await talk.screen.say("Something went wrong on my side. That line did nothing.")


async def take(talk: Conversation, line: str) -> None:
    """Do what one line says: an order, a button by its number or its words, or a command."""
    talk.heard()
    while True:
        try:
            await _take(talk, line.strip())
        except Left as left:
            await talk.screen.say("Nothing was saved.")
            line = left.line
        else:
            return


async def _take(talk: Conversation, line: str) -> None:
    buttons = talk.buttons()
    if line.startswith(":"):
        await obey(talk, line)
    elif number := _NUMBER.fullmatch(line):
        place = int(number[1]) - 1
        if 0 <= place < len(buttons) and buttons[place]:
            await talk.press(place)
        else:
            await talk.screen.say(f"There is no button {number[1]} here.")
    elif (position := talk.labelled(line)) is not None:
        await talk.press(position)
    elif line:
        await talk.do(read_line(talk.registry, line, talk.now(), talk.zone))
