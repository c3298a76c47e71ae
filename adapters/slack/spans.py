"""Spans of a message as Slack's rich text, and as the text of a row. Knows no blocks.

https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

import re
from typing import assert_never
from urllib.parse import quote, urlsplit

from adapters.characters import blank, clean, units
from adapters.slack import Json
from adapters.slack.literal import TEXT_LIMIT, parted, plain_text
from bot.message import Bold, Link, Mention, Spans, When, say, say_when

URL_LIMIT = 3000
PERSON = re.compile("[UW][A-Z0-9]+")
# A nudge names the weekday; "tomorrow" is said where it is so for the reader, and the year only
# where it is another one. Slack makes the first letter a capital, amid a sentence too, unless it
# is this invisible character.
_SMALL = "\u200b"
DATE_FORMAT = f"{_SMALL}{{day_divider_pretty}} at {{time}}"
# A row is short, and mrkdwn knows fewer words for a day.
ROW_FORMAT = f"{_SMALL}{{date_short_pretty}} at {{time}}"

# What an address may hold besides letters and digits (RFC 3986), and what is no address to Slack.
_ADDRESS = "%:/?#[]@!$&'()*+,;=-._~"
_STRANGE = re.compile(r"""[\x00-\x20<>"\\^`{|}\x7f]""")


def elements(spans: Spans, *, mail: bool = True) -> list[Json]:
    """The elements of a rich_text_section, none of them empty; none at all when nothing shows.

    `mail=False` writes the address of a letter's own link out, without the letter that is in it.
    """
    if blank(clean(say(spans))):
        return []
    found: list[Json] = []
    for span in spans:
        match span:
            case str():
                found += _texts(span)
            case Bold(words):
                found += _texts(words, bold=True)
            case Link():
                found += _link(span, mail=mail)
            case When():
                found.append(_date(span))
            case Mention(user, name):
                known = PERSON.fullmatch(user)
                found += [{"type": "user", "user_id": user}] if known else _texts(name)
            case _:
                assert_never(span)
    return found


def _texts(text: str, *, bold: bool = False) -> list[Json]:
    style: Json = {"style": {"bold": True}} if bold else {}
    parts = (part for part in parted(clean(text)) if part)
    return [{"type": "text", "text": part, **style} for part in parts]


def _link(link: Link, *, mail: bool) -> list[Json]:
    url = address(link.url)
    if not url or (url.startswith("mailto:") and not mail):
        return _texts(say((link,)))
    words = clean(link.text)
    if blank(words) or units(words) > TEXT_LIMIT or link.text == link.url:
        return [{"type": "link", "url": url}]
    return [{"type": "link", "url": url, "text": words}]


def _date(when: When) -> Json:
    stamp = int(when.at.timestamp())
    if stamp < 0:
        return {"type": "text", "text": say_when(when)}
    fallback = say_when(when)
    return {"type": "date", "timestamp": stamp, "format": DATE_FORMAT, "fallback": fallback}


def address(url: str) -> str:
    """An address that Slack takes and a reader can trust, or "".

    Only the web and mail; no user's name before the host, which would look like the host itself.
    """
    if clean(url) != url or _STRANGE.search(url):
        return ""
    try:
        parts = urlsplit(url)
        web = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return ""
    mail = parts.scheme == "mailto" and "@" in parts.path and not parts.netloc
    # A host in another script may imitate one; it is shown as text, and not led to.
    if not (web or mail) or not parts.netloc.isascii():
        return ""
    written = quote(url, safe=_ADDRESS)
    return written if len(written) <= URL_LIMIT else ""


# A row with a button is a section, and a section takes plain text or mrkdwn, never rich text. So
# mrkdwn is used only where it shows something (bold, a date) and every character that stands in
# it could be nothing but itself: letters and digits of any script, and marks that mrkdwn does not
# know. Whatever else a person typed makes the whole row plain text, which has no markup at all.
_ROW = re.compile(r"""[^\W_](?:[^\W_]|[ .,;:!?()'"’\u2018“”…–—/#+%$€£-])*""")
_TIMES = re.compile(r"(?<![\d:])\d{1,2}:\d\d(?![\d:])")
# What would be an emoji, a web address or a channel.
_SIGNS = re.compile(r":(?=\S)|#(?!\d)")


def row_text(spans: Spans, instead: str) -> Json:
    """A row's text object; the words `instead` when the row shows nothing."""
    marked = _marked(spans)
    if marked and units(marked) <= TEXT_LIMIT:
        return {"type": "mrkdwn", "text": marked, "verbatim": True}
    words = clean(say(spans))
    return plain_text(instead if blank(words) else words)


def harmless(text: str) -> bool:
    """Whether mrkdwn shows the text as it is, wherever bold begins and ends in it."""
    return bool(_ROW.fullmatch(text)) and not _SIGNS.search(_TIMES.sub("", text))


def _marked(spans: Spans) -> str:
    """The spans as mrkdwn, or "" where plain text says as much or is safer."""
    # Judged as a whole: two harmless pieces may make a sign together.
    if not any(isinstance(s, Bold | When) for s in spans) or not harmless(say(spans)):
        return ""
    parts = []
    for place, span in enumerate(spans):
        match span:
            case str():
                parts.append(span)
            case Mention(_, name):
                parts.append(name)
            case Bold(words):
                before, after = say(spans[:place])[-1:], say(spans[place + 1 :])[:1]
                # Slack sees bold only between a word's edges.
                if not words or words != words.strip() or before.isalnum() or after.isalnum():
                    return ""
                parts.append(f"*{words}*")
            case When():
                stamp = int(span.at.timestamp())
                shown = f"<!date^{stamp}^{ROW_FORMAT}|{say_when(span)}>"
                parts.append(shown if stamp >= 0 else say_when(span))
            case Link():
                return ""
            case _:
                assert_never(span)
    return "".join(parts)
