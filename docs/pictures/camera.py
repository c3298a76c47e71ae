"""A page as a PNG, by any browser that takes Chromium's arguments. Knows no page's contents."""

import re
import shlex
import subprocess
from pathlib import Path

# Twice as many dots as a page has, for screens that show them.
SCALE = 2
SECONDS = 60


def picture(browser: str, page: Path, png: Path, width: int) -> None:
    """Write a page's picture, as high as the page is at this width (in CSS pixels).

    `browser` is a command such as "chromium --no-sandbox". Raises CalledProcessError.
    """
    always = [*shlex.split(browser), "--headless", "--hide-scrollbars"]
    # A low window: a page is at least as high as the window it is measured in.
    asked = [*always, f"--window-size={width},10", "--dump-dom", page.absolute().as_uri()]
    answer = subprocess.run(asked, check=True, capture_output=True, text=True, timeout=SECONDS)
    height = re.search(r'data-height="(\d+)"', answer.stdout)
    if height is None:
        raise ValueError(f"{browser!r} did not say how high {page.name} is")
    subprocess.run(
        [
            *always,
            f"--window-size={width},{height[1]}",
            f"--force-device-scale-factor={SCALE}",
            f"--screenshot={png.absolute()}",
            page.absolute().as_uri(),
        ],
        check=True,
        capture_output=True,
        timeout=SECONDS,
    )
