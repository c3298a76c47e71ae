"""Draws what Slack and Discord show, from the real app: `python -m docs.pictures [FOLDER]`.

It takes a browser's command, such as "chromium --no-sandbox", in --browser or PICTURE_BROWSER.
Without a folder the pictures of README.md are drawn again; a folder gets every page, at a desk's
width and at a phone's, or without a browser those of Slack as HTML. Discord's take packages that
no lock holds, for simcord's preview: `.venv/bin/python -m pip install "simcord[preview]"`.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import simcord

from docs.pictures import discord_preview, story
from docs.pictures.camera import picture
from docs.pictures.palette import smaller

HERE = Path(__file__).parent
WIDTHS = {"": 600, "-phone": 375}
# What README.md shows: the picture, and the page of the story.
README = {
    "slack-nudge": "nudge",
    "slack-form": "form",
    "slack-home": "home",
    "discord-nudge": "discord-nudge",
    "discord-form": "discord-form",
}


def main() -> None:
    """Draw them."""
    about = (__doc__ or "").partition("\n\n")
    reading = argparse.ArgumentParser(
        prog="python -m docs.pictures", description=about[0], epilog=about[2]
    )
    reading.add_argument("folder", nargs="?", type=Path, help="where every page is to go")
    reading.add_argument("--browser", default=os.environ.get("PICTURE_BROWSER", ""))
    reading.add_argument("--only", nargs="*", help="draw these pages alone")
    given = reading.parse_args()
    if not given.browser and not given.folder:
        reading.error("drawing takes a browser: --browser or PICTURE_BROWSER")
    try:
        for suffix, pages in _pages(given.browser, given.folder is not None):
            if given.folder:
                _into(given.folder, pages, suffix, given.browser, given.only)
            else:
                _readme(pages, given.browser)
    except simcord.SetupError as missing:
        sys.exit(
            f"Slack's pictures are drawn. Discord's are not: {missing}\n"
            f'Add what is missing:  {sys.executable} -m pip install "{discord_preview.EXTRA}"'
        )


def _pages(browser: str, phone: bool) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The pages by name, for one width after another, and what ends their pictures' names.

    Discord's come last, since they may not be drawn for want of simcord's preview.
    """
    widths = WIDTHS if phone else {"": WIDTHS[""]}
    slack = asyncio.run(story.pages())
    for suffix in widths:
        yield suffix, slack
    for suffix, width in widths.items() if browser else ():
        yield suffix, asyncio.run(discord_preview.pages(browser, width))


def _into(
    folder: Path, pages: Mapping[str, str], suffix: str, browser: str, only: list[str] | None
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in only if only is not None else pages:
        if name in pages:
            page = folder / f"{name}.html"
            page.write_text(pages[name])
            if browser:
                picture(browser, page, folder / f"{name}{suffix}.png", WIDTHS[suffix])


def _readme(pages: Mapping[str, str], browser: str) -> None:
    for name, page_name in README.items():
        if page_name in pages:
            page, png = HERE / f"{name}.html", HERE / f"{name}.png"
            page.write_text(pages[page_name])
            picture(browser, page, png, WIDTHS[""])
            page.unlink()
            png.write_bytes(smaller(png.read_bytes()))


if __name__ == "__main__":
    main()
