"""Installing over OAuth as a person's browser does it. Knows aiohttp and the stand-in's codes.

https://docs.slack.dev/authentication/installing-with-oauth
"""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import aiohttp

from tests.slack.standin.server import Slack, Team

_ALLOW = re.compile(r"https://slack\.com/oauth/v2/authorize\?[^\"'\s<>]+")


@dataclass(frozen=True)
class Page:
    """What a browser got: `location` is where a redirect leads to."""

    status: int
    text: str
    location: str = ""
    cookie: str = ""


async def browse(url: str, cookie: str = "") -> Page:
    """One page, as a browser asks for it; redirects are not followed.

    Cookies are carried by hand, since a browser keeps a Secure one only over https.
    """
    headers = {"Accept": "text/html"} | ({"Cookie": cookie} if cookie else {})
    async with (
        aiohttp.ClientSession() as browser,
        browser.get(url, headers=headers, allow_redirects=False) as answer,
    ):
        cookies = "; ".join(f"{name}={each.value}" for name, each in answer.cookies.items())
        location = answer.headers.get("Location", "")
        return Page(answer.status, await answer.text(), location, cookies)


async def install(
    slack: Slack,
    team: Team,
    user: str,
    base: str,
    *,
    path: str = "/slack/install",
    by_org: bool = False,
    declined: Iterable[str] = (),
    cookie: str | None = None,
) -> Page:
    """Open the install page, allow the app (but for `declined` scopes), come back; the last page.

    `cookie` replaces the one that the install page set, as another browser would.
    """
    first = await browse(base + path)
    found = _ALLOW.search(first.location) or _ALLOW.search(html.unescape(first.text))
    if found is None:
        raise AssertionError(f"the install page leads nowhere: {first}")
    query = {name: values[0] for name, values in parse_qs(urlsplit(found.group()).query).items()}
    asked = set(query.get("scope", "").split(","))
    if query.get("client_id") != slack.client_id:
        slack.judge.note("install", "wrong client_id")
    for scope in sorted(asked - slack.scopes):
        slack.judge.note("install", f"asks for the scope {scope}, which the manifest does not")
    if query.get("user_scope"):
        slack.judge.note("install", "asks for user scopes")
    redirect = query.get("redirect_uri", "")
    code = slack.code(
        team, user, by_org=by_org, redirect_uri=redirect, scopes=asked - set(declined)
    )
    back = urlsplit(redirect).path or "/slack/oauth_redirect"
    url = f"{base}{back}?code={code}&state={query.get('state', '')}"
    return await browse(url, first.cookie if cookie is None else cookie)
