"""A sight in Discord as a page of its own, drawn by simcord's preview. Knows its page; no story.

The preview is simcord's imitation of Discord's client, served on the loopback and built in a
browser. What it built is kept without its scripts and without the workbench around it. It takes
packages that nothing else here does, and no lock holds: `EXTRA`, installed by hand.
"""

import asyncio
import re
from base64 import b64encode
from collections.abc import Mapping
from html import escape
from pathlib import Path

from simcord import preview as drawing

from docs.pictures.camera import built
from docs.pictures.discord_story import Sight, tell
from docs.pictures.face import FACE
from docs.pictures.face import NAME as BOT
from tests.stories.chat import ZONE

EXTRA = "simcord[preview]"
HERE = Path(__file__).parent
STATIC = Path(drawing.__file__).parent / "static"
# Higher than any of our messages, so that nothing has to be scrolled.
HEIGHT = 2400


async def pages(browser: str, width: int) -> dict[str, str]:
    """Every page of the story by its name, `width` CSS pixels wide.

    Raises simcord.SetupError, which says so, where `EXTRA` is not installed.
    """
    drawn: dict[str, str] = {}

    async def look(name: str, sight: Sight) -> None:
        drawn[name] = await _page(browser, sight, width)

    await tell(look)
    return drawn


async def _page(browser: str, sight: Sight, width: int) -> str:
    shown = {"display": "fixed", "width": width, "height": HEIGHT, "timezone": ZONE}
    async with sight.env.preview(sight.channel, viewers=[sight.viewer], **shown) as preview:
        await preview.show(sight.target)
        return alone(await asyncio.to_thread(built, browser, preview.url), sight.typed)


def alone(dom: str, typed: Mapping[str, str]) -> str:
    """The message, or the form over it with what is typed into it, as a page without scripts.

    Raises ValueError if the preview did not get as far as showing either.
    """
    found = re.search(r'<form class="modal-dialog".*?</form>', dom, re.DOTALL) or re.search(
        r'<article id="focused-content"(?![^>]* hidden).*?</article>', dom, re.DOTALL
    )
    if found is None:
        raise ValueError("the preview shows no message: the browser did not wait for it")
    shown = found[0]
    for name, words in typed.items():
        shown = _entered(shown, name, escape(words))
    # Its height is for the camera. Fonts are asked for by the first look, and change it.
    measured = (
        "const look = () => "
        "{ document.documentElement.dataset.height = document.body.offsetHeight };"
        "look(); document.fonts.ready.then(look)"
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{BOT}</title>'
        f'<style>{_style()}</style></head><body><div class="place">{shown}</div>'
        f"<script>{measured}</script></body></html>"
    )


def _entered(form: str, name: str, words: str) -> str:
    """A form with words in one input, which a browser does not write into the page's HTML."""
    entered, times = re.subn(
        rf'(<textarea [^>]*name="{name}"[^>]*>)|(<input [^>]*name="{name}")',
        lambda tag: f"{tag[1]}{words}" if tag[1] else f'{tag[2]} value="{words}"',
        form,
    )
    if times != 1:
        raise ValueError(f"the form has {times} inputs {name!r}")
    return entered


def _style() -> str:
    """The preview's own style with its fonts, what we add to it, and our face."""
    own = (STATIC / "preview.css").read_text()
    own = own.replace('url("/fonts/', f'url("{(STATIC / "fonts").as_uri()}/')
    face = f"data:image/svg+xml;base64,{b64encode(FACE.encode()).decode()}"
    return own + (HERE / "discord.css").read_text().replace("FACE", face)
