"""The windows that show a message, and the Home tab. Knows Slack's views; opens none.

https://docs.slack.dev/reference/views/modal-views and .../home-tab-views
"""

from adapters.slack import Json
from adapters.slack.blocks import blocks
from adapters.slack.literal import plain_text
from adapters.slack.meta import Meta
from bot.message import Message, text

# A window's title holds 24 characters; what it is about is the header below it.
# Not the app's name, which its operator may have changed.
TITLE = "Only you see this"
CLOSE = "Close"
VIEW_BLOCKS = 100
WAITING = Message("", (text("One moment …"),))


def window(message: Message, meta: Meta) -> Json:
    """A window that shows a message. Raises ValueError when `meta` is too long to be carried."""
    return _modal("window", message, meta)


def moment(meta: Meta) -> Json:
    """The window that is there at once, while what belongs into it is still being found."""
    return _modal("moment", WAITING, meta)


def home(message: Message) -> Json:
    """The Home tab that shows a message."""
    return {"type": "home", "blocks": blocks(message, VIEW_BLOCKS)}


def _modal(callback_id: str, message: Message, meta: Meta) -> Json:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain_text(TITLE),
        "close": plain_text(CLOSE),
        "private_metadata": meta.encode(),
        "blocks": blocks(message, VIEW_BLOCKS),
    }
