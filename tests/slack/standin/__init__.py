"""A stand-in for Slack: real loopback servers that the real slack_bolt and slack_sdk talk to.

Knows Slack's public behaviour only; nothing of our adapter. A test looks like this::

    async with Slack(scopes=("commands", "chat:write", "users:read")) as slack:
        team = slack.team("T1")                                 # installed; team.bot_token
        ana = team.person("U1", zone="America/New_York")
        ...                                                     # start the app with slack.api_url
        slack.over_http("http://127.0.0.1:8123/slack/events")   # or slack.over_socket()
        await ana.slash("applied")
        form = await slack.until(lambda: ana.modal)
        await ana.fill(company="Acme", role="Welder", on="2026-11-23")
        assert ana.answer.shown.startswith("Logged")
        await ana.press("Undo")
        slack.check()                                           # AssertionError with all violations

**Slack** holds `api_url`, `signing_secret`, `app_token`, `client_id`, `client_secret`.
- `team(id)`; `enterprise="E1"` inside an organization; `by_org=True` for the one install of a whole
  organization; `installed=False`; `scopes=`. `team.reinstall()`, `await uninstall(team)`.
- `over_http(url)`; its `post(body, headers)` sends anything, signed or (by headers) wrongly signed.
- `over_socket()`; `await sockets.at_least(1)` waits for the app to connect,
  `await sockets.refresh()` makes it connect anew.
- `await event(team, {...}, event_id=, retry=)` sends, or repeats, an event of the workspace.
- `await install(slack, team, user, base_url)` installs over OAuth like a browser; `code(...)`.
- `fault(method, Busy(30), user=, times=)`; the method "response_url" is one too.
- `clock.set(at)` and `clock.move(seconds)` for triggers, response_urls and time stamps. Signatures
  and the deadline of acks (`patience`, 3 s) go by the real clock.
- `await until(condition)` returns its first true value; wait so for work behind the ack.
- `received`: messages that really arrived, by user. `world.calls`, `world.counts`: what was called.
- `violations`, `forgive(part)`, `check()`. `Slack(judging=False)` switches judging off, for speed.

- `team.channel("C1", "U1", "U2", bot=, archived=)` is a channel, `team.together("U1", "U2")` the
  conversation that was opened for exactly these: `members`, `said`, `messages`, `bot`, `archived`.

**Person** acts: `slash(text)`, `press(label, on=)`, `fill(**answers)`, `enter(**answers)`,
`submit()`, `close()`, `open_home()`, `shortcut()`, `message_shortcut(message)`, `send(payload)`.
Each returns the `Ack` (status, body, seconds). Reads: `dms`, `ephemerals`, `modal`, `home`,
`received`; `dm`, `answer`, `window` are the newest of each and raise when there is none.

**Posted** (a message): `text` (fallback), `shown` (what the blocks say), `buttons` (labels),
`links`, `blocks`, `ts`, `ephemeral`, `files`, `edits`. **View** (a window or Home): `title`,
`shown`, `buttons`, `links`, `fields` (by block_id: label, hint, optional, value, shown), `values`,
`problems` (by block_id), `callback_id`, `body`.

Faults: `Denied(error)`, `Busy(retry_after)`, `Broken(status)`, `Garbage()`, `Dropped(kept=)`,
`Held()`. What a person could not do raises `NotOnScreen` or `Refused`.
"""

from tests.slack.standin.acks import Ack
from tests.slack.standin.doorstep import Page, browse, install
from tests.slack.standin.entering import Refused
from tests.slack.standin.faults import Broken, Busy, Denied, Dropped, Garbage, Held
from tests.slack.standin.hands import NotOnScreen, Person
from tests.slack.standin.scene import Posted, View
from tests.slack.standin.server import Slack, Team
from tests.slack.standin.transports import Http, signature

__all__ = [
    "Ack",
    "Broken",
    "Busy",
    "Denied",
    "Dropped",
    "Garbage",
    "Held",
    "Http",
    "NotOnScreen",
    "Page",
    "Person",
    "Posted",
    "Refused",
    "Slack",
    "Team",
    "View",
    "browse",
    "install",
    "signature",
]
