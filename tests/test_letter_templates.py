"""An operator's own letter templates: used when good, else refused at once with file and line."""

import shutil
from dataclasses import replace
from datetime import date

import pytest

from bot.letters.draft import Letters
from bot.letters.facts import Facts
from bot.letters.templating import OURS, BrokenTemplate
from bot.model import Channel, LetterKind

NAME = "application.email.txt"
FACTS = Facts(
    LetterKind.APPLICATION,
    Channel.EMAIL,
    "Baker",
    "Crumb",
    applied_on=date(2026, 6, 3),
    fit="I bake",
)
GOOD = (
    "Subject: {{ role }}\n\n{{ greeting }}\n\nI want the {{ position }}. "
    "{{ fit | frame('Why:', own='') }}\n"
)


def broken(folder, text: str, name: str = NAME) -> BrokenTemplate:
    (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(BrokenTemplate) as caught:
        Letters(folder)
    assert str(caught.value).startswith(f"{folder / name}, line {caught.value.line}: ")
    return caught.value


def test_a_template_of_the_operators_replaces_ours_and_only_that_one(tmp_path):
    (tmp_path / NAME).write_text(GOOD, encoding="utf-8")
    letters = Letters(tmp_path)
    assert (
        letters.draft(FACTS).letter.text
        == "Subject: Baker\n\nHello,\n\nI want the Baker position. I bake."
    )
    other = Facts(LetterKind.INTERVIEW, Channel.EMAIL, "Baker")
    assert letters.draft(other) == Letters().draft(other)


def test_words_that_turn_weak_only_between_the_operators_are_left_out(tmp_path):
    text = GOOD.replace(
        "{{ fit | frame('Why:', own='') }}", "{% if fit %}I am just {{ fit }}{% endif %}"
    )
    (tmp_path / NAME).write_text(text, encoding="utf-8")
    draft = Letters(tmp_path).draft(replace(FACTS, fit="checking in guests"))
    assert draft.letter.body == "Hello,\n\nI want the Baker position."
    assert [left.words for left in draft.left_out] == ["checking in guests"]


def test_our_own_templates_pass_as_an_operators(tmp_path):
    shutil.copytree(OURS, tmp_path, dirs_exist_ok=True)
    assert Letters(tmp_path).draft(FACTS) == Letters().draft(FACTS)


def test_other_files_may_lie_in_the_folder(tmp_path):
    (tmp_path / "README.md").write_text("{{ broken", encoding="utf-8")
    assert Letters(tmp_path).draft(FACTS) == Letters().draft(FACTS)


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(NotADirectoryError, match="nowhere"):
        Letters(tmp_path / "nowhere")


def test_a_misspelt_file_name_is_refused_with_the_right_ones(tmp_path):
    assert NAME in broken(tmp_path, GOOD, "aplication.email.txt").what


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("{% if fit %}never closed", "Unexpected end of template"),
        ("{{ fit", "expected 'end of print statement'"),
        ("{{ compnay }}", "'compnay' is unknown; there are"),
        ("{% if not role %}{{ compnay }}{% endif %}", "'compnay' is unknown; there are"),
        ("{{ fit | shout }}", "No filter named 'shout'"),
        ("{% if fit is nice %}x{% endif %}", "No test named 'nice'"),
        ("{{ fit.upper.case }}", "has no attribute 'case'"),
        ("{{ 1 / 0 }}", "division by zero"),
        ("{% if proof and not fit %}{{ 1 / 0 }}{% endif %}", "division by zero"),
        ("{{ ''.__class__.__mro__ }}", "access to attribute '__class__' of 'str' object is unsafe"),
        (
            "{{ vary.__globals__ }}",
            "access to attribute '__globals__' of 'function' object is unsafe",
        ),
        ("{% for n in range(1000000) %}x{% endfor %}", "Range too big"),
        ("Sorry to write again.", "'Sorry' You have nothing to apologize for."),
        (
            "I will call {% if company %}you{% else %}you{% endif %}.",
            "'I will call you' Write first",
        ),
    ],
)
def test_a_broken_template_is_refused_with_its_line(tmp_path, line, what):
    error = broken(tmp_path, f"{GOOD}{line}\n")
    assert what in error.what
    assert error.line in (6, 7) if "call you" not in what else error.line == 1


def test_a_template_that_is_too_long_by_itself_is_refused(tmp_path):
    assert "words; 150 fit" in broken(tmp_path, GOOD + "word " * 150).what


def test_a_note_must_leave_room_for_the_longest_names(tmp_path):
    note = "{{ greeting }} I applied for the {{ position }} at {{ company }}. " + "word " * 25
    assert "200 fit" in broken(tmp_path, note, "application.linkedin.txt").what


def test_a_template_that_names_no_position_is_refused(tmp_path):
    assert "Name the position" in broken(tmp_path, "Subject: hello\n\nI want this.\n").what


def test_an_e_mail_template_needs_a_subject(tmp_path):
    assert (
        'begins with a line "Subject: ..."' in broken(tmp_path, GOOD.removeprefix("Subject: ")).what
    )


def test_a_template_must_be_utf_8(tmp_path):
    (tmp_path / NAME).write_bytes(GOOD.encode() + b"\xff")
    with pytest.raises(BrokenTemplate, match="utf-8"):
        Letters(tmp_path)
