"""Proves by breaking things that a nudge is never lost and never silently repeated.

Real workers, killed at any moment, on real databases, against stand-ins for Slack and Discord that
fail on demand; then every nudge is accounted for. `./dev faults`; docs/reliability.md says more.

Read in this order:
    account     what became of each nudge, and what must never become of one
    clock       the instant that all processes share, which leaps over waits
    points      where a worker dies, and what it tells before
    worker      the process that sends; zygote makes one in a moment, fleet has them from outside
    platforms   the stand-ins, and what really arrived
    crowd       people who wait for letters; glance reads their nudges from outside
    trial       one database, its people and its workers, driven until nothing is due
    kills, troubles, machines   the scenarios; sabotage breaks the dispatcher, to see it found
"""
