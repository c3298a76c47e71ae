"""The schema's versions: the migrations, the models and a new database agree."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.command import upgrade
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, Integer, inspect, make_url

from bot.model import NudgeKind
from bot.ports import Unavailable
from storage.engine import begin, connect, unlinked
from storage.migrate import migrate, script
from storage.models import HEAD, metadata
from storage.store import Store
from tests.samples import KIM, NOW, SAM, arrive, club, everything, member

# Each table's own file and those of its indexes.
FILES = """
SELECT coalesce(indrelid, relation.oid)::regclass::text, relname, pg_relation_filenode(relation.oid)
FROM pg_class AS relation LEFT JOIN pg_index ON indexrelid = relation.oid
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i') ORDER BY 1, 2
"""


def go_to(engine: Engine, version: str) -> None:
    """Bring a database to a version, through each before it."""
    with engine.connect() as connection, unlinked(connection), begin(connection):
        config = script()
        config.attributes["connection"] = connection
        upgrade(config, version)


def go_through_all_migrations(url: str) -> Engine:
    """A database that was made by the first version and brought up to date by each since."""
    engine = connect(url, 1)
    go_to(engine, "head")
    return engine


def shape(engine: Engine) -> dict[str, Any]:
    """Everything the database says about its tables, as text where it is no plain value."""
    look = inspect(engine)
    return {
        name: {
            "columns": [repr(column) for column in look.get_columns(name)],
            "key": look.get_pk_constraint(name),
            "links": look.get_foreign_keys(name),
            "unique": look.get_unique_constraints(name),
            "indexes": {
                index["name"]: (index["column_names"], *map(str, index["dialect_options"].values()))
                for index in look.get_indexes(name)
            },
        }
        for name in look.get_table_names()
    }


def insert_sam(connection: Connection, more: str = "") -> None:
    """A person as the first version wrote one, whose follow-up is due; `more` of its columns."""
    connection.exec_driver_sql(
        "INSERT INTO seekers VALUES (7, 'Sam Rivera', '', '', false, 'UTC', true,"
        " '09:30:00.000000', '[0,1]', '21:00:00.000000', '08:00:00.000000', false,"
        " NULL, NULL, NULL, NULL)"
    )
    connection.exec_driver_sql(
        "INSERT INTO accounts VALUES (9, 7, 'slack', 'T1', 'U1', 'D1', true, '')"
    )
    connection.exec_driver_sql(
        "INSERT INTO nudges VALUES (5, 'followup/7/1', 7, 'slack', 'followup',"
        " '2026-06-08 13:30:00.000000+00:00', '2026-06-08 13:30:00.000000+00:00', '', 1, 0,"
        f" 'planned', NULL, '', 0, false, '', NULL, ''{more})"
    )


def test_the_migrations_lead_to_the_models(fresh_url: str) -> None:
    engine = go_through_all_migrations(fresh_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_a_new_database_is_as_the_migrations_would_have_made_it(
    fresh_url: str, store_url: str
) -> None:
    migrated, made = go_through_all_migrations(fresh_url), connect(store_url, 1)
    assert shape(made) == shape(migrated)
    assert set(shape(made)) == {*metadata.tables, "alembic_version"}
    migrated.dispose()
    made.dispose()


def test_the_migrations_are_one_line_to_the_version_that_the_models_name() -> None:
    versions = ScriptDirectory.from_config(script())
    assert versions.get_heads() == [HEAD]
    assert versions.get_bases() == ["0001"]


def test_opening_migrates_and_says_nothing_when_there_is_nothing_to_do(fresh_url: str) -> None:
    assert migrate(fresh_url) is True
    assert migrate(fresh_url) is False
    with Store.open(fresh_url, migrate=False) as store:
        assert arrive(store).id == 1


def test_a_database_that_went_through_the_migrations_is_opened_as_it_is(fresh_url: str) -> None:
    go_through_all_migrations(fresh_url).dispose()
    assert migrate(fresh_url) is False
    with Store.open(fresh_url) as store:
        store.run(lambda unit: everything(unit, SAM))


def test_the_first_versions_records_are_there_after_an_update(fresh_url: str) -> None:
    engine = connect(fresh_url, 1)
    go_to(engine, "0001")
    with engine.connect() as connection, begin(connection):
        insert_sam(connection)
    engine.dispose()
    with pytest.raises(Unavailable, match="migrate it first"):
        Store.open(fresh_url, migrate=False)
    assert migrate(fresh_url) is True
    with Store.open(fresh_url, migrate=False) as store:
        sam = arrive(store, SAM)
    assert (sam.id, sam.name, sam.days) == (7, "Sam Rivera", (0, 1))


def test_the_entrances_are_added_beside_everything_that_an_older_program_uses(
    fresh_url: str,
) -> None:
    engine = connect(fresh_url, 1)
    go_to(engine, "0002")
    with engine.connect() as connection, begin(connection):
        insert_sam(connection)
    before = shape(engine)
    go_to(engine, "0003")
    after = shape(engine)
    assert set(after) - set(before) == {"entrances"}
    assert {name: after[name] for name in before} == before
    assert migrate(fresh_url) is True
    with Store.open(fresh_url, migrate=False) as store:
        sam = arrive(store, replace(SAM, entrances=("g1",)))
        assert store.run(lambda unit: unit.entrances("slack")) == {"g1": True}
    with engine.connect() as connection, begin(connection):
        connection.exec_driver_sql(f"DELETE FROM seekers WHERE id = {sam.id}")
    with Store.open(fresh_url, migrate=False) as store:
        assert store.run(lambda unit: unit.entrances("slack")) == {}
    engine.dispose()


def test_turns_are_added_as_what_an_older_program_need_not_know(fresh_url: str) -> None:
    engine = connect(fresh_url, 1)
    go_to(engine, "0003")
    with engine.connect() as connection, begin(connection):
        insert_sam(connection)
    before = shape(engine)
    go_to(engine, "0004")
    after = shape(engine)
    assert set(after) - set(before) == {"heartbeats", "lanes", "links", "serving"}
    *known, turn = after["nudges"].pop("columns")
    assert "'turn_at'" in turn
    assert "'nullable': True" in turn
    assert known == before["nudges"].pop("columns")
    # The dispatcher's indexes are made anew.
    for tables in (before, after):
        tables["nudges"].pop("indexes")
    assert {name: after[name] for name in before} == before
    assert migrate(fresh_url) is (HEAD != "0004")
    with Store.open(fresh_url, migrate=False) as store:
        sam = arrive(store, SAM)
        (planned,) = store.run(lambda unit: unit.nudges.of(sam.id))
    due = datetime(2026, 6, 8, 13, 30, tzinfo=UTC)
    assert (planned.id, planned.kind, planned.due_at) == (5, NudgeKind.FOLLOW_UP, due)
    assert (planned.ready_at, planned.turn_at) == (due, None)
    engine.dispose()


def test_clubs_are_added_beside_everything_that_an_older_program_uses(fresh_url: str) -> None:
    engine = connect(fresh_url, 1)
    go_to(engine, "0004")
    with engine.connect() as connection, begin(connection):
        insert_sam(connection, ", NULL")
    before = shape(engine)
    go_to(engine, "0005")
    after = shape(engine)
    assert set(after) - set(before) == {
        "actions", "asked", "askings", "clubs", "exclusions", "landings", "meetings", "members",
        "mutes", "partnerings", "reports", "ties",
    }  # fmt: skip
    assert {name: after[name] for name in before} == before
    assert migrate(fresh_url) is (HEAD != "0005")
    with Store.open(fresh_url, migrate=False) as store:
        sam, account = store.run(lambda unit: unit.enter(SAM, NOW))
        (planned,) = store.run(lambda unit: unit.nudges.of(sam.id))
        assert (sam.id, planned.id) == (7, 5)
        made = store.run(lambda unit: unit.clubs.add(club(), NOW))
        store.run(lambda unit: unit.clubs.put_member(member(made, account)))
        assert [one for one, _ in store.run(lambda unit: unit.clubs.of(sam.id))] == [made]
    engine.dispose()


# Nobody has had a table before the first release, let alone a large one.
BEFORE_RELEASE = {"0004"}


def test_no_migration_writes_a_table_anew_or_indexes_one_while_others_wait(postgres: Any) -> None:
    """Whatever is added to a table with rows is a note in PostgreSQL's catalog.

    A nullable column, or one with a constant default, is such a note: no row is touched
    (https://www.postgresql.org/docs/current/ddl-alter.html, "Adding a Column"). The lock that it
    takes shuts out everybody, but only for that moment. A table that is rewritten has another file
    afterwards, and an index that is built keeps writers out for as long as it takes: both belong in
    a step by itself, CONCURRENTLY.
    """
    name = postgres.fresh()
    engine = connect(postgres.address(name), 1)
    versions = [*ScriptDirectory.from_config(script()).walk_revisions()][::-1]
    before: list[tuple[Any, ...]] = []
    for version in versions:
        go_to(engine, version.revision)
        with engine.connect() as connection:
            now = [tuple(row) for row in connection.exec_driver_sql(FILES)]
        known = {table for table, *_ in before}
        if version.revision not in BEFORE_RELEASE:
            assert [row for row in now if row[0] in known] == before, version.revision
        before = now
    engine.dispose()
    postgres.drop(name)


def test_a_migration_makes_nobody_wait_behind_somebodys_long_look(postgres: Any) -> None:
    name = postgres.fresh()
    engine = connect(postgres.address(name), 2)
    go_to(engine, "0003")
    hasty = {"options": "-c lock_timeout=100ms"}
    url = make_url(postgres.address(name)).update_query_dict(hasty)
    with engine.connect() as reader, begin(reader):
        reader.exec_driver_sql("SELECT * FROM nudges")
        with pytest.raises(Unavailable, match="in use"):
            migrate(url.render_as_string(hide_password=False))
    # Neither the server nor this address has a limit, so ours holds; nobody is in the way now.
    assert migrate(postgres.address(name)) is True
    engine.dispose()
    postgres.drop(name)


def test_without_leave_to_migrate_an_empty_database_is_refused(fresh_url: str) -> None:
    with pytest.raises(Unavailable, match="migrate it first"):
        Store.open(fresh_url, migrate=False)
    engine = connect(fresh_url, 1)
    assert inspect(engine).get_table_names() == []
    engine.dispose()


async def test_of_several_programs_that_start_at_once_one_makes_the_tables(fresh_url: str) -> None:
    changed = await asyncio.gather(*(asyncio.to_thread(migrate, fresh_url) for _ in range(4)))
    assert sorted(changed) == [False, False, False, True]


def test_in_a_shared_database_only_tables_of_our_names_are_in_the_way(postgres: Any) -> None:
    for table, ours in (("recipes", False), ("nudges", True)):
        name = postgres.fresh()
        engine = connect(postgres.address(name), 1)
        with engine.begin() as connection:
            connection.exec_driver_sql(f"CREATE TABLE {table} (name text)")
        if ours:
            with pytest.raises(Unavailable, match="another program's tables"):
                migrate(postgres.address(name))
            assert inspect(engine).get_table_names() == [table]
        else:
            assert migrate(postgres.address(name)) is True
        engine.dispose()
        postgres.drop(name)


def test_a_table_that_a_migration_rebuilds_takes_nothing_along(
    sqlite_file: Path, tmp_path: Path
) -> None:
    """SQLite rebuilds by dropping, and dropping people would erase everything about them."""
    path = tmp_path / "jobs.db"
    path.write_bytes(sqlite_file.read_bytes())
    engine = connect(f"sqlite:///{path}", 1)
    store = Store(engine, 1)
    acme = store.run(lambda unit: everything(unit, SAM))
    before = store.run(lambda unit: unit.export(acme.seeker_id))
    with engine.connect() as connection, unlinked(connection), begin(connection):
        operations = Operations(MigrationContext.configure(connection))
        kept = {"sqlite_autoincrement": True}
        with operations.batch_alter_table("seekers", recreate="always", table_kwargs=kept) as batch:
            batch.alter_column("premium", type_=Integer())
    assert store.run(lambda unit: unit.export(acme.seeker_id)) == before
    store.run(lambda unit: unit.forget(acme.seeker_id))
    assert not any(store.run(lambda unit: unit.export(acme.seeker_id)).values())
    assert arrive(store, KIM).id > acme.seeker_id
    engine.dispose()
