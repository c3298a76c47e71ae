"""The body of a message as Discord takes it, new or in place of another. Sends nothing."""

from base64 import urlsafe_b64encode
from hashlib import blake2b

import discord
from discord.http import MultipartParameters, handle_message_parameters

from adapters.discord.components import layout
from bot.message import Message
from bot.model import Account


def written(message: Message, nonce: str) -> MultipartParameters:
    """The body of a new message, and its files; raises what rendering raises."""
    shown = layout(message)
    return handle_message_parameters(
        view=shown.view,
        files=shown.files or discord.utils.MISSING,
        nonce=nonce,
        allowed_mentions=discord.AllowedMentions.none(),
        flags=_quiet(),
    )


def rewritten(message: Message) -> MultipartParameters:
    """The body that shows this in place of all that a message showed, its files included.

    Raises what rendering raises.
    """
    shown = layout(message)
    return handle_message_parameters(
        view=shown.view,
        attachments=list(shown.files),
        allowed_mentions=discord.AllowedMentions.none(),
        flags=_quiet(),
    )


def nonce_of(account: Account, key: str) -> str:
    """The nonce of a nudge's message to an account: the same for the same, of 22 characters."""
    return nonce(f"{account.id}:{key}")


def nonce(told: str) -> str:
    """The same for the same, of 22 characters of which Discord takes up to 25."""
    digest = blake2b(told.encode(), digest_size=16).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def _quiet() -> discord.MessageFlags:
    return discord.MessageFlags(suppress_embeds=True)
