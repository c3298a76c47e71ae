"""A Form as a modal: what it asks, what it says on top, and what it carries along unseen.

Knows commands and Block Kit's window; no records. A submitted one is read by `filled`.
https://docs.slack.dev/reference/views/modal-views
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from adapters.characters import as_typed, units
from adapters.slack import Json
from adapters.slack.controls import GOES_ON, Moment, again, controls
from adapters.slack.filled import filled
from adapters.slack.literal import line, words
from adapters.slack.meta import LIMIT, Meta
from bot.command import Command, Option
from bot.kinds import KindName
from bot.message import Call, Form

CALLBACK = "form"
MORE = "more"
TITLE_LIMIT = 24
# What a form is about; with an answer it is not asked again.
ABOUT = (KindName.APPLICATION, KindName.INTERVIEW)
# A record's name or number is shorter; what is longer is better seen than carried.
ABOUT_LIMIT = 150
# Answers to no option of ours are carried only for a word to be said of them.
STRAY_ANSWERS = 5
STRAY_LIMIT = 100
SAID_LIMIT = 1000
# Words that a shortened title does not end with.
LOOSE = {
    *("a", "about", "an", "and", "at", "by", "each", "for", "from", "how", "in", "it", "of"),
    *("on", "or", "that", "the", "to", "was", "what", "with"),
}


def view(
    form: Form,
    command: Command,
    meta: Meta,
    now: datetime,
    zone: ZoneInfo | None,
    *,
    more: bool = False,
) -> Json:
    """The modal that asks for the form's answers, those that were understood filled in.

    `more` shows the options that are rarely known at once. Of `meta` the origin is kept. `now` and
    the person's `zone` turn "yesterday" into its date.
    """
    answers = {name: as_typed(raw) for name, raw in form.call.answers.items()}
    shown = [option for option in command.asked if _is_asked(option, command, form, answers, more)]
    names = {option.name for option in shown}
    moment = Moment.of(now, zone)
    blocks = _top(form, names)
    for option in shown:
        problem = form.problems.get(option.name, "")
        if problem:
            blocks.append(_wrong(f":problem {option.name}", problem))
        answer = answers.get(option.name, "")
        blocks += controls(option, answer, moment, explained=bool(problem))
    left = [o for o in command.asked if o.opt.more and o.name not in names]
    blocks = _needed([*blocks, _more_button()] if left else _eased(blocks, command))
    title = form.intro if 0 < len(form.intro) <= TITLE_LIMIT else _title(command.help)
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "title": words(title, TITLE_LIMIT),
        "submit": words(_submit(command, shown), TITLE_LIMIT),
        "close": words("Cancel", TITLE_LIMIT),
        "private_metadata": _carried(command, _unshown(form, command, answers, names), meta),
        "blocks": blocks or [_said(":intro", command.help)],
    }


def with_more(sent: Json, command: Command, now: datetime, zone: ZoneInfo | None = None) -> Json:
    """A form's modal as Slack sent it back, with every field; what was typed so far stays.

    The fields that were there keep their ids and controls, so that Slack keeps their contents; the
    others follow them, where the button was.
    """
    meta = Meta.decode(sent.get("private_metadata", ""))
    known = dict(meta.call.answers) if meta.call else {}
    emptied = {name: "" for name, raw in filled(sent).answers.items() if not raw}
    states = sent["state"]["values"]
    blocks: list[Json] = []
    there = set()
    for block in sent["blocks"]:
        name = block["block_id"]
        if block["type"] != "input":
            blocks += [] if block["type"] == "actions" else [block]
            continue
        parted = GOES_ON.fullmatch(name)
        option = command.option(parted[1] if parted else name)
        if option is not None:
            there.add(option.name)
            state = states.get(name, {}).get(block["element"]["action_id"], {})
            blocks.append(again(option, block, state))
    moment = Moment.of(now, zone)
    for option in command.asked:
        if option.opt.more and option.name not in there:
            blocks += controls(option, as_typed(known.get(option.name, "")), moment)
    return {
        **{key: sent[key] for key in ("type", "callback_id", "title", "submit", "close")},
        "private_metadata": _carried(command, {**known, **emptied}, meta),
        "blocks": _eased(blocks, command),
    }


def _eased(blocks: list[Json], command: Command) -> list[Json]:
    """The blocks of a whole form: what may follow from another of its fields can be left empty.

    An agency often does not name the employer. The core says when an answer does not follow.
    """
    derived = {option.name for option in command.options if option.opt.derive}
    return [
        {**block, "optional": True}
        if block["type"] == "input" and block["block_id"] in derived
        else block
        for block in blocks
    ]


def _needed(blocks: list[Json]) -> list[Json]:
    """The blocks of a form; a letter that is all it asks for is not called optional."""
    fields = [block for block in blocks if block["type"] == "input"]
    if len(fields) != 1 or not fields[0]["element"].get("multiline"):
        return blocks
    return [{**block, "optional": False} if block in fields else block for block in blocks]


def _is_asked(
    option: Option, command: Command, form: Form, answers: Mapping[str, str], more: bool
) -> bool:
    if option.name in form.problems:
        return True
    answer = answers.get(option.name, "")
    if option.kind.name in ABOUT:
        if answer:
            return len(answer) > ABOUT_LIMIT
        # An interview's application is known with it.
        known = (o.name for o in command.options if o.kind.name in ABOUT)
        if not option.required and any(answers.get(name) for name in known):
            return False
    return not option.opt.more or more or bool(answer)


def _unshown(
    form: Form, command: Command, answers: Mapping[str, str], shown: set[str]
) -> dict[str, str]:
    """What the form does not ask for, to be carried along.

    Among it are fields that somebody emptied: a form with problems answers a submission, in which
    nothing is an answer too. An answer to no option goes once its problem has been said, or that
    would come back for ever.
    """
    kept = {name: raw for name, raw in answers.items() if raw and name not in shown}
    if form.problems:
        kept |= {name: "" for name, raw in answers.items() if not raw}
    said = {name for name in form.problems if command.option(name) is None}
    return {name: raw for name, raw in kept.items() if name not in said}


def _carried(command: Command, answers: Mapping[str, str], meta: Meta) -> str:
    """The answers as `private_metadata`. What is no answer to an option is the first to go.

    Answers to options always fit unless somebody types thousands of characters for a hidden one.
    """
    known = {option.name for option in command.options}
    kept = {name: raw for name, raw in answers.items() if name in known}
    stray = [name for name in answers if name not in known][:STRAY_ANSWERS]
    kept |= {line(name, STRAY_LIMIT): line(answers[name], STRAY_LIMIT) for name in stray}
    while True:
        with suppress(ValueError):
            text = replace(meta, call=Call(command.name, kept)).encode()
            if units(text) <= LIMIT:
                return text
        del kept[max(kept, key=lambda name: (name not in known, len(kept[name])))]


def _top(form: Form, shown: set[str]) -> list[Json]:
    """The intro, unless it is the title, and the problems that have no field."""
    blocks = []
    if len(form.intro) > TITLE_LIMIT:
        blocks.append(_said(":intro", form.intro))
    lost = [why for name, why in form.problems.items() if name not in shown and why]
    if lost:
        blocks.append(_wrong(":problems", *lost))
    return blocks


def _said(block_id: str, *lines: str, **style: bool) -> Json:
    """Lines of literal text."""
    look = {"style": style} if style else {}
    elements = [
        {
            "type": "rich_text_section",
            "elements": [{"type": "text", "text": line(said, SAID_LIMIT), **look}],
        }
        for said in lines
    ]
    return {"type": "rich_text", "block_id": block_id, "elements": elements}


def _wrong(block_id: str, *lines: str) -> Json:
    """What is wrong, where the eye meets it before the field.

    Slack shows errors of its own only in answer to a submission.
    """
    return _said(block_id, *lines, bold=True)


def _more_button() -> Json:
    button = {"type": "button", "action_id": MORE, "text": words("More details", TITLE_LIMIT)}
    return {"type": "actions", "block_id": ":more", "elements": [button]}


def _submit(command: Command, shown: Sequence[Option]) -> str:
    """Nothing is saved by only saying which record is meant."""
    required = [option for option in command.asked if option.required]
    which = all(option.kind.name in ABOUT for option in required)
    asks_which = any(option.required and option.kind.name in ABOUT for option in shown)
    return "Continue" if which and asks_which else "Save"


def _title(text: str) -> str:
    """A command's help in at most 24 characters: what stands before a colon, or its first words."""
    first = text.rstrip(".").partition(":")[0].partition(";")[0]
    if len(first) <= TITLE_LIMIT:
        return first
    kept = first[:TITLE_LIMIT].rpartition(" ")[0].split()
    while len(kept) > 1 and kept[-1] in LOOSE:
        kept.pop()
    short = " ".join(kept)
    return short.removesuffix(",") if short.endswith(",") else f"{short}…"
