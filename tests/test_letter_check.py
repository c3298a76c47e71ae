"""The check of a letter: what weakens one, and what must not be mistaken for weakness."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.letters.check import About, check, length
from bot.letters.draft import Letters
from bot.letters.facts import Facts
from bot.letters.phrases import ADVICE, WeaknessCode
from bot.model import Channel, LetterKind

FACTS = Facts(
    LetterKind.APPLICATION,
    Channel.EMAIL,
    role="Senior Baker",
    company="Crumb",
    applied_on=date(2026, 6, 3),
    to_name="Dana Fox",
    name="Maya Osei",
)
LETTER = Letters().draft(FACTS).letter.text


def codes(text: str, facts: Facts = FACTS, *, sent_before: bool = False) -> set[str]:
    return {weakness.code for weakness in check(text, facts.about, sent_before=sent_before)}


def with_sentence(sentence: str) -> str:
    return LETTER.replace("If you see", f"{sentence} If you see")


WEAK = {
    WeaknessCode.CHECKING_IN: [
        "I am just checking in.",
        "I wanted to check in on my application.",
        "Just following up!",
        "Are there any updates on this?",
        "Any news?",
        "What is the status of my application?",
        "Bumping this to the top of your inbox.",
    ],
    WeaknessCode.CLICHE: [
        "I hope this finds you well.",
        "I hope this e-mail finds you in good health.",
        "I hope you are doing well.",
        "I'm reaching out about the job.",
        "I wanted to reach out.",
        "I am circling back on this.",
        "Let me touch\nbase.",
        "To Whom It May Concern:",
        "Please don\u2019t hesitate to write.",
        "Could I pick your brain?",
    ],
    WeaknessCode.APOLOGY: [
        "Sorry to write again.",
        "I apologize for the length.",
        "I know you're very busy.",
        "I don't want to bother you.",
        "I will not take up too much of your valuable time.",
        "Forgive me for writing.",
    ],
    WeaknessCode.BEGGING: [
        "I really need this job.",
        "Please, please read my resume.",
        "I am desperate.",
        "I will do anything.",
        "Please give me a chance.",
        "I am hoping to hear back.",
        "I hope you will consider me.",
        "Do you have any position at all?",
    ],
    WeaknessCode.DOUBT: [
        "Although I don't have a degree, I bake.",
        "I know I'm not the obvious choice.",
        "I am probably not the best candidate.",
        "I am not sure if you remember.",
    ],
    WeaknessCode.REPROACH: [
        "You never replied.",
        "You haven't even answered.",
        "A waste of my time.",
    ],
    WeaknessCode.PHONE: [
        "I will call you on Monday.",
        "I'll give you a quick call.",
        "Call me any time.",
        "Can we hop on a quick call?",
        "Could we schedule a short phone call?",
        "I left you a voicemail.",
    ],
    WeaknessCode.SECOND: [
        "As I said in my last email, I bake.",
        "I am following up again.",
        "I have not heard back.",
        "I haven't heard anything.",
        "There was no answer yet.",
    ],
}


@pytest.mark.parametrize(
    ("code", "sentence"), [(code, sentence) for code, found in WEAK.items() for sentence in found]
)
def test_a_weak_sentence_is_named_with_its_very_words(code, sentence):
    text = with_sentence(sentence)
    found = [weakness for weakness in check(text, FACTS.about) if weakness.code is code]
    assert found
    assert found[0].excerpt in sentence
    assert found[0].advice == ADVICE[code]


@pytest.mark.parametrize(
    "sentence",
    [
        "I ran the front desk, checking in two hundred guests a day.",
        "I spent five years reaching out to donors.",
        "I was on-call for 40 services.",
        "I made 60 phone calls a day and taught others how to phone.",
        "I ran a clinic for desperate families who had no hope left.",
        "I hope to build ovens one day.",
        "I wrote the status page and the news of the bakery.",
        "I do not need a map to find the job that fits.",
        "I kept the busy counter calm and never kept a customer waiting.",
        "I appreciate good bread.",
        "I bumped the yield by 4% and did anything but stand still.",
        "I answered the second letter of complaint before the first was opened.",
    ],
)
def test_an_honest_account_of_ones_work_is_not_weak(sentence):
    assert check(with_sentence(sentence), FACTS.about) == ()


def test_a_second_follow_up_is_named_whatever_it_says():
    assert codes(LETTER, sent_before=True) == {"second"}


def test_a_note_to_a_friend_after_a_follow_up_is_no_second_follow_up():
    lead = replace(FACTS, kind=LetterKind.LEAD)
    assert codes(Letters().draft(lead).letter.text, lead, sent_before=True) == set()


def test_after_an_interview_a_call_may_be_offered():
    facts = replace(FACTS, kind=LetterKind.INTERVIEW)
    assert codes("The Senior Baker position is for me. Call me any time.", facts) == set()


def test_the_other_side_missing_a_meeting_is_not_held_against_them():
    facts = replace(FACTS, kind=LetterKind.MISSED)
    text = "About the Senior Baker position: you didn't show up and I waited for an hour."
    assert [(w.code, w.excerpt) for w in check(text, facts.about)] == [
        (WeaknessCode.REPROACH, "you didn't"),
        (WeaknessCode.REPROACH, "I waited"),
    ]


@pytest.mark.parametrize(
    "text", ["I want the baker's job.", "the SENIOR  BAKER position", "As your SB"]
)
def test_the_position_is_named_by_half_its_words_or_its_initials(text):
    assert codes(text) == set()


@pytest.mark.parametrize("text", ["I applied to you on June 3.", "I want the role.", ""])
def test_a_letter_that_names_no_position_is_weak(text):
    assert codes(text) == {"no_position"}


def test_thanks_come_after_what_they_are_for():
    facts = replace(FACTS, kind=LetterKind.INTERVIEW)
    early = "Hello Dana,\n\nThank you for your time. I want the Senior Baker position."
    late = "Hello Dana,\n\nI want the Senior Baker position. Thank you for your time."
    assert codes(early, facts) == {"thanks_first"}
    assert codes(late, facts) == set()
    assert codes("Subject: Senior Baker\n\n" + early, facts) == {"thanks_first"}


def test_an_e_mail_may_have_150_words_before_its_signature():
    words = "Senior Baker " + "word " * 148
    signature = "\n\nKind regards,\nMaya Osei\n" + "more " * 50
    assert codes(f"Subject: long\n\n{words}{signature}") == set()
    assert codes(f"{words}one{signature}") == {"too_long"}


@pytest.mark.parametrize(("premium", "room"), [(False, 200), (True, 300)])
def test_a_linkedin_note_is_counted_as_linkedin_counts(premium, room):
    facts = replace(FACTS, channel=Channel.LINKEDIN, premium=premium)
    emoji = "\U0001f35e"  # two UTF-16 units
    fits = "Senior Baker" + emoji * ((room - 12) // 2)
    assert length(fits, facts.about) == (room, room)
    assert codes(fits, facts) == set()
    assert codes(fits + "!", facts) == {"too_long"}


def test_names_are_never_taken_for_phrases():
    facts = replace(
        FACTS, company="Sorry Ltd", to_name="Hope I Beg", role="Thanks Giver", name="Desperate Dan"
    )
    text = "Hello Hope I Beg,\n\nThanks Giver at Sorry Ltd is for me.\n\nDesperate Dan"
    assert codes(text, facts) == set()
    assert codes(text + " sorry", facts) == {"apology"}


def test_the_same_phrase_is_named_once():
    assert len(check(with_sentence("Sorry. Sorry. Sorry."), FACTS.about)) == 1


@given(
    st.text(max_size=300),
    st.sampled_from(LetterKind),
    st.sampled_from(Channel),
    st.lists(st.text(max_size=5), max_size=4).map(tuple),
)
def test_any_text_can_be_checked(text, kind, channel, names):
    for weakness in check(text, About(kind, channel, names[:1], names)):
        assert weakness.advice
        assert weakness.code is WeaknessCode.TOO_LONG or weakness.excerpt in text
