"""auth.*, oauth.v2.access, apps.*, users.info: who is who. Knows the world; no network.

https://docs.slack.dev/authentication/installing-with-oauth
"""

import secrets
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from tests.slack.standin.errors import ApiError
from tests.slack.standin.judge import Judge
from tests.slack.standin.reading import Json
from tests.slack.standin.scene import APP_ID, Install
from tests.slack.standin.world import World


def tested(world: World, _judge: Judge, install: Install, _args: Json) -> Json:
    """auth.test: what the token stands for."""
    reply: Json = {
        "url": "https://standin.slack.com/",
        "team": install.key,
        "user": "followthrough",
        "team_id": install.team or install.enterprise,
        "user_id": install.bot_user,
        "bot_id": install.bot_id,
        "is_enterprise_install": install.whole_org,
    }
    if install.enterprise:
        reply["enterprise_id"] = install.enterprise
    return reply


def revoked(world: World, _judge: Judge, install: Install, args: Json) -> Json:
    """auth.revoke: the token stops working."""
    trial = str(args.get("test", "")) in {"1", "true", "True"}
    install.active = install.active and trial
    world.changed()
    return {"revoked": not trial}


def uninstalled(world: World, _judge: Judge, install: Install, _args: Json) -> Json:
    """apps.uninstall: the app leaves the workspace."""
    install.active = False
    world.changed()
    return {}


def exchanged(world: World, judge: Judge, args: Json) -> Json:
    """oauth.v2.access: a code, ten minutes young and used once, for a token."""
    if args.get("grant_type", "authorization_code") != "authorization_code":
        raise ApiError("invalid_grant_type")
    if not args.get("code"):
        judge.note("oauth.v2.access", "the argument code is missing")
        raise ApiError("invalid_code")
    code = world.codes.pop(str(args["code"]), None)
    if code is None or world.clock() > code["until"]:
        raise ApiError("invalid_code")
    if code["redirect_uri"] and code["redirect_uri"] != args.get("redirect_uri"):
        raise ApiError("bad_redirect_uri")
    install = installed(world, code["team"], code["enterprise"], code["scopes"])
    world.inbox(install, code["user"]).met = True
    return {
        "app_id": APP_ID,
        "authed_user": {"id": code["user"]},
        "scope": ",".join(sorted(install.scopes)),
        "token_type": "bot",
        "access_token": install.bot_token,
        "bot_user_id": install.bot_user,
        "team": {"id": install.team, "name": install.team} if install.team else None,
        "enterprise": (
            {"id": install.enterprise, "name": install.enterprise} if install.enterprise else None
        ),
        "is_enterprise_install": install.whole_org,
    }


def installed(world: World, team: str, enterprise: str, scopes: frozenset[str]) -> Install:
    """Install the app, or install it anew: the same place with more scopes and a new token."""
    for install in world.installs.values():
        if (install.team, install.enterprise) == (team, enterprise):
            install.bot_token = _token(install.key)
            install.scopes = scopes
            install.active = True
            world.installs[install.bot_token] = install
            return install
    install = Install(team, enterprise, "", scopes)
    install.bot_token = _token(install.key)
    world.installs[install.bot_token] = install
    return install


def _token(key: str) -> str:
    return f"xoxb-{key.replace('/', '-')}-{secrets.token_hex(12)}"


def described(world: World, judge: Judge, install: Install, args: Json) -> Json:
    """users.info: a person's name, zone and kind; the locale only when asked for."""
    user = str(args.get("user") or "")
    profile = world.profile(install, user)
    if profile is None:
        if any(user in place.people for place in world.places.values()):
            judge.note("users.info", f"{user} belongs to another workspace than the token")
        raise ApiError("user_not_found")
    offset = datetime.fromtimestamp(world.clock(), UTC).astimezone(ZoneInfo(profile.zone))
    shift = offset.utcoffset()
    reply: Json = {
        "id": profile.id,
        "team_id": profile.team,
        "name": profile.name,
        "deleted": profile.deleted,
        "real_name": profile.real_name or profile.name.title(),
        "tz": profile.zone,
        "tz_label": offset.tzname() or profile.zone,
        "tz_offset": int(shift.total_seconds()) if shift else 0,
        "profile": {"real_name": profile.real_name, "display_name": profile.name},
        "is_admin": False,
        "is_owner": False,
        "is_restricted": profile.is_restricted,
        "is_ultra_restricted": profile.is_ultra_restricted,
        "is_bot": profile.is_bot,
        "is_app_user": False,
        "updated": int(world.clock()),
    }
    enterprise = next((p.enterprise for p in world.places.values() if p.id == profile.team), "")
    if enterprise:
        reply["enterprise_user"] = {
            "id": profile.id,
            "enterprise_id": enterprise,
            "enterprise_name": enterprise,
            "teams": [profile.team],
        }
    if profile.is_stranger:
        reply["is_stranger"] = True
    if str(args.get("include_locale", "")).lower() in {"1", "true"}:
        reply["locale"] = profile.locale
    return {"user": reply}
