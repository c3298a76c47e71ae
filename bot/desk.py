"""The funnel: a Call, who made it and when, in; what to say, out. One Call is one transaction.

Every surface ends here. Knows no platform and no storage; `await Desk.handle` is the one place
where the asynchronous edges meet the synchronous core.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from bot.cards.talk import nothing_logged, small_talk
from bot.command import LEFT_OVER, Problems, Registry
from bot.context import CHANNEL, ORGANIZES, STASHED, Context
from bot.gathering import replan_clubs
from bot.kinds import KindName
from bot.leads import pass_on, replan_leads
from bot.letters.draft import Letters
from bot.limits import TOO_FAST, TOO_LONG, Pace, too_long
from bot.looking import Looking, Repeated, unstashed
from bot.message import (
    BUTTON_LIMIT,
    Answer,
    Block,
    Button,
    Buttons,
    Call,
    Form,
    Message,
    Text,
    shorten,
    text,
)
from bot.model import Account, NudgeState, Seeker, Who
from bot.plan import replan
from bot.ports import Store, Unit
from bot.readers import Unfit, leading_application
from bot.retention import is_warning
from bot.waiting import with_waiting
from bot.welcome import BEGIN, FREE, NOWHERE, Notice, ask, begun

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)


class Desk(Looking):
    """Where everything that a person can do is done."""

    def __init__(
        self,
        store: Store,
        registry: Registry,
        letters: Letters,
        notice: Notice | None = None,
        prefix: str = "",
        lines: bool = True,
    ) -> None:
        """As `Looking`. `pace` is how fast one person may go on, and may be set.

        None where there is no notice: at a terminal of one's own nobody is in another's way.
        """
        super().__init__(store, registry, letters, notice, prefix, lines)
        self.pace = Pace() if notice else None

    def form(self, call: Call) -> Form | None:
        """The form to open when a required answer is missing; no I/O, for 3-second deadlines."""
        return self.registry.unanswered(call) if self.registry.get(call.name) else None

    async def handle(self, call: Call, who: Who, now: datetime, once: str = "") -> Answer:
        """Do what the call says and return the answer. Never raises for anything a person did.

        `who` is what the platform vouches for; `now` is aware UTC. `once` is a key of the request,
        where a platform may bring the same one twice, perhaps to two processes: raises Repeated
        when what it asks for has been done.
        """
        held = self.held(call, who, now)
        if held is not None:
            return held
        if self.pace is not None:
            self.pace.commands.take(who, now)
        return await self._handled(call, who, now, once)

    def held(self, call: Call, who: Who, now: datetime) -> Message | None:
        """What is said instead of doing what cannot be done now: too much, or too much at once.

        Looks nothing up and counts nothing, so that it costs nobody anything.
        """
        if too_long(call):
            return TOO_LONG
        if self.pace is None or self.pace.commands.any_left(who, now):
            return None
        if self.pace.commands.first_refusal(who, now):
            log.warning("person held", platform=who.platform, workspace=who.workspace)
        return TOO_FAST

    async def _handled(self, call: Call, who: Who, now: datetime, once: str) -> Answer:
        if self.registry.get(call.name) is None and call.name != STASHED:
            return self._unknown(call)
        entered: list[Account] = []
        meant = [call]

        def work(unit: Unit) -> Answer:
            answer = self._handle(unit, call, who, now, entered, meant)
            changed = isinstance(answer, Message) and answer.changed
            # What only looks may be looked at twice; but what was done is answered by who did it.
            if once and (not unit.first_time(once, now) if changed else unit.seen(once)):
                raise Repeated
            return answer

        answer = await self._guarded(call, work)
        if isinstance(answer, Message) and answer.changed and entered and self.on_change:
            self.on_change(entered[-1])
        then = meant[-1].answers.get("then", "") if meant[-1].name == BEGIN else ""
        if not then or isinstance(answer, Form):
            return answer
        begun_now, first = answer.changed, answer.blocks[0]
        if isinstance(first, Text):
            first = replace(first, small=True)
        after = f"{once}:then" if once else ""
        answer = await self._handled(Call(STASHED, {"call": then}), who, now, after)
        if isinstance(answer, Form):
            return answer
        changed = begun_now or answer.changed
        return replace(answer, blocks=(*answer.blocks, first), changed=changed)

    async def introduce(self, form: Form, who: Who, now: datetime) -> Answer:
        """The form in the person's own zone, or what they have to read first; it then waits.

        Nobody is asked which application while none is logged. For surfaces that open a form
        before anything is looked up. Raises Unavailable.
        """
        held = self.held(form.call, who, now)
        if held is not None:
            return held
        if self.pace is not None:
            self.pace.commands.take(who, now)

        def look(unit: Unit) -> Answer:
            seeker, account = self._enter(unit, who, now)
            context = self._context(unit, seeker, account, now, form.call)
            notice = self._notice(context, form.call)
            if notice is None and self._never_answered(context, form.call):
                return _start(context)
            return notice or replace(form, zone=seeker.zone)

        return await self.store.transact(look)

    async def keep(self, call: Call, who: Who, now: datetime) -> Call:
        """A call of any length made short enough for a button, or for the id of a form.

        Answers added to it are laid over its own. Kept for 30 days. Raises Unavailable.
        """

        def work(unit: Unit) -> Call:
            return self._context(unit, *self._enter(unit, who, now), now, call).later(call)

        return await self.store.transact(work)

    async def complete(
        self, name: str, option: str, typed: str, who: Who, now: datetime
    ) -> Sequence[tuple[str, str]]:
        """As `Looking.complete`; nothing for whoever asks too fast."""
        if self.pace is not None and not self.pace.typing.take(who, now):
            return ()
        return await super().complete(name, option, typed, who, now)

    async def board(self, who: Who, now: datetime) -> Message:
        """As `Looking.board`, with one that failed for whoever asks too fast."""
        if self.pace is not None and not self.pace.boards.take(who, now):
            return TOO_FAST
        return await super().board(who, now)

    def _handle(
        self,
        unit: Unit,
        call: Call,
        who: Who,
        now: datetime,
        entered: list[Account],
        meant: list[Call],
    ) -> Answer:
        """Do it. Adds to `entered` who did, and to `meant` what a kept call stands for."""
        seeker, account = self._enter(unit, who, now)
        entered.append(account)
        where = (who.channel, who.organizes)
        if call.name == STASHED:
            stashed = unstashed(unit, seeker.id, call)
            if stashed is None or self.registry.get(stashed.name) is None:
                words = "Please say it once more; what it belonged to is no longer there."
                return Message("That button has run out", (text(words),))
            call, where = _apart(stashed)
            meant.append(call)
        call = self.registry.complete(call)
        ctx = self._context(unit, seeker, account, now, call)
        ctx.channel, ctx.organizes = where
        # Where there are no channels, as in a terminal, people are what they say they are.
        named = who.organizes and not who.channel
        ctx.called = who.name or (who.user.capitalize() if named else "")
        notice = self._notice(ctx, call)
        if notice is not None:
            return notice
        try:
            answer = self._run(ctx, call)
        except Problems as trouble:
            return self._ask_again(ctx, call, trouble)
        if ctx.forgotten:
            return replace(answer, changed=True) if isinstance(answer, Message) else answer
        numbers = unit.touched() | ctx.replan
        if ctx.settings_changed:
            numbers |= {a.number for a in unit.applications.all(seeker.id) if a.stage.open}
        # Somebody who only reads has their review planned again too.
        planned = not numbers and any(
            nudge.state is NudgeState.PLANNED and not (is_warning(nudge) or nudge.kind.of_club)
            for nudge in unit.nudges.standing(seeker.id)
        )
        if ctx.settings_changed or not planned:
            replan(unit, ctx.seeker, account.platform, numbers, now)
        if ctx.settings_changed:
            pass_on(unit, ctx.seeker, now)
            replan_clubs(unit, seeker.id, now, unshared=ctx.unshared)
            replan_leads(unit, ctx.seeker, now)
        if isinstance(answer, Form):
            answer = replace(answer, zone=ctx.seeker.zone)
        else:
            lasting = ctx.undone or ctx.lasting
            change = 0 if lasting else unit.note_change(seeker.id, answer.title, now)
            blocks = _naming(answer.blocks, change) if change else answer.blocks
            answer = replace(answer, blocks=blocks, changed=lasting or bool(change))
            if call == Call("job help") and self.notice is not None:
                answer = answer.and_then(text(self.notice.words, small=True))
            answer = with_waiting(ctx, call, answer)
        return answer

    def _enter(self, unit: Unit, who: Who, now: datetime) -> tuple[Seeker, Account]:
        """The person, with the zone that the platform has learned of meanwhile.

        Where it could not be had at their first command they count as being at UTC.
        """
        seeker, account = unit.enter(who, now)
        if seeker.zone_confirmed or seeker.zone != NOWHERE or who.zone in ("", NOWHERE):
            return seeker, account
        unit.adopt(replace(seeker, zone=who.zone, name=seeker.name or who.name))
        known = unit.seekers([seeker.id])[seeker.id]
        if known != seeker:
            numbers = {a.number for a in unit.applications.all(seeker.id) if a.stage.open}
            replan(unit, known, account.platform, numbers, now)
            replan_clubs(unit, known.id, now)
            replan_leads(unit, known, now)
        return known, account

    def _notice(self, ctx: Context, call: Call) -> Message | None:
        """What this person has to read first; the call is kept until they have answered."""
        if self.notice is None or call.name in FREE or begun(ctx.seeker, self.notice):
            return None
        then = int(ctx.later(call).answers["call"])
        return ask(self.notice, ctx.seeker, ctx.now, then)

    def _ask_again(self, ctx: Context, call: Call, trouble: Problems) -> Answer:
        """One answer with a few readings is asked with buttons; anything else with the form."""
        if self._never_answered(ctx, call, trouble.problems):
            return _start(ctx)
        call, trouble = self._parted(ctx, call, trouble)
        (name, first), *others = trouble.problems.items()
        if first.choices and not others:
            buttons = tuple(
                Button(shorten(label, 75), ctx.later(call.plus(**{name: raw})))
                for label, raw in first.choices[:BUTTON_LIMIT]
            )
            return Message(str(first), (Buttons(buttons),))
        problems = {n: why for n, unfit in trouble.problems.items() if (why := _explain(unfit))}
        if not self.registry.commands[call.name].asked:
            # There is nothing to ask, and a form with nothing in it would do what was not meant.
            return Message(shorten(" ".join(problems.values()), 150))
        return Form(call, problems, zone=ctx.seeker.zone)

    def _never_answered(
        self, ctx: Context, call: Call, wrong: Collection[str] | None = None
    ) -> bool:
        """Whether it asks for an application of a person who has none; `wrong` is what it lacks.

        No form could ever be filled in rightly then.
        """
        options = self.registry.commands[call.name].options
        asks = any(
            option.required
            and option.kind.name is KindName.APPLICATION
            and (wrong is None or option.name in wrong)
            for option in options
        )
        return asks and not ctx.application_choices()

    def _parted(self, ctx: Context, call: Call, trouble: Problems) -> tuple[Call, Problems]:
        """The call with words that name an application apart from those behind them.

        A line is taken apart without looking at any records, so "acme blah" is all application.
        """
        required = [o for o in self.registry.commands[call.name].options if o.required]
        which = next((o.name for o in required if o.kind.name is KindName.APPLICATION), "")
        open_ = [o.name for o in required if not call.answers.get(o.name, "").strip()]
        if not open_ or which not in trouble.problems:
            return call, trouble
        named, rest = leading_application(
            call.answers.get(which, "").strip(), ctx.application_choices()
        )
        if not named or not rest:
            return call, trouble
        parted = call.plus(**{which: named, open_[0]: rest})
        try:
            self.registry.bind(parted, ctx)
        except Problems as clearer:
            return parted, clearer
        return call, trouble

    def _unknown(self, call: Call) -> Message:
        line = f"{call.name} {call.answers.get(LEFT_OVER, '')}".strip()
        talk = small_talk(line, self.prefix if self.lines else "")
        if talk is not None:
            return talk
        near = [name for name in self.registry.nearest(call.name) if _meant(call.name, name)]
        said = f"I do not know “{shorten(call.name if near else line, 40)}”."
        if not near:
            return Message(said, (text(f"“{self.prefix}help” lists what I can do."),))
        first = f"{self.registry.groups[0]} "
        found = [name.removeprefix(first) for name in near]
        words = " or ".join(self.registry.said(said, self.prefix) for said in found)
        pairs = zip(found, near, strict=True)
        row = tuple(Button(said.capitalize(), Call(name)) for said, name in pairs)
        return Message(said, (text("Did you mean ", words, "?"), Buttons(row)))


def _apart(kept: Call) -> tuple[Call, tuple[str, bool]]:
    """A kept call without where it was said, and that."""
    answers = dict(kept.answers)
    where = answers.pop(CHANNEL, ""), answers.pop(ORGANIZES, "") == "yes"
    return Call(kept.name, answers), where


def _start(ctx: Context) -> Message:
    return nothing_logged(ctx.named("applied ROLE at COMPANY" if ctx.lines else "applied"))


def _meant(typed: str, name: str) -> bool:
    """Whether a word may be a slip for a command of that name.

    Of up to four letters nearly all look like one; letters that changed places, or the beginning
    of a command's word, are more than a likeness.
    """
    typed, word = typed.casefold().rpartition(" ")[2], name.rpartition(" ")[2]
    swapped = sorted(typed) == sorted(word)
    return len(typed) > 4 or swapped or (len(typed) > 2 and word.startswith(typed))


def _naming(blocks: Iterable[Block], change: int) -> tuple[Block, ...]:
    """The blocks with their undo button for this change alone, whatever else happens meanwhile."""
    undo = Call("job undo")
    named = undo.plus(change=str(change))

    def name(block: Block) -> Block:
        if not isinstance(block, Buttons):
            return block
        return Buttons(
            tuple(replace(b, call=named) if b.call == undo else b for b in block.buttons)
        )

    return tuple(map(name, blocks))


def _explain(unfit: Unfit) -> str:
    if not unfit.choices:
        return str(unfit)
    return f"{unfit} ({' / '.join(label for label, _ in unfit.choices)})"
