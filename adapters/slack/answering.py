"""Slack's part of answering: what its places need, and files. Knows the front and the places."""

import re

from adapters.answering import Answering
from adapters.slack import Json
from adapters.slack.files import without_files
from adapters.slack.front import SlackFront
from adapters.slack.places import Surroundings
from adapters.slack.workspace import Workspace
from bot.message import Answer, Call, Form, Message
from bot.model import Who


class SlackAnswering(Answering):
    """What every listener does once it knows who asked for what, and where."""

    front: SlackFront

    def __init__(self, front: SlackFront) -> None:
        super().__init__(front)

    async def around(self, body: Json, who: Who | None) -> Surroundings:
        """What a place needs, for whoever asked. Raises NotInstalled and NotNow."""
        clients = self.front.clients
        workspace = who.workspace if who else Workspace.of(body).key
        client = await clients.client(workspace)

        async def redraw(ref: str, answer: Message) -> Message | None:
            return (
                await self.front.desk.redraw(ref, answer, who, self.front.clock()) if who else None
            )

        return Surroundings(
            workspace,
            client,
            self.front.sent,
            clients.session,
            self.front.desk.registry,
            self.front.clock(),
            redraw,
            self.front.turns,
        )

    async def answered(self, call: Call, who: Who, once: str = "") -> Answer:
        """The answer with its files on their way, which takes several calls of Slack's."""
        answer = await super().answered(call, who, once)
        if isinstance(answer, Form):
            return answer
        clients, pause = self.front.clients, self.front.background.pause
        return await without_files(answer, clients, who.workspace, who.user, pause)


def named(callback: object) -> str:
    """An id of a manifest or a window of ours for the log; never anything else."""
    found = re.fullmatch(r"[a-z_]{1,30}", str(callback))
    return found[0] if found else "?"
