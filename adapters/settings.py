"""What the environment says, read once at the start. Knows names and defaults; opens nothing."""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

NAME = "followthrough"
_PASSWORD = re.compile(r"(?<=://)([^:/?#@]*):.*@")
_SECRET_PART = re.compile(r"(?<=[?&])((?:password|sslpassword|passfile)=)[^&]*", re.IGNORECASE)


class BadSetting(ValueError):
    """A variable holds what it cannot; the string is a sentence that names it, not its value."""


@dataclass(frozen=True, repr=False)
class Settings:
    """DATABASE_URL, LETTERS_DIR (templates that replace ours) and LOG_LEVEL."""

    database_url: str
    letters: Path | None = None
    log_level: int = logging.WARNING

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "Settings":
        """The settings in these variables, or their defaults where empty. Raises BadSetting."""
        letters = environment.get("LETTERS_DIR", "").strip()
        if letters and not Path(letters).is_dir():
            raise BadSetting("LETTERS_DIR is not a folder.")
        level = environment.get("LOG_LEVEL", "").strip().upper() or "WARNING"
        levels = logging.getLevelNamesMapping()
        if level not in levels:
            raise BadSetting("LOG_LEVEL is one of DEBUG, INFO, WARNING, ERROR and CRITICAL.")
        return cls(
            environment.get("DATABASE_URL", "").strip() or own_file(),
            Path(letters) if letters else None,
            levels[level],
        )

    @property
    def shown_url(self) -> str:
        """The database's address without what only its owner may know."""
        return _SECRET_PART.sub(r"\1…", _PASSWORD.sub(r"\1:…@", self.database_url))

    def __repr__(self) -> str:
        return f"Settings({self.shown_url!r}, letters={self.letters}, log_level={self.log_level})"


def own_file() -> str:
    """The URL of the file where a person's own records are, in their data folder."""
    from urllib.parse import quote

    from platformdirs import user_data_dir

    path = Path(user_data_dir(NAME, appauthor=False), f"{NAME}.sqlite3")
    return f"sqlite:///{quote(path.as_posix(), safe='/:')}"
