"""The letters: how they read, how the user's words get into them, and how they get out."""

import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from bot.letters.draft import Letter, Letters
from bot.letters.facts import Facts
from bot.letters.names import called
from bot.letters.phrases import WeaknessCode
from bot.letters.words import sentences, tidy
from bot.model import Channel, LetterKind

LETTERS = Letters()
EMAIL, LINKEDIN = Channel
APPLICATION, INTERVIEW, MISSED, LEAD = LetterKind

ENGINEER = Facts(
    APPLICATION,
    EMAIL,
    role="Site Reliability Engineer",
    company="Northwind",
    applied_on=date(2026, 6, 3),
    to_name="Dana Fox",
    to_email="dana.fox@northwind.example",
    reference="R-123",
    fit="10 years of on-call for payments; Go and Python",
    proof="Cut the time to restore service from 50 minutes to 12",
    why_here="I learned my trade from the incident reviews you publish",
    name="Maya Osei",
    profile="https://example.org/maya",
)
NURSE = Facts(
    INTERVIEW,
    EMAIL,
    role="Night Nurse",
    company="St. Clare",
    interview_on=date(2026, 9, 14),
    decision_on=date(2026, 9, 25),
    to_name="Lena Wirth",
    reasons="my six years on a cardiac ward; the night shifts",
    themes=("calm handovers", "training new nurses"),
    own_themes=("fewer falls",),
    unsaid="I have also run the ward's skills lab",
    name="Jo Brandt",
)
DEVELOPER = Facts(
    APPLICATION,
    EMAIL,
    role="Payments Engineer (fintech scale-up)",
    agency="Brightstaff",
    applied_on=date(2026, 6, 3),
    to_name="Sam Lee",
    fit="Led the card-payments team at two banks",
    proof="99.99% uptime over three years",
    name="Maya Osei",
)


def text(facts: Facts) -> str:
    return LETTERS.draft(facts).letter.text


def test_a_follow_up_after_applying_reads_like_this():
    assert text(ENGINEER) == (
        """\
Subject: Application for Site Reliability Engineer, June 3 (R-123) - Maya Osei

Hello Dana,

On June 3 I applied for the Site Reliability Engineer position at Northwind (reference R-123). \
The work matches what I do best, and Northwind is where I want to do it.

In case my application is not in front of you, here is the short version: 10 years of on-call for \
payments; Go and Python. One concrete example: cut the time to restore \
service from 50 minutes to 12.

I learned my trade from the incident reviews you publish.

If you see the match too, I would like to talk. A one-line reply with a time that suits you is all \
it takes.

Kind regards,
Maya Osei
https://example.org/maya"""
    )


def test_a_letter_after_an_interview_reads_like_this():
    assert text(NURSE) == (
        """\
Subject: Night Nurse: our conversation on September 14 - Jo Brandt

Hello Lena,

After our conversation on September 14, I want the Night Nurse position at St. Clare more \
than before.

As I understood it, you invited me for this: my six years on a cardiac ward; the night shifts. \
You can count on me for that.

I noted what matters most to you: fewer falls. I would like to underline what we discussed: calm \
handovers and training new nurses.

One thing I did not get to say: I have also run the ward's skills lab.

If a question is still open before your decision on September 25, I am one reply away.

Thank you for your time and your questions.

Kind regards,
Jo Brandt"""
    )


def test_a_recruiter_is_asked_for_the_employer_they_have_not_named():
    assert text(DEVELOPER) == (
        """\
Subject: Application for Payments Engineer (fintech scale-up), June 3 - Maya Osei

Hello Sam,

On June 3 I applied through Brightstaff for the Payments Engineer (fintech scale-up) position. It \
matches what I do best, and it is the work I want to do.

In case my application is not in front of you, here is the short version: led the card-payments \
team at two banks. One concrete example: 99.99% uptime over three years.

Which company is the position with? Once I know, I can tell you what I would bring to them in \
particular. A one-line reply is all it takes.

Kind regards,
Maya Osei"""
    )


def test_words_for_the_employer_are_not_said_to_a_recruiter():
    recruiter = replace(ENGINEER, agency="Brightstaff")
    assert "at Northwind" in text(recruiter)
    assert "you publish" not in text(recruiter)


def test_a_role_alone_gives_a_short_letter_with_nothing_made_up():
    draft = LETTERS.draft(Facts(APPLICATION, EMAIL, role="Baker"))
    assert draft.letter.body == (
        "Hello,\n\n"
        "I applied for the Baker position. It matches what I do best, and it is the work I want to "
        "do.\n\n"
        "If you see the match too, I would like to talk. A one-line reply with a time that suits "
        "you is all it takes.\n\n"
        "Kind regards"
    )
    assert draft.missing == ("fit", "proof", "to_name", "name", "profile")


def test_a_linkedin_note_keeps_the_opening_of_a_list_that_is_too_long():
    draft = LETTERS.draft(replace(ENGINEER, channel=LINKEDIN))
    assert draft.letter.text == (
        "Hello Dana, on June 3 I applied for the Site Reliability Engineer position at Northwind. "
        "It is work I want to do. What I bring: 10 years of on-call for payments. "
        "May I tell you more? Maya"
    )
    assert {(left.field, left.why) for left in draft.left_out} == {
        (field, WeaknessCode.TOO_LONG) for field in ("fit", "proof", "why_here")
    }


def test_a_missed_meeting_gets_new_times_and_no_reproach():
    facts = Facts(
        MISSED, EMAIL, "Baker", "Crumb", interview_on=date(2026, 6, 10), times="Friday at 9"
    )
    body = LETTERS.draft(facts).letter.body
    assert "on June 10" in body
    assert "These times suit me: Friday at 9." in body
    assert "Which time would suit you instead?" in text(replace(facts, times=""))


def test_a_note_to_a_friend_asks_for_a_word_or_a_name_and_offers_the_same():
    body = LETTERS.draft(replace(ENGINEER, kind=LEAD, to_name="Sam")).letter.body
    assert "put in a word for me, or tell me the right person" in body
    assert "I would gladly do the same for you." in body
    assert "you publish" not in body  # those words are for the employer


# --- The user's words -------------------------------------------------------------------------


def test_a_sentence_that_weakens_the_letter_is_left_out_and_reported():
    fit = "I have six years of nights. I'm sorry I never did an ICU rotation. I train new nurses."
    draft = LETTERS.draft(replace(ENGINEER, fit=fit))
    assert "I have six years of nights. I train new nurses." in draft.letter.body
    assert [(left.field, left.words, left.why) for left in draft.left_out] == [
        ("fit", "I'm sorry I never did an ICU rotation.", WeaknessCode.APOLOGY)
    ]


@pytest.mark.parametrize(
    "company", ["Sorry Ltd", "Hope College", "Just Checking In", "Beg", "Call Me"]
)
def test_a_weak_word_in_a_name_is_a_name(company):
    draft = LETTERS.draft(replace(ENGINEER, company=company, fit=f"I know {company} well"))
    assert f"I know {company} well." in draft.letter.body
    assert draft.left_out == ()


def test_template_syntax_in_a_fact_stays_as_typed():
    typed = "{{ 7 * 7 }} {% raw %} {# not a comment #} <!channel>"
    assert typed in text(replace(ENGINEER, fit=typed))


@pytest.mark.parametrize(
    ("fit", "said"),
    [
        ("10 years of SRE", "here is the short version: 10 years of SRE."),
        ("Ten years of SRE", "here is the short version: ten years of SRE."),
        (
            "i ran on-call for 40 services",
            "here is the short version. I ran on-call for 40 services.",
        ),
        ("because I love trains", "I applied because I love trains."),
        ("IT support, C++", "here is the short version: IT support, C++."),
        ("Python; Go; payments", "here is the short version: Python; Go; payments."),
        ("- Python\n- ten years of Go\n", "here is the short version: Python; ten years of Go."),
        ("I ran a bakery!", "here is the short version. I ran a bakery!"),
        ("See https://example.org/me", "here is the short version: See https://example.org/me"),
        ("I love trains \U0001f682", "here is the short version. I love trains \U0001f682"),
    ],
)
def test_any_words_of_the_users_are_woven_in(fit, said):
    assert f"{said}\n" in text(replace(ENGINEER, fit=fit, proof=""))


def test_strengths_from_the_profile_stand_in_for_a_missing_fit():
    assert "short version: calm at 3 a.m." in text(
        replace(ENGINEER, fit="", strengths="calm at 3 a.m.")
    )


def test_a_result_is_never_cut_short():
    proof = "Saved 10% of our yearly costs, though only in the smallest team"
    draft = LETTERS.draft(replace(ENGINEER, channel=LINKEDIN, fit="", why_here="", proof=proof))
    assert "aved 10%" not in draft.letter.body
    assert [left.words for left in draft.left_out] == [proof]


def test_a_long_answer_is_cut_between_sentences_and_leaves_room_for_the_others():
    fit = " ".join(f"I kept service number {n} running for a year." for n in range(1, 40))
    draft = LETTERS.draft(replace(ENGINEER, fit=fit))
    assert "cut the time to restore service from 50 minutes to 12." in draft.letter.body
    assert ENGINEER.why_here in draft.letter.body
    assert re.search(r"number \d+ running for a year\. One concrete", draft.letter.body)


def test_a_later_sentence_never_stands_without_the_one_before_it():
    fit = "I ran the ovens of the largest bakery in all of the north for ten years. It has closed."
    note = text(replace(ENGINEER, channel=LINKEDIN, fit=fit, proof="", why_here=""))
    assert "I ran the ovens of the largest bakery in all of the north. May I" in note


def test_a_sentence_does_not_end_at_an_abbreviation():
    assert sentences("I ran St. Mary's with J. Fox. I left.\n\n1. Go") == [
        "I ran St. Mary's with J. Fox.",
        "I left.",
        "1. Go",
    ]


def test_a_sentence_without_end_is_cut_at_a_clause():
    fit = ", ".join(f"I kept service number {n} running for a whole year" for n in range(1, 40))
    body = LETTERS.draft(replace(ENGINEER, fit=fit)).letter.body
    assert re.search(r"for a whole year\. One concrete", body)


def test_a_very_long_role_is_cut_where_its_name_ends():
    role = (
        "Senior Software Engineer, Payments Platform (Remote, m/f/d) - "
        + "Berlin or elsewhere " * 12
    )
    note = text(replace(ENGINEER, channel=LINKEDIN, role=role))
    assert "for the Senior Software Engineer position at Northwind" in note


def test_a_company_that_ends_in_a_dot_gets_no_second_one():
    assert "at Acme Inc. The work" not in text(replace(ENGINEER, company="Acme Inc."))
    assert "at Acme Inc. I" in text(replace(NURSE, company="Acme Inc.", position_in_row=3)).replace(
        "Our", "I"
    )


@pytest.mark.parametrize(
    ("name", "greeting"),
    [
        ("Dana Fox", "Dana"),
        ("Fox, Dana", "Dana"),
        ("Dana Fox, PhD", "Dana"),
        ("Dr. Lena Wirth", "Dr. Wirth"),
        ("Ms Fox", "Ms Fox"),
        ("J. Smith", "J. Smith"),
        ("Jean-Luc O'Hara", "Jean-Luc"),
        ("\u674e\u660e", "\u674e\u660e"),
        ("Al", "Al"),
        ("Hiring Team", ""),
        ("HR", ""),
        ("jobs@northwind.example", ""),
        ("", ""),
        ("\U0001f680", ""),
    ],
)
def test_a_person_is_greeted_by_name_and_an_office_is_not(name, greeting):
    assert called(name) == greeting


# --- Sending ----------------------------------------------------------------------------------


def test_a_mailto_link_opens_the_very_letter():
    letter = LETTERS.draft(replace(ENGINEER, fit="50% & more? \u00fc+#")).letter
    link = urlsplit(letter.mailto)
    answers = parse_qs(link.query, strict_parsing=True, errors="strict")
    assert (link.scheme, unquote(link.path)) == ("mailto", "dana.fox@northwind.example")
    assert answers == {"subject": [letter.subject], "body": [letter.body.replace("\n", "\r\n")]}
    assert "+" not in letter.mailto
    assert letter.mailto.isascii()


@pytest.mark.parametrize(
    "address",
    ["", "Dana", "a@b", "a b@c.example", "a@b.example,c@d.example", "a@b.example\nBcc: c@d.e"],
)
def test_without_one_plain_address_there_is_no_link(address):
    assert LETTERS.draft(replace(ENGINEER, to_email=address)).letter.mailto == ""


def test_an_address_cannot_add_a_header_to_the_link():
    link = LETTERS.draft(replace(ENGINEER, to_email="a?bcc=x@b.example")).letter.mailto
    assert set(parse_qs(urlsplit(link).query)) == {"subject", "body"}


def test_a_letter_that_is_too_long_for_a_link_keeps_its_subject():
    letter = LETTERS.draft(
        replace(
            ENGINEER,
            fit="\u042f \u0432\u0451\u043b \u043a\u043e\u043c\u0430\u043d\u0434\u0443. " * 30,
        )
    ).letter
    assert set(parse_qs(urlsplit(letter.mailto).query)) == {"subject"}


def test_an_edit_without_a_subject_line_is_a_letter_too():
    letter = Letter.of_text("Hello Dana,\r\n\r\nI want this.", ENGINEER)
    assert (letter.subject, letter.body) == ("", "Hello Dana,\n\nI want this.")
    assert letter.mailto.endswith("?body=Hello%20Dana%2C%0D%0A%0D%0AI%20want%20this.")


def test_invisible_characters_do_not_reach_a_letter():
    assert tidy("\u202ea\u200bb\x00 \ud800c\n\td") == "ab c d"


def test_jinja_is_imported_by_the_first_draft_only():
    code = (
        "import sys; from bot.letters.draft import Letters; Letters(); "
        "sys.exit('jinja2' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
