"""The kinds of process a host may start, and what each needs of the environment. Starts none."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from adapters.discord.credentials import Credentials as DiscordCredentials
from adapters.settings import BadSetting, Outside
from adapters.slack.credentials import Credentials as SlackCredentials


@dataclass(frozen=True)
class Part:
    """What one process does: answer HTTP, hold Slack's socket or Discord's, send what is due."""

    web: bool = False
    socket: bool = False
    gateway: bool = False
    worker: bool = False

    @property
    def name(self) -> str:
        """The command that starts it."""
        return next((name for name, part in PARTS.items() if part == self), "other")

    @property
    def vital(self) -> Collection[str]:
        """The platforms without which it has nothing to do: those of a process that only listens.

        For any other, being started anew would mend no platform and break off what works.
        """
        return ("discord",) if self == PARTS["gateway"] else ()


PARTS = {
    "run": Part(web=True, socket=True, gateway=True, worker=True),
    "web": Part(web=True),
    "gateway": Part(gateway=True),
    "worker": Part(worker=True),
}


def check(
    name: str,
    slack: SlackCredentials | None,
    discord: DiscordCredentials | None = None,
    outside: Outside | None = None,
) -> None:
    """Raises BadSetting when what has credentials gives that process nothing to do."""
    if name == "gateway" and discord is None:
        raise BadSetting("The gateway is Discord's: DISCORD_TOKEN must be set for it.")
    served = (slack and slack.http) or (discord and discord.webhook) or outside
    if name == "web" and not served:
        raise BadSetting(
            "Socket Mode needs no web process: `followthrough run` does everything."
            if slack
            else "Discord needs no web process as long as DISCORD_PUBLIC_KEY is not set."
        )
    if name == "run" and slack and not (slack.http or slack.socket):
        raise BadSetting(
            "Slack needs SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP) as well."
        )


def apart(port: int, metrics_port: int | None) -> None:
    """Raises BadSetting when both are the same, unless that is any free one (0)."""
    if port and port == metrics_port:
        raise BadSetting("PORT and METRICS_PORT must differ: the second is for your own network.")


def port_of(environment: Mapping[str, str]) -> int:
    """PORT, 8000 when it is not set. Raises BadSetting."""
    return _port("PORT", environment.get("PORT", "").strip() or "8000")


def metrics_port_of(environment: Mapping[str, str]) -> int | None:
    """METRICS_PORT; None when it is not set, and then nothing is counted. Raises BadSetting."""
    raw = environment.get("METRICS_PORT", "").strip()
    return _port("METRICS_PORT", raw) if raw else None


def _port(name: str, raw: str) -> int:
    if not (raw.isascii() and raw.isdigit() and int(raw[:6]) <= 65535):
        raise BadSetting(f"{name} is a number from 0 to 65535.")
    return int(raw)
