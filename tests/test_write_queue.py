"""Which writes of a process run at the same time, and how the others wait."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from pytest_django import Settings

from strava_live.write_queue import Ticket, WriteQueue, WriteQueueTimeout
from tests.patience import PATIENCE_S


def granted(*tickets: Ticket) -> list[bool]:
    return [ticket.is_granted for ticket in tickets]


def test_writes_to_one_club_run_one_at_a_time_and_other_clubs_do_not_wait() -> None:
    queue = WriteQueue(limit=3)

    first, second, other = queue.enqueue(["club.a"]), queue.enqueue(["club.a"]), queue.enqueue(["club.b"])

    assert granted(first, second, other) == [True, False, True]
    first.release()
    assert second.is_granted


def test_write_that_waits_for_one_club_holds_no_other() -> None:
    queue = WriteQueue(limit=3)
    blocked = queue.enqueue(["club.a"])

    both, other = queue.enqueue(["club.a", "club.b"]), queue.enqueue(["club.b"])

    assert granted(both, other) == [False, True]
    blocked.release()
    assert not both.is_granted
    other.release()
    assert both.is_granted


def test_no_more_writes_run_at_once_than_the_limit() -> None:
    queue = WriteQueue(limit=2)

    tickets = [queue.enqueue([f"club.{number}"]) for number in range(3)]

    assert granted(*tickets) == [True, True, False]
    tickets[1].release()
    tickets[1].release()
    assert tickets[2].is_granted
    assert not queue.enqueue(["club.4"]).is_granted


def in_a_thread(ticket: Ticket) -> None:
    ticket.wait()


def in_the_event_loop(ticket: Ticket) -> None:
    asyncio.run(ticket.wait_async())


@pytest.mark.parametrize("wait", [in_a_thread, in_the_event_loop])
def test_waiting_ends_when_granted_or_after_the_timeout(wait: Callable[[Ticket], None], settings: Settings) -> None:
    queue = WriteQueue(limit=2)
    first, second = queue.enqueue(["club.a"]), queue.enqueue(["club.a"])

    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(wait, second)
        first.release()
        waiting.result(PATIENCE_S)

    settings.WRITE_PATIENCE_S = 0.01
    third, fourth = queue.enqueue(["club.a"]), queue.enqueue(["club.a"])
    with pytest.raises(WriteQueueTimeout):
        wait(third)
    third.release()
    second.release()
    assert granted(third, fourth) == [False, True]


async def test_cancelled_write_leaves_the_queue() -> None:
    queue = WriteQueue(limit=2)

    async def write() -> None:
        async with queue.slot(["club.a"]):
            raise AssertionError("the write must not start")

    first = queue.enqueue(["club.a"])
    writing = asyncio.create_task(write())
    await asyncio.sleep(0)
    writing.cancel()
    await asyncio.wait([writing])

    assert queue.waiting == []
    first.release()
    assert queue.running == set()
