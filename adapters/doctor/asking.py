"""One question over HTTP. Knows no platform; an answer is never shown as it came."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiohttp

from adapters.doctor.finding import Finding, look, wrong

PATIENCE = aiohttp.ClientTimeout(total=15)
_CODE = re.compile(r"[a-z0-9_]{1,60}")


@dataclass(frozen=True, repr=False)
class Answer:
    """`body` is what the JSON says, None where there is none; headers' names are in lower case.

    `at` is by our clock, halfway between asking and hearing.
    """

    status: int
    headers: Mapping[str, str]
    body: Any
    at: datetime


async def ask(
    session: aiohttp.ClientSession, method: str, url: str, headers: Mapping[str, str]
) -> Answer | None:
    """The answer, or None when there is none."""
    before = datetime.now(UTC)
    try:
        async with session.request(method, url, headers=headers) as answer:
            raw = await answer.read()
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        return None
    after = datetime.now(UTC)
    try:
        body = json.loads(raw)
    except ValueError:
        body = None
    named = {name.lower(): value for name, value in answer.headers.items()}
    return Answer(answer.status, named, body, before + (after - before) / 2)


def troubled(platform: str, setting: str, answer: Answer | None) -> Finding | None:
    """What keeps any question from being answered; None when this one was."""
    if answer is None:
        return wrong(
            f"{platform} cannot be reached from here.",
            f"Check this machine's network and name servers, and {setting} if it is set.",
        )
    if answer.status == 429:
        return look(f"{platform} asks us to wait before it answers more.", "Look again later.")
    if answer.status >= 500:
        return look(f"{platform} is in trouble (HTTP {answer.status}).", "Look again later.")
    if answer.body is None:
        return wrong(
            f"What answered is not {platform}.", f"Is {setting} right? Is a proxy between?"
        )
    return None


def code_of(value: object) -> str:
    """A platform's code for what is wrong, where it looks like one."""
    return value if isinstance(value, str) and _CODE.fullmatch(value) else "no code"
