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
    "applied SRE at Acme on <t:1782000000:D>": "company=Acme&on=<t:1782000000:D>&role=SRE",
    "applied SRE at Acme <t:1782000000>": "company=Acme&on=<t:1782000000>&role=SRE",
    "applied SRE at Acme <t:1782000000:D> via referral": (
        "company=Acme&on=<t:1782000000:D>&role=SRE&via=referral"
    ),
    "applied SRE at Acme on <t:99999999999999:D>": "company=Acme&on=<t:99999999999999:D>&role=SRE",
    "pause until <t:1782000000:D>": "until=<t:1782000000:D>",
    "pause until blah": "until=blah",
    "pause Until the cows come home": "until=the cows come home",
    "heard acme said no": "application=acme&what=said no",
    "heard back from acme they said no": "application=acme&what=they said no",
    "show SRE at Acme (#1)": "application=SRE at Acme (#1)",
    "heard SRE at Acme (#1) rejected": "application=SRE at Acme (#1)&what=rejected",
    "https://x.example/1": "link=https://x.example/1",
    "<https://x.example/1>": "link=https://x.example/1",
    "I applied to Globex": "company=Globex",
    "I applied to Globex yesterday": "company=Globex&on=yesterday",
    "just applied for SRE at Acme": "company=Acme&role=SRE",
    "I’ve just applied for the SRE at Acme": "company=Acme&role=SRE",
    "today I applied at Acme": "company=Acme",
    "Hey, I applied to Globex today": "company=Globex&on=today",
    "applied For Profit Lead at The Loft": "company=The Loft&role=For Profit Lead",
    "I have an interview at Acme tomorrow 3pm": "application=Acme&at=tomorrow 3pm",
    "I've got an interview with Acme on friday at 10": "application=Acme&at=friday at 10",
}


@pytest.mark.parametrize(("line", "answers"), LINES.items(), ids=LINES.keys())
def test_a_line_is_understood(line: str, answers: str) -> None:
    call = read_line(registry, line, NOW, ZONE)
    assert "&".join(f"{k}={v}" for k, v in sorted(call.answers.items())) == answers


def test_nothing_asks_for_help_and_nonsense_names_itself() -> None:
    assert read_line(registry, "  ", NOW, ZONE).name == "job help"
    assert read_line(registry, "/job", NOW, ZONE).name == "job help"
    assert registry.get(read_line(registry, "job aplied x", NOW, ZONE).name) is None


@pytest.mark.parametrize(
    ("line", "name"),
    [
        *(("https://x.example/1", "job applied"), ("job https://x.example/1", "job applied")),
        *(("I applied to Globex", "job applied"), ("Applied to Globex", "job applied")),
        *(("i heard acme said no", "job heard"), ("I've got an interview", "job interview")),
        *(
            ("Justice", "Justice"),
            ("job Aplied x", "Aplied"),
            ("I am here", "I"),
            ("I sent it", "I"),
        ),
    ],
)
def test_what_is_said_in_passing_is_the_command_it_means(line: str, name: str) -> None:
    """Nothing else is; what is unknown keeps its spelling, so that it can be quoted."""
    assert read_line(registry, line, NOW, ZONE).name == name


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
