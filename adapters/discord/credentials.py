"""What the environment says about Discord, and so in which ways it is served. Opens nothing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from adapters.settings import BadSetting

DISCORD = "https://discord.com/api/v10"
_PAGE = "the Bot page of discord.com/developers/applications"

# https://docs.discord.com/developers/reference#authentication shows three parts between dots.
_TOKEN = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)
_KEY = re.compile(r"[0-9a-fA-F]{64}")
_SHARDS = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?/(\d{1,5})", re.ASCII)


@dataclass(frozen=True)
class Shards:
    """The shards of this process, and how many there are in all processes together."""

    ids: tuple[int, ...]
    count: int

    @classmethod
    def read(cls, words: str) -> "Shards":
        """`0-3/16` is the first four of sixteen, `2/16` one of them. Raises BadSetting."""
        found = _SHARDS.fullmatch(words)
        if found:
            first, count = int(found[1]), int(found[3])
            last = int(found[2] or first)
            if first <= last < count:
                return cls(tuple(range(first, last + 1)), count)
        raise BadSetting(
            "DISCORD_SHARDS is such as 0-3/16: this process's first and last shard, counted from "
            "0, and how many there are altogether."
        )


@dataclass(frozen=True, repr=False)
class Credentials:
    """The bot's token, and what may be set beside it; empty where not set.

    `gateway_url` takes the place of every gateway that Discord names. Without `shards` this process
    has all that Discord recommends. `public_key` is for Discord's webhook alone.
    """

    token: str
    api_url: str = DISCORD
    gateway_url: str = ""
    shards: Shards | None = None
    public_key: str = ""

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "Credentials | None":
        """What is set, or None when Discord is not meant.

        Raises BadSetting with a sentence that names what is missing or cannot be.
        """

        def of(name: str) -> str:
            return environment.get(name, "").strip()

        token, shards, key = of("DISCORD_TOKEN"), of("DISCORD_SHARDS"), of("DISCORD_PUBLIC_KEY")
        api_url, gateway_url = of("DISCORD_API_URL"), of("DISCORD_GATEWAY_URL")
        if not token and not key:
            return None
        _check_token(token)
        if api_url and not api_url.startswith(("https://", "http://")):
            raise BadSetting(f"DISCORD_API_URL is an address such as {DISCORD}.")
        if gateway_url and not gateway_url.startswith(("wss://", "ws://")):
            raise BadSetting("DISCORD_GATEWAY_URL is an address such as wss://gateway.discord.gg.")
        if key and not _KEY.fullmatch(key):
            raise BadSetting(
                "DISCORD_PUBLIC_KEY has 64 digits and letters from a to f; it is on the app's "
                "General Information page."
            )
        return cls(
            token,
            api_url.rstrip("/") or DISCORD,
            gateway_url,
            Shards.read(shards) if shards else None,
            key.lower(),
        )

    @property
    def webhook(self) -> bool:
        """Whether Discord may tell us over HTTP that somebody took the bot from their apps."""
        return bool(self.public_key)


def _check_token(token: str) -> None:
    """Raise BadSetting, in words for who pasted it, when this cannot be a bot's token."""
    if not token:
        raise BadSetting(f"DISCORD_TOKEN must be set too; it is on {_PAGE}.")
    if not {token[0], token[-1]}.isdisjoint("'\"`“”„’"):
        raise BadSetting("DISCORD_TOKEN is the token alone, without quotation marks around it.")
    if token.lower().startswith(("bot ", "bearer ")):
        raise BadSetting("DISCORD_TOKEN is the token alone, without a word in front of it.")
    if token.isdigit():
        raise BadSetting(
            f"DISCORD_TOKEN is no number: that is the app's id; the token is on {_PAGE}."
        )
    if _KEY.fullmatch(token):
        raise BadSetting(f"DISCORD_TOKEN holds the app's public key; the token is on {_PAGE}.")
    if not _TOKEN.fullmatch(token):
        raise BadSetting(
            f"DISCORD_TOKEN has three parts with dots between them; copy it anew from {_PAGE}."
        )
