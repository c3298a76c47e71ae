"""What a person can do, one declaration each. `registry` is all of them."""

from bot.command import merge
from bot.commands import (
    actions,
    applications,
    arranging,
    begin,
    board,
    clubs,
    followups,
    heard,
    interviews,
    landed,
    leads,
    me,
    nudges,
    overview,
    partners,
    privacy,
    reports,
    rescheduling,
    sent,
    settings,
    ties,
)

registry = merge(
    module.commands
    for module in (
        applications,
        interviews,
        followups,
        sent,
        heard,
        nudges,
        overview,
        board,
        settings,
        privacy,
        begin,
        clubs,
        rescheduling,
        reports,
        actions,
        partners,
        leads,
        ties,
        landed,
        me,
        arranging,
    )
)
