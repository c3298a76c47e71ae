"""The real processes, started as a host starts them, say how they are and what they count."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from adapters.parts import metrics_port_of
from adapters.settings import BadSetting
from storage.migrate import migrate
from tests.discord import standin
from tests.test_cli import process


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


@asynccontextmanager
async def started(
    part: str, discord: standin.Discord, folder: Path
) -> AsyncIterator[aiohttp.ClientSession]:
    """A client of the port where that process tells how it is."""
    port = free_port()
    ours = ("DATABASE_URL", "LETTERS_DIR", "LOG_", "SLACK_", "DISCORD_", "PORT", "METRICS_PORT")
    environment = {n: v for n, v in os.environ.items() if not n.startswith(ours)} | {
        "HOME": str(folder),
        "PYTHONPATH": os.getcwd(),
        "DATABASE_URL": f"sqlite:///{folder / 'jobs.sqlite3'}",
        "DISCORD_TOKEN": discord.token,
        "DISCORD_API_URL": discord.api_url,
        "DISCORD_GATEWAY_URL": discord.gateway_url,
        "METRICS_PORT": str(port),
    }
    async with (
        process(part, environment),
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as client,
    ):
        async with asyncio.timeout(20):
            while True:
                try:
                    async with client.get("/healthz") as response:
                        assert (response.status, await response.text()) == (200, "ok")
                        break
                except aiohttp.ClientConnectionError:
                    await asyncio.sleep(0.05)
        yield client


async def told(client: aiohttp.ClientSession) -> tuple[int, dict[str, Any]]:
    async with client.get("/readyz") as response:
        return response.status, await response.json()


@pytest.mark.parametrize("part", ["run", "gateway", "worker"])
async def test_every_process_says_how_it_is_on_a_port_of_its_own(part: str, tmp_path: Path) -> None:
    migrate(f"sqlite:///{tmp_path / 'jobs.sqlite3'}")
    async with standin.Discord() as discord, started(part, discord, tmp_path) as client:
        async with asyncio.timeout(20):
            while True:
                status, said = await told(client)
                states = {name: check["status"] for name, check in said["checks"].items()}
                # No worker has ever run where only a gateway does.
                wanted = "degraded" if part == "gateway" else "ready"
                if states["discord"] == "ready" and said["status"] == wanted:
                    break
                await asyncio.sleep(0.1)
        assert status == 200
        assert states["dispatcher"] == wanted
        async with client.get("/metrics") as response:
            counted = await response.text()
        assert f'part="{part}"' in counted
        assert 'followthrough_check{check="database",state="ready"} 1.0' in counted
        assert discord.token not in counted


def test_the_port_is_asked_for_or_there_is_none() -> None:
    assert metrics_port_of({}) is None
    assert metrics_port_of({"METRICS_PORT": " 9100 "}) == 9100
    for wrong in ("http", "-1", "65536", "9" * 5000):
        with pytest.raises(BadSetting, match=r"^METRICS_PORT is a number"):
            metrics_port_of({"METRICS_PORT": wrong})
