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
    people      who is behind an account; export and erasure
    journal     changes that can be taken back, and calls too long for a button
    workspaces  who removed the bot: closed, kept for a grace, erased
    entrances   by which installations people came, and which of these are gone
    events      which events were handled before
    unit        all of these over one connection
    engine      a database's URL -> connections set up as we need them
    failures    a driver's error -> one sentence for people
    migrate     the schema's versions
    store       threads and transactions

Beside the records, loaded by whoever needs them:
    crypto      keys that seal secrets
    slack       slack_sdk's stores of installations and OAuth states, over ours, with secrets sealed
"""

from bot.logs import bridge

# Something here logs before anything else of `bot` is imported.
bridge()
