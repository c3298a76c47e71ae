"""Keys that seal secrets, and keys for other uses made from them. Knows no table, no platform."""

import base64
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class BadKey(ValueError):
    """The keys that were given cannot be used. `str(e)` is one sentence without any of them."""


class Unreadable(Exception):
    """A sealed value that none of the keys opens: its key was lost, or it was never sealed."""


class Ring:
    """Keys, newest first: the first seals, all open.

    Each is a Fernet key (AES-128-CBC with HMAC-SHA256, https://github.com/fernet/spec).
    """

    def __init__(self, keys: Sequence[str]) -> None:
        """Raises BadKey when there is none, or one is malformed."""
        if not keys:
            raise BadKey("TOKEN_KEYS is empty; it needs at least one key.")
        self._keys = MultiFernet([_fernet(key, place) for place, key in enumerate(keys, 1)])

    def seal(self, text: str) -> str:
        """The text sealed with the newest key; never twice the same."""
        return self._keys.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """The text that was sealed; raises Unreadable."""
        try:
            return self._keys.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise Unreadable("No key in TOKEN_KEYS opens this value.") from None

    def rotate(self, sealed: str) -> str:
        """The same text sealed with the newest key; raises Unreadable."""
        try:
            return self._keys.rotate(sealed.encode()).decode()
        except InvalidToken:
            raise Unreadable("No key in TOKEN_KEYS opens this value.") from None


def derived(keys: Sequence[str], use: str) -> tuple[bytes, ...]:
    """Keys of 32 bytes for another use, in the order of these; raises BadKey as `Ring` does.

    A key for one use tells nothing about that for another, nor about the one that it was made of
    (HKDF with SHA-256, https://www.rfc-editor.org/rfc/rfc5869).
    """
    Ring(keys)
    return tuple(
        HKDF(SHA256(), 32, salt=None, info=use.encode()).derive(base64.urlsafe_b64decode(key))
        for key in keys
    )


def new_key() -> str:
    """A fresh key for TOKEN_KEYS."""
    return Fernet.generate_key().decode()


def _fernet(key: str, place: int) -> Fernet:
    try:
        return Fernet(key)
    except ValueError:
        # Not chained: the cause is about the key.
        raise BadKey(
            f"Key {place} in TOKEN_KEYS is malformed: a key is 32 random bytes in URL-safe base64."
        ) from None
