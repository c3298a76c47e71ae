"""Knows the phrases that weaken a follow-up letter. Must not know how one is read or made.

Our own list, from what recruiters say they skip. Each phrase is lower case; a space stands for any
white space. One is only here if it is hard to use in an honest account of one's own work:
"checking in guests",
"reaching out to donors" and "desperate families" must pass, since a hit costs the user a sentence.
"""

import re
from enum import StrEnum
from functools import cache

from bot.model import LetterKind


class WeaknessCode(StrEnum):
    """The ways in which a letter loses its reader."""

    CHECKING_IN = "checking_in"
    CLICHE = "cliche"
    APOLOGY = "apology"
    BEGGING = "begging"
    DOUBT = "doubt"
    REPROACH = "reproach"
    PHONE = "phone"
    SECOND = "second"
    NO_POSITION = "no_position"
    THANKS_FIRST = "thanks_first"
    TOO_LONG = "too_long"


ADVICE = {
    WeaknessCode.CHECKING_IN: "This tells the reader nothing new. Say what you bring instead.",
    WeaknessCode.CLICHE: "Everybody writes this. Leave it out; the letter is stronger without it.",
    WeaknessCode.APOLOGY: "You have nothing to apologize for. Leave it out.",
    WeaknessCode.BEGGING: "Write as an equal: say what you bring and name one easy next step.",
    WeaknessCode.DOUBT: "Say what you can do, not what you might lack.",
    WeaknessCode.REPROACH: "Leave blame out, even when it is deserved. Name the next step instead.",
    WeaknessCode.PHONE: "Write first: they answer when it suits them. A call can come later.",
    WeaknessCode.SECOND: "One follow-up is enough; a second looks worried. A warm lead does more.",
    WeaknessCode.NO_POSITION: "Name the position, so that nobody has to guess which one you mean.",
    WeaknessCode.THANKS_FIRST: "Say first why you want the position. Thanks close the letter best.",
    WeaknessCode.TOO_LONG: "A short letter gets read. Keep your two best points.",
}


_COLD = (LetterKind.APPLICATION, LetterKind.LEAD)
_NOT = "(?: not|n't)"
_I_AM = "(?:i am|i'm|i was|am|was)"

_ANYWHERE: dict[WeaknessCode, tuple[str, ...]] = {
    WeaknessCode.CHECKING_IN: (
        "just checking (?:in|on|up)",
        f"{_I_AM} (?:just )?checking (?:in|on|up)",
        "(?:wanted|like|writing|thought i would) to (?:just |quickly )?check (?:in|on|up)",
        "checking in (?:on (?:my|the)|about|again|to see)",
        "just (?:following|wanted to follow) up",
        "any (?:updates?|news)(?: (?:on|about|regarding|for|yet)|[?])",
        "(?:status|state) of my application",
        "(?:bump(?:ing)?|resurfacing) this",
        "(?:pinging|nudging) you",
    ),
    WeaknessCode.CLICHE: (
        "hope (?:this|that|my|the) (?:\\S+ ){0,3}finds? you",
        "i hope (?:that )?(?:you are|you're|all is|you have been) (?:\\w+ )?(?:well|great|good)",
        "hope (?:all is|you are|you're) (?:doing )?well",
        f"(?:{_I_AM}|wanted to|i would like to|i'd like to|thought i would|just) reach(?:ing)? out",
        "reaching out to you",
        "circl(?:e|ing) back",
        "touch(?:ing)? base",
        "to whom it may concern",
        "dear (?:sir|madam)",
        "pick(?:ing)? your brain",
        "at your earliest convenience",
        f"(?:do{_NOT}|never) hesitate to",
    ),
    WeaknessCode.APOLOGY: (
        "sorry",
        "(?:i|we|my|sincere|deepest) apolog\\w+",
        "apologies (?:for|if|in advance)",
        "forgive me",
        "(?:pardon|excuse) (?:me|my)",
        "(?:bother|bothering|disturb|disturbing|pester|pestering) you",
        "take up (?:any |more |too much )*(?:of )?your (?:\\w+ )?time",
        "(?:know|sure|understand) (?:that )?you(?:'re| are| must be) (?:\\w+ )?busy",
    ),
    WeaknessCode.BEGGING: (
        "i (?:am |'m )?beg(?:ging)?",
        "begging you",
        "please,? please",
        f"(?:i|{_I_AM}) (?:\\w+ )?desperate(?:ly)?",
        "i (?:\\w+ )?need (?:this|a|the|any) (?:\\w+ )?(?:job|position|work|chance|opportunity)",
        "any (?:job|position|role|opening|work)s? (?:at all|will do|would do|you have|available)",
        "(?:do|take|accept) anything",
        "give me (?:a|one|the) (?:chance|shot|try)",
        "please (?:just )?(?:consider|hire|help|pick|choose) me",
        "my (?:last|only) hope",
        "hop(?:e|ing) (?:that )?you (?:will|can|could|might|would|consider)",
        "hop(?:e|ing) to hear (?:back|from)",
        "mean the world",
    ),
    WeaknessCode.DOUBT: (
        f"(?:although|though|while) i (?:do{_NOT}|lack|may not|might not)",
        f"(?:know|realize|understand) (?:that )?i (?:do{_NOT}|lack|may not|might not)",
        "(?:know|realize|understand) (?:that )?(?:i am|i'm) not",
        f"{_I_AM} (?:probably |perhaps |maybe )?not (?:the most|the best|fully|very) \\w+",
        "not sure (?:if|whether) (?:i|you|this)",
        "if you (?:still )?remember me",
    ),
    WeaknessCode.REPROACH: (
        f"you (?:never|have{_NOT}|did{_NOT}) (?:even )?(?:repl|answer|respond|call)\\w*",
        f"you (?:never|have{_NOT}|did{_NOT}) (?:even )?(?:get|got|gotten) back",
        "(?:wasted?|wasting|waste of) my time",
    ),
}
_COLD_ONLY: dict[WeaknessCode, tuple[str, ...]] = {
    WeaknessCode.PHONE: (
        "(?:i|i'll|i will|can|could|like to|may i|and|to) (?:call|phone|ring) you",
        "(?:call|phone|ring) me",
        "give (?:you|me) a (?:\\w+ )?(?:call|ring)",
        "(?:hop|jump|get) on (?:a|the) (?:\\w+ )*?(?:call|phone)",
        "(?:schedule|set up|arrange|have|book) a (?:quick |short |brief |phone )+call",
        "(?:i called|left (?:you )?a (?:voicemail|voice mail))",
    ),
    WeaknessCode.SECOND: (
        "my (?:last|previous|earlier) (?:e-?mail|message|note|letter|follow-?up)",
        "(?:second|third) follow-?up",
        "follow(?:ing)? up (?:once )?again",
        "(?:writing|contacting|e-?mailing|messaging|trying) (?:to )?(?:you )?again",
        f"have{_NOT} (?:yet )?(?:heard|received) (?:back|from you|anything|an answer|a reply)",
        "no (?:reply|response|answer) (?:yet|so far|to my)",
    ),
}
_MISSED_ONLY: dict[WeaknessCode, tuple[str, ...]] = {
    WeaknessCode.REPROACH: (
        f"you (?:did{_NOT}|never|failed to|forgot|missed|were supposed|were meant|stood me)",
        "no[- ]show",
        "(?:kept me|left me) (?:waiting|hanging)",
        "i waited",
        "(?:disappoint|frustrat|annoy|unprofessional|inconsiderate)\\w*",
    ),
}


@cache
def rules(kind: LetterKind) -> re.Pattern[str]:
    """All phrases that weaken a letter of this kind; the name of the matching group is the code."""
    tables = [_ANYWHERE]
    if kind in _COLD:
        tables.append(_COLD_ONLY)
    if kind is LetterKind.MISSED:
        tables.append(_MISSED_ONLY)
    groups = [
        f"(?P<{code}{'0' * number}>{'|'.join(table[code])})"
        for number, table in enumerate(tables)
        for code in table
    ]
    return re.compile(rf"(?<!\w)(?:{'|'.join(groups)})(?!\w)".replace(" ", r"\s+"))
