"""views.*: windows and the Home tab. Knows the world and the judge; no network.

https://docs.slack.dev/surfaces/modals and https://docs.slack.dev/reference/methods/views.open
"""

from tests.slack.standin.errors import ApiError
from tests.slack.standin.judge import Judge
from tests.slack.standin.reading import Json
from tests.slack.standin.scene import Inbox, Install, View
from tests.slack.standin.world import Trigger, World

STACK = 3


def opened(world: World, judge: Judge, install: Install, args: Json) -> Json:
    """views.open: a new window; on top of the open one if the trigger came from there."""
    where = "views.open"
    trigger = _trigger(world, judge, install, where, args)
    _judged(judge, where, args, "modal")
    inbox = trigger.inbox
    if not trigger.inside:
        world.shut(inbox.windows)
    return {"view": pushed(world, judge, where, inbox, args["view"]).json()}


def stacked(world: World, judge: Judge, install: Install, args: Json) -> Json:
    """views.push: a window on top of the one where the trigger came from."""
    where = "views.push"
    trigger = _trigger(world, judge, install, where, args)
    _judged(judge, where, args, "modal")
    if not trigger.inside or not trigger.inbox.windows:
        judge.note(where, "the trigger did not come from an open window")
        raise ApiError("invalid_trigger_id")
    return {"view": pushed(world, judge, where, trigger.inbox, args["view"]).json()}


def pushed(world: World, judge: Judge, where: str, inbox: Inbox, body: Json) -> View:
    """Show a window on top, if the stack has room."""
    if len(inbox.windows) >= STACK:
        judge.note(where, f"more than {STACK} windows on top of each other")
        raise ApiError("push_limit_reached")
    return world.show(inbox, body)


def updated(world: World, judge: Judge, install: Install, args: Json) -> Json:
    """views.update: an open window, or the Home tab, by id."""
    where = "views.update"
    view = world.views.get(str(args.get("view_id") or ""))
    name = args.get("external_id")
    if view is None and name:
        found = (v for v in world.views.values() if v.open and v.body.get("external_id") == name)
        view = next(found, None)
    if view is None:
        judge.note(where, "there never was such a view")
        raise ApiError("not_found")
    if view.inbox.install is not install:
        judge.note(where, "the view belongs to another install than the token")
        raise ApiError("not_found")
    home = view is view.inbox.home
    _judged(judge, where, args, "home" if home else "modal")
    if not view.open:
        raise ApiError("not_found")
    _fresh(judge, where, view, args)
    world.rewrite(view, args["view"])
    return {"view": view.json()}


def published(world: World, judge: Judge, install: Install, args: Json) -> Json:
    """views.publish: the Home tab of one person."""
    where = "views.publish"
    user = str(args.get("user_id") or "")
    _judged(judge, where, args, "home")
    profile = world.profile(install, user)
    if profile is None:
        if any(user in place.people for place in world.places.values()):
            judge.note(where, f"{user} belongs to another workspace than the token")
        raise ApiError("user_not_found")
    inbox = world.inbox(install, user)
    if inbox.home is not None:
        _fresh(judge, where, inbox.home, args)
    return {"view": world.publish(inbox, args["view"]).json()}


def _judged(judge: Judge, where: str, args: Json, kind: str) -> None:
    if not judge.view(where, args.get("view"), kind=kind):
        raise ApiError("invalid_arguments")


def _fresh(judge: Judge, where: str, view: View, args: Json) -> None:
    if args.get("hash") and args["hash"] != view.hash:
        judge.note(where, "hash_conflict: the view has changed since")
        raise ApiError("hash_conflict")


def _trigger(world: World, judge: Judge, install: Install, where: str, args: Json) -> Trigger:
    trigger = world.triggers.get(str(args.get("trigger_id") or ""))
    if trigger is None or trigger.inbox.install is not install:
        judge.note(where, "the trigger_id is unknown to this install")
        raise ApiError("invalid_trigger_id")
    if trigger.used:
        judge.note(where, "the trigger_id was used before")
        raise ApiError("exchanged_trigger_id")
    if world.clock() > trigger.until:
        judge.note(where, "the trigger_id is older than 3 seconds")
        raise ApiError("expired_trigger_id")
    trigger.used = True
    return trigger
