"""Whether Slack takes our token, and what it lets us do. Sends nothing and changes nothing."""

import re

import aiohttp

from adapters.doctor.asking import PATIENCE, Answer, ask, code_of, troubled
from adapters.doctor.clocks import dated
from adapters.doctor.finding import Finding, ok, wrong
from adapters.doctor.finding import look as look_at
from adapters.slack.credentials import Credentials
from adapters.slack.manifest import scopes_for
from bot.commands import registry

_ASKED = scopes_for(registry)
NEEDED = frozenset(scope.name for scope in _ASKED if not scope.optional)
_LIKED = frozenset(scope.name for scope in _ASKED if scope.optional)
# As Slack has made them so far. Only opening a connection would show whether one works, and that
# takes one of the ten that an app may have.
_APP_TOKEN = re.compile(r"xapp-\d-[A-Z0-9]+-\d+-[0-9a-f]+")
_AGAIN = "Under OAuth & Permissions at api.slack.com/apps, install the app again"


async def look(credentials: Credentials) -> list[Finding]:
    """Ask `auth.test`, which needs no scope (https://docs.slack.dev/reference/methods/auth.test)."""
    sent = {"Content-Type": "application/x-www-form-urlencoded"}
    if credentials.bot_token:
        sent["Authorization"] = f"Bearer {credentials.bot_token}"
    async with aiohttp.ClientSession(timeout=PATIENCE) as session:
        answer = await ask(session, "POST", f"{credentials.api_url}auth.test", sent)
    found = [_app_token(credentials.app_token)] if credentials.app_token else []
    trouble = troubled("Slack", "SLACK_API_URL", answer)
    if answer is None or trouble:
        return [*found, trouble] if trouble else found
    found += dated("Slack's", answer.at, answer.headers)
    if not isinstance(answer.body, dict) or "ok" not in answer.body:
        return [*found, wrong("What answered is not Slack.", "Is SLACK_API_URL right?")]
    if credentials.bot_token:
        found += _token(answer)
    else:
        found.append(ok("Slack can be reached; each workspace has its own token."))
    return found


def scopes(granted: frozenset[str]) -> list[Finding]:
    """What the manifest asks for beside what was granted."""
    if missing := NEEDED - granted:
        what = f"The bot may not do all it must in Slack: {_listed(missing)} missing."
        return [
            wrong(what, f"{_AGAIN} with the manifest's scopes (`followthrough slack manifest`).")
        ]
    found = [ok("Slack granted every permission that the bot needs.")]
    if unliked := _LIKED - granted:
        why = "; ".join(scope.why for scope in _ASKED if scope.name in unliked)
        found.append(look_at(f"Not granted, and optional: {_listed(unliked)}. {why}", f"{_AGAIN}."))
    if more := granted - NEEDED - _LIKED:
        what = f"Slack granted more than the bot uses: {_listed(more)}."
        found.append(look_at(what, "Take them from the app's scopes and install it again."))
    return found


def _token(answer: Answer) -> list[Finding]:
    if answer.body["ok"] is not True:
        code = code_of(answer.body.get("error"))
        if code == "ratelimited":
            return [look_at("Slack asks us to wait before it answers more.", "Look again later.")]
        what = f"Slack refuses SLACK_BOT_TOKEN ({code})."
        return [wrong(what, "Copy it anew from OAuth & Permissions at api.slack.com/apps.")]
    found = [ok("Slack takes SLACK_BOT_TOKEN.")]
    header = answer.headers.get("x-oauth-scopes")
    if header is None:
        return [*found, look_at("Slack did not say what the token may do.", "Look again later.")]
    return found + scopes(frozenset(filter(None, map(str.strip, header.split(",")))))


def _app_token(token: str) -> Finding:
    if _APP_TOKEN.fullmatch(token):
        return ok("SLACK_APP_TOKEN looks like one; whether Slack takes it shows when it is used.")
    what = "SLACK_APP_TOKEN does not look like Slack's others; it may have been cut short."
    return look_at(what, "Compare it with Basic Information, App-Level Tokens.")


def _listed(names: frozenset[str]) -> str:
    # Slack's own words, unless what answered is not Slack.
    return ", ".join(sorted(name for name in names if re.fullmatch(r"[a-z.:_]{1,60}", name)))
