"""Discord's markdown as the stand-in's people read it."""

from datetime import UTC, datetime

import pytest

from bot.message import When, say_when
from tests.discord.standin.reading import links, read


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("**Acme** *and* __Bolt__ ~~no~~ ||x||", "Acme and Bolt no x"),
        (r"\*\*Acme\*\* \_x\_ \`y\` \# 1", "**Acme** _x_ `y` # 1"),
        ("5 * 3 * 2 and snake_case_name", "5 * 3 * 2 and snake_case_name"),
        ("## Due\n-# small\n> quoted\n- one\n1. two", "Due\nsmall\nquoted\n• one\n1. two"),
        ("```\nDear **Acme** \\*\n```", "Dear **Acme** \\*"),
        ("```text\nDear Ana\n```\nthen", "Dear Ana\nthen"),
        ("`**x**` and ``a`b``", "**x** and a`b"),
        ("[Acme](<https://acme.example/a_(b)>)", "Acme (https://acme.example/a_(b))"),
        ("[Acme](https://acme.example)", "Acme (https://acme.example)"),
        ("<https://acme.example/_x_>", "https://acme.example/_x_"),
        ("[https://a.example](<https://a.example>)", "https://a.example"),
        ("@\u200beveryone <\u200bt:1:F> <\u200b@123456789012345678>",
         "@everyone <t:1:F> <@123456789012345678>"),
        ("<@123456789012345678> </job applied:12>", "@123456789012345678 /job applied"),
        ("**[Acme \\[x\\]](<https://a.example>)**", "Acme [x] (https://a.example)"),
    ],
)  # fmt: skip
def test_people_see_words_and_no_marks(written: str, seen: str) -> None:
    assert read(written) == seen


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kathmandu", "UTC"])
def test_a_timestamp_reads_as_our_own_words_for_an_instant(zone: str) -> None:
    at = datetime(2026, 6, 8, 13, 30, tzinfo=UTC)
    unix = int(at.timestamp())
    assert read(f"Due <t:{unix}:F>.", zone) == f"Due {say_when(When(at, zone))}."


def test_relative_times_are_told_from_the_time_of_the_message() -> None:
    assert read("<t:7200:R>", now=0) == "in 2 hours"
    assert read("<t:0:R>", now=86400) == "1 day ago"


def test_addresses_are_found_and_only_those_that_lead_somewhere() -> None:
    text = "[a](<https://a.example>) `[b](https://b.example)` <https://c.example>"
    assert links(text) == ["https://a.example", "https://c.example"]
