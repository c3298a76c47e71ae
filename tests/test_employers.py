"""Names of employers: what is one for all its spellings, and what is never taken for another."""

import unicodedata

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from bot.clubs.employers import key, near, same

# The library of legal forms is read at the first name: before Hypothesis looks at the clock.
key("Acme")

# The Russian form, in letters that look like Latin ones.
OOO = "\N{CYRILLIC CAPITAL LETTER O}" * 3
FORMS = [
    "Inc", "Inc.", "INC", "Incorporated", "Ltd", "Ltd.", "Limited", "LLC", "L.L.C.", "LLP", "LP",
    "PLC", "Corp", "Corp.", "Corporation", "Co.", "& Co.", "and Company", "Company", "PBC",
    "Pty Ltd", "Pty. Ltd.", "Pvt. Ltd.", "Private Limited", "Pte. Ltd.", "Sdn. Bhd.",
    "GmbH", "mbH", "AG", "SE", "KG", "GmbH & Co. KG", "SE & Co. KGaA", "UG (haftungsbeschränkt)",
    "e.V.", "S.A.", "SA", "S.A.S.", "SARL", "S.à r.l.", "S.p.A.", "S.r.l.", "S.L.", "B.V.", "N.V.",
    "NV", "AB", "A/S", "ApS", "AS", "ASA", "Oy", "Oyj", "Oy Ab", "OÜ", "Sp. z o.o.", "s.r.o.",
    "a.s.", "d.o.o.", "Kft.", "Ltda.", "S.A. de C.V.", "S. de R.L. de C.V.", "K.K.", OOO,
]  # fmt: skip

ONE_EMPLOYER = [
    ["Acme", "ACME, Inc.", "acme gmbh", " Acme  Ltd ", "The Acme Company", "„Acme“ e.V.", "Acme™"],
    ["Acme Holding", "Acme Holding GmbH & Co. KG", "ACME-Holding, S.A. de C.V."],
    ["O'Reilly", "OReilly", "O’Reilly Inc"],
    ["Yahoo!", "Yahoo", "YAHOO! Inc."],
    ["J.P. Morgan", "JP Morgan", "J. P. Morgan & Co.", "JPMorgan"],
    ["Coca-Cola", "Coca Cola", "Coca\N{EN DASH}Cola", "The Coca-Cola Company"],
    ["Marks & Spencer", "Marks and Spencer plc", "Marks und Spencer", "MARKS ET SPENCER"],
    ["AT&T", "AT & T Inc.", "AT and T"],
    ["Nestlé", "Nestle S.A.", "Nestle\N{COMBINING ACUTE ACCENT} SA"],
    ["Ørsted", "Orsted A/S", "ØRSTED"],
    ["Weißbier Bräu", "WEISSBIER BRAU GmbH"],
    ["Amazon", "Amazon.com, Inc.", "www.amazon.de", "https://amazon.co.uk/"],
    ["\N{FULLWIDTH LATIN CAPITAL LETTER S}ony", "Sony"],
    ["Яндекс", f"ЯНДЕКС {OOO}"],
    ["Canal+", "Canal Plus S.A."],
    ["Prada", "Prada S.p.A."],
    ["Character.ai", "Character AI, Inc."],
]  # fmt: skip

TWO_EMPLOYERS = [
    ("Apple", "Apply"),
    ("Meta", "Metro"),
    ("AB Volvo", "Volvo"),
    ("X Corp", "X"),
    ("x.ai", "X"),
    ("X Corp", "X Inc"),
    ("H&M", "HM"),
    ("Canal+", "Canal"),
    ("McDonald's", "McDonald"),
    ("Serenity Spa", "Serenity"),
    ("Acme UK", "Acme"),
    ("Acme U.K.", "Acme"),
    ("Acme Private", "Acme"),
    ("Acme Unlimited", "Acme"),
    ("Acme Holding", "Acme"),
    ("Acme Group", "Acme"),
    ("Acme GmbH Berlin", "Acme"),
    ("Acme Com", "Acme"),
    ("wordpress.org", "wordpress.com"),
    ("Limited Brands", "Brands"),
    ("Acme Co Works", "Acme Works"),
    ("Müller", "Mueller"),
    ("ガス", "カス"),
    ("3M", "3i"),
    ("Bio-Co", "Bio"),
    ("Salt + Light", "Salt & Light"),
    ("Acme 2", "Acme"),
]  # fmt: skip

WORDS = "acme globex initech hooli café ørn straße 3m nord-west o'neil Софт"
words = st.sampled_from(WORDS.split())
plain_names = st.lists(words, min_size=1, max_size=3).map(" ".join)
# Jumbles of what the rules look at, and any text whatever.
PIECES = ["the", "The", "&", "and", "und", "et", "+", "s", "a", "x", "AB", "co", "www.", ".com"]
pieces = st.sampled_from([*PIECES, *FORMS, ".", "/", "-", ",", "(", ")", "\u0301", "é", "ß", "株"])
jumbles = st.builds(str.join, st.sampled_from(["", " "]), st.lists(pieces, max_size=8))
names = jumbles | st.text(max_size=30) | plain_names


@pytest.mark.parametrize("spellings", ONE_EMPLOYER, ids=lambda spellings: spellings[0])
def test_all_spellings_of_an_employer_are_one(spellings: list[str]) -> None:
    for spelling in spellings[1:]:
        assert same(spellings[0], spelling), (spelling, key(spellings[0]), key(spelling))


@pytest.mark.parametrize(("one", "other"), TWO_EMPLOYERS)
def test_two_employers_are_never_taken_for_one(one: str, other: str) -> None:
    assert not same(one, other)


def test_every_legal_form_goes_from_the_end_and_stays_elsewhere() -> None:
    for form in FORMS:
        assert key(f"Acme {form}") == key(f"Acme, {form}") == "acme", form
        assert not same(f"{form} Acme", "Acme")
        assert not same(f"Acme {form} Works", "Acme Works")


def test_no_employer_of_the_table_is_another_one() -> None:
    assert len({key(spellings[0]) for spellings in ONE_EMPLOYER}) == len(ONE_EMPLOYER)


@pytest.mark.parametrize(
    "name", ["Limited", "AB", "Co", "The", "The The", "GmbH", "and", "株式会社"]
)
def test_a_name_that_is_only_a_form_or_an_article_is_still_a_name(name: str) -> None:
    assert key(name)
    assert same(name, name.upper())


@pytest.mark.parametrize("name", ["", " ", "?", "&", "+", "--", "\u0301", "™", "🙂"])
def test_what_names_nobody_matches_nobody_and_not_itself(name: str) -> None:
    assert key(name) == ""
    assert not same(name, name)
    assert near(name, ["Acme", name]) == []
    assert near("Acme", [name]) == []


@given(names)
@example("foo s a")
@example("E & Co")
@example("The The Co")
@example("ﷺ")
@example("ΐ.\u0301a")
def test_the_key_of_a_key_is_that_key(name: str) -> None:
    assert key(key(name)) == key(name)


@given(names)
def test_a_name_with_a_letter_or_a_digit_has_a_key(name: str) -> None:
    # Some marks of Arabic and Japanese are letters to Unicode until they are normalized.
    assume(any(map(str.isalnum, unicodedata.normalize("NFKC", name.translate({0x2122: None})))))
    assert any(map(str.isalnum, key(name)))


@given(plain_names | jumbles)
def test_capitals_make_no_other_employer(name: str) -> None:
    assert key(name.upper()) == key(name.lower()) == key(name.title()) == key(name)


@given(
    plain_names, st.text("!?.,;:-'\"()*&„“«»… ", max_size=4), st.text("!?.,;-'\"()*& ", max_size=4)
)
def test_punctuation_around_a_name_makes_no_other_employer(
    name: str, before: str, after: str
) -> None:
    assert key(before + name + after) == key(name)


@given(
    plain_names,
    st.lists(st.sampled_from(FORMS), min_size=1, max_size=3),
    st.sampled_from([" ", ", "]),
)
def test_legal_forms_make_no_other_employer(name: str, forms: list[str], between: str) -> None:
    assert key(between.join([name, *forms])) == key(name)


@given(st.text("abcdefg", min_size=1, max_size=4), st.text("abcdefg", min_size=1, max_size=4))
def test_words_of_other_letters_are_other_employers(one: str, other: str) -> None:
    assert same(one, other) == (one == other)


@given(plain_names, plain_names)
def test_same_goes_both_ways(one: str, other: str) -> None:
    assert same(one, other) == same(other, one) == (key(one) == key(other))


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Acme", "Acme Robotics"),
        ("Acme Robotics Inc", "ACME GmbH"),
        ("Volvo", "AB Volvo"),
        ("JPMorgan", "J.P. Morgan Chase"),
        ("Gogle", "Google LLC"),
        ("Appel", "Apple Inc."),
        ("Mueller", "Müller"),
        ("Microsft", "Microsoft"),
        ("Prada SpA", "Prada"),
        ("X", "X Corp"),
    ],
)
def test_an_employer_that_may_be_meant_is_asked_about(name: str, meant: str) -> None:
    assert near(name, ["Initech", meant, "Hooli"]) == [meant]
    assert near(meant, ["Initech", name, "Hooli"]) == [name]


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("American Express", "American Airlines"),
        ("Meta", "Metro"),
        ("Apple", "Applebee's"),
        ("IBM", "BMW"),
        ("X", "SpaceX"),
    ],
)
def test_an_employer_that_merely_looks_like_it_is_not_asked_about(name: str, other: str) -> None:
    assert near(name, [other]) == near(other, [name]) == []


def test_the_most_alike_come_first_and_at_most_three() -> None:
    known = ["Acme Robotics and Vision", "Acme Labs", "Acme AI", "Acme Robotics", "Globex", "Acmee"]
    assert near("Acme", known) == ["Acme AI", "Acme Labs", "Acmee"]


def test_spellings_of_one_employer_are_asked_about_once() -> None:
    assert near("Acme", ["Acme Labs Inc", "Acme Labs", "ACME Labs, Ltd."]) == ["ACME Labs, Ltd."]


@given(plain_names, st.lists(plain_names | jumbles, max_size=12))
def test_what_may_be_meant_is_known_not_the_same_and_in_no_order_of_ours(
    name: str, known: list[str]
) -> None:
    found = near(name, known)
    assert len(found) <= 3
    assert set(found) <= set(known)
    assert not any(same(name, other) for other in found)
    assert len({key(other) for other in found}) == len(found)
    assert near(name, reversed(known)) == found


@given(plain_names, st.sampled_from(["Labs", "Robotics", "Europe", "Holding"]))
def test_a_name_with_a_word_more_may_be_meant(name: str, more: str) -> None:
    assume(len(key(name)) > 1)
    assert near(name, [f"{name} {more}"]) == [f"{name} {more}"]
