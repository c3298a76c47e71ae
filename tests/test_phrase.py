"""From typed lines to calls: what people type needs no form."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands import registry
from bot.phrase import read_line

NOW = datetime(2026, 6, 10, 14, tzinfo=UTC)
ZONE = ZoneInfo("America/New_York")
LINES = {
    "job applied SRE at Acme": "company=Acme&role=SRE",
    "/job applied SRE at Acme": "company=Acme&role=SRE",
    "applied SRE at Acme yesterday": "company=Acme&on=yesterday&role=SRE",
    "applied SRE at Acme on last friday via referral": (
        "company=Acme&on=last friday&role=SRE&via=referral"
    ),
    "applied SRE at Acme via referral on 2026-06-01": (
        "company=Acme&on=2026-06-01&role=SRE&via=referral"
    ),
    "applied SRE at Acme yesterday via referral https://x.example/1": (
        "company=Acme&link=https://x.example/1&on=yesterday&role=SRE&via=referral"
    ),
    "applied Head of Sales at Scale at Acme": "company=Acme&role=Head of Sales at Scale",
    "applied Engineer on call at Acme": "company=Acme&role=Engineer on call",
    "applied Editor at USA Today": "company=USA Today&role=Editor",
    'applied "Director at Large" at "Via Rail"': "company=Via Rail&role=Director at Large",
    "applied Acme": "company=Acme",
    "applied PM at Pied Piper on 31 Feb": "company=Pied Piper&on=31 Feb&role=PM",
    "applied PM at Acme on May 30 via referral by Kim": (
        "company=Acme&on=May 30&role=PM&via=referral by Kim"
    ),
    "edit B fit= proof=": "application=B&fit=&proof=",
    "settings zone": "text=zone",
    "applied company=Acme Corp role=SRE": "company=Acme Corp&role=SRE",
    'applied SRE at Acme fit="I run, I fix = I sleep"': (
        "company=Acme&fit=I run, I fix = I sleep&role=SRE"
    ),
    "applied SRE at Acme <https://x.example/1|x.example>": (
        "company=Acme&link=https://x.example/1&role=SRE"
    ),
    "interview Acme next tue 3pm with Dana Fox, Lee": (
        "application=Acme&at=next tue 3pm&people=Dana Fox, Lee"
    ),
    "interview SRE at Acme on friday at 10:30": "application=SRE at Acme&at=friday at 10:30",
    "heard acme rejected": "application=acme&what=rejected",
    "heard acme they replied by 12 June": ("application=acme&decides=12 June&what=they replied"),
    "followup acme by linkedin": "application=acme&channel=linkedin",
    "followup acme to Kim Lund": "application=acme&lead=Kim Lund",
    "pause until next monday": "until=next monday",
    "pause": "",
    "list closed": "which=closed",
    "help applied": "topic=applied",
    "show #3": "application=#3",
}


@pytest.mark.parametrize(("line", "answers"), LINES.items(), ids=LINES.keys())
def test_a_line_is_understood(line: str, answers: str) -> None:
    call = read_line(registry, line, NOW, ZONE)
    assert "&".join(f"{k}={v}" for k, v in sorted(call.answers.items())) == answers


def test_nothing_asks_for_help_and_nonsense_names_itself() -> None:
    assert read_line(registry, "  ", NOW, ZONE).name == "job help"
    assert read_line(registry, "/job", NOW, ZONE).name == "job help"
    assert registry.get(read_line(registry, "job aplied x", NOW, ZONE).name) is None


def test_an_unknown_option_is_kept_so_that_it_can_be_named() -> None:
    call = read_line(registry, "applied SRE at Acme compny=Globex", NOW, ZONE)
    assert call.answers["compny"] == "Globex"


words = st.sampled_from(
    [
        "at",
        "on",
        "via",
        "with",
        "by",
        "to",
        "today",
        "3pm",
        '"',
        "=",
        "https://x",
        "Acme",
        "#1",
        "\n",
        "role=",
    ]
)


@given(
    st.sampled_from(sorted(registry.commands)), st.lists(words | st.text(max_size=6), max_size=8)
)
def test_no_line_ever_raises_and_no_word_is_lost(name: str, typed: list[str]) -> None:
    line = f"{name} {' '.join(typed)}"
    call = read_line(registry, line, NOW, ZONE)
    assert call.name == name
    for answer in call.answers.values():
        assert "\ue000" not in answer or "\ue000" in line
