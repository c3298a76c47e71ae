"""Links that leave chat: once, for ten minutes, for whoever presses, and never by looking."""

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot import ports
from bot.exits import EXPORT, LASTS, PATH, Exits
from bot.ports import Unavailable
from storage.store import Store
from tests.leaving import EXITS, KEY, OTHER_KEY, ROOT, Host, hosted, kept, offered
from tests.samples import KIM, NOW, SAM

SECOND = timedelta(seconds=1)


@pytest.fixture
async def host(store: Store) -> AsyncIterator[Host]:
    async with hosted(store) as made:
        yield made


async def test_a_link_brings_everything_once(host: Host, store: Store) -> None:
    url = await offered(store)
    status, found = await host.press(url)
    assert status == 200
    assert isinstance(found, dict)
    assert list(found) == ["followthrough.json", "applications.csv"]
    whole = json.loads(found["followthrough.json"])
    assert [row["company"] for row in whole["applications"]] == ["Acme"]
    assert found["applications.csv"].startswith(b"number,applied_on,company")
    status, said = await host.press(url)
    assert status == 410
    assert "used already" in said
    assert "Acme" not in said
    assert await kept(store) == 0


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_looking_changes_nothing_and_shows_nothing(host: Host, store: Store) -> None:
    mine, theirs = await offered(store), await offered(store, KIM)
    pages = {(await host.get(url))[1] for url in (mine, theirs, mine, mine)}
    assert len(pages) == 1, "nobody's page is like somebody's"
    (shown,) = pages
    assert shown.count("<form") == shown.count("<button") == 1
    assert '<form method="post"><button>Download</button></form>' in shown
    assert not re.search("Acme|Sam|<script|<input|<a ", shown)
    assert await host.get(mine, "HEAD") == (200, "")
    for method in ("PUT", "DELETE", "OPTIONS"):
        assert (await host.get(mine, method))[0] == 405
    assert host.store.asked == 0
    assert (await host.press(mine))[0] == 200


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_nothing_on_the_way_keeps_passes_on_or_frames_it(host: Host, store: Store) -> None:
    path = (await offered(store)).removeprefix(ROOT)
    async with host.browser.get(path) as response:
        seen = response.headers
        assert "form-action 'self'" in seen["content-security-policy"]
        assert response.content_type == "text/html"
    async with host.browser.post(path) as response:
        got = response.headers
        assert got["content-disposition"] == 'attachment; filename="followthrough.zip"'
        assert response.content_type == "application/zip"
    async with host.browser.post(path) as response:
        over = response.headers
        assert "form-action 'none'" in over["content-security-policy"]
    for headers in (seen, got, over):
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-robots-tag"] == "noindex"
        assert headers["content-security-policy"].startswith("default-src 'none'; ")
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "set-cookie" not in headers


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_after_ten_minutes_it_has_run_out(host: Host, store: Store) -> None:
    url = await offered(store)
    host.now = NOW + LASTS - SECOND
    assert (await host.get(url))[0] == 200
    host.now = NOW + LASTS
    assert (await host.press(url))[0] == (await host.get(url))[0] == 410
    assert "run out" in (await host.get(url))[1]
    assert host.store.asked == 0
    await store.transact(lambda unit: unit.prune(host.now - SECOND))
    assert await kept(store) == 1
    await store.transact(lambda unit: unit.prune(host.now))
    assert await kept(store) == 0


async def test_the_store_itself_gives_nothing_late_or_for_another_purpose(store: Store) -> None:
    ticket = EXITS.read((await offered(store)).removeprefix(ROOT + PATH))
    assert ticket

    def spend(purpose: str, now: datetime) -> int | None:
        return store.run(lambda unit: unit.spend_link(ticket.fingerprint, purpose, now))

    assert spend(EXPORT, ticket.until) is None
    assert spend("letters", NOW) is None
    assert spend(EXPORT, ticket.until - SECOND)
    assert spend(EXPORT, NOW) is None


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_whatever_we_did_not_sign_for_this_never_reaches_the_store(
    host: Host, store: Store
) -> None:
    url = await offered(store)
    token = url.removeprefix(ROOT + PATH)
    purpose, until, chance, signature = token.split(".")
    later = str(int(until) + 3600)
    other = await offered(store, purpose="letters")
    theirs = Exits(ROOT, (OTHER_KEY,))
    forged = [
        f"{purpose}.{later}.{chance}.{signature}",
        f"letters.{until}.{chance}.{signature}",
        f"{purpose}.{until}.{chance[::-1]}.{signature}",
        f"{purpose}.{until}.{chance}.{signature[::-1]}",
        f"{purpose}.{until}.{chance}",
        f"{token}=",
        f"{token}%00",
        f"{token}%0A",
        "x",
        other.removeprefix(ROOT + PATH),
        await store.transact(lambda unit: theirs.address(unit, 1, EXPORT, NOW).split("/")[-1]),
    ]
    for each in forged:
        assert (await host.press(f"{PATH}{each}"))[0] == 404, each
        assert (await host.get(f"{PATH}{each}"))[0] == 404, each
    assert (await host.get(f"{PATH}{token}/"))[0] == 404
    assert (await host.get(PATH))[0] == 404
    assert host.store.asked == 0


async def test_asking_anew_ends_the_older_link_of_that_person_and_purpose(
    host: Host, store: Store
) -> None:
    older, theirs = await offered(store), await offered(store, KIM)
    for_else = await offered(store, purpose="letters")
    newer = await offered(store)
    assert await kept(store) == 3
    status, said = await host.press(older)
    assert status == 410
    assert "newer one" in said
    assert (await host.press(newer))[0] == (await host.press(theirs))[0] == 200
    assert await kept(store) == 1, "that for another purpose stays"
    assert (await host.press(for_else))[0] == 404


async def test_however_often_it_is_asked_for_at_once_one_link_is_good(
    host: Host, store: Store
) -> None:
    await offered(store)
    found = await asyncio.gather(*(offered(store) for _ in range(8)))
    assert await kept(store) == 1
    statuses = [(await host.press(url))[0] for url in found]
    assert sorted(statuses) == [200] + [410] * 7


async def test_whoever_is_forgotten_leaves_no_link(host: Host, store: Store) -> None:
    url, theirs = await offered(store), await offered(store, KIM)
    seeker = store.run(lambda unit: unit.enter(SAM, NOW))[0]
    await store.transact(lambda unit: unit.forget(seeker.id))
    assert (await host.press(url))[0] == 410
    assert await kept(store) == 1
    assert (await host.press(theirs))[0] == 200


async def test_of_many_who_press_at_once_in_two_processes_one_gets_it(store_url: str) -> None:
    async with Store.open(store_url) as one, Store.open(store_url) as other:
        url = await offered(one)
        async with hosted(one) as here, hosted(other) as there:
            pressed = [host.press(url) for host in (here, there) for _ in range(6)]
            found = [status for status, _ in await asyncio.gather(*pressed)]
    assert sorted(found) == [200] + [410] * 11


async def test_a_restart_and_a_new_key_in_between_make_no_difference(store_url: str) -> None:
    async with Store.open(store_url) as before:
        url = await offered(before)
    async with Store.open(store_url) as after, hosted(after, Exits(ROOT, (OTHER_KEY, KEY))) as host:
        assert (await host.press(url))[0] == 200
        assert (await host.press(url))[0] == 410


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_a_link_that_could_not_be_used_stays_good(store_url: str) -> None:
    class Broken:
        async def transact(self, work: Callable[[ports.Unit], Any]) -> Any:
            async with Store.open(store_url) as store:
                await store.transact(lambda unit: (work(unit), self.fail()))

        def fail(self) -> None:
            raise Unavailable("The database is away.")

    async with Store.open(store_url) as store:
        url = await offered(store)
        async with hosted(Broken()) as host:
            status, said = await host.press(url)
        assert status == 503
        assert "press again" in said
        async with hosted(store) as host:
            assert (await host.press(url))[0] == 200


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_no_log_holds_a_token(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    class Failing:
        async def transact(self, work: Callable[[ports.Unit], Any]) -> Any:
            raise RuntimeError(f"canary {url}")

    url = await offered(store)
    async with hosted(store) as host, hosted(Failing()) as failing:
        status, said = await failing.press(url)
        assert status == 500
        assert "canary" not in said
        host.now += LASTS
        await host.press(url)
        host.now = NOW
        for _ in range(2):
            await host.get(url)
            await host.press(url)
        await host.press(url[:-1])
    assert "link used" in caplog.text
    assert "link refused why=used" in caplog.text
    parts = url.removeprefix(ROOT + PATH).split(".")[1:]
    assert not any(part in caplog.text for part in (*parts, PATH, "canary"))
