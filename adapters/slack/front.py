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
from adapters.slack.windows import home
from adapters.slack.workspace import Workspace
from bot.context import STASHED
from bot.desk import Desk
from bot.message import Answer, Call, Form, Message, text
from bot.model import Account, Who
from bot.ports import Gone, Unavailable
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
# Long enough to learn whether somebody has begun, short enough to open a form all the same.
GLANCE = 0.5
FORGET = "job forget"
HOME = "home"
# Of people who were greeted, or opened the Home tab; either twice is no harm.
REMEMBERED = 10_000


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
        self._people = people
        self._messenger = messenger
        self._greeted: set[tuple[str, str]] = set()
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
        return Who(PLATFORM, user, workspace.key, place, name, zone, discreet=True)

    async def handle(self, call: Call, who: Who) -> Answer:
        """The desk's answer; whatever it changed is shown in the Home tab as well."""
        refs = await self.desk.sent(who) if call.name == FORGET else ()
        answer = await self.desk.handle(call, who, self.clock())
        # What is no command's name is whatever somebody typed.
        known = call.name == STASHED or self.desk.registry.get(call.name)
        name = call.name if known else "unknown"
        log.info("command=%s answer=%s", name, type(answer).__name__)
        if isinstance(answer, Message) and answer.changed:
            if call.name == BEGIN:
                answer = await self._greet(answer, who)
            if call.name == FORGET:
                self.background.start(self._remove(refs, who))
                answer = answer.and_then(text("The nudges that I sent you go as well."))
        return answer

    async def introduce(self, call: Call, who: Who) -> Message | None:
        """What has to be read before a form is opened, unless that cannot be found out soon."""
        try:
            async with asyncio.timeout(GLANCE):
                return await self.desk.introduce(call, who, self.clock())
        except (Unavailable, TimeoutError):
            return None

    async def complete(
        self, name: str, option: str, typed: str, who: Who
    ) -> Sequence[tuple[str, str]]:
        """What an option's answer could be, as (label, raw answer)."""
        return await self.desk.complete(name, option, typed, who, self.clock())

    def form(self, call: Call) -> Form | None:
        """The form to open when an answer is missing, without looking anything up."""
        return self.desk.form(call)

    async def opened_home(self, who: Who) -> None:
        """Draw the Home tab for somebody who looks at it, and keep it up to date from now on.

        Whoever has never opened it is spared the work: Slack tells of each time that it is opened.
        """
        if len(self._opened) >= REMEMBERED:
            self._opened.clear()
        self._opened.add((who.workspace, who.user))
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
                    view = home(await self.desk.board(who, self.clock()))
                await self._publish(view, who)
        finally:
            del self._refreshing[key]

    async def _publish(self, view: Json, who: Who) -> None:
        try:
            client = await self.clients.client(who.workspace)
            await client.views_publish(user_id=who.user, view=view)
        except NotInstalled:
            log.info("home workspace=%s outcome=not_installed", who.workspace)
        except Exception as error:
            # The next change draws it again.
            log.warning("home error=%s", type(error).__name__)

    async def _remove(self, refs: Sequence[str], who: Who) -> None:
        """Delete private messages, which nobody but their sender can; the newest of very many."""
        for ref in refs:
            channel, _, ts = ref.partition(":")
            await self.sent.delete(channel, ts, who.workspace)

    async def _greet(self, answer: Message, who: Who) -> Message:
        """The first private message, once; when it cannot arrive the answer says what to do."""
        key = (who.workspace, who.user)
        if key in self._greeted:
            return answer
        if len(self._greeted) >= REMEMBERED:
            self._greeted.clear()
        self._greeted.add(key)
        account = Account(0, 0, PLATFORM, who.workspace, who.user)
        outcome = await self._messenger.send(account, greeting(), f"greeting:{who.user}")
        if not isinstance(outcome, Gone):
            return answer
        self._greeted.discard(key)
        return answer.and_then(text(NOTICE.closed))
