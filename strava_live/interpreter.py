"""Python's settings for thread switching and garbage collection, and the end of a process that does not end by itself.

The settings are tuned for servers with many sockets.
"""

import gc
import logging
import os
import sys
import threading

logger = logging.getLogger(__name__)
SWITCH_AFTER_S = 0.0005
"""How long a thread may run before another gets its turn (sys.setswitchinterval).

So a thread that works for the database delays the event loop, and with it every socket, by about half a millisecond.
"""
OBJECTS_BETWEEN_COLLECTIONS = 10_000
"""How many new objects start a collection of the young generation.

Storing 200 activities creates 100,000 objects and hardly any cycle. With Python's default of 700, the search for cycles
took half of the time.
"""
YOUNG_BETWEEN_MIDDLE, MIDDLE_BETWEEN_OLD = 2, 40
"""How many young collections start a middle one, and how many middle collections start an old one.

A thousand sockets that connect at once create over 100,000 objects. With Python's defaults of 10 and 10, a collection
of the middle generation scanned all of them while every socket waited. The old generation is collected about as rarely
as by default: after 80 collections of the young one instead of 100.
"""


def tune_interpreter() -> None:
    """Apply the settings. Call this once, after all imports: objects that exist by then are never scanned again."""
    sys.setswitchinterval(SWITCH_AFTER_S)
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS, YOUNG_BETWEEN_MIDDLE, MIDDLE_BETWEEN_OLD)


def exit_after(seconds: float) -> None:
    """Exit the process after `seconds` if it has not ended by then, whatever its threads do."""
    timer = threading.Timer(seconds, exit_now)
    timer.daemon = True
    timer.start()


def exit_now() -> None:
    """Log which threads are still running, and exit."""
    waiting = sorted(thread.name for thread in threading.enumerate() if not thread.daemon)
    logger.error("the process did not end in time and exits now", extra={"threads": ", ".join(waiting)})
    sys.stderr.flush()
    os._exit(1)
