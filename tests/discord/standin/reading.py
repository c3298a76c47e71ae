"""Discord's markdown as people read it. Knows text only; no components and no network.

https://docs.discord.com/developers/reference#message-formatting
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

# What takes no room on the screen: people never see it.
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u2060"))
_INSIDE = r"(?:\\.|[^\\])+?"
_INLINE = "|".join(
    (
        r"(?P<fence>```(?:[\w+-]+\n|\n)?(?P<block>.*?)\n?```)",
        r"(?P<code>``(?P<code2>.+?)``|`(?P<code1>[^`]+)`)",
        r"(?P<escape>\\(?P<literal>[!-/:-@\[-`{-~]))",
        r"(?P<time><t:(?P<unix>-?\d{1,13})(?::(?P<style>[tTdDfFRsS]))?>)",
        r"(?P<mention><(?P<sort>@!?|@&|\#)(?P<whom>\d{15,20})>)",
        r"(?P<command></(?P<path>[^:<>]+):\d+>)",
        r"(?P<link>\[(?P<text>(?:\\.|[^\]\\])+)\]\((?:<(?P<url1>[^>]+)>|(?P<url2>[^)\s]+))\))",
        r"(?P<auto><(?P<url3>(?:https?://|mailto:)[^>\s]+)>)",
        rf"(?P<bold>\*\*(?P<b>{_INSIDE})\*\*)",
        rf"(?P<under>__(?P<u>{_INSIDE})__)",
        rf"(?P<strike>~~(?P<s>{_INSIDE})~~)",
        rf"(?P<spoiler>\|\|(?P<h>{_INSIDE})\|\|)",
        rf"(?P<star>\*(?=\S)(?P<i>{_INSIDE})(?<=\S)\*)",
        rf"(?P<line>(?<!\w)_(?=\S)(?P<j>{_INSIDE})(?<=\S)_(?!\w))",
    )
)
_PREFIX = r"(?P<prefix>^(?:\#{1,3}|-\#|>>>|>)[ ])|(?P<bullet>^(?P<in>[ ]*)[-*][ ])"
_WHOLE = re.compile(f"{_PREFIX}|{_INLINE}", re.DOTALL | re.MULTILINE)
_PART = re.compile(_INLINE, re.DOTALL)


def read(text: str, zone: str = "UTC", now: float = 0.0) -> str:
    """What a person in a zone reads: marks, escapes and fences gone, dates in their own time.

    `now` is in seconds since 1970, for what is said relative to it.
    """

    def resolve(match: re.Match[str]) -> str:
        return _resolved(match, zone, now, inner)

    def inner(part: str) -> str:
        return _PART.sub(resolve, part)

    return _WHOLE.sub(resolve, text).translate(_INVISIBLE)


def _resolved(match: re.Match[str], zone: str, now: float, inner: Callable[[str], str]) -> str:
    found = match.groupdict()
    if found["fence"]:
        return found["block"] or ""
    if found["code"]:
        return found["code2"] or found["code1"]
    if found["escape"]:
        return found["literal"]
    if found["time"]:
        return say_time(int(found["unix"]), found["style"] or "f", zone, now)
    if found["mention"]:
        return f"{found['sort'].rstrip('!&')}{found['whom']}"
    if found["command"]:
        return f"/{found['path']}"
    if found["link"]:
        url, label = found["url1"] or found["url2"], inner(found["text"])
        return label if label == url else f"{label} ({url})"
    if found["auto"]:
        return found["url3"]
    if found.get("prefix"):
        return ""
    if found.get("bullet"):
        return f"{found['in']}• "
    return inner(next(found[name] for name in "bushij" if found[name]))


def say_time(unix: int, style: str, zone: str, now: float) -> str:
    """A timestamp as a client shows it to somebody in a zone."""
    local = datetime.fromtimestamp(unix, UTC).astimezone(ZoneInfo(zone))
    day = f"{local:%B} {local.day}"
    said = {
        "t": f"{local:%H:%M}",
        "T": f"{local:%H:%M:%S}",
        "d": f"{local:%m/%d/%Y}",
        "D": f"{day}, {local.year}",
        "f": f"{day}, {local.year} {local:%H:%M}",
        "F": f"{local:%A}, {day}, {local:%H:%M}",
        "s": f"{local:%m/%d/%Y, %H:%M}",
        "S": f"{local:%m/%d/%Y, %H:%M:%S}",
    }
    return said.get(style) or _relative(unix - now)


def _relative(seconds: float) -> str:
    size = abs(seconds)
    units = ((86400 * 365, "year"), (86400 * 30, "month"), (86400, "day"), (3600, "hour"))
    length, name = next((u for u in (*units, (60, "minute")) if size >= u[0]), (1, "second"))
    count = round(size / length)
    words = f"{count} {name}{'' if count == 1 else 's'}"
    return f"in {words}" if seconds >= 0 else f"{words} ago"


def links(text: str) -> list[str]:
    """The addresses that a text leads to, in order; not those that are only shown."""
    found = (m.groupdict() for m in _PART.finditer(text))
    urls = (f["url1"] or f["url2"] or f["url3"] for f in found if f["link"] or f["auto"])
    return [url for url in urls if url]
