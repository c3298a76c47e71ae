"""What is yours: take back, take along, take away."""

import csv
import io
import json
from typing import Annotated

from bot.cards.parts import button, title
from bot.command import Opt, Registry
from bot.commands.choices import WHICH
from bot.commands.settings import answers
from bot.context import Context
from bot.message import Answer, Buttons, File, Message, Style, text
from bot.model import Application

commands = Registry("job")

# A spreadsheet runs a cell that begins with one of these as a formula (OWASP ASVS 1.2.10,
# CWE-1236).
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0")

COLUMNS = (
    "number",
    "applied_on",
    "company",
    "role",
    "agency",
    "contact",
    "via",
    "stage",
    "follow_up_sent",
    "interviews",
    "heard",
    "link",
    "referrer",
    "closes_on",
    "decision_on",
    "fit",
    "proof",
    "why_here",
    "note",
)


@commands.command(phrase="{application}")
def job_remove(
    ctx: Context,
    application: Annotated[Application, WHICH],
    sure: Annotated[bool, Opt("Whether you are sure", hidden=True)] = False,
) -> Answer:
    """Remove an application, with everything about it."""
    a = application
    if not sure:
        row = (
            button("Remove it", "remove", Style.DANGER, application=str(a.number), sure="yes"),
            button("Keep it", "show", application=str(a.number)),
        )
        words = (
            "With it go its interviews, letters and nudges. To keep the history, close it instead."
        )
        return Message(title(f"Remove {a.title}?"), (text(words), Buttons(row)))
    ctx.unit.applications.remove(a)
    return Message(
        title(f"Removed: {a.title}"),
        (
            text("It can be taken back for 30 days; after that nothing of it is left."),
            Buttons((button("Undo", "undo"),)),
        ),
    )


@commands.command()
def job_undo(
    ctx: Context,
    change: Annotated[int, Opt("Which change, for a button", hidden=True)] = 0,
) -> Answer:
    """Take back the last change, whatever it was."""
    last = ctx.unit.last_change(ctx.seeker.id)
    if last is None:
        return Message("There is nothing to take back", ())
    if change and last.number < change:
        return Message("That is taken back already", (text("Nothing was changed."),))
    if change and last.number > change:
        words = f"Since then: “{last.what}”. Take that back first, or leave both."
        row = Buttons((button("Take that back", "undo", change=str(last.number)),))
        return Message("Something newer was changed", (text(words), row))
    before = ctx.seeker
    ctx.take_back(last)
    after = ctx.seeker
    heading = f"Taken back: {last.what}"
    # "Taken back: Rest well" would leave people guessing.
    if (before.paused_from, before.paused_until) != (after.paused_from, after.paused_until):
        heading = "You are resting again" if ctx.is_paused else "You are not resting any more"
    elif answers(before) != answers(after):
        heading = "Your settings are as they were"
    return Message(
        title(heading),
        (
            text(
                "Everything planned is as it was before. “Again” takes back the change before that."
            ),
            Buttons((button("Again", "undo"), button("What is open", "list"))),
        ),
    )


@commands.command()
def job_export(
    ctx: Context,
    sure: Annotated[bool, Opt("Whether the files may be sent", hidden=True)] = False,
) -> Answer:
    """Everything about you, as files to keep."""
    if ctx.seeker.discreet and not sure:
        words = (
            "Your messages name nobody, but the files hold everything by name, and stay where they "
            "are sent. Others who can read your messages could read them."
        )
        row = (button("Send them all the same", "export", sure="yes"), button("Back", "help"))
        return Message("Send the files?", (text(words), Buttons(row)))
    tables = ctx.unit.export(ctx.seeker.id)
    whole = json.dumps(tables, ensure_ascii=False, indent=1).encode()
    return Message(
        "Everything I hold about you",
        (
            text(
                "The JSON file is complete; the CSV file lists your applications for a spreadsheet."
            ),
            File("followthrough.json", whole),
            File("applications.csv", _csv(ctx)),
        ),
    )


def _csv(ctx: Context) -> bytes:
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(COLUMNS)
    cases = ctx.cases({a.number for a in ctx.application_choices()})
    for _, case in sorted(cases.items()):
        a = case.application
        sent = case.follow_up.sent_at if case.follow_up else None
        cells = (
            a.number,
            a.applied_on,
            a.company,
            a.role,
            a.agency,
            a.contact or "",
            a.via.value,
            a.stage.value,
            sent.astimezone(ctx.zone).date() if sent else "",
            "; ".join(
                f"{i.starts_at.astimezone(ctx.zone):%Y-%m-%d %H:%M}" for i in case.interviews
            ),
            "; ".join(f"{r.on} {r.what}" for r in case.replies),
            a.link,
            a.referrer,
            a.closes_on or "",
            a.decision_on or "",
            a.fit,
            a.proof,
            a.why_here,
            a.note,
        )
        rows.writerow([guarded(str(cell)) for cell in cells])
    return out.getvalue().encode()


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula, and no terminal for an order."""
    # Control characters are shown as pictures; lines may stay.
    cell = "".join(chr(0x2400 + ord(c)) if ord(c) < 32 and c not in "\n\t" else c for c in cell)
    return f"'{cell}" if cell.lstrip(" ").startswith(FORMULA) else cell


@commands.command()
def job_forget(
    ctx: Context,
    sure: Annotated[bool, Opt("Whether you are sure", hidden=True)] = False,
) -> Answer:
    """Erase everything about you, for good."""
    if not sure:
        count = len(ctx.application_choices())
        held = "1 application" if count == 1 else f"{count} applications"
        row = (
            button("Erase everything", "forget", Style.DANGER, sure="yes"),
            button("Export first", "export"),
            button("Keep everything", "board"),
        )
        words = (
            f"{held}, every interview, letter and planned message, and your settings. "
            "There is no undo."
        )
        return Message("Erase everything about you?", (text(words), Buttons(row)))
    ctx.unit.forget(ctx.seeker.id)
    ctx.forgotten = True
    return Message("Erased", (text("Nothing about you is left here."),))
