"""The README says what the program does: its transcripts and tables are the program's own."""

import re
from pathlib import Path

from docs.generate import README, filled, generated

ROOT = README.parent


def test_the_generated_parts_of_the_readme_are_as_the_program_prints_them() -> None:
    text = README.read_text()
    assert filled(text, generated()) == text, "run ./dev docs"


def test_the_readme_opens_with_the_story() -> None:
    story = README.read_text().partition("## Start")[0]
    for words in ("Follow up: Data Analyst", "I sent it", "One follow-up is enough", "offer"):
        assert words in story


def test_every_file_that_the_documents_name_is_there() -> None:
    for document in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]:
        text = document.read_text()
        linked = re.findall(r"\]\((?!https?:|#)([^)#]+)\)", text)
        named = re.findall(r"`((?:bot|adapters|storage|tests|docs|bench)/[\w/.]+)`", text)
        for name in linked:
            assert (document.parent / name).exists(), f"{document.name}: {name}"
        for name in named:
            assert (ROOT / Path(name)).exists(), f"{document.name}: {name}"
