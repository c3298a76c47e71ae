"""The schema's versions: what a database has, what this program needs, and the way there.

A new database is made from the models at once; an older one goes through the migrations. That both
lead to the same is a test. Alembic is imported for the second only: it doubles the time of a start.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    bindparam,
    delete,
    func,
    insert,
    inspect,
    select,
)
from sqlalchemy.exc import DBAPIError

from bot.ports import Unavailable
from storage.engine import begin, connect, unlinked
from storage.failures import explain, no_such_table
from storage.models import HEAD, SERVES, metadata, serving

if TYPE_CHECKING:
    from alembic.config import Config

# Alembic's own table, as Alembic makes it.
_versions = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
VERSION = select(_versions)
# Held until the transaction ends, so that of two programs that start at once one migrates and the
# other finds it done. SQLite's write lock does the same. The number is any that nobody else uses.
_LOCK = select(func.pg_advisory_xact_lock(7105526849))

# Whoever waits for another's migration waits as long as it takes. A change to a table then waits
# for a lock no longer than any statement may (`storage.engine`), since whoever comes later waits
# behind it; but it may take its time.
_WAIT_FOR_LOCK = select(func.current_setting("lock_timeout"))
_NO_LIMIT = select(
    func.set_config("lock_timeout", "0", True), func.set_config("statement_timeout", "0", True)
)
_LIMIT = select(func.set_config("lock_timeout", bindparam("limit"), True))


def migrate(url: str) -> bool:
    """Bring the database of a URL up to date; whether that changed it. Raises Unavailable."""
    engine, changed = opened(url, 1)
    engine.dispose()
    return changed


def opened(url: str, connections: int, *, migrate: bool = True) -> tuple[Engine, bool]:
    """An engine on a database that is up to date, and whether it had to be changed for that.

    Raises Unavailable: with one sentence for whatever is wrong with the database, for one that
    another program made, or a newer one that serves us no longer, and with `migrate=False` for one
    that is not up to date.
    """
    engine = connect(url, connections)
    try:
        return engine, not _current(engine) and _bring_up_to_date(engine, migrate)
    except Exception as error:
        engine.dispose()
        unavailable = explain(error)
        if unavailable is None:
            raise
        place = f"{engine.url.database}: " if engine.dialect.name == "sqlite" else ""
        raise Unavailable(f"{place}{unavailable}") from error


def script() -> "Config":
    """Alembic's settings; there is no alembic.ini."""
    from alembic.config import Config

    config = Config()
    folder = Path(__file__).with_name("migrations")
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    return config


def _current(engine: Engine) -> bool:
    try:
        with engine.connect() as connection, begin(connection):
            return connection.execute(VERSION).scalar_one_or_none() == HEAD
    except DBAPIError as error:
        if no_such_table(error):
            return False
        raise


def _bring_up_to_date(engine: Engine, migrate: bool) -> bool:
    with engine.connect() as connection, unlinked(connection), begin(connection):
        if engine.dialect.name == "postgresql":
            limit = connection.execute(_WAIT_FOR_LOCK).scalar_one()
            connection.execute(_NO_LIMIT)
            connection.execute(_LOCK)
            connection.execute(_LIMIT, {"limit": limit})
        tables = set(inspect(connection).get_table_names())
        version = None
        if _versions.name in tables:
            version = connection.execute(VERSION).scalar_one_or_none()
        if version == HEAD:
            return False
        if version is not None and version > HEAD and serves_us(connection):
            return False
        if not migrate:
            raise Unavailable("The database is not up to date with this program; migrate it first.")
        if version is None:
            _create(connection, tables)
        else:
            _upgrade(connection, version)
        return True


def _create(connection: Connection, tables: set[str]) -> None:
    """Make all tables in a new database; raises Unavailable for one that is another program's."""
    # A server's database may be shared with others; a file is all ours or not ours at all.
    if tables & set(metadata.tables) if connection.dialect.name == "postgresql" else tables:
        raise Unavailable("The database holds another program's tables, so it was left alone.")
    metadata.create_all(connection, checkfirst=False)
    _versions.create(connection)
    connection.execute(insert(_versions), {"version_num": HEAD})
    connection.execute(insert(serving), {"oldest": SERVES})


def _upgrade(connection: Connection, version: str) -> None:
    """Go through the migrations that are missing; raises Unavailable for a newer program's."""
    from alembic.command import upgrade
    from alembic.script import ScriptDirectory

    config = script()
    known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
    if version not in known:
        raise Unavailable("The database was made by a newer version of this program; update it.")
    config.attributes["connection"] = connection
    upgrade(config, "head")
    connection.execute(delete(serving))
    connection.execute(insert(serving), {"oldest": SERVES})


def serves_us(connection: Connection) -> bool:
    """Whether a newer program, having migrated, says that programs of our schema may go on."""
    if not inspect(connection).has_table(serving.name):
        return False
    oldest: str | None = connection.execute(select(serving.c.oldest)).scalar_one_or_none()
    return oldest is not None and oldest <= HEAD
