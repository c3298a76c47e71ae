"""A page as a PNG or as it has built itself, by any browser that takes Chromium's arguments.

Knows no page's contents.
"""

import re
import shlex
import subprocess
from pathlib import Path

# Twice as many dots as a page has, for screens that show them.
SCALE = 2
SECONDS = 60
# Milliseconds of a page's own time, which passes as fast as its requests are answered.
BUILDING = 10_000


def picture(browser: str, page: Path, png: Path, width: int) -> None:
    """Write a page's picture, as high as the page is at this width (in CSS pixels).

    `browser` is a command such as "chromium --no-sandbox". Raises CalledProcessError.
    """
    url = page.absolute().as_uri()
    # In both: letters are as wide as whole dots let them be, and lines break accordingly.
    scale = f"--force-device-scale-factor={SCALE}"
    # A low window: a page is at least as high as the window it is measured in.
    measured = _run(browser, f"--window-size={width},10", scale, "--dump-dom", url)
    height = re.search(r'data-height="(\d+)"', measured)
    if height is None:
        raise ValueError(f"{browser!r} did not say how high {page.name} is")
    window, shot = f"--window-size={width},{height[1]}", f"--screenshot={png.absolute()}"
    _run(browser, window, scale, shot, url)


def built(browser: str, url: str) -> str:
    """The HTML of a page after its scripts have built it. Raises CalledProcessError."""
    return _run(browser, "--dump-dom", url)


def _run(browser: str, *arguments: str) -> str:
    always = ["--headless", "--hide-scrollbars", f"--virtual-time-budget={BUILDING}"]
    command = [*shlex.split(browser), *always, *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=SECONDS)
    return done.stdout
