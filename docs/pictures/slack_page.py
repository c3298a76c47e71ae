"""A conversation, a window or the Home tab as one HTML page. Knows what frames them in Slack.

Nothing is taken from Slack but the order of things: no logo, no picture, no font file.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from pathlib import Path

from docs.pictures.face import FACE, NAME
from docs.pictures.slack_blocks import Json, Reader, button, hour, shown, text

AVATAR = f'<span class="avatar">{FACE}</span>'


@dataclass(frozen=True)
class Said:
    """A message of the bot's: its blocks, when it came, and the files that came with it."""

    blocks: Sequence[Json]
    at: datetime
    ephemeral: bool = False
    files: Sequence[str] = field(default=())


def chat(messages: Sequence[Said], reader: Reader) -> str:
    """Messages as they stand in a conversation."""
    return _page(f'<div class="chat">{"".join(_message(m, reader) for m in messages)}</div>')


def window(view: Json, reader: Reader) -> str:
    """A window with its title, blocks and the buttons below; on a phone it fills the screen."""
    submit = {"text": view["submit"], "style": "primary"} if view.get("submit") else None
    row = [{"text": view["close"]}, *([submit] if submit else [])]
    return _page(
        '<div class="shade"><div class="window">'
        f"<header>{AVATAR}<b>{text(view['title'])}</b><i>×</i></header>"
        f"<main>{shown(view['blocks'], reader)}</main>"
        f"<footer>{''.join(map(button, row))}</footer></div></div>"
    )


def home(view: Json, reader: Reader) -> str:
    """The Home tab, below the app's name and its tabs."""
    return _page(
        f'<div class="place"><div>{AVATAR}{NAME}</div><nav><span class="here">Home</span>'
        "<span>Messages</span><span>About</span></nav></div>"
        f'<div class="home">{shown(view["blocks"], reader)}</div>'
    )


def _message(said: Said, reader: Reader) -> str:
    came = hour(said.at.astimezone(reader.zone))
    aside = '<div class="unseen">Only visible to you</div>' if said.ephemeral else ""
    files = "".join(
        f'<span class="file"><i></i><span><b>{escape(name)}</b>'
        f"<small>{escape(name.rpartition('.')[2].upper())}</small></span></span>"
        for name in said.files
    )
    return (
        f'{aside}<div class="message">{AVATAR}<div class="said"><div class="by"><b>{NAME}</b>'
        f'<span class="badge">APP</span><time>{came}</time></div>'
        f"{shown(said.blocks, reader)}{files}</div></div>"
    )


def _page(body: str) -> str:
    style = (Path(__file__).parent / "slack.css").read_text()
    # Its height is for the camera.
    measured = "document.documentElement.dataset.height = document.body.scrollHeight"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{NAME}</title>'
        f"<style>{style}</style></head><body>{body}<script>{measured}</script></body></html>"
    )
