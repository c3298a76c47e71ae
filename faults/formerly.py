"""The release before this one, to run beside it: from a tag, or from before the last migration."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from faults.fleet import HERE, Fleet


def commit() -> str:
    """The commit of the last tag, or else the one before the newest migration; "" without history.

    A checkout without git's history, or an unpacked archive, has none.
    """
    tag = _git("describe", "--tags", "--abbrev=0", "HEAD^")
    if tag:
        return tag
    newest = _git("log", "-1", "--diff-filter=A", "--format=%H", "--", "storage/migrations")
    return _git("rev-parse", "--verify", "--quiet", f"{newest}^") if newest else ""


def _git(*arguments: str) -> str:
    asked = ["git", "-C", str(HERE), *arguments]
    try:
        return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


@asynccontextmanager
async def released(of: str) -> AsyncIterator[tuple[Fleet, Path]]:
    """Workers of that commit, and where its files are."""
    with TemporaryDirectory(prefix="formerly") as name:
        root = Path(name)
        await asyncio.to_thread(_unpack, of, root)
        async with Fleet(root) as fleet:
            yield fleet, root


def _unpack(of: str, root: Path) -> None:
    archive = subprocess.run(
        ["git", "-C", str(HERE), "archive", of], capture_output=True, check=True
    ).stdout
    subprocess.run(["tar", "-x", "-C", str(root)], input=archive, check=True)


def migrated(root: Path, url: str) -> None:
    """Make the tables as that release has them."""
    environment = {**os.environ, "PYTHONPATH": str(root), "DATABASE_URL": url}
    subprocess.run(
        [sys.executable, "-m", "adapters", "migrate"],
        cwd=root,
        env=environment,
        check=True,
        capture_output=True,
    )
