"""How long the end of a process may take."""

from adapters.hosting import ENDING, LEAST, MOST, Ending
from adapters.web.server import GRACE

# What a host gives us before it kills the process, in seconds.
GIVEN = 25


def test_what_is_under_way_has_the_longest_and_no_more_than_is_left() -> None:
    now = 100.0
    ending = Ending(lambda: now)
    assert ending.left() == MOST, "also where nobody told us to end"
    ending.begins()
    assert ending.left() == MOST
    now += GRACE
    assert ending.left() == ENDING - GRACE
    now += 60
    assert ending.left() == LEAST


def test_it_all_ends_before_the_host_loses_its_patience() -> None:
    assert MOST <= ENDING < GIVEN
    assert ENDING - GRACE > LEAST, "a slow request leaves time for what people wait for"
