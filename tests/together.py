"""Several things at the same moment, each on a database connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection

from tests.patience import PATIENCE_S


def together(*works: Callable[[], object]) -> None:
    """Each in a thread of its own, begun at once. Whatever one raises is raised here."""
    barrier = Barrier(len(works))

    def begun(work: Callable[[], object]) -> None:
        try:
            barrier.wait(timeout=PATIENCE_S)
            work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        for done in [pool.submit(begun, work) for work in works]:
            done.result(timeout=PATIENCE_S)
