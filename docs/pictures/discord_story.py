"""The job hunt of the pictures, told to the real app at simcord's Discord, and where to look.

Knows the app from outside; paints nothing, so it takes neither simcord's preview nor a browser.
"""

import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import simcord

from docs.pictures.face import NAME as BOT
from docs.pictures.hunt import APPLIED, CONTACT, NAME, REASONS, SETTINGS
from storage.migrate import migrate
from storage.store import Store
from tests.discord.chat import DiscordChat
from tests.discord.simworld import SimWorld, sim_world
from tests.discord.standin import Posted


@dataclass(frozen=True)
class Sight:
    """What the person has before them: `target` in `channel`, which says `words`.

    `typed` is what they have typed into the form so far, by the input's custom_id.
    """

    env: simcord.Env
    channel: simcord.ChannelHandle
    viewer: simcord.MemberActor | simcord.UserHandle
    target: simcord.ResponseMessage | simcord.InteractionResult
    words: str
    typed: Mapping[str, str] = field(default_factory=dict)


Look = Callable[[str, Sight], Awaitable[None]]


async def tell(look: Look) -> None:
    """Tell it, and call `look` with each name and sight while it is on the screen."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'story.db'}"
        migrate(url)
        async with Store.open(url) as store, sim_world(store) as world:
            world.env.backend.bot_user.name = BOT
            await _hunt(DiscordChat(world, NAME, brisk=False), world, look)


async def _hunt(chat: DiscordChat, world: SimWorld, look: Look) -> None:
    person, room = chat.person, world.channel
    assert room is not None
    env = world.env

    def sight(posted: Posted) -> Sight:
        message = env.backend.get_message(int(posted.channel), int(posted.id))
        words = "\n".join((posted.shown, *posted.buttons))
        shown = simcord.ResponseMessage(env, message)
        if posted.ephemeral:
            return Sight(env, room, person.member, shown, words)
        return Sight(env, person.user.dm_channel, person.user, shown, words)

    notice = await chat.say(APPLIED)
    await look("discord-notice", sight(person.ephemerals[-1]))
    await chat.press("Yes, begin", notice)
    await look("discord-answer", sight(person.ephemerals[-1]))
    opened = await person.press("Add my reasons")
    typed = {**REASONS, "contact": CONTACT}
    form = person.modal.shown
    await look("discord-form", Sight(env, room, person.member, opened, form, typed))
    await chat.fill(**typed)
    await chat.say(SETTINGS)
    await chat.wait(days=8)
    await look("discord-nudge", sight(person.dms[-1]))
    await chat.press("I sent it")
    await look("discord-sent", sight(person.dms[-1]))
