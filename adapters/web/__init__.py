"""What is served over HTTP, whatever platform it belongs to. Knows no platform and no storage."""

from bot.logs import bridge

# Something here logs before anything else of `bot` is imported.
bridge()
