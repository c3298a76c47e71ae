"""Logging applications and what became of them."""

from dataclasses import replace
from datetime import date
from typing import Annotated, TypeVar

from bot.cards.applications import application_facts
from bot.cards.letters import ask_button, tie_words
from bot.cards.parts import button, day, of, title, when
from bot.command import Opt, Problems, Registry
from bot.commands.choices import WHICH, companies, not_found
from bot.context import Context
from bot.dates import Lean
from bot.hours import FOREVER, local_day
from bot.leads import warm
from bot.limits import add_application, room_for_nudges, save_application
from bot.links import company_from
from bot.message import Answer, Block, Button, Buttons, Call, Form, Message, Span, Style, text
from bot.model import Application, Case, NudgeKind, Person, Via
from bot.policy import Wanted
from bot.readers import Unfit, Url

commands = Registry("job")

T = TypeVar("T")

REASONS = "Why are you a good fit, and what proves it?"

UNNAMED = {"?", "unknown", "confidential", "not named", "n/a", "-"}


@commands.command(phrase="{role} at {company} [on {on}] [via {via}] {link}")
def job_applied(
    ctx: Context,
    company: Annotated[str, Opt("Where did you apply?", complete=companies, derive=company_from)],
    role: Annotated[str, Opt("The title on the advert")],
    on: Annotated[
        date | None, Opt("The day you applied; today if left out", lean=Lean.PAST)
    ] = None,
    via: Annotated[Via, Opt("How did it come about?")] = Via.COLD,
    fit: Annotated[
        str, Opt("Why are you a good fit? Your own words go into the letter", long=True)
    ] = "",
    proof: Annotated[str, Opt("What proves it? One result, number or project", long=True)] = "",
    why: Annotated[str, Opt("What draws you to this employer?", long=True, more=True)] = "",
    link: Annotated[Url | None, Opt("The advert's address")] = None,
    contact: Annotated[
        Person | None, Opt("Whom to write to: Dana Fox <dana@example.com>", more=True)
    ] = None,
    agency: Annotated[str, Opt("The agency, if it went through one", more=True)] = "",
    referrer: Annotated[str, Opt("Who referred you, if somebody did", more=True)] = "",
    closes: Annotated[date | None, Opt("When does the advert close?", more=True)] = None,
    decides: Annotated[date | None, Opt("When will they decide, if they said?", more=True)] = None,
    nocontact: Annotated[bool, Opt("Did they ask for no contact?", more=True)] = False,
    note: Annotated[str, Opt("Anything else to remember", long=True, more=True)] = "",
    again: Annotated[bool, Opt("Log it although it is there already", hidden=True)] = False,
) -> Answer:
    """Log a job application."""
    applied_on = on or ctx.today
    if applied_on > ctx.today:
        raise Problems(
            {"on": Unfit(f"{day(applied_on, ctx.today)} is still ahead. Which day was it?")}
        )
    company = "" if company.casefold() in UNNAMED else company
    twin = _twin(ctx, company, role, link or "")
    if twin and not again:
        call = Call("job applied", _answers(ctx, company or "?", role, link, applied_on))
        return _ask_twin(ctx, twin, call)
    application = add_application(
        ctx.unit,
        Application(
            seeker_id=ctx.seeker.id,
            number=0,
            company=company,
            role=role,
            applied_on=applied_on,
            logged_at=ctx.now,
            via=Via.AGENCY if agency and "via" not in ctx.given else via,
            link=link or "",
            fit=fit,
            proof=proof,
            why_here=why,
            agency=agency,
            referrer=referrer,
            contact=contact,
            no_contact=nocontact,
            closes_on=closes,
            decision_on=decides,
            note=note,
        ),
    )
    return logged(ctx, application)


def _answers(ctx: Context, company: str, role: str, link: str | None, on: date) -> dict[str, str]:
    """The call once more, as text: what was understood in place of what was typed."""
    return {
        **ctx.answers,
        "company": company,
        "role": role,
        "link": link or "",
        "on": on.isoformat(),
    }


def _twin(ctx: Context, company: str, role: str, link: str) -> Application | None:
    """The same application, logged before: the same advert, or role and employer."""
    for a in ctx.unit.applications.twins(ctx.seeker.id, company, role, link):
        if (a.stage.open and company) or (link and a.link == link):
            return a
    return None


def _ask_twin(ctx: Context, twin: Application, call: Call) -> Message:
    before = local_day(twin.logged_at, ctx.seeker)
    return Message(
        title(f"You logged {twin.title} before"),
        (
            text(f"That was {day(before, ctx.today)}. Is this another one?"),
            Buttons(
                (
                    button("Open that one", "show", Style.PRIMARY, **of(twin)),
                    Button("Log another", ctx.later(call.plus(again="yes"))),
                )
            ),
        ),
    )


def logged(ctx: Context, application: Application) -> Message:
    """What is said after logging: what was understood, and what happens next."""
    a = application
    planned = _follow_up(ctx, Case(a))
    words = day(a.applied_on, ctx.today)
    blocks: list[Block] = [text(f"Applied {words}. ", *_when_next(ctx, a, planned))]
    row = [button("Change", "edit", **of(a)), button("Undo", "undo")]
    if planned is None and not a.no_contact:
        row.insert(0, button("Draft the follow-up", "followup", **of(a)))
    if not (a.fit and a.proof) and not a.no_contact:
        ask = "What is one concrete result that proves it?" if a.fit else REASONS
        blocks.append(text(f"{ask} Your own words make the follow-up."))
        label, name = ("Add a result", "result") if a.fit else ("Add my reasons", "reasons")
        row.insert(0, button(label, name, Style.PRIMARY, **of(a)))
    if warm(ctx.unit, ctx.seeker.id, [Case(a)], ctx.today):
        blocks.append(text(f"{tie_words(a)} A word from inside helps most while it is fresh."))
        row.insert(0, ask_button(a))
    blocks.append(Buttons(tuple(row)))
    return Message(title(f"Logged: {a.title} (#{a.number})"), tuple(blocks))


def _follow_up(ctx: Context, case: Case) -> Wanted | None:
    """The follow-up as it is planned, if one is."""
    return next((w for w in ctx.wanted(case) if w.kind is NudgeKind.FOLLOW_UP), None)


def _when_next(ctx: Context, a: Application, planned: Wanted | None) -> tuple[Span, ...]:
    if planned is not None:
        if planned.due_at >= FOREVER:
            return ("Your follow-up will be written when you resume.",)
        return (
            "Your follow-up will come to you, finished, ",
            when(planned.due_at, ctx.seeker),
            ".",
        )
    if a.no_contact:
        return ("They asked for no contact, so no follow-up is planned.",)
    return ("That is a while ago, so no follow-up is planned; you can still have one.",)


@commands.command(hidden=True)
def job_reasons(
    ctx: Context,
    fit: Annotated[
        str, Opt("Why are you a good fit? Your own words go into the letter", long=True)
    ],
    proof: Annotated[str, Opt("What proves it? One result, number or project", long=True)] = "",
    why: Annotated[str, Opt("What draws you to this employer?", long=True)] = "",
    contact: Annotated[Person | None, Opt("Whom to write to: Dana Fox <dana@example.com>")] = None,
    application: Annotated[Application | None, Opt("Which application", hidden=True)] = None,
) -> Answer:
    """Add your reasons: why this job fits you."""
    if application is None:
        return not_found()
    changed = replace(
        application,
        fit=fit,
        proof=proof or application.proof,
        why_here=why or application.why_here,
        contact=contact or application.contact,
    )
    return _reasoned(ctx, changed, "They go into the follow-up, in your words. ")


@commands.command(hidden=True)
def job_result(
    ctx: Context,
    proof: Annotated[str, Opt("What proves it? One result, number or project", long=True)],
    application: Annotated[Application | None, Opt("Which application", hidden=True)] = None,
) -> Answer:
    """Add a result: what proves that the job fits you."""
    if application is None:
        return not_found()
    words = "It goes into the follow-up, in your words. "
    return _reasoned(ctx, replace(application, proof=proof), words)


def _reasoned(ctx: Context, changed: Application, words: str) -> Message:
    """Keep the application with what was added for its letter, and say when that comes."""
    save_application(ctx.unit, ctx.application_choices(), changed)
    case = ctx.case(changed.number) or Case(changed)
    planned = _follow_up(ctx, case)
    # One that is here already needs no word about when it comes.
    coming = _when_next(ctx, changed, planned) if planned and planned.due_at > ctx.now else ()
    return Message(
        title(f"Noted for {changed.title}"),
        (
            text(words, *coming),
            Buttons((button("Show the letter", "followup", **of(changed)), button("Undo", "undo"))),
        ),
    )


@commands.command(phrase="{application}")
def job_edit(
    ctx: Context,
    application: Annotated[Application, WHICH],
    company: Annotated[str | None, Opt("The employer", complete=companies, part="The job")] = None,
    role: Annotated[str | None, Opt("The title on the advert", part="The job")] = None,
    on: Annotated[date | None, Opt("The day you applied", lean=Lean.PAST, part="Dates")] = None,
    via: Annotated[Via | None, Opt("How did it come about?", part="The job")] = None,
    fit: Annotated[str | None, Opt("Why are you a good fit?", long=True, part="Reasons")] = None,
    proof: Annotated[
        str | None, Opt("One concrete result that proves it", long=True, part="Reasons")
    ] = None,
    why: Annotated[
        str | None,
        Opt("What draws you to this employer?", long=True, more=True, part="Reasons"),
    ] = None,
    link: Annotated[Url | None, Opt("The advert's address", part="The job")] = None,
    contact: Annotated[
        Person | None,
        Opt("Whom to write to: Dana Fox <dana@example.com>", more=True, part="People and notes"),
    ] = None,
    agency: Annotated[
        str | None, Opt("The agency, if it went through one", more=True, part="The job")
    ] = None,
    referrer: Annotated[
        str | None, Opt("Who referred you", more=True, part="People and notes")
    ] = None,
    closes: Annotated[
        date | None, Opt("When does the advert close?", more=True, part="Dates")
    ] = None,
    decides: Annotated[date | None, Opt("When will they decide?", more=True, part="Dates")] = None,
    nocontact: Annotated[
        bool | None, Opt("Did they ask for no contact?", more=True, part="People and notes")
    ] = None,
    note: Annotated[
        str | None,
        Opt("Anything else to remember", long=True, more=True, part="People and notes"),
    ] = None,
) -> Answer:
    """Change an application: anything you logged about it."""
    a = application
    given = ctx.given - {"application"}
    if not given:
        return Form(Call("job edit", _present(a)), intro=a.title)
    if on and on > ctx.today:
        raise Problems({"on": Unfit(f"{day(on, ctx.today)} is still ahead. Which day was it?")})

    def kept(name: str, new: T, old: T) -> T:
        return new if name in given else old

    named = "" if company is None or company.casefold() in UNNAMED else company
    changed = replace(
        a,
        company=kept("company", named or ("" if agency or a.agency else a.company), a.company),
        role=role or a.role,
        applied_on=on or a.applied_on,
        via=via or a.via,
        fit=kept("fit", fit or "", a.fit),
        proof=kept("proof", proof or "", a.proof),
        why_here=kept("why", why or "", a.why_here),
        link=kept("link", link or "", a.link),
        contact=kept("contact", contact, a.contact),
        agency=kept("agency", agency or "", a.agency),
        referrer=kept("referrer", referrer or "", a.referrer),
        closes_on=kept("closes", closes, a.closes_on),
        decision_on=kept("decides", decides, a.decision_on),
        no_contact=kept("nocontact", bool(nocontact), a.no_contact),
        note=kept("note", note or "", a.note),
    )
    if changed == a:
        return Message(title(f"{a.title} stays as it was"), (text("Nothing was different."),))
    if changed.decision_on != a.decision_on:
        room_for_nudges(ctx.unit, a)
    save_application(ctx.unit, ctx.application_choices(), changed)
    return Message(
        title(f"Changed: {changed.title} (#{changed.number})"),
        (
            application_facts(ctx.case(a.number) or Case(changed), ctx.seeker, ctx.today),
            Buttons((button("Undo", "undo"), button("Open", "show", **of(changed)))),
        ),
    )


def _present(a: Application) -> dict[str, str]:
    """An application as answers, for a form that opens with what is there."""
    return {
        "application": f"#{a.number}",
        "company": a.company or "?",
        "role": a.role,
        "on": a.applied_on.isoformat(),
        "via": a.via.value,
        "fit": a.fit,
        "proof": a.proof,
        "why": a.why_here,
        "link": a.link,
        "contact": str(a.contact or ""),
        "agency": a.agency,
        "referrer": a.referrer,
        "closes": a.closes_on.isoformat() if a.closes_on else "",
        "decides": a.decision_on.isoformat() if a.decision_on else "",
        "nocontact": "yes" if a.no_contact else "no",
        "note": a.note,
    }
