"""Brings the stored nudges in line with what policy wants. Decides nothing itself."""

from collections.abc import Collection
from datetime import datetime

from bot.model import Nudge, Seeker
from bot.policy import Add, Drop, Move, changes, name_of, wanted, wanted_review, why_not
from bot.ports import Unit
from bot.retention import is_warning, no_longer


def replan(
    unit: Unit, seeker: Seeker, platform: str, numbers: Collection[int], now: datetime
) -> list[Nudge]:
    """Plan again for these applications and for the review; returns what is newly planned."""
    cases = list(unit.cases([(seeker.id, number) for number in sorted(numbers)]).values())
    new: list[Nudge] = []
    for case in cases:
        stored = unit.nudges.about(seeker.id, case.application.number)
        plan = changes(wanted(seeker, case), stored, seeker, platform, why_not(case))
        new += write(unit, plan)
    active = any(case.application.stage.open for case in cases) or any(
        application.stage.open for application in unit.applications.all(seeker.id)
    )
    standing = [nudge for nudge in unit.nudges.standing(seeker.id) if not nudge.application]
    stored = [nudge for nudge in standing if not (is_warning(nudge) or nudge.kind.of_club)]
    names = {name_of(nudge) for nudge in stored}
    plan = changes(
        wanted_review(seeker, now, active, names), stored, seeker, platform, "nothing to review"
    )
    return new + write(unit, [*plan, *no_longer(standing, seeker)])


def write(unit: Unit, plan: list[Add | Move | Drop]) -> list[Nudge]:
    """Store a plan's changes; returns what is newly planned."""
    added = [change.nudge for change in plan if isinstance(change, Add)]
    if added:
        unit.nudges.add(added)
    for change in plan:
        if isinstance(change, Move | Drop):
            unit.nudges.replan(change.nudge)
    return added + [change.nudge for change in plan if isinstance(change, Move)]
