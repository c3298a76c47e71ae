"""Whether a request comes from Slack, found before anything reads it. Knows the signature only.

https://docs.slack.dev/authentication/verifying-requests-from-slack/. Bolt checks it too, but parses
the body first, and its check fails with an exception on a time that is no number.
"""

import hmac
import time
from collections.abc import Callable, Sequence
from urllib.parse import parse_qsl

# A signature is good for five minutes, before and after: clocks differ.
WINDOW = 300

_STAMP = b"x-slack-request-timestamp"
_SIGNATURE = b"x-slack-signature"
# What Slack sends, unsigned, to see whether our certificate is good.
# https://docs.slack.dev/interactivity/implementing-slash-commands/
_PING = {"ssl_check", "token"}


class Signed:
    """`Signed(secret)(headers, body)`: whether Slack signed this body in the last five minutes.

    Header names are in lower case. Slack's check of our certificate counts as signed: it carries
    nothing, and whoever answers it does nothing. Raises ValueError without a secret.
    """

    def __init__(self, secret: str, clock: Callable[[], float] = time.time) -> None:
        if not secret.strip():
            raise ValueError("requests cannot be verified without a signing secret")
        self._secret = secret.encode()
        self._clock = clock

    def __call__(self, headers: Sequence[tuple[bytes, bytes]], body: bytes) -> bool:
        """Whether the request is Slack's. Never raises."""
        stamps = [value for name, value in headers if name == _STAMP]
        signatures = [value for name, value in headers if name == _SIGNATURE]
        if not stamps and not signatures:
            return _is_ping(headers, body)
        # Of two, the library behind us might read the other one.
        if len(stamps) != 1 or len(signatures) != 1:
            return False
        stamp, signature = stamps[0], signatures[0]
        # Of bytes, `isdigit` takes 0 to 9 alone; `int` would take other scripts' digits too.
        if not stamp.isdigit() or len(stamp) > 12:
            return False
        if abs(self._clock() - int(stamp)) > WINDOW:
            return False
        right = hmac.digest(self._secret, b"v0:" + stamp + b":" + body, "sha256").hex()
        return hmac.compare_digest(b"v0=" + right.encode(), signature)


def _is_ping(headers: Sequence[tuple[bytes, bytes]], body: bytes) -> bool:
    """Whether this is Slack's check of our certificate, and nothing that a library would parse."""
    if len(body) > 1000 or any(name == b"content-type" and b"json" in v for name, v in headers):
        return False
    # Bolt reads a body as JSON when it begins like it, and another way when it says "payload".
    if body[:1] == b"{" or b"payload" in body:
        return False
    fields = dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
    return fields.get("ssl_check") == "1" and fields.keys() <= _PING
