"""How fast Slack takes what. Knows its rates; sends nothing.

Sources: https://docs.slack.dev/apis/web-api/rate-limits. Each workspace is a place of its own.
"""

from datetime import timedelta

from adapters.pacing import Pacing

# About one message a second to a channel and some hundreds a minute to a workspace, short bursts
# tolerated: what gathers between two looks of the dispatcher.
EVERY, BURST = timedelta(seconds=1), 15
# Methods of Tier 3 take more than 50 a minute, and so many at once.
TIER_3, TIER_3_BURST = timedelta(minutes=1) / 50, 50


def messages() -> Pacing:
    """The pace of new messages."""
    return Pacing(EVERY, BURST)


def tier_3() -> Pacing:
    """The pace of a method of Tier 3, for one that is not shared."""
    return Pacing(TIER_3, TIER_3_BURST)
