"""Platforms that fail: busy, broken, silent, cut off, closed to somebody, and all of it at once."""

import asyncio
from typing import Any

from faults.kills import AT_RANDOM, killing
from faults.platforms import OPENING, Human
from faults.trial import Trial
from tests.discord import standin as discord_standin
from tests.slack import standin as slack_standin

# What may happen to a message, and where more than once makes sense, in a row.
SLACK: tuple[Any, ...] = (
    slack_standin.Busy(1),
    slack_standin.Busy(30),
    slack_standin.Broken(500),
    slack_standin.Broken(502),
    slack_standin.Broken(503),
    slack_standin.Garbage(),
    slack_standin.Dropped(kept=False),
    slack_standin.Dropped(kept=True),
    slack_standin.Denied("internal_error"),
    slack_standin.Denied("service_unavailable"),
    slack_standin.Denied("message_limit_exceeded"),
    slack_standin.Denied("a_code_nobody_knows"),
    slack_standin.Denied("channel_not_found"),
)
DISCORD: tuple[Any, ...] = (
    discord_standin.Busy(0.05),
    discord_standin.Busy(60),
    discord_standin.Busy(40, global_=True),
    discord_standin.Cloudflare(60),
    discord_standin.Broken(503),
    discord_standin.Garbage(),
    discord_standin.Dropped(kept=False),
    discord_standin.Dropped(kept=True),
    discord_standin.Denied(50001),
    discord_standin.Denied(130000, 503),
    discord_standin.Denied(50007),
)
# The library tries these again by itself, after real seconds.
SLOW = (discord_standin.Broken(500), discord_standin.Broken(502))
UNHEARD = ("channel_not_found", 50007)


def plague(trial: Trial, humans: list[Human], *, slow: bool, share: float = 0.7) -> None:
    """Let most of these people's next messages meet something, up to three times in a row."""
    rng = trial.rng
    for human in humans:
        if rng.random() > share:
            continue
        if human.platform == "slack":
            fault = rng.choice(SLACK)
        else:
            fault = rng.choice(DISCORD + SLOW * slow)
        gone = getattr(fault, "error", getattr(fault, "code", "")) in UNHEARD
        trial.platforms.fault(human, fault, times=1 if gone else rng.choice((1, 1, 2, 3)))
    for human in humans:
        if human.platform == "discord" and not human.who.place and rng.random() < share:
            fault = rng.choice((discord_standin.Broken(503), discord_standin.Denied(40003, 400)))
            trial.platforms.fault(human, fault, route=OPENING)


async def unwell(trial: Trial, size: int, *, slow: bool) -> None:
    """Platforms that fail in all of their ways, while nobody kills anything.

    In the end everybody uses the bot, and reads what could not reach them.
    """
    await trial.worker()
    humans: list[Human] = []
    for _ in range(max(1, size // 15)):
        some = await trial.crowd.people(10)
        some += await trial.crowd.people(2, each=3)
        plague(trial, some, slow=slow)
        humans += some
        await trial.drain()
    for human in humans:
        await trial.crowd.returns(human)


async def unanswered(trial: Trial, size: int) -> None:
    """Messages arrive, but every answer is lost, up to four times in a row; then people look."""
    await trial.worker()
    humans = await trial.crowd.people(size)
    for human in humans:
        lost = slack_standin if human.platform == "slack" else discord_standin
        trial.platforms.fault(human, lost.Dropped(kept=True), times=trial.rng.randint(1, 4))
    await trial.drain()
    for human in humans:
        await trial.crowd.returns(human)


async def unwell_and_killed(trial: Trial, kills: int, slots: int, *, slow: bool) -> None:
    """The same, while workers are killed at random."""
    trial.plagued = lambda humans: plague(trial, humans, slow=slow, share=0.5)
    await killing(trial, kills, AT_RANDOM, slots)


async def silent(trial: Trial, size: int) -> None:
    """Platforms that take a message and never answer, or do so when nobody waits any more."""
    await trial.worker()
    humans = await trial.crowd.people(size)
    late: list[Any] = []
    for human in humans[::3]:
        held = (slack_standin if human.platform == "slack" else discord_standin).Held()
        late.append(held)
        trial.platforms.fault(human, held)
    # Longer than the worker waits for either of them (10 and 25 seconds).
    asyncio.get_running_loop().call_later(27.0, trial.platforms.release)
    await trial.drain()


async def gone_and_back(trial: Trial, size: int) -> None:
    """People who close their door, and a workspace that removes the bot; then they are back."""
    worker = await trial.worker()
    humans = await trial.crowd.people(size)
    shut: list[tuple[Human, Any]] = []
    for human in humans[::2]:
        if human.platform == "slack":
            denied: Any = slack_standin.Denied(
                trial.rng.choice(("channel_not_found", "account_inactive"))
            )
        else:
            denied = discord_standin.Denied(trial.rng.choice((50007, 50278)))
        shut.append((human, trial.platforms.fault(human, denied, times=None)))
    await trial.drain()
    # What is due while nobody can reach them waits for them.
    await trial.crowd.apply([human for human, _ in shut])
    await trial.drain()
    for _, plan in shut:
        plan.lift()
    # A process does not use a token that was refused for ten of the machine's own minutes.
    worker.kill()
    await worker.ended.wait()
    await trial.worker()
    for human in humans:
        await trial.crowd.returns(human)
    await trial.crowd.apply(humans)
    await trial.drain()
