"""A short job hunt, told to the real app in Slack's stand-in, and what it looks like on the way.

The person and the employers are invented. Knows the app from outside; paints nothing.
"""

import tempfile
from pathlib import Path

from docs.pictures.album import Album
from docs.pictures.hunt import APPLIED, CONTACT, REASONS, SETTINGS, TYPED
from storage.migrate import migrate
from storage.store import Store
from tests.slack.chat import SOON, SlackChat, workspace


async def pages() -> dict[str, str]:
    """Every page of the story by its name."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'story.db'}"
        migrate(url)
        async with Store.open(url) as store, workspace(store, "http") as world:
            told = Album(SlackChat(world, brisk=False))
            await _beginning(told)
            await _letters(told)
            await _interview(told)
            await _whole(told)
            await _discreet(Album(SlackChat(world, "U0OTHER", brisk=False), told.pages))
        return told.pages


async def _home(told: Album, name: str) -> None:
    await told.person.open_home()
    await told.world.app.background.finish(SOON)
    told.home(name)


async def _beginning(told: Album) -> None:
    """From nothing to the first application."""
    chat = told.chat
    await _home(told, "home-empty")
    await chat.say(APPLIED)
    told.answer("notice")
    await chat.press("No")
    told.answer("logged")
    told.letter("greeting", "where I will write")
    await chat.press("Add my reasons")
    told.window("reasons")
    await chat.fill(**REASONS, contact=CONTACT)
    told.window("reasons-noted")
    await chat.say(SETTINGS)
    told.answer("settings-changed")
    await chat.say("applied")
    told.window("form-empty")
    await chat.fill(company="Globex", role="Reporting Lead", on="2026-06-30")
    told.window("form-problem")
    await told.person.press("More details")
    await told.world.app.background.finish(SOON)
    told.window("form-more")
    await chat.say("applied at Globex on 2026-05-28")
    await told.person.enter(
        role="Reporting Lead",
        via="referral",
        fit="I built the reports that four regions plan by",
        proof="month-end went from nine days to two",
        link="https://globex.example/jobs/117",
    )
    told.window("form")
    await chat.fill()
    await chat.say("help")
    told.answer("help")
    await chat.say("help applied")
    told.answer("help-applied")
    await chat.say("aplied")
    told.answer("unknown")
    await chat.say("settings")
    told.answer("settings")
    await chat.press("Change")
    told.window("settings-form")


async def _letters(told: Album) -> None:
    """A week later the letter arrives, and is sent."""
    chat = told.chat
    await chat.wait(days=4, hours=9)
    told.letter("review", "Your week")
    await chat.wait(days=4)
    nudge = told.letter("nudge", "Follow up: Data Analyst at Acme")
    await told.press("Edit", nudge)
    told.window("edit-letter")
    await told.person.close(everything=True)
    await told.press("I sent it", nudge)
    told.keep("nudge-sent", [nudge])
    await chat.say("followup acme")
    told.answer("refused")
    await chat.say("show acme")
    told.answer("show")


async def _interview(told: Album) -> None:
    """They answer: an interview, three questions, and a letter for each interviewer."""
    chat = told.chat
    await chat.say("heard acme they want an interview")
    told.answer("heard")
    await chat.say("interview acme thu 2pm with Dana Fox <dana@acme.example>, Lee Park")
    told.answer("interview")
    await chat.wait(days=2, hours=10)
    told.letter("brief", "Interview: Data Analyst at Acme")
    asked = told.letter("debrief", "How did it go")
    await told.press("Answer", asked)
    told.window("debrief-form")
    await chat.fill(
        themes="forecasts that the stores believe in\nLee: buyers and analysts who talk",
        reasons="the stock-out forecast, and my years on the shop floor",
        unsaid="I taught our store managers to read the forecast themselves",
    )
    if told.person.modal:
        told.window("interview-letters-window")
        await told.person.close(everything=True)
    told.keep("interview-letters", [asked])
    await told.press("I sent it to Dana", asked)
    told.keep("interview-letters-one", [asked])


async def _whole(told: Album) -> None:
    """Three letters on one morning, and everything at once."""
    chat = told.chat
    await chat.wait(days=4)
    for words in (
        f"Business Analyst at Initech {TYPED}",
        "Planning Analyst at Brightwater via referral",
        "Category Analyst at Larkspur Foods via agency",
    ):
        await chat.say(f"applied {words}")
    await chat.wait(days=8)
    told.letter("digest", "things for today")
    for words in ("heard globex offer", "heard larkspur reply", "sent initech"):
        await chat.say(words)
    told.answer("sent-slash")
    await chat.say("applied Insights Manager at Tandem Press")
    await _home(told, "home")
    await chat.say("list")
    told.answer("list")
    await chat.say("today")
    told.answer("today")
    await chat.say("export")
    told.answer("export-answer")
    told.keep("export", told.person.dms[-1:])


async def _discreet(told: Album) -> None:
    """Somebody in their employer's workspace."""
    chat = told.chat
    await chat.say(f"{APPLIED} {TYPED}")
    await chat.press("Yes, or not sure")
    await chat.wait(days=8)
    note = told.letter("discreet", "private item")
    await told.press("Open", note)
    told.window("discreet-window")
    await told.press("I sent it", told.person.window)
    told.window("discreet-window-sent")
    told.keep("discreet-sent", [note])
