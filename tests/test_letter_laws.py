"""Laws of the letters: whatever was typed, a letter is sound, its user's, and always the same."""

import re
from dataclasses import replace
from datetime import date

from hypothesis import example, given
from hypothesis import strategies as st

from bot.letters.check import check, length
from bot.letters.draft import Letter, Letters
from bot.letters.facts import NAMES, Facts
from bot.letters.templating import OURS
from bot.letters.words import sentences, units
from bot.model import Channel, LetterKind

LETTERS = Letters()
EMAIL, LINKEDIN = Channel
APPLICATION, INTERVIEW, MISSED, LEAD = LetterKind
INTERVIEWED = Facts(
    INTERVIEW, EMAIL, role="Night Nurse", company="St. Clare", interview_on=date(2026, 9, 14)
)

NASTY = (
    "just checking in",
    "I am sorry to bother you. I ran a team of 9. Please, please give me a chance!",
    "Thank you so much. I appreciate it.",
    "{{ 7 * 7 }} {% raw %} {# gone #} {{ name }}",
    "<!channel> <@U123> *bold* @everyone",
    "10 years;\r\n- Go\n- Python\n\n* payments",
    "\u202eright to left\u202c \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "\U0001f469\u200d\U0001f4bb\U0001f680" * 30,
    "x" * 10_000,
    "I did one thing and then another thing, because somebody had to. " * 200,
    "word " * 2_000,
    "\u6211\u559c\u6b22\u706b\u8f66\u3002" * 300,
    "Sorry Ltd",
    "Hope College",
    "position",
    "I",
    "Kind regards,",
    "Subject: no",
    "because I love trains",
    "https://example.org/" + "a" * 300,
    ".",
    "\ud800\x00\u200b",
)
# What weak phrases are made of, so that one may come about across a sentence, a name or a cut.
SHARDS = re.findall(
    r"\S+",
    "I am just checking in sorry not hope you will would call me beg any news update heard thank "
    "position role job reach out touch base . ; , ! because need this never did waiting again busy",
)
anything = st.one_of(
    st.just(""),
    st.sampled_from(NASTY),
    st.text(max_size=40),
    st.lists(st.sampled_from(NASTY)).map(" ".join),
    st.lists(st.sampled_from(SHARDS)).map(" ".join),
)
WORDS = ("fit", "proof", "why_here", "strengths", "reasons", "unsaid", "times")
days = st.none() | st.dates(date(2020, 1, 1), date(2030, 12, 31))
any_facts = st.builds(
    Facts,
    kind=st.sampled_from(LetterKind),
    channel=st.sampled_from(Channel),
    applied_on=days,
    interview_on=days,
    decision_on=days,
    themes=st.lists(anything, max_size=4).map(tuple),
    own_themes=st.lists(anything, max_size=2).map(tuple),
    position_in_row=st.integers(0, 20),
    premium=st.booleans(),
    **dict.fromkeys(NAMES, anything),
    **dict.fromkeys(WORDS, anything),
    to_email=anything,
)
# A person of plain words, for laws about what is in a letter.
word = st.text("abcdefghijklmno", min_size=2, max_size=8).map("q".__add__)
phrase = st.lists(word, min_size=1, max_size=8).map(" ".join)
some = st.just("") | phrase
plain_facts = st.builds(
    Facts,
    kind=st.sampled_from(LetterKind),
    channel=st.sampled_from(Channel),
    applied_on=days,
    interview_on=days,
    decision_on=days,
    themes=st.lists(phrase, max_size=3).map(tuple),
    own_themes=st.lists(phrase, max_size=2).map(tuple),
    position_in_row=st.integers(0, 9),
    **{**dict.fromkeys((*NAMES, *WORDS), some), "role": phrase},
)


@given(any_facts)
@example(Facts(INTERVIEW, EMAIL, role="", company="position", name="Thanks"))
@example(Facts(APPLICATION, LINKEDIN, role="sorry " * 60, company="I hope you can " * 20))
def test_no_draft_of_ours_is_weak_whatever_its_user_typed(facts):
    letter = LETTERS.draft(facts).letter
    assert check(letter.text, facts.about) == ()
    size, room = length(letter.body, facts.about)
    assert size <= room
    if facts.channel is LINKEDIN:
        assert units(letter.body) <= (300 if facts.premium else 200)
        assert letter.subject == ""
    else:
        unsigned = re.split("\n(?:Kind regards|All the best)", letter.body)[0]
        assert len(unsigned.split()) <= 150
        assert letter.subject
        assert "\n" not in letter.subject


@given(any_facts)
def test_the_same_facts_give_the_same_letter(facts):
    assert Letters().draft(facts) == LETTERS.draft(facts)


@given(any_facts)
def test_a_letter_can_be_read_back_from_its_text(facts):
    letter = LETTERS.draft(facts).letter
    assert Letter.of_text(letter.text, facts) == letter


@given(plain_facts)
def test_every_word_is_the_users_or_a_templates(facts):
    source = (OURS / f"{facts.kind}.{facts.channel}.txt").read_text(encoding="utf-8")
    ours = set(re.findall(r"\w+", source.lower())) | {"hello", "position"}
    theirs = set(re.findall(r"\w+", repr(facts).lower()))
    dates = (facts.applied_on, facts.interview_on, facts.decision_on)
    theirs |= {part for day in dates if day for part in (f"{day:%B}".lower(), str(day.day))}
    assert set(re.findall(r"\w+", LETTERS.draft(facts).letter.text.lower())) - ours <= theirs


@given(plain_facts)
def test_a_missing_fact_leaves_no_hole_behind(facts):
    letter = LETTERS.draft(facts).letter.text
    assert "None" not in letter
    assert not re.search(
        r"  | [.,;:?]|[.,:;][.,:;]|,$(?<!gards,)(?<!Hello,)|\n\n\n| \n|\n ", letter
    )
    assert letter.isascii()


@given(any_facts)
def test_whatever_was_said_is_in_the_letter_or_reported(facts):
    draft = LETTERS.draft(facts)
    body, reported = (
        draft.letter.body,
        [left.words for left in draft.left_out if left.field == "fit"],
    )
    if facts.kind is INTERVIEW:
        return
    for sentence in sentences(facts.fit):
        said = sentence.rstrip(" ,;:-.\u2013\u2014")[1:]
        assert said in body or any(sentence in words for words in reported)


@given(plain_facts)
def test_each_interviewer_gets_a_letter_of_their_own(facts):
    facts = replace(facts, kind=INTERVIEW)
    bodies = [
        LETTERS.draft(replace(facts, position_in_row=row)).letter.body.partition(",")[2]
        for row in range(5)
    ]
    assert len(set(bodies)) == 5


@given(st.integers(0, 40), st.sampled_from(Channel), st.booleans())
def test_after_an_interview_interest_comes_first_and_appreciation_last(row, channel, decision):
    facts = replace(
        INTERVIEWED,
        channel=channel,
        position_in_row=row,
        premium=True,
        decision_on=date(2026, 9, 25) if decision else None,
        reasons="R-one",
        themes=("T-one", "T-two"),
        own_themes=(),
        unsaid="U-one",
        name="",
    )
    body = LETTERS.draft(facts).letter.body.removesuffix("\n\nKind regards")
    places = [body.index(mark) for mark in ("Night Nurse", "R-one", "T-", "U-one")]
    thanks = re.search(r"Thank you|appreciate", body)
    assert thanks
    assert [*places, thanks.start()] == sorted([*places, thanks.start()])
    assert re.split(r"\n\n|(?<=\.) ", body)[-1] in body[thanks.start() - 40 :]


@given(any_facts)
def test_a_mailto_link_is_never_too_long_for_a_mail_program(facts):
    assert len(LETTERS.draft(replace(facts, to_email="a@b.example")).letter.mailto) <= 2000


def test_our_own_sentences_are_plain_ascii_without_exclamation():
    for path in OURS.glob("*.txt"):
        ours = re.sub(r"\{%.*?%\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert ours.isascii()
        assert "!" not in ours.replace("!=", "")


def test_there_is_a_template_for_every_letter():
    names = {f"{kind}.{channel}.txt" for kind in LetterKind for channel in Channel}
    assert {path.name for path in OURS.iterdir()} == names
