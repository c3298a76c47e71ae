"""What goes on behind an answer is finished at the end, and what waits for its time is not."""

import asyncio

from adapters.background import Background


async def test_the_end_waits_for_work_and_for_what_that_begins() -> None:
    background, done = Background(), []

    async def second() -> None:
        done.append("second")

    async def first() -> None:
        await asyncio.sleep(0)
        background.start(second())
        done.append("first")

    background.start(first())
    await background.finish(5)
    assert done == ["first", "second"]


async def test_the_end_does_not_wait_for_what_pauses() -> None:
    background, done = Background(), []

    async def later() -> None:
        await background.pause(3600)
        done.append("later")

    task = background.start(later())
    async with asyncio.timeout(5):
        await background.finish(3600)
    await asyncio.wait({task})
    assert task.cancelled()
    assert not done


async def test_what_paused_goes_on_when_its_time_has_come() -> None:
    waited: list[float] = []

    async def at_once(seconds: float) -> None:
        waited.append(seconds)

    background = Background(at_once)

    async def work() -> str:
        await background.pause(30)
        await background.pause(-1)
        return "done"

    assert await background.start(work()) == "done"
    assert waited == [30, 0]
