"""Whether the records can be reached, are whole, and what is due gets sent. Shows nobody's."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import URL, Connection

from adapters.checks import STUCK
from adapters.doctor import slack
from adapters.doctor.clocks import compared
from adapters.doctor.clocks import said as span
from adapters.doctor.finding import Finding, ok, wrong
from adapters.doctor.finding import look as look_at
from adapters.doctor.variables import Said
from adapters.settings import own_file
from adapters.web.ready import LATE
from bot.ports import Unavailable
from storage import condition, health
from storage.address import place_of
from storage.condition import Closed, Server
from storage.crypto import BadKey, Ring
from storage.health import Health, Schema
from storage.restore import replaced
from storage.store import THREADS

MEGABYTE = 1_000_000
# Room for some days of records; and what one transaction may need with its log.
SPACE, LEAST_SPACE = 100 * MEGABYTE, 10 * MEGABYTE
# The log is emptied every few megabytes unless somebody reads without end.
LONG_LOG = 64 * MEGABYTE
# What a process opens besides its transactions: one to hear what is due.
CONNECTIONS = THREADS + 1
MISSED = timedelta(seconds=STUCK)
# A burst takes some minutes; what waits for a quarter of an hour is not being sent.
NOT_SENT = timedelta(minutes=15)
REASONS = 5
NAMES = {"slack": "Slack", "discord": "Discord"}
# What to look at when a server turns us away, by a part of the sentence that says so.
_ASK = {
    "cannot be reached": "Is the server running? Are the host name and the port right?",
    "host name": "Is the host name in DATABASE_URL right?",
    "name or the password": "Are the user and the password in DATABASE_URL right?",
    "let this computer in": "The server's pg_hba.conf says whom it lets in from where.",
    "no database of that name": "Make it (`createdb`), or mend the name in DATABASE_URL.",
    "allow its user": "The user in DATABASE_URL must own the database's tables.",
}


def look(told: Said, now: datetime) -> Sequence[Finding]:
    """Everything about the records."""
    found = [*_keys(told.keys), *_unused(told.unused_keys)]
    try:
        place = place_of(told.settings.database_url)
    except Unavailable as why:
        return [*found, wrong(str(why), "Mend DATABASE_URL.")]
    if place is None:
        what = "The records are in memory and end with the program."
        return [*found, look_at(what, "Set DATABASE_URL to a file or a server.")]
    if isinstance(place, Path):
        found += _file(place, own=told.settings.database_url == own_file())
        if not place.exists():
            return found
    try:
        with condition.looking(told.settings.database_url) as connection:
            found += _database(connection, place)
            found += _contents(connection, told, now)
    except Unavailable as why:
        shown = place if isinstance(place, Path) else told.settings.shown_url
        said = str(why).replace(", so nothing was changed", "")
        do = next((do for part, do in _ASK.items() if part in said), "")
        if do:
            said = said.replace("; try again in a moment", "")
        found.append(wrong(f"{shown}: {said}", do or "Mend that, or DATABASE_URL."))
    return found


def _keys(keys: Sequence[str]) -> Iterator[Finding]:
    if keys:
        try:
            Ring(keys)
        except BadKey as why:
            yield wrong(str(why), "Mend TOKEN_KEYS.")


def _unused(keys: Sequence[str]) -> Iterator[Finding]:
    for bad in _keys(keys):
        yield look_at(bad.what, "Mend TOKEN_KEYS before you set PUBLIC_URL.")


def _file(file: Path, *, own: bool) -> Iterator[Finding]:
    """`own`: it is where records are as long as nobody says where."""
    try:
        if not file.exists():
            if own or file.absolute().parent.exists():
                yield ok(f"There are no records yet; the first start makes {file}.")
            else:
                what = f"Neither {file} nor its folder is there."
                yield look_at(what, "Is the path right? The first start makes both.")
            yield from _replaced(replaced(file))
            yield _space(condition.free(file), 0)
            return
        disk, former = condition.disk(file), replaced(file)
    except OSError as error:
        yield wrong(f"{file} cannot be looked at ({error.strerror}).", "Whose is it?")
        return
    if not disk.ours:
        what = f"{file} or its folder cannot be written by the user who runs this."
        yield wrong(what, "Run it as the owner, or `chown` both to whoever runs it.")
    if disk.mode & 0o077:
        what = f"Others on this machine can get at {file} (mode {disk.mode:03o})."
        yield look_at(what, f"Run `chmod 600 {file}`.")
    else:
        yield ok(f"{file} is its owner's alone.")
    yield from _replaced(former)
    yield _space(disk.free, disk.size)
    if disk.log > LONG_LOG:
        what = f"The log beside the records has grown to {disk.log // MEGABYTE:,} MB."
        yield look_at(what, "Something reads without end; start every process anew.")


def _replaced(files: Sequence[Path]) -> Iterator[Finding]:
    if files:
        are = "is 1 file" if len(files) == 1 else f"are {len(files):,} files"
        yield look_at(
            f"From before a restore there {are} of records, such as {files[0]}. Records of people "
            "are in there, also of those who had themselves forgotten since.",
            "Delete what you do not need.",
        )


def _space(free: int, size: int) -> Finding:
    said = f"{free // MEGABYTE:,} MB are free on the disk of the records"
    if free < LEAST_SPACE:
        return wrong(f"Only {said}.", "Make room: soon nothing can be saved.")
    if free < max(SPACE, size):
        return look_at(f"Only {said}.", "Make room; a backup needs as much as the records have.")
    return ok(f"{said}.")


def _database(connection: Connection, place: Path | URL) -> Iterator[Finding]:
    if isinstance(place, URL):
        before = datetime.now(UTC)
        server = condition.server(connection)
        yield from _server(server, before + (datetime.now(UTC) - before) / 2)
        return
    if not condition.whole(connection):
        yield wrong(f"{place} is damaged.", "Stop everything; `followthrough restore` a backup.")
        return
    yield ok(f"The records are whole (SQLite {condition.sqlite_version()}).")


def _server(server: Server, now: datetime) -> Iterator[Finding]:
    yield ok(f"PostgreSQL {server.version} answers.")
    yield compared("the database server's", now, server.clock)
    if server.encoding != "UTF8":
        what = f"The database's encoding is {server.encoding}, so some names cannot be kept."
        yield wrong(what, "Make one with ENCODING 'UTF8' and move the records there.")
    if server.free < CONNECTIONS:
        what = f"The server has {max(server.free, 0)} free connections; a process takes up to "
        yield look_at(
            f"{what}{CONNECTIONS}.", "Raise max_connections, or run fewer processes at a time."
        )
    else:
        yield ok(f"The server has {server.free:,} free connections.")


def _contents(connection: Connection, told: Said, now: datetime) -> Iterator[Finding]:
    ours = condition.has_version(connection)
    if ours is None:
        yield look_at(
            "The database is empty.", "The first start, or `followthrough migrate`, sees to it."
        )
        return
    if not ours and connection.dialect.name == "sqlite":
        yield wrong("The file holds another program's tables.", "Set DATABASE_URL to another.")
        return
    if ours and condition.too_new(connection):
        what = "A newer version of this program has migrated the database; this one cannot go on."
        yield wrong(what, "Update the program.")
        return
    found = health.look(connection, now, told.platforms)
    match found.schema:
        case Schema.BEHIND:
            yield look_at(
                "The database is not up to date with this program, so no more was looked at.",
                "Run `followthrough migrate`; starting does it too.",
            )
            return
        case Schema.NEWER:
            yield look_at(
                "A newer version has migrated the database; this one goes on with it.",
                "Update it soon.",
            )
        case Schema.OURS:
            yield ok("The database is up to date with this program.")
    if connection.dialect.name == "sqlite":
        yield from _log(condition.journal(connection), found)
    yield from _sending(found, told)
    yield from _people(connection, told)
    if told.slack and told.slack.many:
        yield from _workspaces(connection, told.slack.keys)


def _log(mode: str, found: Health) -> Iterator[Finding]:
    # A start makes the log, and only a migration or a restore leaves a file without one.
    if mode != "wal" and found.beaten is not None and found.beaten <= MISSED:
        what = f"The program runs, and its file has no write-ahead log ({mode})."
        yield look_at(what, "A network disk cannot have one; move the file to a disk of its own.")


def _sending(found: Health, told: Said) -> Iterator[Finding]:
    if not told.platforms:
        return
    start = "Start `followthrough run`, or a `worker`."
    late = any(overdue.oldest > LATE for overdue in found.overdue.values())
    if found.beaten is None:
        nobody = "Nothing has sent what is due from these records in the last day."
        yield wrong(nobody, start) if late else look_at(nobody, start)
    elif found.beaten > MISSED:
        nobody = f"Nothing has sent what is due for {span(found.beaten)}."
        yield wrong(nobody, start) if late else look_at(nobody, start)
    else:
        yield ok(f"What is due was last looked for {span(found.beaten)} ago.")
    for platform, overdue in found.overdue.items():
        if overdue.oldest <= LATE:
            continue
        many = f"{overdue.count:,} or more" if overdue.count == health.MOST else overdue.count
        what = (
            f"Nudges overdue in {NAMES[platform]}: {many}, the oldest for {span(overdue.oldest)}."
        )
        do = "They are not lost. See in the log of the worker what keeps them."
        yield wrong(what, do) if overdue.oldest > NOT_SENT else look_at(what, do)
    if not late:
        yield ok("No nudge is overdue.")


def _people(connection: Connection, told: Said) -> Iterator[Finding]:
    for platform, count in sorted(condition.open_accounts(connection).items()):
        if platform in NAMES and platform not in told.platforms:
            what = f"{NAMES[platform]} has no credentials here, and {count:,} accounts are there."
            yield look_at(what, "Their nudges wait until some process has them.")
    closed = condition.closed(connection)
    for each in closed[:REASONS]:
        yield _closed(each)
    if rest := sum(each.number for each in closed[REASONS:]):
        yield look_at(f"{rest:,} accounts more cannot be reached, for other reasons.", "")
    if not closed:
        yield ok("Every account can be reached, as far as is known.")


def _closed(each: Closed) -> Finding:
    accounts = f"{each.number:,} {'account' if each.number == 1 else 'accounts'}"
    where = NAMES.get(each.platform, each.platform)
    what = f"{accounts} in {where} cannot be reached: {each.why or 'no reason is known'}."
    do = "Their owners are told at their next command."
    if each.number > 1:
        do += " If many stopped together, look for one reason, such as a permission taken away."
    return look_at(what, do)


def _workspaces(connection: Connection, keys: Sequence[str]) -> Iterator[Finding]:
    try:
        ring = Ring(keys)
    except BadKey:
        return
    sealed = condition.sealed(connection, ring)
    if sealed.unreadable:
        what = (
            f"No key in TOKEN_KEYS opens {sealed.unreadable:,} of {sealed.number:,} stored tokens."
        )
        yield wrong(what, "Put the missing key back, or have those workspaces install it again.")
    else:
        yield ok(f"TOKEN_KEYS opens every stored token ({sealed.number:,}).")
    granted = condition.granted(connection)
    if short := sum(not each >= slack.NEEDED for each in granted):
        what = f"{short:,} of {len(granted):,} workspaces granted less than the bot needs."
        yield look_at(what, "Have them install it again from your install page.")
    else:
        yield ok(f"Workspaces that installed the bot in Slack: {len(granted):,}.")
