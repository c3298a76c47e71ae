"""Where records are kept: SQLite in a file, or PostgreSQL. Knows the core's records, no platform.

    Store.open(url)      opens, migrates if need be; raises bot.ports.Unavailable with one sentence
    await store.transact(work)      one transaction on a storage thread
    await store.close()             or `async with Store.open(url) as store:`
    with Store.open(url) as store: store.run(work)      the same without an event loop

Read in this order:
    columns     how one value is kept, in a column and as plain JSON
    models      the tables
    installations   Slack's tables, as slack_sdk makes them
    shapes      which dataclass lies in which table, and the statements for one row
    images      what one transaction has read and changed
    upserts     inserts that meet a row which is there
    rows        single rows of any table, their images kept
    records     applications, interviews, replies and follow-ups, person by person
    cases       an application with all that belongs to it
    nudges      the plan: claimed by lease, settled by the same hand
    lanes       turns that all dispatchers take from one table
    people      who is behind an account; export and erasure
    journal     changes that can be taken back, and calls too long for a button
    workspaces  who removed the bot: closed, kept for a grace, erased
    entrances   by which installations people came, and which of these are gone
    links       what leaves chat by an address that works once
    events      which events were handled before
    unit        all of these over one connection
    engine      a database's URL -> connections set up as we need them
    failures    a driver's error -> one sentence for people
    migrate     the schema's versions
    waking      wakes whoever sends, when something due at once was planned
    store       threads and transactions

Beside the records, loaded by whoever needs them:
    health      how the database and the plan are: what `/readyz` tells
    condition   the same in more detail, for the doctor
    backup      a copy of a file while it is written
    restore     the way back, and what must not come back with it
    alone       whether nobody else has a file open
    address     what a URL says of where records are
    crypto      keys that seal secrets
    slack       slack_sdk's stores of installations and OAuth states, over ours, with secrets sealed
"""

from bot.logs import bridge

# Something here logs before anything else of `bot` is imported.
bridge()
