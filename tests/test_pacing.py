"""The laws of pacing: never too many, nobody left out, nobody asked to come again and again."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from adapters.pacing import GRACE, PLACES, WAITING, Pacing

NOW = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)
LOOK = timedelta(seconds=15)
# One a second, and what gathers between two looks.
BURST = 15


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def paced() -> Pacing:
    return Pacing(seconds(1), BURST)


class Morning:
    """A dispatcher that looks every so often and sends what may go."""

    def __init__(self, pacing: Pacing) -> None:
        self.pacing = pacing
        self.ready: dict[str, datetime] = {}
        self.tries: dict[str, int] = {}
        self.sent: dict[str, datetime] = {}

    def due(self, key: str, at: datetime) -> None:
        self.ready[key], self.tries[key] = at, 0

    def look(self, now: datetime) -> None:
        for key in [key for key, at in self.ready.items() if at <= now]:
            self.tries[key] += 1
            at = self.pacing.take("T1", now, key)
            if at is None:
                self.sent[key] = now
                del self.ready[key]
            else:
                assert at > now
                self.ready[key] = at

    def obeyed(self) -> bool:
        """Never more in any stretch of time than a burst and one for each second."""
        times = sorted(self.sent.values())
        return all(
            end - begin + 1 <= BURST + (times[end] - times[begin]).total_seconds()
            for begin in range(len(times))
            for end in range(begin, len(times))
        )


def test_two_hundred_people_at_half_past_nine_go_out_in_two_hundred_seconds() -> None:
    morning = Morning(paced())
    for number in range(200):
        morning.due(f"n{number}", NOW)
    now = NOW
    while morning.ready and now < NOW + timedelta(hours=1):
        morning.look(now)
        now += LOOK
    assert len(morning.sent) == 200
    assert morning.obeyed()
    assert seconds(200 - BURST) <= max(morning.sent.values()) - NOW <= seconds(200 - BURST) + LOOK
    assert max(morning.tries.values()) <= 2
    # In the order in which they came.
    assert list(morning.sent) == [f"n{number}" for number in range(200)]


@given(
    arrivals=st.lists(st.integers(0, 120), max_size=60),
    looks=st.lists(st.integers(1, 90), min_size=1, max_size=30),
    blocks=st.dictionaries(st.integers(0, 20), st.integers(1, 100), max_size=3),
)
def test_never_too_many_and_everybody_in_the_end(
    arrivals: list[int], looks: list[int], blocks: dict[int, int]
) -> None:
    """Whenever the dispatcher looks, however late, and whatever the platform holds up."""
    pacing = paced()
    morning = Morning(pacing)
    for number, at in enumerate(arrivals):
        morning.due(f"n{number}", NOW + seconds(at))
    now = NOW
    held = NOW
    for turn in range(len(looks) + 300):
        now += seconds(looks[turn] if turn < len(looks) else 15)
        if turn in blocks:
            held = max(held, now + seconds(blocks[turn]))
            pacing.blocked("T1", now, held)
        before = len(morning.sent)
        morning.look(now)
        assert now >= held or len(morning.sent) == before
    assert len(morning.sent) == len(arrivals)
    assert morning.obeyed()


@given(st.integers(1, 150), st.floats(0.0, 0.4))
def test_a_dispatcher_that_looks_a_little_late_loses_little(people: int, drift: float) -> None:
    morning = Morning(paced())
    for number in range(people):
        morning.due(f"n{number}", NOW)
    now = NOW
    while morning.ready:
        morning.look(now)
        now += LOOK + seconds(drift)
    needed = max(0, people - BURST)
    assert max(morning.sent.values()) - NOW <= seconds(needed * (1 + drift / 15) + 2 * 15.4)
    assert max(morning.tries.values()) <= 3


def test_places_never_delay_one_another() -> None:
    pacing = paced()
    for number in range(100):
        pacing.take("T1", NOW, f"n{number}")
    pacing.blocked("T1", NOW, NOW + timedelta(hours=1))
    assert pacing.take("T2", NOW, "n0") is None


def test_asking_again_too_early_gets_the_same_answer() -> None:
    pacing = paced()
    for number in range(BURST + 3):
        pacing.take("T1", NOW, f"n{number}")
    at = pacing.take("T1", NOW, "late")
    assert at == NOW + seconds(4)
    assert pacing.take("T1", NOW + seconds(1), "late") == at
    assert pacing.take("T1", NOW + seconds(4), "late") is None


def test_a_newcomer_does_not_take_the_turn_of_one_who_waited() -> None:
    pacing = paced()
    for number in range(BURST + 2):
        pacing.take("T1", NOW, f"n{number}")
    later = NOW + seconds(2)
    assert pacing.take("T1", later, "new") == NOW + seconds(3)
    assert pacing.take("T1", later, f"n{BURST}") is None
    assert pacing.take("T1", later, f"n{BURST + 1}") is None
    # Their places are free again.
    assert pacing.take("T1", NOW + seconds(3), "new") is None
    assert pacing.take("T1", NOW + seconds(4), "newer") is None


def test_after_a_delay_those_who_find_no_room_are_put_back_one_after_another() -> None:
    pacing = paced()
    for number in range(BURST + 20):
        pacing.take("T1", NOW, f"n{number}")
    late = NOW + seconds(40)
    answers = [pacing.take("T1", late, f"n{number}") for number in range(BURST, BURST + 20)]
    assert answers == [None] * BURST + [late + seconds(number) for number in range(1, 6)]


def test_turns_of_those_who_never_come_are_given_up() -> None:
    pacing = paced()
    for number in range(BURST * 3):
        pacing.take("T1", NOW, f"n{number}")
    much_later = NOW + seconds(BURST * 3) + GRACE
    assert all(pacing.take("T1", much_later, f"m{number}") is None for number in range(BURST))


def test_after_a_block_they_go_one_a_second() -> None:
    pacing = paced()
    pacing.blocked("T1", NOW, NOW + seconds(30))
    slots = [pacing.take("T1", NOW, f"n{number}") for number in range(3)]
    assert slots == [NOW + seconds(31 + number) for number in range(3)]


def test_pauses_grow_while_the_platform_is_unwell_and_start_again_when_it_is_well() -> None:
    pacing = paced()
    now, waits = NOW, []
    for _ in range(9):
        # Sixteen that fail together are one failure.
        for _ in range(16):
            pacing.unwell("T1", now)
        at = pacing.take("T1", now, "n")
        assert at is not None
        waits.append((at - now).total_seconds() - 1)
        now = at
        assert pacing.take("T1", now, "n") is None
    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    pacing.well("T1")
    pacing.unwell("T1", now)
    assert pacing.take("T1", now, "n") == now + seconds(31)


def test_what_is_remembered_is_bounded() -> None:
    pacing = paced()
    for number in range(PLACES + 10):
        pacing.take(f"T{number}", NOW, "n")
    assert len(pacing._queues) == PLACES
    for number in range(WAITING + 100):
        assert pacing.take("T1", NOW, f"n{number}") is None or number >= BURST - 1
    assert len(pacing._queues["T1"].waiting) == WAITING


def test_a_spare_turn_is_taken_only_when_nobody_waits_for_it() -> None:
    pacing = paced()
    assert all(pacing.spare("T1", NOW) for _ in range(BURST))
    assert not pacing.spare("T1", NOW)
    pacing.take("T1", NOW, "waits")
    assert not pacing.spare("T1", NOW + seconds(1))
    assert pacing.take("T1", NOW + seconds(1), "waits") is None


def test_a_pace_that_was_slowed_lets_no_burst_through_and_puts_back_who_waits() -> None:
    pacing = paced()
    for number in range(BURST + 2):
        pacing.take("T1", NOW, f"n{number}")
    pacing.slow(seconds(10))
    later = NOW + seconds(10)
    assert pacing.take("T1", later, f"n{BURST}") is None
    assert pacing.take("T1", later, f"n{BURST + 1}") == later + seconds(10)
    assert pacing.take("T1", NOW + seconds(500), "n") is None
    assert pacing.take("T1", NOW + seconds(500), "m") == NOW + seconds(510)
