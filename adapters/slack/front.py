"""Between Slack's people and the desk: who it is, what they said, and what follows from it.

Knows nothing of how an answer is shown.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from adapters.background import Background
from adapters.front import REMEMBERED, Answered, Front, uncounted
from adapters.redrawing import Turns
from adapters.slack import PLATFORM, Json
from adapters.slack.channels import channel_of
from adapters.slack.clients import Clients
from adapters.slack.mending import SentMessages
from adapters.slack.messenger import SlackMessenger
from adapters.slack.people import People
from adapters.slack.removing import remover
from adapters.slack.tokens import NotInstalled
from adapters.slack.windows import home
from adapters.slack.workspace import Workspace
from bot.desk import Desk
from bot.message import Block, Message, text
from bot.model import Account, Who
from bot.welcome import Notice

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

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
HOME = "home"


class SlackFront(Front):
    """Everything that any surface in Slack asks of the desk."""

    def __init__(
        self,
        desk: Desk,
        clients: Clients,
        people: People,
        messenger: SlackMessenger,
        background: Background,
        clock: Callable[[], datetime],
        answered: Answered = uncounted,
    ) -> None:
        removing = remover(clients, background, clock)

        def remove(refs: Sequence[str], who: Who) -> Sequence[Block]:
            removing.begin(refs, who.workspace)
            return (*([text(GONE)] if refs else []), text(KEPT, small=True))

        super().__init__(
            desk,
            messenger,
            background,
            clock,
            remove,
            answered,
        )
        self.clients = clients
        self.sent = SentMessages(clients, clock, messenger.edits)
        self.turns = Turns()
        self._people = people
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
        channel = channel_of(body)
        # A guest of the workspace arranges nothing for others, nor does somebody unknown.
        organizes = bool(channel) and person is not None and not person.guest
        return Who(
            *(PLATFORM, user, workspace.key, place, name, zone, True, formerly),
            channel=channel,
            organizes=organizes,
        )

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
                    log.warning("home not drawn", workspace=who.workspace, outcome="left")
        finally:
            del self._refreshing[key]

    async def _publish(self, view: Json, who: Who) -> bool:
        try:
            client = await self.clients.client(who.workspace)
            await client.views_publish(user_id=who.user, view=view)
        except NotInstalled:
            log.info("home not drawn", workspace=who.workspace, outcome="not_installed")
        except Exception as error:
            # The next change draws it again.
            log.warning("home not drawn", error=type(error).__name__)
        else:
            return True
        return False
