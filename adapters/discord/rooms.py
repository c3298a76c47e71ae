"""What the end of a call means where several people read: channels of a server, and threads. Pure.

It begins with what the end means in a conversation with one person (adapters.discord.outcomes). A
channel differs: it cannot be opened anew, and whether the bot has access to it is a server's
setting, which does not come and go by mistake as with people who installed the bot themselves.

Codes: https://docs.discord.com/developers/topics/opcodes-and-status-codes; who may do what in a
thread: https://docs.discord.com/developers/topics/threads and /resources/channel.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from adapters.discord.outcomes import UNKNOWN_MESSAGE, Ended, Then
from adapters.unanswered import UNNAMED
from bot.delivery import Gone, Later, Refused, Unknown

_NO_TEXT = "the channel is of a kind in which the bot cannot write"
CHANNEL: Mapping[str, str] = {
    "10003": "Discord cannot find the channel",
    "10004": "Discord cannot find the channel's server",
    "50001": "Discord gives the bot no access to the channel",
    "50013": "the bot lacks a permission in the channel",
    "50083": "the thread is archived",
    "160005": "the thread is locked",
    "50008": _NO_TEXT,
    "50024": _NO_TEXT,
    "40058": _NO_TEXT,
}
# Private threads can be opened in text channels of servers only.
OPENING: Mapping[str, str] = {
    **CHANNEL,
    "50013": "the bot may not open private threads in the channel",
    "50024": "private threads cannot be opened in a channel of this kind",
}
BRINGING: Mapping[str, str] = {
    **CHANNEL,
    "10007": "somebody is no longer in the server",
    "10013": "Discord cannot find somebody who was to be there",
    "40007": "somebody is banned from the server",
    "30033": "the thread is full",
    "50001": "somebody has no access to the channel, or the bot has none",
    "50013": "the bot may not write in private threads of the channel",
}
# Codes by which Discord says that a message cannot be changed; a channel that is lost is one too.
_STAYS = frozenset({"50005", "50021"})
_CLOSED = frozenset({"50083", "160005"})


def posted(end: Ended) -> Ended:
    """What it means that a message was not posted in a channel, or that it was."""
    return _lost(end, CHANNEL)


def opened(end: Ended, now: datetime) -> Ended:
    """What it means that a thread was not opened. `now` is when it failed.

    That nothing was said yet: a thread that is there after all is empty, and nobody was brought to
    it. Threads have a limit of their own, which holds nothing else up.
    """
    return _before(_lost(end, OPENING), now)


def brought(end: Ended, now: datetime) -> Ended:
    """What it means that somebody was not brought to a thread; twice brought is once brought."""
    return _before(_lost(end, BRINGING), now)


def edited(end: Ended, *, shared: bool) -> Ended:
    """What it means that a message was not changed.

    `shared`: it is in the channel of the account it was sent to, which is gone if that is. Else it
    lies with a person, or in a thread, and nobody is gone because a message cannot be changed.
    """
    if end.code == str(UNKNOWN_MESSAGE):
        return _refused(end, "the message is no longer there")
    if end.code in _STAYS or end.code in _CLOSED:
        return _refused(end, "the message can no longer be changed")
    if shared:
        return _alone(_lost(end, CHANNEL))
    if end.code in CHANNEL and end.code != "50001":
        return _refused(end, "the message can no longer be reached")
    # To one person's conversation the bot may lack access by mistake: it is only asked for later.
    then = Then.NOTHING if end.then in (Then.SELDOM, Then.REOPEN) else end.then
    return _alone(replace(end, then=then))


def _lost(end: Ended, whys: Mapping[str, str]) -> Ended:
    if end.code in whys:
        return replace(end, outcome=Gone(f"{whys[end.code]} ({end.code})"), then=Then.NOTHING)
    return end


def _refused(end: Ended, why: str) -> Ended:
    return replace(end, outcome=Refused(f"{why} ({end.code})"), then=Then.NOTHING)


def _before(end: Ended, now: datetime) -> Ended:
    if isinstance(end.outcome, Unknown):
        return replace(end, outcome=Later(now + UNNAMED, end.outcome.why))
    if end.then is Then.UNLINKED:
        return replace(end, then=Then.NOTHING)
    return _alone(end)


def _alone(end: Ended) -> Ended:
    """Without holding others up: the limit is that of one channel, or the library knows of it."""
    if end.then is Then.HOLD and end.code == "rate_limited":
        return replace(end, then=Then.NOTHING)
    return end
