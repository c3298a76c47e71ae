import logging, pytest, time
from datetime import timedelta
from tests.slack.chat import *
from tests.slack.checks import *
@pytest.fixture
def kind(): return "sqlite"
async def test_x(store, caplog):
    async with workspace(store,"http") as world:
        people=[SlackChat(world,f"U{n}") for n in range(18)]
        for p in people: await p.say("applied SRE at Acme")
        world.now += timedelta(days=4,hours=8)
        for i in range(12):
            t=time.time(); n=await world.dispatcher.tick(world.now)
            print(i, world.now, n, round(time.time()-t,2), sum(world.slack.received.values()), await world.dispatcher.next_due())
            world.now += timedelta(seconds=5)
