"""People who log applications in Discord, as the database knows them. Knows no app."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Text, cast, func, insert, literal, select, update

from adapters.discord import PLATFORM
from adapters.discord.notice import NOTICE
from bench.databases import connected, tidy
from bench.discord_servers import USERS, server_id, user_id
from bench.seeding import FIRST_DAY, add_applications, add_people, multiply, word
from bot.commands import registry
from bot.desk import Desk
from bot.letters.draft import Letters
from bot.message import Call
from bot.model import Who
from storage.models import accounts, counters, entrances, nudges, seekers
from storage.store import Store

NOW = datetime(2026, 6, 9, 14, 0, tzinfo=UTC)
HISTORY = 20  # applications that everybody has logged before
PLACES = 10  # servers among which they are spread
# Whose review is planned by the desk itself, and copied for everybody; they send nothing.
MODEL = 1_000_000_007


def place_of(person: int) -> int:
    """The number of the server where a person is."""
    return person % PLACES


async def seed(url: str, people: int) -> None:
    """Everybody has begun in their server, has logged `HISTORY` applications, and has the week's
    review planned.
    """
    with connected(url) as connection:
        for first, count in ((1, people), (MODEL, 1)):
            add_people(connection, first, count)
            add_applications(connection, first, count, FIRST_DAY, HISTORY)
            counter = {"seeker_id": first, "kind": "applications", "last": HISTORY}
            connection.execute(insert(counters), counter)
            mine = counters.c.seeker_id == first
            multiply(connection, counters, mine, count - 1, seeker_id=lambda n: n + 1)
        name = word(cast(accounts.c.seeker_id, BigInteger) + literal(USERS, BigInteger))
        here: dict[str, Any] = {"platform": PLATFORM, "workspace": "", "user": name}
        connection.execute(update(accounts).values(here))
        connection.execute(update(seekers).values(began_at=FIRST_DAY, discreet=True))
        server = literal(server_id(0), BigInteger) + accounts.c.seeker_id % PLACES * (1 << 22)
        rows = select(accounts.c.id, accounts.c.seeker_id, literal("g", Text) + word(server))
        names = ["account_id", "seeker_id", "entrance"]
        connection.execute(insert(entrances).from_select(names, rows))
    async with Store.open(url) as store:
        who = Who(PLATFORM, str(user_id(MODEL)), entrances=(f"g{server_id(place_of(MODEL))}",))
        call = Call("job applied", {"company": "First", "role": "Platform Engineer"})
        await Desk(store, registry, Letters(), NOTICE).handle(call, who, NOW)
    with connected(url) as connection:
        multiply(
            connection,
            nudges,
            (nudges.c.seeker_id == MODEL) & (nudges.c.application == 0),
            people,
            id=None,
            key=lambda n: func.replace(nudges.c.key, str(MODEL), word(n)),
            seeker_id=lambda n: n,
        )
    tidy(url)
