"""The many spellings of a date, put into few plain words. Knows no calendar and no clock."""

import re
from collections.abc import Callable

# dateparser needs 0.7 s for 4,000 characters, and nobody types a date as long as this.
LONGEST = 60

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
UNIT = r"(?:day|week|month|year)s?"
COUNTS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

SPELLED = {
    **{name[:3]: name for name in (*WEEKDAYS, *MONTHS)},
    **{count: str(number) for number, count in enumerate(COUNTS, 1)},
    **{"tues": "tuesday", "weds": "wednesday", "thur": "thursday", "thurs": "thursday"},
    **{"sept": "september", "tmrw": "tomorrow", "tmr": "tomorrow", "tmw": "tomorrow"},
    **{"hr": "hour", "hrs": "hours", "min": "minute", "mins": "minutes", "wk": "week"},
}
"""Short and other spellings, each with the plain word for it."""

# Every word, in any spelling, that a day or a time may end with.
LAST_WORDS = frozenset((*WEEKDAYS, *MONTHS, *SPELLED)).union(
    ("yesterday", "today", "tomorrow", "ago", "now", "the", "of", "time", "am", "pm"),
    ("day", "days", "week", "weeks", "month", "months", "year", "years", "d", "w", "h"),
    ("hour", "hours", "minute", "minutes", "fortnight", "fortnights", "noon", "midday"),
    ("midnight", "morning", "afternoon", "evening", "night", "tonight"),
)

_LETTER = {"d": "days", "w": "weeks", "h": "hours"}
# In this order. Before each pattern stands a part of everything that it matches ("" for none): a
# phrase has hardly any of them, and to look for a part is quicker than to match.
_REWRITES: tuple[tuple[str, str, str | Callable[[re.Match[str]], str]], ...] = (
    # Marks: "3 p.m.", "Fri, Jun. 12", "12-jun-2026", "in 2 weeks' time", "june 12 '26", "tue @ 3".
    (".m", r"\b([ap])\.m\b\.?", r"\1m"),
    ("", r",|(?<=[a-z])\.|(?<=\d)\.(?= |$)|(?<=[a-z])-|-(?=[a-z])", " "),
    (" time", r"(?<=[a-z])(?:'s?)? time$", ""),
    ("'", r"(?<!\S)'(?=\d\d$)", "20"),
    ("@", r"@", " at "),
    # Words.
    ("", r"(?<![\d.:/-])(\d{1,3}) ?([dwh])\b", lambda m: f"{m[1]} {_LETTER[m[2]]}"),
    ("", r"[a-z]+", lambda m: SPELLED.get(m[0], m[0])),
    ("couple ", rf"\b(?:a )?couple (?:of )?(?={UNIT}|hours)", "2 "),
    (
        " fortnight",
        r"\b(an?|\d+) fortnights?\b",
        lambda m: f"{2 * int(m[1]) if m[1].isdigit() else 2} weeks",
    ),
    ("half an hour", r"\bhalf an hour\b", "30 minutes"),
    (" from ", r"^(.+) from (?:now|today)$", r"in \1"),
    (" week", rf"^({'|'.join(WEEKDAYS)}) week$", r"1 week from \1"),
    # Clock times.
    ("half past ", r"\bhalf past (\d+)", r"at \1:30"),
    ("quarter past ", r"\bquarter past (\d+)", r"at \1:15"),
    ("quarter to ", r"\bquarter to (\d+)", lambda m: f"at {(int(m[1]) - 2) % 12 + 1}:45"),
    ("o'clock", r"\b(\d+) ?o'clock", r"at \1"),
    ("noon", r"\bnoon\b", "12:00 pm"),
    ("midday", r"\bmidday\b", "12:00 pm"),
    # Parts of a day.
    ("tonight", r"\btonight\b", "today night"),
    ("last night", r"\blast night\b", "yesterday night"),
    ("this ", r"\bthis (?=morning|afternoon|evening)", "today "),
    ("er today", r"\b(?:earlier|later) today\b", "today"),
    ("  ", r" +", " "),
)
_COMPILED = tuple((part, re.compile(pattern), plain) for part, pattern, plain in _REWRITES)
# A time copied from a calendar has a narrow no-break space before its AM or PM.
_SPACES = re.compile(r"[ \t\n\u00a0\u202f]+")
_CHARACTERS = re.compile(r"[a-zA-Z0-9 ,.:/'@-]+")


def tidy(text: str) -> str:
    """The phrase in small letters and plain words; "" for what can be no date whatever it says."""
    if len(text) > LONGEST:
        return ""
    phrase = _SPACES.sub(" ", text.replace("’", "'")).strip()
    if not _CHARACTERS.fullmatch(phrase):
        return ""
    phrase = phrase.lower()
    for part, pattern, plain in _COMPILED:
        if part in phrase:
            phrase = pattern.sub(plain, phrase)
    return phrase.strip()
