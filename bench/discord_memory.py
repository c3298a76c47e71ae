"""What a process takes of the memory, by how many servers Discord tells it of.

`followthrough gateway` as a host starts it, beside a bare discord.py app with the same settings.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from bench.discord_people import place_of, seed
from bench.discord_servers import CHANNELS, EMOJIS, ROLES, THREADS, applied, server
from bench.discord_standin import TOKEN, Discord, discord
from bench.processes import unless_ended
from bench.report import Report, against
from storage.migrate import migrate

SERVERS = (0, 1, 100, 1_000)
TARGET = 150  # MB, with the most of them
BARE, OURS = "bare discord.py", "followthrough gateway"
# Seconds after the last server until discord.py says that it knows all (its guild_ready_timeout).
SETTLED = 2.5


@asynccontextmanager
async def started(name: str, standin: Discord, url: str) -> AsyncIterator[Process]:
    """The program, until it is no longer needed."""
    command = {
        BARE: ["-m", "bench.discord_bare", standin.api_url, standin.gateway_url, TOKEN],
        OURS: ["-m", "adapters", "gateway"],
    }[name]
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "DISCORD_TOKEN": TOKEN,
        "DISCORD_API_URL": standin.api_url,
        "DISCORD_GATEWAY_URL": standin.gateway_url,
    }
    running = await asyncio.create_subprocess_exec(
        sys.executable, *command, stdin=PIPE, stderr=PIPE, env=environment
    )
    try:
        yield running
    finally:
        running.terminate()
        await running.wait()


def resident(process_id: int) -> float:
    """Megabytes that the process has in the memory now."""
    status = Path(f"/proc/{process_id}/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(lines["VmRSS"].split()[0]) * 1024 / 1e6
    told = subprocess.run(
        ["ps", "-o", "rss=", "-p", str(process_id)], capture_output=True, check=True
    )
    return int(told.stdout) * 1024 / 1e6


async def ask(standin: Discord, people: int, commands: int) -> None:
    """Have people log applications, one after the other."""
    for number in range(commands):
        person = 1 + number % people
        whole = applied(number, person, place_of(person))
        await standin.ask(json.dumps(whole), whole["token"])


async def memory(folder: str, *, quick: bool) -> Report:
    """The table."""
    people, commands, settled = (10, 10, 0.0) if quick else (200, 500, SETTLED)
    report = Report(
        "memory: a process that Discord tells of servers",
        ("program", "servers", "knows them after", "then", f"{commands} commands later", "target"),
        (
            f"Each server has {CHANNELS} channels, {ROLES} roles, {EMOJIS} emojis and {THREADS} "
            "threads. Resident (RSS). Commands: `/job applied …`, one after the other. Known: from "
            "the start of the process until it has read them all.",
        ),
    )
    for name in (BARE, OURS):
        title = name
        for servers in SERVERS[1:2] if quick else SERVERS:
            url = f"sqlite:///{Path(folder) / f'{name.split()[0]}{servers}.db'}"
            migrate(url)
            await seed(url, people)
            made = [partial(server, number) for number in range(servers)]
            began = time.perf_counter()
            async with discord(made) as standin, started(name, standin, url) as running:
                await unless_ended(running, standin.listening())
                took = time.perf_counter() - began
                await asyncio.sleep(settled)
                known = resident(running.pid)
                await unless_ended(running, ask(standin, people, commands))
                after = resident(running.pid)
            most = name == OURS and servers == SERVERS[-1]
            target = against(after, TARGET, " MB") if most else ""
            cells = f"{servers:,}", f"{took:.1f} s", f"{known:.0f} MB", f"{after:.0f} MB"
            report.add(title, *cells, target)
            title = ""
    return report
