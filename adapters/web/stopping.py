"""When the program is asked to end. Knows the two signals; not what has to end."""

import asyncio
import signal


def stopping() -> asyncio.Event:
    """An event that SIGTERM or SIGINT (Ctrl+C) sets, for as long as the running loop is open.

    It has no other effect, and neither has a second signal: hosts repeat theirs
    (https://devcenter.heroku.com/articles/dyno-shutdown-behavior), and what is being cleaned up
    then has to end undisturbed. To be called in the main thread, from within the loop.
    """
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:  # Windows' loops have no handlers of their own.
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
    return stop
