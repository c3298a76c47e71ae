"""Messages and calls: their limits, and that what is shown is what was said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.fit import TIGHTEST, Budget, fit, fits
from bot.message import (
    CALL_LIMIT,
    Button,
    Buttons,
    Call,
    Facts,
    Item,
    Items,
    Message,
    Quote,
    TooLong,
    plain,
    say,
    shorten,
    text,
)
from tests import strategies

answers = st.dictionaries(st.text(min_size=1, max_size=8), st.text(max_size=20), max_size=4)
names = st.from_regex(r"[a-z]{1,8} [a-z]{1,8}", fullmatch=True)


@given(names, answers)
def test_a_call_survives_the_wire(name: str, given_answers: dict[str, str]) -> None:
    call = Call(name, given_answers)
    assert Call.decode(call.wire()) == call


@given(names, answers)
def test_an_encoded_call_is_whole_and_short_or_refused(name: str, said: dict[str, str]) -> None:
    call = Call(name, said)
    try:
        encoded = call.encode()
    except TooLong:
        assert len(call.wire()) > CALL_LIMIT // 2
        return
    assert len(encoded) <= 100
    assert Call.decode(encoded) == call


@given(st.text())
def test_a_forged_button_never_raises(junk: str) -> None:
    assert isinstance(Call.decode(junk).name, str)


def test_a_button_that_no_platform_could_carry_is_refused_when_it_is_made() -> None:
    with pytest.raises(TooLong):
        Button("x" * 76, Call("job list"))
    with pytest.raises(TooLong):
        Button("", Call("job list"))
    with pytest.raises(TooLong):
        Button("Log it", Call("job applied", {"role": "x" * 100}))
    same = Button("Again", Call("job undo"))
    with pytest.raises(TooLong):
        Message("Twice", (Buttons((same, same)),))
    with pytest.raises(TooLong):
        Message("x" * 151)


@given(strategies.messages())
def test_every_message_fits_the_tightest_platform(message: Message) -> None:
    assert fits(fit(message), TIGHTEST)


@given(strategies.messages())
def test_fitting_keeps_every_block_of_buttons_and_what_fits_already(message: Message) -> None:
    fitted = fit(message)
    if fits(message):
        assert fitted == message
    rows = [b for b in message.blocks if isinstance(b, Buttons)]
    assert [b for b in fitted.blocks if isinstance(b, Buttons)] == rows


def test_a_list_that_is_cut_says_where_the_rest_is() -> None:
    rows = tuple(Item((f"Acme {n}",), Button("Open", Call(f"job n{n}"))) for n in range(30))
    fitted = fit(Message("List", (Items(rows, more="… and more: job list"),)))
    shown = plain(fitted)
    assert "… and more: job list" in shown
    assert "Acme 0" in shown
    assert "Acme 29" not in shown


def test_a_letter_is_cut_after_everything_else() -> None:
    letter = "a" * 3000
    fitted = fit(Message("Letter", (text("b" * 3000), Quote(letter))))
    assert letter in plain(fitted)


@given(st.lists(strategies.spans(), max_size=5))
def test_what_is_shown_is_the_text_of_the_spans(spans: list[strategies.Span]) -> None:
    shown = say(tuple(spans))
    for span in spans:
        if isinstance(span, str):
            assert span in shown


@given(st.text(), st.integers(2, 100))
def test_shortened_text_is_one_line_within_the_limit(words: str, limit: int) -> None:
    short = shorten(words, limit)
    assert len(short) <= limit
    assert "\n" not in short


def test_too_many_pieces_shorten_no_letter() -> None:
    letter = "I ran on-call for forty services. " * 20
    notes = [text(f"note {n}") for n in range(40)]
    fitted = fit(Message("Letter", (Quote(letter), *notes)))
    assert Quote(letter) in fitted.blocks
    assert text("note 0") in fitted.blocks
    assert text("note 39") not in fitted.blocks


def test_one_long_name_of_a_fact_ends_the_cutting() -> None:
    facts = Facts((("n" * 200, ("x" * 80,)),))
    assert fits(fit(Message("", (facts,)), Budget(50, 40)), Budget(50, 40))


def test_a_script_of_three_bytes_a_character_is_cut_by_its_weight() -> None:
    letters = tuple(Quote("信" * 1_200) for _ in range(3))
    assert not fits(Message("Letters", letters))
    fitted = fit(Message("Letters", letters))
    assert len(plain(fitted).encode()) <= TIGHTEST.weight
