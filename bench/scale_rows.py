"""How many bytes of PostgreSQL a row takes, with its indexes: what a database grows by."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from bench.databases import Place, connected, tidy
from bench.report import Report
from bench.seeding import PLATFORM
from bot.commands import registry
from bot.desk import Desk
from bot.letters.draft import Letters
from bot.message import Call, Message
from bot.model import Who
from storage.store import Store

NOW = datetime(2026, 6, 9, 14, 0, tzinfo=UTC)
_SIZES = text(
    """
    SELECT relname, reltuples::bigint, pg_table_size(oid), pg_indexes_size(oid)
    FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND reltuples >= :few
    ORDER BY pg_total_relation_size(oid) DESC
    """
)


def blank() -> Report:
    """The table to fill."""
    return Report(
        "rows: bytes that one row takes in PostgreSQL",
        ("written by", "table", "rows", "row", "its indexes", "together"),
        (
            "Sizes of `pg_table_size` and `pg_indexes_size` by the number of rows, after VACUUM. "
            "“Seeding”: rows in bulk, alike but for their keys. “People”: what everybody has said.",
        ),
    )


def add(report: Report, url: str, name: str, few: int) -> None:
    """The rows of one database: its tables of at least so many rows."""
    with connected(url) as connection:
        found = connection.execute(_SIZES, {"few": few}).all()
    for table, rows, own, indexes in found:
        each = [f"{size / rows:,.0f} B" for size in (own, indexes, own + indexes)]
        report.add(name, table, f"{rows:,}", *each)
        name = ""


async def talk(url: str, people: int) -> None:
    """Everybody logs three applications, sends a letter, books an interview and hears something."""
    async with Store.open(url) as store:
        desk = Desk(store, registry, Letters())
        for number in range(people):
            who = Who(PLATFORM, f"U{number}", name="Sam Rivera", zone="America/New_York")
            for turn, call in enumerate(_calls(number)):
                answer = await desk.handle(call, who, NOW + timedelta(days=7 * turn))
                assert isinstance(answer, Message), answer
                assert answer.changed, answer.title
    tidy(url)


def _calls(number: int) -> list[Call]:
    """What one person does in these weeks."""
    applied = [
        Call(
            "job applied",
            {
                "company": f"Employer {number} {turn}",
                "role": "Site Reliability Engineer",
                "fit": "I have run systems like yours for six years.",
                "proof": "I cut deployment time from an hour to four minutes.",
                "link": f"https://jobs.example.com/{number}/{turn}",
            },
        )
        for turn in range(3)
    ]
    return [
        *applied,
        Call("job sent", {"application": "1", "channel": "email"}),
        Call("job interview", {"application": "2", "at": "tomorrow 3pm", "people": "Dana Cole"}),
        Call("job heard", {"application": "3", "what": "reply"}),
    ]


async def run(place: Place, url: str, people: int, few: int) -> Report:
    """The table; `url` is the database that was filled in bulk."""
    report = blank()
    add(report, url, "Seeding", few)
    said = place.fresh("scale_rows")
    await talk(said, people)
    add(report, said, "People", people // 2)
    return report
