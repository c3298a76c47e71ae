"""A stand-in for Discord: a real loopback server and gateway that the real discord.py talks to.

Knows Discord's public behaviour only; nothing of our adapter. A test looks like this::

    async with Discord() as discord:
        club = discord.server("Club")                          # the bot is in it
        ana = discord.person("ana", zone="America/New_York", server=club)
        ...                                # start the app with discord.api_url and .gateway_url
        await discord.connected()
        await ana.slash("applied", company="Acme", where=club)
        assert ana.ephemeral.shown.startswith("Logged")
        await ana.press("Undo")
        discord.check()                                        # AssertionError with all violations

**Discord** holds `api_url`, `gateway_url`, `token`, `application_id`, `public_key`.
- `server(name, joined=)`; `await server.add_bot()`, `remove_bot()`, `outage()`, `back()`.
- `server.welcome()` makes it a club that wants posts; `allow(bits)` what the bot may do in its
  channel, `empower(person.id, bits)` what somebody may, `delete(channel)`; `posts`, `threads` (each
  with `members`, `archived`, `locked`).
- `person(name, server=, installed=, locale=, zone=, dm_open=, met=)`, made when first named.
- `await connected(n)`: n shards are listening. `await drop_gateway(code)` cuts the connections;
  what happens then waits for RESUME. `gateway.reconnect()` (op 7), `gateway.invalidate(resumable=)`
  (op 9); `gateway.refuse = 503` lets nobody in. `identifies`, `starts_left`, `gateway.resumes`,
  `gateway.shards` (what /gateway/bot says).
- `fault("POST /channels/{id}/messages", Busy(3), user=, times=)`, with `lift()` and `met`.
- `buckets.limits["POST /channels/{}/messages"] = Limit(5, 5.0)`; `buckets.whole` for all requests.
- `clock.set(at)` and `clock.move(seconds)` for ids, tokens and nonces. Rate limits and the three
  seconds for an answer (`patience`) go by the real clock.
- `await until(condition)` returns its first true value; wait so for work behind the answer.
- `received`: private messages that really arrived, by user. `calls`: every request. `commands`.
- `sign(body)` and `webhook_event(kind, person)` for the events that come over HTTP.
- `violations`, `forgive(part)`, `check()`. `Discord(judging=False)` does not judge, for speed.

**Person** acts: `slash(name, where=, **options)`, `autocomplete(...)` (the choices), `menu(name,
message_content=)`, `press(label, on=, nth=)`, `submit(**fields)`, `write(text)`, `send(payload)`
again, `dismiss()`, `join(server)`, `leave(server)`. Acts return an `Act`: `response` (its type or
None), `seconds`, `failed` (what the person reads), `waiting` (is thinking), `interaction`. Reads:
`dms`, `ephemerals`, `messages`, `modal`, `received`; `dm`, `ephemeral`, `answer` are the newest of
each and raise when there is none. `pressable(label)` is a button to be pressed later, as it is now.

**Posted** (a message): `shown`, `buttons`, `pressables`, `links`, `files`, `components`, `content`,
`flags`, `ephemeral`, `nonce`, `edits`, `deleted`. A copy of one stays as it is, and can be pressed:
an old click. **Modal**: `title`, `texts`, `shown`, `custom_id`, and `fields` by custom_id (label,
description, value, required, kind, options, placeholder).

Faults: `Denied(code, status)`, `Busy(retry_after)`, `Cloudflare()`, `Broken(status)`, `Garbage()`,
`Dropped(kept=)`, `Held()`. What a person could not do raises `NotOnScreen` or `Refused`, which has
`problems` by option or input.
"""

from tests.discord.standin.buckets import Limit
from tests.discord.standin.commands import NotOnScreen, Refused
from tests.discord.standin.faults import (
    Broken,
    Busy,
    Cloudflare,
    Denied,
    Dropped,
    Garbage,
    Held,
)
from tests.discord.standin.hands import Act, Person
from tests.discord.standin.places import Server
from tests.discord.standin.records import Call
from tests.discord.standin.scene import Field, Modal, Posted, Pressable
from tests.discord.standin.server import Discord

__all__ = [
    "Act",
    "Broken",
    "Busy",
    "Call",
    "Cloudflare",
    "Denied",
    "Discord",
    "Dropped",
    "Field",
    "Garbage",
    "Held",
    "Limit",
    "Modal",
    "NotOnScreen",
    "Person",
    "Posted",
    "Pressable",
    "Refused",
    "Server",
]
