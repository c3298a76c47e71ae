"""Draws what Slack shows, from the real app: `python -m docs.pictures FOLDER [--browser COMMAND]`.

The pages are HTML; with a browser's command, such as "chromium --no-sandbox", they become pictures
at a desk's width and at a phone's. Without a folder the pictures of README.md are drawn again.
"""

import argparse
import asyncio
import os
from pathlib import Path

from docs.pictures import story
from docs.pictures.camera import picture
from docs.pictures.palette import smaller

HERE = Path(__file__).parent
WIDTHS = {"": 600, "-phone": 375}
# What README.md shows: the picture, and the page of the story.
README = {"slack-nudge": "nudge", "slack-form": "form", "slack-home": "home"}


def main() -> None:
    """Draw them."""
    reading = argparse.ArgumentParser(prog="python -m docs.pictures", description=__doc__)
    reading.add_argument("folder", nargs="?", type=Path, help="where every page is to go")
    reading.add_argument("--browser", default=os.environ.get("PICTURE_BROWSER", ""))
    reading.add_argument("--only", nargs="*", help="draw these pages alone")
    given = reading.parse_args()
    if not given.browser and not given.folder:
        reading.error("drawing takes a browser: --browser or PICTURE_BROWSER")
    pages = asyncio.run(story.pages())
    folder: Path = given.folder or HERE
    folder.mkdir(parents=True, exist_ok=True)
    wanted = given.only or list(pages) if given.folder else list(README.values())
    for name in wanted:
        page = folder / f"{name}.html"
        page.write_text(pages[name])
        for suffix, width in WIDTHS.items() if given.browser and given.folder else ():
            picture(given.browser, page, folder / f"{name}{suffix}.png", width)
    if not given.folder:
        for name, page_name in README.items():
            page = folder / f"{page_name}.html"
            png = HERE / f"{name}.png"
            picture(given.browser, page, png, WIDTHS[""])
            png.write_bytes(smaller(png.read_bytes()))
            page.unlink()


if __name__ == "__main__":
    main()
