"""The schema's versions: what a database has, what this program needs, and the way there.

Alembic is imported only when there is something to migrate: it would double the time of a start.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from bot.ports import Unavailable
from storage.engine import begin, connect, unlinked
from storage.failures import explain, no_such_table
from storage.models import HEAD, metadata

if TYPE_CHECKING:
    from alembic.config import Config

_VERSION = text("SELECT version_num FROM alembic_version")
# Held until the transaction ends, so that of two programs that start at once one migrates and the
# other finds it done. SQLite's write lock does the same. The number is any that nobody else uses.
_LOCK = text("SELECT pg_advisory_xact_lock(7105526849)")


def migrate(url: str) -> bool:
    """Bring the database of a URL up to date; whether that changed it. Raises Unavailable."""
    engine, changed = opened(url, 1)
    engine.dispose()
    return changed


def opened(url: str, connections: int, *, migrate: bool = True) -> tuple[Engine, bool]:
    """An engine on a database that is up to date, and whether it had to be changed for that.

    Raises Unavailable: with one sentence for whatever is wrong with the database, for one that a
    newer program made, and with `migrate=False` for one that is not up to date.
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
            return connection.execute(_VERSION).scalar_one_or_none() == HEAD
    except DBAPIError as error:
        if no_such_table(error):
            return False
        raise


def _bring_up_to_date(engine: Engine, migrate: bool) -> bool:
    with engine.connect() as connection, unlinked(connection), begin(connection):
        if engine.dialect.name == "postgresql":
            connection.execute(_LOCK)
        tables = set(inspect(connection).get_table_names())
        version = None
        if "alembic_version" in tables:
            version = connection.execute(_VERSION).scalar_one_or_none()
        if version == HEAD:
            return False
        _refuse_foreign(connection, version, tables)
        if not migrate:
            raise Unavailable("The database is not up to date with this program; migrate it first.")

        from alembic.command import upgrade

        config = script()
        config.attributes["connection"] = connection
        upgrade(config, "head")
        return True


def _refuse_foreign(connection: Connection, version: str | None, tables: set[str]) -> None:
    """Refuse what a newer program made, or another one altogether."""
    if version is None:
        # A server's database may be shared with others; a file is all ours or not ours at all.
        shared = connection.dialect.name == "postgresql"
        foreign = tables & set(metadata.tables) if shared else tables - {"alembic_version"}
        if foreign:
            raise Unavailable("The database holds another program's tables, so it was left alone.")
        return

    from alembic.script import ScriptDirectory

    known = {step.revision for step in ScriptDirectory.from_config(script()).walk_revisions()}
    if version not in known:
        raise Unavailable("The database was made by a newer version of this program; update it.")
