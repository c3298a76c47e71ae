"""Files that are sent to their owner: for their eyes only, and never written over anything."""

import os
import re
from itertools import count
from pathlib import Path

LONGEST = 100


def keep(name: str, data: bytes, folder: Path) -> Path:
    """Write the file into the folder and return where it is: name, name-1, name-2 and so on.

    Of the name only what is harmless in a path is used. Raises OSError when it cannot be written;
    what could not be written whole is removed.
    """
    safe = re.sub(r"[^\w.\- ]", "_", name)[-LONGEST:].strip(" .") or "file"
    first = Path(safe)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    for n in count():
        path = folder / (f"{first.stem}-{n}{first.suffix}" if n else safe)
        try:
            handle = os.open(path, flags, 0o600)
        except FileExistsError:
            continue
        try:
            with open(handle, "wb") as file:
                file.write(data)
        except OSError:
            path.unlink(missing_ok=True)
            raise
        return path
    raise AssertionError("count() has no end")
