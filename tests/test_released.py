"""The releases that may still run go on with the schema of this program: expand, deploy, contract.

`tests/released` holds what each asked of the database, recorded when it was made. Here it asks the
same of a database as this program makes it, and of one that is migrated in the middle of its work.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

import pytest
from alembic.command import upgrade
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Column, Engine, Text, inspect

from bot.ports import Unit
from storage.columns import Choice
from storage.engine import begin, connect, unlinked
from storage.migrate import migrate, script
from storage.models import HEAD, SERVES, metadata
from storage.store import Store
from tests.released.recording import FOLDER, Differs, Recording, Scene, play, read
from tests.released.recording import empty as emptied

RELEASES = sorted({path.name.partition(".")[0] for path in FOLDER.glob("*.jsonl")})
DATABASES = {"sqlite": "sqlite", "postgres": "postgresql"}

# Values that this program can read and does not write yet: "nudges.kind" -> {"new kind"}. A release
# that reads them goes first, one that writes them follows.
UNWRITTEN: dict[str, set[str]] = {}

recorded = cache(read)


@pytest.fixture(params=RELEASES)
def recording(request: pytest.FixtureRequest, kind: str) -> Recording:
    """What a release asked of each database."""
    return recorded(FOLDER / f"{request.param}.{DATABASES[kind]}.jsonl")


@pytest.fixture
def engine(store_url: str) -> Iterator[Engine]:
    """One connection to a database as this program makes it, without records."""
    opened = connect(store_url, 1)
    yield opened
    opened.dispose()


def made_by(recording: Recording, url: str) -> Engine:
    """A database as that release had it."""
    engine = connect(url, 1)
    with engine.connect() as connection, unlinked(connection), begin(connection):
        config = script()
        config.attributes["connection"] = connection
        upgrade(config, recording.schema)
    return engine


def replay(scenes: Sequence[Scene], engine: Engine) -> None:
    """Play scenes, each on an empty database."""
    for scene in scenes:
        emptied(engine, begin)
        play(scene, engine, begin)


def rows(engine: Engine, columns: dict[str, list[str]]) -> dict[str, list[Any]]:
    """What stands in these columns, by table."""
    with engine.connect() as connection:
        return {
            table: sorted(
                connection.exec_driver_sql(
                    f"SELECT {', '.join(f'{chr(34)}{name}{chr(34)}' for name in names)}"
                    f' FROM "{table}"'
                ).all(),
                key=repr,
            )
            for table, names in columns.items()
        }


def columns(engine: Engine) -> dict[str, list[str]]:
    """Every table's columns but those of the schema's version."""
    look = inspect(engine)
    tables = set(look.get_table_names()) - {"alembic_version"}
    return {table: [column["name"] for column in look.get_columns(table)] for table in tables}


def look_at_all(unit: Unit, people: Sequence[int]) -> None:
    """Read everything of these people, as records and for an export."""
    for one in people:
        rows = unit.export(one)
        assert len(rows["seekers"]) == 1
        ids = sorted(nudge.id for nudge in unit.nudges.of(one))
        assert ids == [row["id"] for row in rows["nudges"]]
    numbers = unit.numbers(people)
    assert set(unit.cases(numbers)) == set(numbers)


def test_every_release_that_may_still_run_is_recorded_and_no_other() -> None:
    """A schema is changed only once the release before it was recorded, or can run no more."""
    assert all(SERVES <= release <= HEAD for release in RELEASES)
    assert SERVES == HEAD or SERVES in RELEASES


def test_the_release_goes_on_when_its_database_is_migrated_under_it(
    recording: Recording, fresh_url: str
) -> None:
    engine = made_by(recording, fresh_url)
    longest = max(recording.scenes, key=lambda scene: len(scene.transactions))
    middle = len(longest.transactions) // 2
    play(longest, engine, begin, slice(middle))
    known = columns(engine)
    before = rows(engine, known)
    assert any(before.values())
    migrate(fresh_url)
    assert rows(engine, known) == before
    play(longest, engine, begin, slice(middle, None))
    replay(recording.scenes, engine)
    engine.dispose()


def test_the_release_goes_on_in_a_database_that_this_program_made_and_reads(
    recording: Recording, engine: Engine
) -> None:
    store, read_back = Store(engine, 1), 0
    for scene in recording.scenes:
        replay([scene], engine)
        with engine.connect() as connection, begin(connection):
            people = [row[0] for row in connection.exec_driver_sql("SELECT id FROM seekers")]
        read_back += len(people)
        store.run(lambda unit, people=people: look_at_all(unit, people))
    assert read_back > len(recording.scenes) / 2


def test_the_recording_is_of_all_that_the_release_does(
    recording: Recording, fresh_url: str
) -> None:
    engine = made_by(recording, fresh_url)
    tables = set(columns(engine))
    engine.dispose()
    said = [statement.sql for statement in recording.statements]
    for table in tables:
        assert any(sql.startswith(f"INSERT INTO {table} ") for sql in said), table
        assert any(sql.startswith(("SELECT", "DELETE")) and table in sql for sql in said), table
    for beginning in ("UPDATE nudges SET ready_at", "UPDATE nudges SET due_at", "UPDATE entrances"):
        assert any(sql.startswith(beginning) for sql in said), beginning
    for table in ("seekers", "seen_events", "slack_oauth_states", "departures", "stash"):
        assert any(sql.startswith(f"DELETE FROM {table}") for sql in said), table


def test_this_program_writes_no_word_that_the_release_cannot_read(recording: Recording) -> None:
    """A new kind or state needs no migration, and an older program that meets it would stop."""
    for table in metadata.sorted_tables:
        for column in table.c:
            name = f"{table.name}.{column.name}"
            if isinstance(column.type, Choice) and name in recording.choices:
                ours = {member.value for member in column.type.members}
                assert ours - UNWRITTEN.get(name, set()) <= set(recording.choices[name]), name


Change = Callable[[Operations], None]


def _needs_more(schema: Operations) -> None:
    with schema.batch_alter_table("nudges") as table:
        table.add_column(Column("mood", Text, nullable=False))


def _has_less(schema: Operations) -> None:
    with schema.batch_alter_table("nudges") as table:
        table.drop_column("local")


def _renames_a_column(schema: Operations) -> None:
    with schema.batch_alter_table("accounts") as table:
        table.alter_column("place", new_column_name="channel")


def _renames_a_table(schema: Operations) -> None:
    schema.rename_table("seen_events", "events")


def _allows_less(schema: Operations) -> None:
    with schema.batch_alter_table("nudges") as table:
        table.create_unique_constraint("one_at_a_time", ["seeker_id"])


def _adds_beside(schema: Operations) -> None:
    with schema.batch_alter_table("nudges") as table:
        table.add_column(Column("mood", Text))
        table.add_column(Column("tone", Text, nullable=False, server_default="warm"))
    schema.create_table("moods", Column("mood", Text, primary_key=True))


def change(engine: Engine, how: Change) -> None:
    """Change a schema as a migration would."""
    with engine.connect() as connection, unlinked(connection), begin(connection):
        how(Operations(MigrationContext.configure(connection)))


@pytest.mark.parametrize(
    "breaks", [_needs_more, _has_less, _renames_a_column, _renames_a_table, _allows_less]
)
def test_a_schema_that_the_release_cannot_live_with_is_noticed(
    recording: Recording, engine: Engine, breaks: Change
) -> None:
    change(engine, breaks)
    with pytest.raises(Differs, match="refused"):
        replay(recording.scenes, engine)


def test_records_that_a_migration_rewrites_under_the_release_are_noticed(
    recording: Recording, engine: Engine
) -> None:
    scene = next(s for s in recording.scenes if "INSERT INTO nudges" in str(s))
    for cut in range(1, len(scene.transactions)):
        emptied(engine, begin)
        play(scene, engine, begin, slice(cut))
        with engine.connect() as connection, begin(connection):
            statement = "UPDATE nudges SET state = 'waiting' WHERE state = 'planned'"
            changed = connection.exec_driver_sql(statement).rowcount
        if changed:
            with pytest.raises(Differs, match="otherwise"):
                play(scene, engine, begin, slice(cut, None))
            break
    else:
        pytest.fail("no scene plans and looks again")


def test_what_is_only_added_beside_the_rest_breaks_nothing(
    recording: Recording, engine: Engine
) -> None:
    change(engine, _adds_beside)
    replay(recording.scenes[:8], engine)
