"""What is kept of an event before discord.py reads it. Pure; knows no event's meaning.

The library wants parts of an event that we never look at, and one that Discord leaves out costs the
whole event and the connection it came by. Of a server it also remembers whatever it is shown; as it
is shown no channels, it makes one anew of each interaction, whose channel is only ever "partial":
https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object
"""

from adapters.discord import Json

OF_SERVERS = ("id", "name", "unavailable", "member_count")
OF_MESSAGES = ("id", "type", "flags", "components")
# All that the library wants of a channel in a server.
_PLAIN_CHANNEL: Json = {"type": 0, "name": "", "position": 0}
_DM = 1


def server(data: Json) -> Json:
    """GUILD_CREATE with nothing but that the server is there."""
    return _kept(data, OF_SERVERS)


def interaction(data: Json) -> Json:
    """INTERACTION_CREATE, its server, channel and message with no more than is read of them.

    The channel of a server is a text channel by the same id, without a name. In conversations it
    stays as it is: what kind it is tells whether it is ours.
    """
    slimmed = {name: value for name, value in data.items() if name != "guild"}
    channel = data.get("channel") or {}
    if name := data.get("channel_id") or channel.get("id"):
        own = _PLAIN_CHANNEL if data.get("guild_id") else {"type": _DM, **channel}
        slimmed["channel"] = {**own, "id": name}
    if "message" in data:
        slimmed["message"] = {"type": 0, **_kept(data["message"], OF_MESSAGES), "content": ""}
    return slimmed


def _kept(data: Json, names: tuple[str, ...]) -> Json:
    return {name: data[name] for name in names if name in data}
