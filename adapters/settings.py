"""What the environment says, read once at the start. Knows names and defaults; opens nothing."""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

NAME = "followthrough"
# What LOG_FORMAT may be; the first if it is not set. adapters.logs renders each.
FORMS = ("text", "json")
# What RETENTION_MONTHS may be, beside 0: the warning comes 30 days before the end, and whoever is
# warned has not used the bot for a month at least.
RETENTION = range(2, 121)
RETAINED = 12
_PASSWORD = re.compile(r"(?<=://)([^:/?#@]*):.*@")
_SECRET_PART = re.compile(r"(?<=[?&])((?:password|sslpassword|passfile)=)[^&]*", re.IGNORECASE)


class BadSetting(ValueError):
    """A variable holds what it cannot; the string is a sentence that names it, not its value."""


@dataclass(frozen=True, repr=False)
class Settings:
    """DATABASE_URL, LETTERS_DIR (templates that replace ours), LOG_LEVEL and LOG_FORMAT.

    And RETENTION_MONTHS, for how many records are kept that nobody uses; 0 is for ever.
    """

    database_url: str
    letters: Path | None = None
    log_level: int = logging.WARNING
    log_form: str = "text"
    retention: int = RETAINED

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
        form = environment.get("LOG_FORMAT", "").strip().lower() or FORMS[0]
        if form not in FORMS:
            raise BadSetting("LOG_FORMAT is text or json.")
        return cls(
            environment.get("DATABASE_URL", "").strip() or own_file(),
            Path(letters) if letters else None,
            levels[level],
            form,
            _retention(environment),
        )

    @property
    def shown_url(self) -> str:
        """The database's address without what only its owner may know."""
        return _SECRET_PART.sub(r"\1…", _PASSWORD.sub(r"\1:…@", self.database_url))

    def __repr__(self) -> str:
        return (
            f"Settings({self.shown_url!r}, letters={self.letters}, log_level={self.log_level}, "
            f"log_form={self.log_form}, retention={self.retention})"
        )


def _retention(environment: Mapping[str, str]) -> int:
    raw = environment.get("RETENTION_MONTHS", "").strip() or str(RETAINED)
    months = int(raw[:4]) if raw.isascii() and raw.isdigit() else -1
    if months and months not in RETENTION:
        first, last = RETENTION[0], RETENTION[-1]
        raise BadSetting(f"RETENTION_MONTHS is a number from {first} to {last}, or 0 for ever.")
    return months


@dataclass(frozen=True)
class Outside:
    """PUBLIC_URL, where browsers find this host, and TOKEN_KEYS, newest first."""

    url: str
    keys: tuple[str, ...] = field(repr=False)

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "Outside | None":
        """Both of them, or None: without an address nothing is found, without keys nothing signed.

        Raises BadSetting when the address is none; the keys are looked at by whoever uses them.
        """
        url = environment.get("PUBLIC_URL", "").strip().rstrip("/")
        keys = token_keys(environment)
        if not url or not keys:
            return None
        check_public(url)
        return cls(url, keys)


def token_keys(environment: Mapping[str, str]) -> tuple[str, ...]:
    """TOKEN_KEYS, newest first; none where it is not set."""
    return tuple(k.strip() for k in environment.get("TOKEN_KEYS", "").split(",") if k.strip())


def check_public(url: str) -> None:
    """Raises BadSetting unless this is an address of a host, without a slash at the end."""
    try:
        parts = urlsplit(url)
        # Browsers keep the cookie of an install to https, or to this machine; and on the way to
        # elsewhere a link that works once could be read.
        plain = parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1")
        # No platform links to a user's name, or to a host in another script.
        host = parts.hostname and "@" not in parts.netloc and parts.netloc.isascii()
        fits = host and (parts.scheme == "https" or plain) and parts.port != 0
    except ValueError:
        fits = False
    if not fits or url != f"{parts.scheme}://{parts.netloc}":
        raise BadSetting("PUBLIC_URL is an address such as https://jobs.example.org.")


def own_file() -> str:
    """The URL of the file where a person's own records are, in their data folder."""
    from urllib.parse import quote

    from platformdirs import user_data_dir

    path = Path(user_data_dir(NAME, appauthor=False), f"{NAME}.sqlite3")
    return f"sqlite:///{quote(path.as_posix(), safe='/:')}"
