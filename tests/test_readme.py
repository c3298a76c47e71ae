"""The documents say what the program does: transcripts, tables and names are the program's own."""

import re
from pathlib import Path

import pytest

from adapters.cli import main
from adapters.discord.credentials import Credentials as DiscordCredentials
from adapters.parts import metrics_port_of, port_of
from adapters.settings import Settings
from adapters.slack.credentials import Credentials as SlackCredentials
from docs.generate import (
    DISCORD,
    DOCUMENTS,
    MISTAKES,
    OPERATING,
    README,
    SLACK,
    club,
    complaint,
    filled,
)

ROOT = README.parent
WRITTEN = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]


class Asked(dict[str, str]):
    """An environment that remembers what it was asked for."""

    def __init__(self) -> None:
        super().__init__(SLACK_BOT_TOKEN="xoxb-1", SLACK_SIGNING_SECRET="1", DISCORD_TOKEN="a.b.c")
        self.names: set[str] = set()

    def get(self, name: str, default: str = "") -> str:  # type: ignore[override]  # all that is used of a mapping
        self.names.add(name)
        return super().get(name, default)


READERS = {SLACK: SlackCredentials.read, DISCORD: DiscordCredentials.read}


def asked(*documents: Path) -> set[str]:
    """Every environment variable that the program reads where these platforms are served."""
    environment = Asked()
    Settings.read(environment)
    port_of(environment)
    metrics_port_of(environment)
    for document in documents:
        READERS[document](environment)
    return environment.names


def anchors(text: str) -> set[str]:
    """What a link may point at within a document: its headings, as GitHub names them."""
    headings = re.findall(r"^#+ (.+)$", text, re.M)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_the_generated_parts_are_as_the_program_prints_them(document: Path) -> None:
    text = document.read_text()
    assert filled(text, DOCUMENTS[document]()) == text, "run ./dev docs"


def test_the_readme_opens_with_the_story() -> None:
    story = README.read_text().partition("## Start")[0]
    for words in ("Follow up: Data Analyst", "I sent it", "One follow-up is enough", "offer"):
        assert words in story


def test_the_readme_shows_a_meeting_and_how_somebody_is_asked_for_a_word() -> None:
    shown = README.read_text().partition("## In a club")[2].partition("## Running")[0]
    for words in ("Go-round", "Not here today", "Wall chart", "Someone in your club has a tie"):
        assert words in shown
    for words in ("Share it", "asks for a word", "Yes, bring us together", "Cleo, meet Ben"):
        assert words in shown


@pytest.mark.parametrize("begins", ["Nobody said this", "dana>"])
def test_a_part_of_the_story_that_is_not_there_once_is_not_cut_out(begins: str) -> None:
    with pytest.raises(SystemExit, match="not one place"):
        club(begins, "Next week Dana is away.")


@pytest.mark.parametrize("document", WRITTEN, ids=lambda document: document.name)
def test_everything_that_a_document_names_is_there(document: Path) -> None:
    text = document.read_text()
    for name, anchor in re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)", text):
        target = document.parent / name if name else document
        assert target.exists(), name
        assert not anchor or anchor in anchors(target.read_text()), anchor
    for name in re.findall(r"`((?:bot|adapters|storage|tests|docs|bench)/[\w/.]+)`", text):
        assert (ROOT / name).exists(), name


@pytest.mark.parametrize("document", READERS, ids=lambda document: document.name)
def test_the_table_of_variables_has_those_that_the_program_reads(document: Path) -> None:
    table = re.findall(r"^\| `([A-Z_]+)` \|", document.read_text(), re.M)
    assert sorted(table) == sorted(asked(document))


@pytest.mark.parametrize("document", [README, *READERS], ids=lambda document: document.name)
def test_the_variables_in_a_document_are_those_that_the_program_reads(document: Path) -> None:
    named = set(re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b", document.read_text()))
    assert named <= asked(*READERS)


def test_every_mistake_in_the_documents_is_one() -> None:
    for what, process, environment in MISTAKES:
        assert complaint(process, environment), what


def test_every_order_of_the_command_line_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    main([])
    orders = re.findall(r"^    ([a-z-]+)", capsys.readouterr().out, re.M)
    text = SLACK.read_text() + DISCORD.read_text() + OPERATING.read_text()
    assert {"rotate-keys", "gateway"} <= {*orders}
    for name in {*orders} - {"chat", "demo"}:
        assert f"`followthrough {name}" in text, name
