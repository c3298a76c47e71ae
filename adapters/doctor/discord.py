"""Whether Discord takes our token, knows the commands and lets us in. Changes nothing there."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import aiohttp
import discord

from adapters.discord.credentials import Credentials
from adapters.discord.options import commands
from adapters.discord.reach import BAD_TOKEN
from adapters.discord.registration import same
from adapters.doctor.asking import PATIENCE, Answer, ask, code_of, troubled
from adapters.doctor.clocks import dated, said
from adapters.doctor.finding import Finding, ok, wrong
from adapters.doctor.finding import look as look_at
from bot.commands import registry

# Of a thousand a day: a process that starts and fails over and over has used up most of them.
FEW_STARTS = 50
# As discord.py names itself; Discord turns away what is not of this form.
_AGENT = f"DiscordBot (https://github.com/Rapptz/discord.py {discord.__version__})"
_SYNC = "Run `followthrough discord sync`."


async def look(credentials: Credentials) -> list[Finding]:
    """Ask who we are, what is registered, and how often we may still start."""
    headers = {"Authorization": f"Bot {credentials.token}", "User-Agent": _AGENT}
    async with aiohttp.ClientSession(timeout=PATIENCE) as session:

        async def get(path: str) -> Answer | None:
            return await ask(session, "GET", f"{credentials.api_url}/{path}", headers)

        me = await get("oauth2/applications/@me")
        trouble = troubled("Discord", "DISCORD_API_URL", me)
        if me is None or trouble:
            return [trouble] if trouble else []
        found = dated("Discord's", me.at, me.headers)
        if me.status == 401:
            return [
                *found,
                wrong(BAD_TOKEN.partition(";")[0] + ".", "Copy it anew from the Bot page."),
            ]
        number = me.body.get("id") if isinstance(me.body, dict) else None
        if me.status != 200 or not isinstance(number, str) or not number.isdigit():
            return [*found, wrong("What answered is not Discord.", "Is DISCORD_API_URL right?")]
        found.append(ok("Discord takes DISCORD_TOKEN."))
        known, door = await asyncio.gather(
            get(f"applications/{number}/commands?with_localizations=true"), get("gateway/bot")
        )
    if credentials.public_key:
        found.append(_key(credentials.public_key, me.body))
    return [*found, _commands(known), *_door(credentials, door)]


def _key(ours: str, application: Mapping[str, Any]) -> Finding:
    if application.get("verify_key") == ours:
        return ok("DISCORD_PUBLIC_KEY is this application's.")
    what = "DISCORD_PUBLIC_KEY is not this application's, so no event over HTTP is believed."
    return wrong(what, "Copy it anew from the application's General Information page.")


def _commands(answer: Answer | None) -> Finding:
    if trouble := _unanswered(answer):
        return trouble
    assert answer is not None
    if not isinstance(answer.body, list):
        return wrong("What answered is not Discord.", "Is DISCORD_API_URL right?")
    if not answer.body:
        return wrong("Discord has none of the commands.", _SYNC)
    if not same(answer.body, commands(registry)):
        return look_at("Discord has other commands than this version's.", _SYNC)
    return ok("Discord has the commands.")


def _door(credentials: Credentials, answer: Answer | None) -> list[Finding]:
    if trouble := _unanswered(answer):
        return [trouble]
    assert answer is not None
    try:
        limit, shards = answer.body["session_start_limit"], int(answer.body["shards"])
        left, wait = int(limit["remaining"]), timedelta(milliseconds=int(limit["reset_after"]))
    except (KeyError, TypeError, ValueError):
        return [wrong("What answered is not Discord.", "Is DISCORD_API_URL right?")]
    found = [_starts(left, wait, shards)]
    if credentials.shards and credentials.shards.count < shards:
        what = f"Discord recommends {shards} shards, and DISCORD_SHARDS makes fewer."
        found.append(look_at(what, "Raise the number after the slash, in every process alike."))
    return found


def _starts(left: int, wait: timedelta, shards: int) -> Finding:
    if left < shards:
        what = f"Discord lets the gateway start {left} more times in the next {said(wait)}."
        return wrong(what, "Find out why it started so often, and wait.")
    if left < FEW_STARTS:
        what = f"The gateway may start {left} more times in the next {said(wait)}."
        return look_at(what, "See in the log why it starts so often.")
    return ok(f"Discord lets the gateway in ({left:,} starts left).")


def _unanswered(answer: Answer | None) -> Finding | None:
    trouble = troubled("Discord", "DISCORD_API_URL", answer)
    if trouble or answer is None or answer.status == 200:
        return trouble
    code = code_of(str(answer.body.get("code"))) if isinstance(answer.body, dict) else "no code"
    return wrong(f"Discord refuses an answer (HTTP {answer.status}, {code}).", "Look again later.")
