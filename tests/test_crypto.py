"""Sealed values: opened by the ring that sealed them, by no other, and telling nobody anything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.crypto import BadKey, Ring, Unreadable, new_key

OLD, NEW = new_key(), new_key()
anything = st.text(st.characters(codec="utf-8"))


@given(anything)
def test_what_was_sealed_opens_to_the_same(text: str) -> None:
    ring = Ring([NEW])
    assert ring.open(ring.seal(text)) == text


@given(anything.filter(lambda text: len(text) > 3))
def test_a_sealed_text_shows_nothing_of_it_and_is_never_the_same_twice(text: str) -> None:
    ring = Ring([NEW])
    one, other = ring.seal(text), ring.seal(text)
    assert text not in one
    assert one != other


@given(anything)
def test_rotation_hands_a_value_from_the_old_key_to_the_new(text: str) -> None:
    sealed = Ring([OLD]).seal(text)
    both = Ring([NEW, OLD])
    assert both.open(sealed) == text
    rotated = both.rotate(sealed)
    assert Ring([NEW]).open(rotated) == text
    with pytest.raises(Unreadable):
        Ring([OLD]).open(rotated)


@given(anything)
def test_what_no_key_opens_is_unreadable_whatever_it_is(garbage: str) -> None:
    ring = Ring([NEW, OLD])
    for open_ in (ring.open, ring.rotate):
        with pytest.raises(Unreadable) as caught:
            open_(garbage)
        assert str(caught.value) == "No key in TOKEN_KEYS opens this value."


@pytest.mark.parametrize(
    "bad",
    ["", "secret", "ключ", NEW[:-4], "\0" * 44],
    ids=["empty", "a word", "no letters of ours", "cut short", "zeros"],
)
def test_a_malformed_key_is_told_by_its_place_and_not_shown(bad: str) -> None:
    with pytest.raises(BadKey) as caught:
        Ring([NEW, bad])
    sentence = str(caught.value)
    assert sentence.startswith("Key 2 in TOKEN_KEYS is malformed")
    assert not bad or bad not in sentence
    assert caught.value.__suppress_context__


def test_no_key_at_all_is_a_bad_one() -> None:
    with pytest.raises(BadKey, match="TOKEN_KEYS is empty"):
        Ring([])


def test_a_ring_does_not_show_its_keys() -> None:
    assert NEW not in repr(Ring([NEW]))
    assert NEW not in str(vars(Ring([NEW])))
