"""What leaves chat by a link: a host over real HTTP, a browser, and somebody who asked."""

import io
import zipfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiohttp

from adapters.web.downloads import Downloads
from adapters.web.site import starlette_app
from bot import ports
from bot.exits import EXPORT, Exits
from bot.model import Who
from storage.store import Store
from tests.samples import KIM, NOW, SAM, application
from tests.serving import serving

ROOT = "https://jobs.example.org"
KEY, OTHER_KEY = (bytes([n]) * 32 for n in (1, 2))
EXITS = Exits(ROOT, (KEY,))


class Counted:
    """A store that counts how often it is asked."""

    def __init__(self, store: ports.Store) -> None:
        self._store = store
        self.asked = 0

    async def transact(self, work: Callable[[ports.Unit], Any]) -> Any:
        self.asked += 1
        return await self._store.transact(work)


@dataclass
class Host:
    """A host in a story's own time, and a browser."""

    browser: aiohttp.ClientSession
    store: Counted
    now: datetime = NOW

    async def get(self, url: str, method: str = "GET") -> tuple[int, str]:
        async with self.browser.request(method, url.removeprefix(ROOT)) as response:
            return response.status, await response.text()

    async def press(self, url: str) -> tuple[int, dict[str, bytes] | str]:
        """What comes back when the button is pressed: files by name, or a page."""
        async with self.browser.post(url.removeprefix(ROOT)) as response:
            if response.status != 200:
                return response.status, await response.text()
            with zipfile.ZipFile(io.BytesIO(await response.read())) as found:
                return 200, {name: found.read(name) for name in found.namelist()}


@asynccontextmanager
async def hosted(store: ports.Store, exits: Exits = EXITS) -> AsyncIterator[Host]:
    counted = Counted(store)
    host: Host
    app = starlette_app(Downloads(exits, counted, lambda: host.now).routes())
    async with serving(app) as port, aiohttp.ClientSession(f"http://127.0.0.1:{port}") as browser:
        host = Host(browser, counted)
        yield host


async def offered(
    store: ports.Store, who: Who = SAM, now: datetime = NOW, purpose: str = EXPORT
) -> str:
    """A link of somebody who has applied at Acme."""

    def work(unit: ports.Unit) -> str:
        seeker, _ = unit.enter(who, now)
        if not unit.applications.all(seeker.id):
            unit.applications.add(application(seeker))
        return EXITS.address(unit, seeker.id, purpose, now)

    return await store.transact(work)


async def kept(store: Store) -> int:
    """How many links the store keeps."""

    def work(unit: ports.Unit) -> int:
        people = [found[0].id for who in (SAM, KIM) if (found := unit.look(who))]
        return sum(len(unit.export(each)["links"]) for each in people)

    return await store.transact(work)
