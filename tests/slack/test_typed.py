"""A slash command's text is what stood in the person's message box."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack import Json
from adapters.slack.typed import as_typed, links_in, links_of

AS_TYPED = {
    "applied SRE at Acme": "applied SRE at Acme",
    "  list  ": "list",
    "applied SRE at <https://acme.example|acme.example>": "applied SRE at https://acme.example",
    "applied <https://jobs.lever.co/acme/1?a=1&amp;b=2>": "applied https://jobs.lever.co/acme/1?a=1&b=2",
    "contact=Dana Fox &lt;<mailto:dana@acme.example|dana@acme.example>&gt;": (
        "contact=Dana Fox <dana@acme.example>"
    ),
    "with <@U123ABC|dana>": "with dana",
    "with <@U123ABC>": "with @U123ABC",
    "note=saw it in <#C1|jobs>": "note=saw it in #jobs",
    "<!channel> hello": "@channel hello",
    "R&amp;D at A &lt; B": "R&D at A < B",
    "&amp;lt; stays": "&lt; stays",
}


@pytest.mark.parametrize(("sent", "typed"), AS_TYPED.items())
def test_what_slack_marked_up_is_as_it_was_typed(sent: str, typed: str) -> None:
    assert as_typed(sent) == typed


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs"])))
def test_escaped_text_comes_back_whatever_it_was(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert as_typed(escaped) == text.strip()


def test_only_web_addresses_count_as_links() -> None:
    words = "see <https://a.example/?x=1&amp;y=2|this> and <mailto:a@b.example|me> <@U1> http://not"
    assert links_in(words) == ["https://a.example/?x=1&y=2"]


ADDRESS = "https://jobs.lever.co/acme/1"
PARTS = {
    "the text": {"text": f"look <{ADDRESS}|here>"},
    "rich text": {
        "text": "",
        "blocks": [
            {
                "type": "rich_text",
                "elements": [
                    {
                        "type": "rich_text_section",
                        "elements": [
                            {"type": "text", "text": "see "},
                            {"type": "link", "url": ADDRESS},
                        ],
                    }
                ],
            }
        ],
    },
    "a code block": {
        "text": "",
        "blocks": [{"elements": [{"elements": [{"type": "text", "text": f"curl {ADDRESS} now"}]}]}],
    },
    "a shared message": {
        "text": "",
        "attachments": [{"title_link": ADDRESS, "image_url": "x", "footer_icon": None}],
    },
    "a message in a message": {
        "text": "fyi",
        "attachments": [{"message_blocks": [{"message": {"blocks": [{"url": ADDRESS}]}}]}],
    },
}


@pytest.mark.parametrize("message", PARTS.values(), ids=PARTS.keys())
def test_a_link_is_found_wherever_a_message_keeps_it(message: Json) -> None:
    assert links_of(message) == [ADDRESS]


def test_a_message_without_a_link_has_none() -> None:
    assert links_of({}) == []
    odd = {"text": None, "blocks": None, "attachments": [{"url": 5, "text": {"text": "no"}}]}
    assert links_of(odd) == []
