"""When the program is asked to end. Knows the signals for it; not what has to end."""

import asyncio
import signal


def stopping() -> asyncio.Event:
    """An event that SIGTERM, SIGINT (Ctrl+C) or SIGHUP (a terminal that was closed) sets.

    A signal has no other effect for as long as the running loop is open, and neither has a second
    one: hosts repeat theirs (https://devcenter.heroku.com/articles/dyno-shutdown-behavior), and
    what is being cleaned up then has to end undisturbed. To be called in the main thread, from
    within the loop.
    """
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    # Windows has no SIGHUP.
    hangup = getattr(signal, "SIGHUP", signal.SIGTERM)
    for number in (signal.SIGTERM, signal.SIGINT, hangup):
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:  # Windows' loops have no handlers of their own.
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
    return stop
