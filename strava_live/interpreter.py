"""How Python is set up in a process that serves and syncs for weeks: its threads' turns and its garbage collector."""

import gc
import sys

# Threads that keep chunks let the event loop, and with it every socket, wait no longer than this.
SWITCH_AFTER_S = 0.0005
# A chunk of two hundred makes a hundred thousand objects and hardly any cycle. With Python's own 700, looking for
# cycles took half of the time that keeping a chunk takes.
OBJECTS_BETWEEN_COLLECTIONS = 10_000
# A thousand sockets that come at once make more than a hundred thousand. With Python's own 10 and 10, a collection of
# the middle generation looked through all of them while every socket waited. The oldest is as rare as with those.
YOUNG_BETWEEN_MIDDLE, MIDDLE_BETWEEN_OLD = 2, 40


def settle_in() -> None:
    """Once, when everything is imported: none of that is garbage ever, so it is not looked through again."""
    sys.setswitchinterval(SWITCH_AFTER_S)
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS, YOUNG_BETWEEN_MIDDLE, MIDDLE_BETWEEN_OLD)
