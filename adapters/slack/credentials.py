"""What the environment says about Slack, and so in which ways it is served. Opens nothing."""

from collections.abc import Mapping
from dataclasses import dataclass

from adapters.settings import BadSetting, check_public, token_keys

SLACK = "https://slack.com/api/"
_INSTALLING = ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "PUBLIC_URL", "TOKEN_KEYS")


@dataclass(frozen=True, repr=False)
class Credentials:
    """Socket Mode, HTTP for one workspace, or HTTP for any number of them.

    Empty where not set. `keys` seal the tokens of installed workspaces, newest first. `command` is
    the slash command as the manifest names it.
    """

    bot_token: str = ""
    app_token: str = ""
    signing_secret: str = ""
    client_id: str = ""
    client_secret: str = ""
    public_url: str = ""
    keys: tuple[str, ...] = ()
    api_url: str = SLACK
    command: str = "/job"

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "Credentials | None":
        """What is set, or None when Slack is not meant.

        Raises BadSetting with a sentence that names what is missing or cannot be.
        """

        def of(name: str) -> str:
            return environment.get(name, "").strip()

        found = cls(
            of("SLACK_BOT_TOKEN"),
            of("SLACK_APP_TOKEN"),
            of("SLACK_SIGNING_SECRET"),
            of("SLACK_CLIENT_ID"),
            of("SLACK_CLIENT_SECRET"),
            of("PUBLIC_URL").rstrip("/"),
            token_keys(environment),
            of("SLACK_API_URL").rstrip("/") + "/" if of("SLACK_API_URL") else SLACK,
            of("SLACK_COMMAND") or "/job",
        )
        if not (found.bot_token or found.app_token or found.signing_secret or found.client_id):
            return None
        found._check(environment)
        return found

    def _check(self, environment: Mapping[str, str]) -> None:
        for token, name, start in (
            (self.bot_token, "SLACK_BOT_TOKEN", "xoxb-"),
            (self.app_token, "SLACK_APP_TOKEN", "xapp-"),
        ):
            if token and not token.startswith((start, "xoxe.")):
                raise BadSetting(f"{name} begins with {start}; this is another one of Slack's.")
        if self.bot_token and self.client_id:
            raise BadSetting(
                "SLACK_BOT_TOKEN is for one workspace, SLACK_CLIENT_ID for many: set one of them."
            )
        if self.client_id or self.client_secret:
            missing = [n for n in _INSTALLING if not environment.get(n, "").strip()]
            if not self.signing_secret:
                missing.append("SLACK_SIGNING_SECRET")
            if missing:
                raise BadSetting(f"For many workspaces {' and '.join(missing)} must be set too.")
            check_public(self.public_url)
        elif not self.bot_token:
            raise BadSetting("SLACK_BOT_TOKEN must be set too; it begins with xoxb-.")
        if not self.api_url.startswith(("https://", "http://")):
            raise BadSetting(f"SLACK_API_URL is an address such as {SLACK}.")

    @property
    def many(self) -> bool:
        """Whether any workspace may install the app."""
        return bool(self.client_id)

    @property
    def http(self) -> bool:
        """Whether Slack sends requests to an address of ours."""
        return bool(self.signing_secret)

    @property
    def socket(self) -> bool:
        """Whether we open a connection to Slack, which needs no address."""
        return bool(self.app_token)
