"""Run functions at the same time, each in a thread with a database connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection

from tests.patience import PATIENCE_S

T = TypeVar("T")


def together(*works: Callable[[], object]) -> None:
    """Start all functions at the same time and wait until they are done. If one raised an exception, raise it."""
    barrier = Barrier(len(works))

    def after_barrier(work: Callable[[], object]) -> None:
        try:
            barrier.wait(timeout=PATIENCE_S)
            work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        for done in [pool.submit(after_barrier, work) for work in works]:
            done.result(timeout=PATIENCE_S)


def at_once(count: int, work: Callable[[], T]) -> list[T]:
    """Call `work` in `count` threads at once, and return the results of all calls."""
    done: list[T] = []
    together(*[lambda: done.append(work())] * count)
    return done
