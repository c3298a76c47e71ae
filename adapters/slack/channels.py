"""Where something was said, if others can be there. Knows what requests name; opens nothing.

https://docs.slack.dev/reference/interaction-payloads/
"""

from adapters.slack import Json
from adapters.slack.meta import Meta

# Channels, and what used to be private channels and conversations of several people; a direct
# message is a D.
SHARED = ("C", "G")


def channel_of(body: Json) -> str:
    """The id of the channel that a request came from; "" in private, and where none is named.

    A form names none when it is sent, so its window carries the one where it was asked for.
    """
    held = body.get("channel")
    container = body.get("container") or {}
    said = (
        body.get("channel_id")
        or (held.get("id") if isinstance(held, dict) else "")
        or container.get("channel_id")
        or Meta.decode((body.get("view") or {}).get("private_metadata", "")).channel
    )
    return said if isinstance(said, str) and said.startswith(SHARED) else ""
