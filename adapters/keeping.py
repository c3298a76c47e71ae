"""The subcommands about the database itself: version, keys, backups. Knows no platform's API."""

import argparse
import os
from datetime import UTC, datetime
from pathlib import Path

from adapters.endings import DONE, complain
from adapters.settings import BadSetting, Settings
from bot.ports import Unavailable


def migrate(settings: Settings) -> int:
    """Bring the database up to date."""
    from storage.migrate import migrate as bring_up_to_date

    try:
        changed = bring_up_to_date(settings.database_url)
    except Unavailable as trouble:
        return complain(str(trouble))
    print("The database is up to date now." if changed else "The database is up to date.")
    return DONE


def backup(options: argparse.Namespace, settings: Settings) -> int:
    """Copy the records while the program runs, or say how a server does that."""
    from storage.backup import backup as copy

    try:
        copied = copy(settings.database_url, Path(options.file), force=options.force)
    except Unavailable as trouble:
        return complain(str(trouble))
    print(f"Backed up to {options.file}: {_people(copied.people)}, {copied.size:,} bytes.")
    print(
        "Let nobody else read it, and delete it once there is a newer one: it still holds whoever "
        "is forgotten from now on. TOKEN_KEYS are not in it."
    )
    return DONE


def restore(options: argparse.Namespace, settings: Settings) -> int:
    """Put a backup in the place of the records, or say how a server does that."""
    from storage.restore import restore as put_back

    try:
        done = put_back(
            settings.database_url, Path(options.file), datetime.now(UTC), forget=options.forget
        )
    except Unavailable as trouble:
        return complain(str(trouble))
    print(f"Restored: {_people(done.people)}.")
    if done.erased:
        print(f"Forgotten again: {_people(done.erased)}.")
    if done.doubtful:
        print(
            f"Nudges due by now: {done.doubtful}. They may have been sent since the backup, so "
            "each will say that it may have been seen."
        )
    if done.kept:
        print(f"The records as they were are kept as {done.kept}; delete them when all is well.")
    return DONE


def rotate_keys(settings: Settings) -> int:
    """Seal the stored tokens again with the newest key."""
    from adapters.slack.credentials import Credentials
    from storage.crypto import BadKey, Ring
    from storage.slack import rotate_keys as rotate
    from storage.store import Store

    try:
        credentials = Credentials.read(os.environ)
        if credentials is None or not credentials.many:
            raise BadSetting("Tokens are stored only where many workspaces install the app.")
        ring = Ring(credentials.keys)
        with Store.open(settings.database_url) as store:
            done = rotate(store, ring)
    except (BadSetting, BadKey, Unavailable) as why:
        return complain(str(why))
    print(f"Tokens sealed again with the newest key: {done.sealed}.")
    if done.unreadable:
        return complain(
            f"No key opens {done.unreadable} more. Put the key that is missing back into "
            "TOKEN_KEYS, or have those workspaces install the bot again."
        )
    print("The older keys may be taken from TOKEN_KEYS now.")
    return DONE


def _people(count: int) -> str:
    return f"{count:,} {'person' if count == 1 else 'people'}"
