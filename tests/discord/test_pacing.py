"""The laws of pacing for a whole bot: within Discord's limits, whatever is due at once."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.pacing import (
    OPENING,
    OPENING_BURST,
    REFUSALS,
    SLOWEST,
    WINDOW,
    Rates,
)

NOW = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def most_within(times: list[datetime], stretch: timedelta) -> int:
    """The most that went in any stretch of time so long, its end not included."""
    return max(sum(begin <= at < begin + stretch for at in times) for begin in times)


def gone(rates: Rates, arrivals: list[datetime]) -> list[datetime]:
    """When each of these messages went out that was tried again whenever it was told to."""
    waiting = {f"n{number}": at for number, at in enumerate(arrivals)}
    times: list[datetime] = []
    while waiting:
        key = min(waiting, key=lambda key: waiting[key])
        now = waiting[key]
        at = rates.message(now, key)
        if at is None:
            times.append(now)
            del waiting[key]
        else:
            assert at > now
            waiting[key] = at
    return times


@given(st.lists(st.integers(0, 3000), min_size=1, max_size=150))
def test_never_more_than_fifty_in_a_second(arrivals: list[int]) -> None:
    times = gone(Rates(), [NOW + timedelta(milliseconds=at) for at in arrivals])
    assert most_within(times, SECOND) <= 50


def test_four_hundred_at_once_go_out_in_ten_seconds() -> None:
    times = gone(Rates(), [NOW] * 400)
    assert times[-1] - times[0] <= 10 * SECOND
    assert most_within(times, SECOND) <= 50


def test_conversations_are_opened_a_few_at_once_and_then_one_a_second() -> None:
    rates = Rates()
    slots = [rates.opening(NOW, f"n{number}") for number in range(OPENING_BURST + 2)]
    assert slots == [None] * OPENING_BURST + [NOW + OPENING, NOW + 2 * OPENING]


def test_each_complaint_makes_the_opener_slower_and_several_at_once_count_once() -> None:
    rates, now, gaps = Rates(), NOW, []
    for _ in range(4):
        for _ in range(3):
            rates.opened_too_fast(now, now + timedelta(minutes=10))
        first, second = rates.opening(now, "a"), rates.opening(now, "b")
        assert first is not None
        assert second is not None
        assert first > now + timedelta(minutes=10)
        gaps.append(second - first)
        assert rates.opening(first, "a") is None
        assert rates.opening(second, "b") is None
        now = second + timedelta(hours=1)
    assert gaps == [10 * SECOND, 100 * SECOND, SLOWEST, SLOWEST]


def test_a_slow_opener_holds_up_no_message_and_a_hold_holds_all() -> None:
    rates = Rates()
    rates.opened_too_fast(NOW, NOW + timedelta(minutes=10))
    assert rates.message(NOW, "a") is None
    rates.hold(NOW, NOW + timedelta(minutes=1))
    at = rates.message(NOW, "b")
    assert at is not None
    assert at > NOW + timedelta(minutes=1)


@pytest.mark.parametrize("every", [25, 200, 299, 301])
def test_when_all_is_refused_it_never_comes_to_a_ban(every: int) -> None:
    """Messages go out every so many milliseconds, each is refused, and that for hours."""
    rates, now = Rates(), NOW
    refused: list[datetime] = []
    while len(refused) < 3 * REFUSALS:
        if rates.message(now, "n") is None:
            refused.append(now)
            rates.refused(now)
            now += timedelta(milliseconds=every)
        else:
            now += timedelta(seconds=20)
    # The ban comes at 10,000.
    assert most_within(refused[::50], WINDOW) * 50 <= 2 * REFUSALS + 100


def test_a_few_that_are_refused_hold_up_nobody() -> None:
    rates = Rates()
    assert all(rates.refused(NOW) for _ in range(REFUSALS))
    assert rates.message(NOW, "a") is None
    assert not rates.refused(NOW)
    at = rates.message(NOW, "b")
    assert at is not None
    assert at > NOW + WINDOW
