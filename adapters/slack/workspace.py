"""Which installation a person is reached through. Knows Slack's ids; opens nothing.

A person is known by their installation and their user id: ids are unique in a team, and over a
whole organisation in an Enterprise one (https://docs.slack.dev/enterprise/).
"""

from dataclasses import dataclass

from adapters.slack import Json


@dataclass(frozen=True, slots=True)
class Workspace:
    """One installation: of a team, of a team inside an organisation, or of a whole organisation."""

    team: str = ""
    enterprise: str = ""
    whole_org: bool = False

    @property
    def key(self) -> str:
        """How accounts name it: `T1`, `E1/T1`, or `E1` when a whole organisation installed it."""
        if self.whole_org:
            return self.enterprise
        return f"{self.enterprise}/{self.team}" if self.enterprise else self.team

    @classmethod
    def parse(cls, key: str) -> "Workspace":
        """The inverse of `key`."""
        first, _, team = key.partition("/")
        if team:
            return cls(team, first)
        return cls(enterprise=first, whole_org=True) if first.startswith("E") else cls(first)

    @classmethod
    def installed(
        cls, team: str | None, enterprise: str | None, whole_org: object = False
    ) -> "Workspace":
        """The installation by what Slack and slack_sdk say of one, which may be nothing.

        Of a whole organization's the team is left out, if one is named at all.
        """
        if whole_org in (True, "true") and enterprise:
            return cls(enterprise=enterprise, whole_org=True)
        return cls(team, enterprise or "") if team else cls()

    @classmethod
    def of(cls, body: Json) -> "Workspace":
        """The installation that a request of Slack's came to.

        Interactions name it in objects, commands in plain fields, events in `authorizations`. One
        that names no team, nor an organisation as a whole, came to none: its key is "".
        """
        granted = (body.get("authorizations") or [{}])[0] or {}
        team = granted.get("team_id") or body.get("team_id") or (body.get("team") or {}).get("id")
        enterprise = (
            granted.get("enterprise_id")
            or body.get("enterprise_id")
            or (body.get("enterprise") or {}).get("id")
        )
        flag = granted.get("is_enterprise_install", body.get("is_enterprise_install"))
        return cls.installed(team, enterprise, flag)
