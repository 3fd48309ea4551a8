"""Tune Python's thread switching and garbage collector for processes that run for weeks."""

import gc
import sys

# A thread that stores a chunk delays the event loop, and with it every socket, no longer than this.
SWITCH_AFTER_S = 0.0005
# Storing a chunk of 200 activities creates 100,000 objects and hardly any cycle. With Python's default of 700, the
# search for cycles took half of that time.
OBJECTS_BETWEEN_COLLECTIONS = 10_000
# A thousand sockets that connect at once create over 100,000 objects. With Python's defaults of 10 and 10, a collection
# of the middle generation scanned all of them while every socket waited. 2 times 40 leaves the oldest about as rare.
YOUNG_BETWEEN_MIDDLE, MIDDLE_BETWEEN_OLD = 2, 40


def tune_interpreter() -> None:
    """Apply the settings. Call once after all imports: the objects that exist by then are never scanned again."""
    sys.setswitchinterval(SWITCH_AFTER_S)
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS, YOUNG_BETWEEN_MIDDLE, MIDDLE_BETWEEN_OLD)
