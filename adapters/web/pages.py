"""A message as a page: static, without scripts, asking nobody for anything. Knows HTML only."""

import base64
import hashlib
from html import escape
from typing import assert_never

from starlette.responses import HTMLResponse, Response

from bot.message import (
    Block,
    Bold,
    Buttons,
    Facts,
    File,
    Items,
    Link,
    Mention,
    Message,
    Picture,
    Quote,
    Span,
    Spans,
    Text,
    When,
    say_when,
)

# The addresses that a page may lead to: the web, a letter, and the Slack app.
_SCHEMES = ("https://", "http://", "mailto:", "slack://")

_CSS = """
:root { color-scheme: light dark; --ink: #1c1b22; --paper: #fdfcfa; --quiet: #5b5866;
  --line: #ddd9d2; --deed: #1d4ed8; --on-deed: #fff; }
@media (prefers-color-scheme: dark) { :root { --ink: #edeaf2; --paper: #17161b; --quiet: #aaa6b6;
  --line: #3a3842; --deed: #9db7ff; --on-deed: #10131f; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 1.0625rem/1.6 system-ui, sans-serif; }
main { max-width: 38rem; margin: 0 auto; padding: 3rem 1.25rem 4rem; overflow-wrap: anywhere; }
h1 { font-size: 1.75rem; line-height: 1.25; margin: 0 0 1.25rem; text-wrap: balance; }
h2 { font-size: 1.0625rem; margin: 2rem 0 .5rem; }
p, ul, dl, pre { margin: 0 0 1rem; }
ul { padding-left: 1.25rem; }
li { margin-bottom: .5rem; }
a { color: var(--deed); text-underline-offset: .15em; }
a:focus-visible, button:focus-visible { outline: 3px solid var(--deed); outline-offset: 3px; }
a.deed, button { display: inline-block; background: var(--deed); color: var(--on-deed);
  font: inherit; font-weight: 600; border: 0; padding: .7rem 1.4rem; border-radius: .5rem;
  text-decoration: none; margin: .25rem 0; cursor: pointer; }
a.deed:hover, button:hover { text-decoration: underline; }
dl { border-top: 1px solid var(--line); }
dt { font-weight: 600; padding-top: .6rem; }
dd { margin: 0; padding-bottom: .6rem; border-bottom: 1px solid var(--line); color: var(--quiet); }
pre { white-space: pre-wrap; font: inherit; border-left: 3px solid var(--line);
  padding-left: 1rem; }
"""
_FINGERPRINT = base64.b64encode(hashlib.sha256(_CSS.encode()).digest()).decode()

_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_FINGERPRINT}'; "
    "base-uri 'none'; form-action {form}; frame-ancestors 'none'"
)
_HEADERS = {
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}


def page(message: Message, status: int = 200, press: str = "") -> Response:
    """The message as a page with this HTTP status.

    A paragraph that is one bold span is a heading; one that is one link is the step to take, and
    looks like a button. A message's own buttons are left out; the only one on a page stands at its
    end, is labeled `press`, if that is given, and makes a POST to the page's own address.
    """
    title = escape(message.title)
    form = f'<form method="post"><button>{escape(press)}</button></form>' if press else ""
    body = "".join(_block(block) for block in message.blocks) + form
    policy = _POLICY.format(form="'self'" if press else "'none'")
    return HTMLResponse(
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_CSS}</style></head>"
        f"<body><main><h1>{title}</h1>{body}</main></body></html>\n",
        status,
        headers={"content-security-policy": policy, **_HEADERS},
    )


def _block(block: Block) -> str:
    match block:
        case Text((Bold(words),)):
            return f"<h2>{escape(words)}</h2>"
        case Text((Link() as link,)):
            return f"<p>{_link(link, 'deed')}</p>"
        case Text(spans):
            return f"<p>{_spans(spans)}</p>"
        case Facts(rows):
            pairs = (f"<dt>{escape(name)}</dt><dd>{_spans(value)}</dd>" for name, value in rows)
            return f"<dl>{''.join(pairs)}</dl>"
        case Items(rows, more, cut):
            rest = f"<p>{escape(more)}</p>" if cut else ""
            return f"<ul>{''.join(f'<li>{_spans(row.spans)}</li>' for row in rows)}</ul>{rest}"
        case Quote(words):
            return f"<pre>{escape(words)}</pre>"
        case Picture(_, alt):
            return f"<p>{escape(alt)}</p>"
        case File(name):
            return f"<p>{escape(name)}</p>"
        case Buttons():
            return ""
        case _:
            assert_never(block)


def _spans(spans: Spans) -> str:
    return "".join(_span(span) for span in spans)


def _span(span: Span) -> str:
    match span:
        case str():
            return escape(span)
        case Bold(words):
            return f"<strong>{escape(words)}</strong>"
        case Link():
            return _link(span)
        case When():
            return escape(say_when(span))
        case Mention(_, name):
            return escape(name)
        case _:
            assert_never(span)


def _link(link: Link, look: str = "") -> str:
    """The link, or only its text when its address is of a kind that could do something."""
    if not link.url.lower().startswith(_SCHEMES):
        return escape(link.text)
    kind = f' class="{look}"' if look else ""
    return f'<a{kind} href="{escape(link.url)}">{escape(link.text)}</a>'
