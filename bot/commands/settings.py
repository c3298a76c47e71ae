"""The few things a person may change about when and how they are written to."""

from collections.abc import Collection
from dataclasses import replace
from datetime import time
from typing import Annotated
from zoneinfo import ZoneInfo

from bot.cards.parts import button
from bot.command import Opt, Problems, Registry
from bot.commands.choices import zones
from bot.context import Context
from bot.hours import is_quiet, next_morning
from bot.kinds import kind_of
from bot.message import Answer, Buttons, Call, Facts, Form, Message, Span, shorten
from bot.model import Seeker
from bot.readers import Hours, Unfit, Url, Weekdays

commands = Registry("job")

# The parts of the form.
TIMES, LETTERS = "Times and zone", "Name and letters"


@commands.command()
def job_settings(
    ctx: Context,
    zone: Annotated[
        ZoneInfo | None, Opt("Your time zone; type a city", complete=zones, part=TIMES)
    ] = None,
    hour: Annotated[
        time | None, Opt("When should follow-ups arrive? For example 9:30", part=TIMES)
    ] = None,
    days: Annotated[
        Weekdays | None, Opt('Your working days, such as "mon-fri"', part=TIMES)
    ] = None,
    quiet: Annotated[
        Hours | None, Opt('Hours in which nothing comes, such as "21:00-08:00"', part=TIMES)
    ] = None,
    name: Annotated[str | None, Opt("Your name, as letters are signed", part=LETTERS)] = None,
    profile: Annotated[
        Url | None, Opt("Your profile's address, for under the letters", part=LETTERS)
    ] = None,
    strengths: Annotated[
        str | None,
        Opt("What you are good at, for letters without reasons", long=True, part=LETTERS),
    ] = None,
    premium: Annotated[
        bool | None, Opt("Is your LinkedIn account premium? Notes may be longer", part=LETTERS)
    ] = None,
    discreet: Annotated[
        bool | None, Opt("Messages that name nobody until opened?", part="Discreet messages")
    ] = None,
    change: Annotated[bool, Opt("Open the form", hidden=True)] = False,
) -> Answer:
    """Your zone, hours, name and strengths."""
    s = ctx.seeker
    given = ctx.given - {"change"}
    if change:
        return Form(Call("job settings", answers(s)), intro="Your settings")
    if not given:
        return Message(
            "Your settings", (_facts(s), Buttons((button("Change", "settings", change="yes"),)))
        )
    changed = replace(
        s,
        zone=str(zone or s.zone),
        zone_confirmed=s.zone_confirmed or zone is not None,
        hour=hour or s.hour,
        days=tuple(days or s.days),
        quiet_from=quiet[0] if quiet else s.quiet_from,
        quiet_until=quiet[1] if quiet else s.quiet_until,
        name=(name or "") if "name" in given else s.name,
        profile=(profile or "") if "profile" in given else s.profile,
        strengths=(strengths or "") if "strengths" in given else s.strengths,
        premium=s.premium if premium is None else premium,
        discreet=s.discreet if discreet is None else discreet,
    )
    if is_quiet(next_morning(ctx.now, changed), changed):
        where = "quiet" if quiet else "hour"
        hours = answers(changed)["quiet"]
        said = f"{changed.hour:%H:%M} would be inside the quiet hours, {hours}."
        raise Problems({where: Unfit(said)})
    if changed == s:
        return Message("Your settings stay as they were", (_facts(s),))
    ctx.save_seeker(changed)
    before, after = answers(s), answers(changed)
    return Message(
        "Your settings are changed",
        (
            _facts(changed, {key for key in after if after[key] != before[key]}),
            Buttons((button("Undo", "undo"), button("Change", "settings", change="yes"))),
        ),
    )


def answers(s: Seeker) -> dict[str, str]:
    """A person's settings as text, for the form and for showing them."""
    return {
        "zone": s.zone,
        "hour": f"{s.hour:%H:%M}",
        "days": kind_of(Weekdays).write(s.days),
        "quiet": f"{s.quiet_from:%H:%M}-{s.quiet_until:%H:%M}",
        "name": s.name,
        "profile": s.profile,
        "strengths": s.strengths,
        "premium": "yes" if s.premium else "no",
        "discreet": "yes" if s.discreet else "no",
    }


def _facts(s: Seeker, only: Collection[str] = ()) -> Facts:
    words = answers(s)
    guess = "" if s.zone_confirmed else " (not confirmed yet)"
    labels = {
        "zone": "Time zone",
        "hour": "Follow-ups arrive",
        "days": "Working days",
        "quiet": "Quiet hours",
        "name": "Name",
        "profile": "Profile",
        "strengths": "Strengths",
        "premium": "LinkedIn premium",
        "discreet": "Discreet messages",
    }
    rows: list[tuple[str, tuple[Span, ...]]] = []
    for key, label in labels.items():
        if only and key not in only:
            continue
        value = shorten(words[key], 300) or "not set"
        rows.append((label, (value + (guess if key == "zone" else ""),)))
    return Facts(tuple(rows))
