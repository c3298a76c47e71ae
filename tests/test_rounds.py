"""A round sends what is due whatever becomes of the sign of life that it leaves."""

from datetime import datetime

import pytest
from sqlalchemy.exc import DBAPIError

from adapters.checks import Pulse
from adapters.working import Working
from storage.models import heartbeats
from storage.store import Store
from tests.post import Post
from tests.troubles import DUE, dispatching, due_for, run


async def due(store: Store) -> datetime:
    return DUE


async def test_a_heartbeat_that_fails_keeps_no_letter_back(store: Store) -> None:
    await due_for(store, 1)
    post = Post()
    working = Working(dispatching(store, post), store, "worker", Pulse(), due)
    run(store, "ALTER TABLE heartbeats RENAME TO gone")
    with pytest.raises(DBAPIError):
        await working.round()
    assert len(post.arrived) == 1
    run(store, "ALTER TABLE gone RENAME TO heartbeats")
    await working.round()
    assert len(post.arrived) == 1
    assert len(store.run_on_connection(lambda c: c.execute(heartbeats.select()).all())) == 1
