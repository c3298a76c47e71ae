"""Between Slack's people and the desk: who it is, what they said, and what follows from it.

Knows nothing of how an answer is shown.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from adapters.background import Background
from adapters.slack import PLATFORM, Json
from adapters.slack.clients import Clients, NotInstalled
from adapters.slack.messenger import SentMessages, SlackMessenger
from adapters.slack.people import People
from adapters.slack.places import Turns
from adapters.slack.removing import Removing
from adapters.slack.windows import home
from adapters.slack.workspace import Workspace
from bot.context import STASHED
from bot.desk import Desk
from bot.message import Answer, Call, Form, Message, text
from bot.model import Account, Who
from bot.ports import Gone, Later, Outcome, Unavailable
from bot.welcome import BEGIN, Notice, greeting

log = logging.getLogger(__name__)

NOTICE = Notice(
    "This workspace belongs to its owner, perhaps your employer, who on some plans can export "
    "direct messages, mine included. What you log is kept by whoever runs this bot, not by Slack; "
    "nobody else can read it through me.",
    "Is this your employer's workspace?",
    "Slack did not let my message through. In Slack, open Apps, choose me, and check that I am not "
    "muted or removed and that the Messages tab is there; an admin can allow it.",
)
STRANGER = Message(
    "I only know members of the workspace that installed me",
    (text("Nothing was kept. Your own workspace can install me too."),),
)
# Said in a Home tab that shows nothing yet.
BLANK = Message(
    "Your board is not to be had just now",
    (text("I cannot look anything up at the moment. Open this tab again in a few minutes."),),
)
GONE = "The nudges that I sent you go as well, which may take a few minutes."
KEPT = (
    "If you had an export from me, that message stays: I keep no note of where it is. "
    "An admin of the workspace can delete it."
)
# Long enough to learn whether somebody has begun, short enough to open a form all the same.
GLANCE = 0.5
FORGET = "job forget"
HOME = "home"
# Of people who were greeted, or opened the Home tab; either twice is no harm.
REMEMBERED = 10_000
# How often the first private message is tried.
GREETINGS = 5


class Front:
    """Everything that any surface in Slack asks of the desk."""

    def __init__(
        self,
        desk: Desk,
        clients: Clients,
        people: People,
        messenger: SlackMessenger,
        background: Background,
        clock: Callable[[], datetime],
    ) -> None:
        self.desk = desk
        self.clients = clients
        self.background = background
        self.clock = clock
        self.sent = SentMessages(clients, clock)
        self.turns = Turns()
        self._removing = Removing(clients, background, clock)
        self._people = people
        self._messenger = messenger
        self._greeted: set[tuple[str, str]] = set()
        # Whose Home tab shows nothing, as Slack said when they opened it.
        self._blank: set[tuple[str, str]] = set()
        # Who has opened the Home tab before they have begun, so that no account remembers it.
        self._opened: set[tuple[str, str]] = set()
        desk.on_change = self.changed
        # Whose Home tab is being drawn, and whether something has changed since that began.
        self._refreshing: dict[tuple[str, str], bool] = {}
        # One is drawn at a time, so that nobody's answer waits for more than one.
        self._drawing = asyncio.Lock()

    async def who(self, body: Json) -> Who | None:
        """Whoever sent a request, as Slack vouches for them; None for a stranger.

        Somebody from another organisation may click in a shared channel: they are served by the
        installation of their own, if there is one.
        """
        workspace = Workspace.of(body)
        if not workspace.key:
            return None
        sender = body.get("user") or {}
        user = body.get("user_id") or (sender.get("id") if isinstance(sender, dict) else sender)
        user = user or (body.get("event") or {}).get("user") or ""
        team = sender.get("team_id", "") if isinstance(sender, dict) else ""
        if workspace.team and team and team != workspace.team and not workspace.enterprise:
            return None
        person = await self._people.person(workspace.key, user)
        if person is not None and not person.member:
            return None
        name, zone = (person.name, person.zone) if person else ("", "")
        place = HOME if (workspace.key, user) in self._opened else ""
        # A workspace that joined an organization since is the same one under a longer name.
        formerly = workspace.team if workspace.enterprise else ""
        return Who(PLATFORM, user, workspace.key, place, name, zone, True, formerly)

    async def handle(self, call: Call, who: Who) -> Answer:
        """The desk's answer; whatever it changed is shown in the Home tab as well."""
        refs = await self.desk.sent(who) if call.name == FORGET else ()
        answer = await self.desk.handle(call, who, self.clock())
        # What is no command's name is whatever somebody typed.
        known = call.name == STASHED or self.desk.registry.get(call.name)
        name = call.name if known else "unknown"
        log.info("command=%s answer=%s", name, type(answer).__name__)
        # A form follows only on having begun.
        if call.name == BEGIN and (isinstance(answer, Form) or answer.changed):
            return await self._greet(answer, who)
        if call.name == FORGET and isinstance(answer, Message) and answer.changed:
            # Whoever begins anew is greeted anew.
            self._greeted.discard((who.workspace, who.user))
            self._removing.begin(refs, who.workspace)
            return answer.and_then(*([text(GONE)] if refs else []), text(KEPT, small=True))
        return answer

    async def introduce(self, form: Form, who: Who) -> Answer:
        """The form, or what has to be read before it; the form when that takes too long."""
        try:
            async with asyncio.timeout(GLANCE):
                return await self.desk.introduce(form, who, self.clock())
        except (Unavailable, TimeoutError):
            return form

    async def complete(
        self, name: str, option: str, typed: str, who: Who
    ) -> Sequence[tuple[str, str]]:
        """What an option's answer could be, as (label, raw answer)."""
        return await self.desk.complete(name, option, typed, who, self.clock())

    async def opened_home(self, who: Who, *, blank: bool) -> None:
        """Draw the Home tab for somebody who looks at it, and keep it up to date from now on.

        `blank` when it shows nothing yet. Whoever has never opened it is spared the work: Slack
        tells of each time that it is opened.
        """
        if len(self._opened) >= REMEMBERED:
            self._opened.clear()
            self._blank.clear()
        self._opened.add((who.workspace, who.user))
        if blank:
            self._blank.add((who.workspace, who.user))
        self.refresh(who)
        await self.desk.opened(replace(who, place=HOME))

    def changed(self, account: Account) -> None:
        """Draw the Home tab of somebody whose records have changed, if they ever opened it."""
        if account.place == HOME:
            self.refresh(Who(PLATFORM, account.user, account.workspace, HOME, discreet=True))

    def refresh(self, who: Who) -> None:
        """Draw the Home tab anew, soon; several changes at once are drawn once."""
        key = (who.workspace, who.user)
        under_way = key in self._refreshing
        self._refreshing[key] = True
        if not under_way:
            self.background.start(self._refresh(key, who))

    async def _refresh(self, key: tuple[str, str], who: Who) -> None:
        try:
            while self._refreshing[key]:
                async with self._drawing:
                    self._refreshing[key] = False
                    board = await self.desk.board(who, self.clock())
                if not board.failed:
                    if await self._publish(home(board), who):
                        self._blank.discard(key)
                elif key in self._blank:
                    await self._publish(home(BLANK), who)
                else:
                    # What is there is old, which is better than gone.
                    log.warning("home workspace=%s outcome=left", who.workspace)
        finally:
            del self._refreshing[key]

    async def _publish(self, view: Json, who: Who) -> bool:
        try:
            client = await self.clients.client(who.workspace)
            await client.views_publish(user_id=who.user, view=view)
        except NotInstalled:
            log.info("home workspace=%s outcome=not_installed", who.workspace)
        except Exception as error:
            # The next change draws it again.
            log.warning("home error=%s", type(error).__name__)
        else:
            return True
        return False

    async def _greet(self, answer: Answer, who: Who) -> Answer:
        """The first private message, once; when it cannot arrive the answer says what to do."""
        key = (who.workspace, who.user)
        if key in self._greeted:
            return answer
        if len(self._greeted) >= REMEMBERED:
            self._greeted.clear()
        self._greeted.add(key)
        outcome = await self._greeting(who)
        if isinstance(outcome, Later):
            self.background.start(self._greet_later(key, who, outcome))
        if not isinstance(outcome, Gone):
            return answer
        self._greeted.discard(key)
        if isinstance(answer, Form):
            return replace(answer, intro=f"{answer.intro} {NOTICE.closed}".strip())
        return answer.and_then(text(NOTICE.closed))

    async def _greet_later(self, key: tuple[str, str], who: Who, outcome: Outcome) -> None:
        """Try again when it is time, for a while.

        Nothing is lost when the program ends meanwhile: it is a courtesy, and no nudge.
        """
        for _ in range(GREETINGS):
            if not isinstance(outcome, Later):
                break
            await self.background.pause((outcome.at - self.clock()).total_seconds())
            # Somebody who erased themselves since wants no greeting.
            if key not in self._greeted:
                return
            outcome = await self._greeting(who)
        log.info("greeting workspace=%s outcome=%s", who.workspace, type(outcome).__name__)

    async def _greeting(self, who: Who) -> Outcome:
        account = Account(0, 0, PLATFORM, who.workspace, who.user)
        return await self._messenger.send(account, greeting(), f"greeting:{who.user}")
