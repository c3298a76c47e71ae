"""Text that people typed, in Discord's markdown: it shows as it is, and does nothing."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.characters import blank, clean, cut, one_line, units
from adapters.discord.literal import NOTHING, fenced, literal
from adapters.discord.spans import address, markdown
from bot.message import Bold, Link, Mention, Span, When
from tests.discord.markdown import LINK, MAIL, MASKED, TEXT, Found, kinds, read, shown
from tests.strategies import HAZARDS, spans, texts, urls

# Everything with which Discord marks text up.
MARKUP = (
    "<@80351110224678912>", "<@!80351110224678912>", "<@&165511591545143296>", "<#103735883630>",
    "<@$1402418491272986635>", "</job log:816437322781949972>", "<:mmLol:216154654256398347>",
    "<a:b1nzy:392938283556143104>", "<t:1618953630>", "<t:1618953630:R>", "<id:customize>",
    "@everyone", "@here", ":tada:", ":+1:", "**bold**", "*italic*", "_italic_", "__under__",
    "~~gone~~", "||hidden||", "`code`", "``code``", "```\nblock\n```", "```py\nx```",
    "# Large", "## Medium", "### Small", "-# tiny", "> quote", ">>> all of it", "- item", "* item",
    "+ item", "1. item", "12. item", "  - deeper", "[here](https://evil.example)",
    '[here](<https://evil.example> "title")', "](https://evil.example)", "[", "](", ")", "]", ">",
    "http://evil.example/x", "steam://run/1", "discord://-/settings", "<https://evil.example/a b>",
    "<blah:/x>", "<dana@acme.example>", "<mailto:dana@acme.example>", "<+1 555 123 4567>",
    "https://a.example/x**y", "https://a.example/x_(y)_z", "https://u:p@a.example/",
    "¯\\_(ツ)_/¯", "\\", "\\\\", "\n", " ", "*", "_", "`", "|", "~", "a", "1", ".", "#", "-", "@",
    "everyone", "https:", "//",
)  # fmt: skip
typed = st.lists(
    st.one_of(st.sampled_from(MARKUP), st.sampled_from(HAZARDS), st.text(max_size=6)), max_size=6
).map("".join)


def links(source: str) -> list[Found]:
    return [piece for piece in read(source) if piece.kind == LINK]


# Laws


@given(typed)
def test_whatever_is_typed_is_shown_as_it_is_and_does_nothing(words: str) -> None:
    made = literal(words)
    assert kinds(made) <= {TEXT, LINK}
    assert shown(made) == clean(words)
    for link in links(made):
        assert re.fullmatch(r"https://[!-)+-~]+", link.leads_to)
        assert link.leads_to in clean(words)


@pytest.mark.parametrize("words", MARKUP)
def test_every_kind_of_markup_does_nothing(words: str) -> None:
    for typed_so in (words, f"a\n{words}\nb", f"a {words} b"):
        assert kinds(literal(typed_so)) <= {TEXT, LINK}
        assert shown(literal(typed_so)) == typed_so
    inside = read(f"**{literal(words)}x**")
    assert [piece.kind for piece in inside] == ["bold"]


@given(typed, st.sampled_from(["**{}**", "- {}", "### {}", "-# {}"]))
def test_it_does_nothing_inside_our_own_markup(words: str, ours: str) -> None:
    line = one_line(words)
    if blank(line) or line.endswith("#"):
        return
    (found,) = read(ours.format(literal(line)))
    assert found.kind in {"bold", "list", "heading", "small"}
    assert {piece.kind for piece in found.inside} <= {TEXT, LINK}
    assert found.shown == line


@given(typed, typed)
def test_text_around_a_link_of_ours_does_not_reach_into_it(before: str, after: str) -> None:
    ours = Link("the advert", "https://acme.example/1")
    found = [p for p in read(markdown((before, ours, after))) if p.kind == MASKED]
    assert [(p.shown, p.leads_to) for p in found] == [("the advert", "https://acme.example/1")]


@given(st.lists(st.one_of(typed, st.builds(Bold, typed)), max_size=5))
def test_neighbours_never_make_a_sign_together(some: list[Span]) -> None:
    made = markdown(tuple(some))
    assert kinds(made) <= {TEXT, LINK, "bold"}
    whole = clean("".join(s.text if isinstance(s, Bold) else str(s) for s in some))
    assert shown(made) == ("" if blank(whole) else whole)


@given(spans())
def test_only_what_we_say_is_marked_up(some: tuple[Span, ...]) -> None:
    found = kinds(markdown(some))
    allowed = {TEXT, LINK}
    for span in some:
        match span:
            case Bold():
                allowed |= {"bold"}
            case Link():
                allowed |= {LINK, MASKED, MAIL}
            case When():
                allowed |= {"date"}
            case _:
                pass
    assert found <= allowed


@given(texts(8))
def test_a_letter_is_whole_in_its_box(letter: str) -> None:
    if blank(clean(letter)):
        return
    (found,) = read(fenced(letter))
    assert found.kind == "code block"
    assert found.shown.replace(NOTHING, "") == clean(letter).strip("\n").replace(NOTHING, "")


@given(typed, st.one_of(urls(), typed))
def test_a_link_leads_where_it_says_or_nowhere(words: str, url: str) -> None:
    for piece in read(markdown((Link(words, url),))):
        if piece.kind in (LINK, MASKED):
            typed_so = piece.leads_to in clean(f"{words} {url}")
            in_sight = typed_so and piece.leads_to.startswith("https://")
            escaped = address(url).replace("(", "%28").replace(")", "%29")
            assert in_sight or piece.leads_to in {address(url), escaped}
    assert address(url) == "" or re.fullmatch(r"https?://[!-)+-;=?-~]+", address(url))


@given(texts(12), st.integers(2, 80))
def test_what_is_cut_is_the_beginning_of_what_was_there(words: str, limit: int) -> None:
    whole, short = clean(words), cut(clean(words), limit)
    assert units(short) <= limit
    assert short == whole or whole.startswith(short.removesuffix("…"))


# What is shown


@pytest.mark.parametrize(
    ("words", "made"),
    [
        ("Acme", "Acme"),
        ("R&D, 50% (remote)", "R&D, 50% (remote)"),
        ("dana@acme.example", "dana@acme.example"),
        ("C# and C++ at 10:30", "C# and C++ at 10:30"),
        ("- a\n- b", "\\- a\n\\- b"),
        ("  # a", "  \\# a"),
        ("1. a 2. b", "1\\. a 2. b"),
        ("3.5 years", "3.5 years"),
        ("<@U1> *now*", "\\<@U1> \\*now\\*"),
        ("@everyone @Here @hero", "\\@everyone \\@Here @hero"),
        ("http://a.example", "http\\://a.example"),
        ("a](b)", "a]\\(b)"),
        ("gp\u202egnp.exe\x00", "gpgnp.exe"),
        ("a\r\nb\u2028c", "a\nb\nc"),
        ("\ud800", "\ufffd"),
    ],
)
def test_a_backslash_stands_where_one_is_needed_and_nowhere_else(words: str, made: str) -> None:
    assert literal(words) == made


@pytest.mark.parametrize(
    ("words", "tapped"),
    [
        ("see https://acme.example/jobs/1?gh_jid=2#top.", "https://acme.example/jobs/1?gh_jid=2#top"),
        ("(https://acme.example)", "https://acme.example"),
        ("https://acme.example/a_(b)", ""),
        ("https://acme.example/a*b", ""),
        ("https://user@acme.example/", ""),
        ("https://\u0430cme.example/", ""),
        ("http://acme.example/", ""),
        ("xhttps://acme.example/", ""),
        ("https://acme.example/<script>", ""),
    ],
)  # fmt: skip
def test_an_address_in_plain_sight_can_be_tapped(words: str, tapped: str) -> None:
    assert [link.leads_to for link in links(literal(words))] == [tapped] * bool(tapped)
    assert shown(literal(words)) == words


def test_spans_are_markdown() -> None:
    noon = When(datetime(2026, 6, 4, 16, tzinfo=UTC), "America/New_York")
    some = ("At ", Bold("Acme*"), " ", Link("the advert", "https://acme.example/1"), " ", noon)
    assert markdown(some) == (
        "At **Acme\\*** [the advert](<https://acme.example/1>) <t:1780588800:F>"
    )


@pytest.mark.parametrize(
    ("link", "made"),
    [
        (Link("https://a.example/1", "https://a.example/1"), "<https://a.example/1>"),
        (Link("", "https://a.example/1"), "<https://a.example/1>"),
        (Link("here", "http://a.example/"), "[here](<http://a.example/>)"),
        (Link("here", "https://a.example/(x)y)"), "[here](<https://a.example/%28x%29y%29>)"),
        (Link("here", "https://a.example/a**b"), "[here](<https://a.example/a%2A%2Ab>)"),
        (Link("köln 🎉", "https://a.example/köln"), "köln 🎉: <https://a.example/k%C3%B6ln>"),
        (Link("a.example", "https://b.example/"), "a.example: <https://b.example/>"),
        (Link("[x](y)", "https://a.example/"), "\\[x]\\(y): <https://a.example/>"),
        (Link("x", "javascript:alert(1)"), "x (javascript:alert(1))"),
        (Link("x", "https://good.example@evil.example/"), "x (https\\://good.example@evil.example/)"),
        (Link("x", "https://\u0435vil.example/"), "x (https\\://\u0435vil.example/)"),
        (Link("Open it", "mailto:d@a.example?subject=Hi&body=Dear"), "Mail it to <d@a.example>"),
        (Link("Dana", "mailto:d%2Bx@a.example"), "Dana: <d+x@a.example>"),
        (Link("d@a.example", "mailto:d@a.example"), "<d@a.example>"),
        (Link("Dana", "mailto:d>@a.example"), "Dana (d>@a.example)"),
    ],
)  # fmt: skip
def test_a_link_leads_where_discord_can(link: Link, made: str) -> None:
    assert markdown((link,)) == made


def test_a_mention_is_one_only_of_somebody_discord_knows() -> None:
    some = (Mention("80351110224678912", "Dana"), " and ", Mention("here", "@here"))
    assert markdown(some) == "<@80351110224678912> and \\@here"


def test_an_instant_that_no_client_can_show_is_said() -> None:
    assert markdown((When(datetime(1969, 7, 20, tzinfo=UTC), "UTC"),)).startswith("Sunday, July 20")


def test_what_shows_nothing_is_no_markdown() -> None:
    assert markdown((Bold(""), "\u200b", Link("", ""), "\x00")) == ""


def test_flat_text_is_one_line() -> None:
    assert markdown(("a\n- b", Bold("c\n\nd")), flat=True) == "a - b**c d**"


def test_three_backticks_do_not_end_a_box() -> None:
    assert fenced("```\nrm -rf\n```") == ("```\n`\u200b`\u200b`\nrm -rf\n`\u200b`\u200b`\n```")
