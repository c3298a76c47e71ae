"""A database's URL -> what it names: a file, a server, or memory. Opens nothing, knows no table."""

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.ports import Unavailable

# Of a PostgreSQL address's options, those that only its owner may know.
_SECRET = ("password", "sslpassword")


def place_of(address: str) -> Path | URL | None:
    """The file of a `sqlite:///` URL, a server's whole URL, or None for `sqlite://` in memory.

    Raises Unavailable for what cannot be one, without quoting it.
    """
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        # Not chained: the cause may quote the URL with its password.
        raise Unavailable("That is no address of a database, such as sqlite:///jobs.db.") from None
    kind = url.get_backend_name()
    if kind == "sqlite":
        if not url.database or url.database == ":memory:":
            return None
        return Path(url.database).expanduser()
    if kind in ("postgresql", "postgres"):
        return url
    raise Unavailable(f"Records are kept in sqlite:// or postgresql://, not in {kind}://.")


def without_password(url: URL) -> str:
    """A server's address as PostgreSQL's own programs take it, to be shown: no secret in it."""
    query = {name: value for name, value in url.query.items() if name not in _SECRET}
    plain = url.set(drivername="postgresql", query=query)
    return URL.create(
        plain.drivername, plain.username, None, plain.host, plain.port, plain.database, plain.query
    ).render_as_string(hide_password=False)


def url_of(path: Path) -> str:
    """The URL of a file, whatever its name holds."""
    return URL.create("sqlite", database=str(path)).render_as_string()
