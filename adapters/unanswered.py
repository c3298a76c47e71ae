"""What it means that a platform gave no answer at all. Knows how aiohttp fails; no platform.

https://docs.aiohttp.org/en/stable/client_reference.html#client-exceptions
"""

from datetime import datetime, timedelta

import aiohttp

from bot.delivery import Later, Unknown

# Where nobody names a time.
UNNAMED = timedelta(seconds=30)


def unanswered(error: Exception, platform: str, now: datetime) -> Later | Unknown:
    """Later when nothing was sent, and Unknown when it may have arrived; quotes nothing."""
    name = type(error).__name__
    # None of these gets as far as writing the request: no address, no connection, no TLS, no
    # tunnel. A time-out is one of them only while connecting, which aiohttp tells apart.
    if isinstance(
        error,
        aiohttp.ClientConnectorError
        | aiohttp.ConnectionTimeoutError
        | aiohttp.ClientHttpProxyError
        | aiohttp.InvalidURL,
    ):
        return Later(now + UNNAMED, f"{platform} cannot be reached ({name})")
    if isinstance(error, TimeoutError):
        return Unknown(f"{platform} took too long to answer ({name})")
    if isinstance(error, aiohttp.ClientError | OSError):
        return Unknown(f"the connection to {platform} broke ({name})")
    # What a library raises over an answer that it cannot read.
    return Unknown(f"{platform}'s answer made no sense ({name})")
