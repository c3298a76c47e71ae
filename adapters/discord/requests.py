"""What is asked of Discord to write to somebody, each within a time. Knows discord.py's requests.

The library retries and waits by itself, for minutes if need be: the dispatcher's claim would run
out meanwhile. But a request is never broken off: cancelled while it waits out a global rate limit,
it would leave the whole client waiting for ever (`_global_over` in discord/http.py of 2.7.1). One
that takes too long is left to end by itself. Should it arrive after all, the next try with its
nonce finds its message there.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

import aiohttp
import discord
from discord.http import MultipartParameters, Route

from adapters.discord.outcomes import NotReached

T = TypeVar("T")
# Gives a client that is logged in; raises NotReached, or discord.LoginFailure.
Reach = Callable[[], Awaitable[discord.Client]]

# The seconds that one message may take. The dispatcher begins its last one 90 seconds into a claim
# of 120 (`bot.dispatch`), so that whatever is answered is also settled while the claim holds.
PATIENCE = 25.0
# So many times longer a late answer is listened for.
LATE = 10
PRIVATE_THREAD = 12
# Minutes without a message after which a thread is archived; Discord takes no more.
WEEK = 10_080


class Requests:
    """Requests through a client that `reach` gives, each with a time (of the loop) to end by.

    They raise what the library raises, and besides: NotReached when it was too late to ask, or
    Discord could not be reached, so that nothing was asked; TimeoutError when the answer did not
    come in time.
    """

    def __init__(self, reach: Reach, patience: float = PATIENCE) -> None:
        self._reach = reach
        self._patience = patience
        # Of each of the library's tries. It repeats none that ran into this, so that what was left
        # behind has ended before Discord forgets the nonce; by itself it would allow five minutes.
        self._limit = aiohttp.ClientTimeout(total=patience)
        # Of one that may well be answered late, as nothing makes its repeat the same.
        self._late = aiohttp.ClientTimeout(total=patience * LATE)
        # Those that took too long, kept until they have ended.
        self._left: set[asyncio.Task[Any]] = set()

    def until(self) -> float:
        """The time by which a message that is begun now has to be sent."""
        return asyncio.get_running_loop().time() + self._patience

    async def open(self, user: str, until: float) -> str:
        """The id of the bot's conversation with a person; the same however often it is asked."""
        client = await self._client(until)

        async def ask() -> str:
            route = Route("POST", "/users/@me/channels")
            body = {"recipient_id": user}
            made = await client.http.request(route, json=body, timeout=self._limit)
            return str(int(made["id"]))

        return await self._within(ask, until)

    async def post(self, channel: str, params: MultipartParameters, until: float) -> str:
        """Send a message; its id. Closes the files of `params`."""
        client = await self._client(until)

        async def ask() -> str:
            # As `send_message` of the library's does, which takes no time limit.
            route = Route("POST", "/channels/{channel_id}/messages", channel_id=channel)
            with params:
                made = await client.http.request(route, timeout=self._limit, **_body(params))
            return str(int(made["id"]))

        return await self._within(ask, until)

    async def edit(
        self, channel: str, message: str, params: MultipartParameters, until: float
    ) -> None:
        """Let a message of ours say something else. Closes the files of `params`."""
        client = await self._client(until)

        async def ask() -> None:
            route = Route(
                "PATCH",
                "/channels/{channel_id}/messages/{message_id}",
                channel_id=channel,
                message_id=message,
            )
            with params:
                await client.http.request(route, timeout=self._limit, **_body(params))

        await self._within(ask, until)

    async def thread(
        self, channel: str, name: str, until: float, opened: Callable[[str], None]
    ) -> str:
        """Open a private thread into which only we bring people; its id.

        `opened` is told the id as soon as it is known, also when that is too late to return it.
        """
        client = await self._client(until)

        async def ask() -> str:
            route = Route("POST", "/channels/{channel_id}/threads", channel_id=channel)
            body = {
                "name": name,
                "type": PRIVATE_THREAD,
                "invitable": False,
                "auto_archive_duration": WEEK,
            }
            made = await client.http.request(route, json=body, timeout=self._late)
            thread = str(int(made["id"]))
            opened(thread)
            return thread

        return await self._within(ask, until)

    async def bring(self, thread: str, user: str, until: float) -> None:
        """Add a person to a thread; nothing happens if they are there."""
        await self._member("PUT", thread, user, until)

    async def let_go(self, thread: str, user: str, until: float) -> None:
        """Take a person out of a private thread of ours."""
        await self._member("DELETE", thread, user, until)

    async def _member(self, verb: str, thread: str, user: str, until: float) -> None:
        client = await self._client(until)

        async def ask() -> None:
            route = Route(
                verb,
                "/channels/{channel_id}/thread-members/{user_id}",
                channel_id=thread,
                user_id=user,
            )
            await client.http.request(route, timeout=self._limit)

        await self._within(ask, until)

    async def delete(self, channel: str, message: str) -> None:
        """Delete a message of ours, in whatever time that takes."""
        client = await self._client(math.inf)
        await client.http.delete_message(int(channel), int(message))

    async def written(self, channel: str, before: int) -> list[tuple[int, bool]]:
        """Up to 100 messages of a conversation, the newest first: the id, and whether it is ours.

        `before` is an id that they are older than.
        """
        client = await self._client(math.inf)
        me = client.user.id if client.user else 0
        found = await client.http.logs_from(int(channel), 100, before=before)
        return [(int(one["id"]), int(one["author"]["id"]) == me) for one in found]

    async def _client(self, until: float) -> discord.Client:
        async def reached() -> discord.Client:
            return await self._reach()

        try:
            return await self._within(reached, until)
        except discord.LoginFailure:
            raise
        except Exception as error:
            # Whatever it was, it was before anything was asked.
            raise NotReached(type(error).__name__) from None

    async def _within(self, ask: Callable[[], Coroutine[Any, Any, T]], until: float) -> T:
        left = until - asyncio.get_running_loop().time()
        if left <= 0:
            raise NotReached("no time is left")
        task = asyncio.create_task(ask())
        self._left.add(task)
        task.add_done_callback(self._ended)
        done, _ = await asyncio.wait({task}, timeout=None if left == math.inf else left)
        if not done:
            raise TimeoutError
        return task.result()

    def _ended(self, task: "asyncio.Task[Any]") -> None:
        self._left.discard(task)
        if not task.cancelled():
            # Looked at, or the loop would log it, and what Discord said with it.
            task.exception()


def _body(params: MultipartParameters) -> dict[str, Any]:
    if params.files:
        return {"files": params.files, "form": params.multipart}
    return {"json": params.payload}
