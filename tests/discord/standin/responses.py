"""Answers to interactions: the first response, its edits, the follow-ups. Knows no HTTP.

https://docs.discord.com/developers/interactions/receiving-and-responding
"""

from tests.discord.standin import channels
from tests.discord.standin.errors import ApiError, malformed
from tests.discord.standin.judge import CHOICES, DEFER, MESSAGE, MODAL, UPDATE, UPDATE_LATER, Rules
from tests.discord.standin.records import AUTOCOMPLETE, COMMAND, COMPONENT, SUBMIT, Interaction
from tests.discord.standin.scene import EPHEMERAL, LOADING, Json, Modal, Posted, numbered
from tests.discord.standin.world import TOKEN_SECONDS, World

WHERE = "POST /interactions/{id}/{token}/callback"
# https://docs.discord.com/developers/interactions/receiving-and-responding#followup-messages
USER_INSTALL_FOLLOWUPS = 5


def answered(
    world: World, rules: Rules, name: str, token: str, body: Json, files: dict[str, bytes]
) -> Json:
    """The first response. Returns the answer to `with_response`."""
    known = world.interactions.get(token)
    if known is None or known.id != name or (known.over and known.response is None):
        raise ApiError(404, 10062)
    if known.response is not None:
        rules.note(WHERE, "a second response to one interaction")
        raise ApiError(400, 40060)
    kind, data = int(body.get("type") or 0), body.get("data") or {}
    _allowed(known, kind)
    rules.limits(WHERE, "response_problems", kind, data, to=known.kind, dm=known.guild is None)
    message = _done(world, known, kind, data, files)
    known.response, known.original = kind, message
    known.answered.set()
    world.changed()
    about = {
        "id": known.id,
        "type": known.kind,
        **(
            {
                "response_message_id": message.id,
                "response_message_loading": message.loading,
                "response_message_ephemeral": message.ephemeral,
            }
            if message
            else {}
        ),
    }
    resource = {"type": kind, **({"message": message.json()} if message else {})}
    return {"interaction": about, "resource": resource}


def _allowed(known: Interaction, kind: int) -> None:
    may: set[int]
    if known.kind == AUTOCOMPLETE:
        may = {CHOICES}
    elif known.kind == COMMAND:
        may = {MESSAGE, DEFER, MODAL}
    elif known.kind == COMPONENT:
        may = {MESSAGE, DEFER, UPDATE_LATER, UPDATE, MODAL}
    else:
        may = {MESSAGE, DEFER, *((UPDATE_LATER, UPDATE) if known.source else ())}
    if kind not in may:
        raise malformed(f"Value must be one of {sorted(may)}.", "type")


def _done(
    world: World, known: Interaction, kind: int, data: Json, files: dict[str, bytes]
) -> Posted | None:
    user, source = known.user, known.source
    if known.kind == SUBMIT:
        user.modal = None
    if kind == CHOICES:
        known.choices = list(data.get("choices") or [])
    elif kind == MODAL:
        whole = {**data, "components": numbered(list(data.get("components") or []))}
        user.modal = Modal(whole, user.zone, known.guild, source)
    elif kind == MESSAGE:
        return posted(world, known, data, files)
    elif kind == DEFER:
        flags = int(data.get("flags") or 0)
        waiting = {"flags": flags & EPHEMERAL | LOADING}
        return _shown(world, known, waiting, {})
    elif source is not None:
        message = world.messages[source.posted.id]
        if kind == UPDATE:
            channels.changed(world, message, data, files)
        return message
    return None


def posted(world: World, known: Interaction, data: Json, files: dict[str, bytes]) -> Posted:
    """A message of an interaction, shown."""
    channels.sound(data, files)
    return _shown(world, known, data, files)


def _shown(world: World, known: Interaction, data: Json, files: dict[str, bytes]) -> Posted:
    message = world.post(known.channel, world.application_id, data, files)
    world.show(known.user, message)
    world.tell("MESSAGE_CREATE", message)
    return message


def lasting(world: World, rules: Rules, app: str, token: str) -> Interaction:
    """The interaction that a token still serves, fifteen minutes long."""
    known = world.interactions.get(token)
    if known is None or app != world.application_id:
        rules.note("/webhooks/{id}/{token}", "a wrong token, of no interaction")
        raise ApiError(401, 50027)
    if world.clock() - known.made > TOKEN_SECONDS:
        raise ApiError(401, 50027)
    if known.response is None:
        raise ApiError(404, 10015)
    return known


def followed(
    world: World, rules: Rules, known: Interaction, body: Json, files: dict[str, bytes]
) -> Json:
    """A follow-up. The first after a deferral takes the place of "is thinking"."""
    where = "POST /webhooks/{id}/{token}"
    rules.limits(where, "message_problems", body)
    original = known.original
    if known.response == DEFER and original is not None and original.loading:
        return channels.changed(world, original, body, files)
    known.followups += 1
    if "0" not in known.owners and known.followups > USER_INSTALL_FOLLOWUPS:
        raise ApiError(400, 40094)
    rules.private(where, known.guild is None, int(body.get("flags") or 0))
    return posted(world, known, body, files).json()


def of(world: World, known: Interaction, name: str) -> Posted:
    """A message of an interaction by its id, or "@original"."""
    message = known.original if name == "@original" else world.messages.get(name)
    if message is None or message.deleted or message.channel != known.channel:
        raise ApiError(404, 10008)
    return message
