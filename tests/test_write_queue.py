"""Which writes of a process run at once, and what becomes of those that wait."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from pytest_django import Settings

from strava_live.write_queue import Turn, WriteQueue, WriteQueueTimeout
from tests.patience import PATIENCE_S


def granted(*turns: Turn) -> list[bool]:
    return [turn.is_granted for turn in turns]


def test_writes_of_one_club_run_one_after_another_and_those_of_others_beside_them() -> None:
    queue = WriteQueue(most=3)

    first, second, other = queue.ask(["club.a"]), queue.ask(["club.a"]), queue.ask(["club.b"])

    assert granted(first, second, other) == [True, False, True]
    first.leave()
    assert second.is_granted


def test_a_write_that_waits_for_one_club_holds_no_other() -> None:
    queue = WriteQueue(most=3)
    blocked = queue.ask(["club.a"])

    both, other = queue.ask(["club.a", "club.b"]), queue.ask(["club.b"])

    assert granted(both, other) == [False, True]
    blocked.leave()
    assert not both.is_granted
    other.leave()
    assert both.is_granted


def test_no_more_run_at_once_than_the_pool_can_spare() -> None:
    queue = WriteQueue(most=2)

    turns = [queue.ask([f"club.{number}"]) for number in range(3)]

    assert granted(*turns) == [True, True, False]
    turns[1].leave()
    turns[1].leave()
    assert turns[2].is_granted
    assert not queue.ask(["club.4"]).is_granted


def in_a_thread(turn: Turn) -> None:
    turn.wait()


def in_the_event_loop(turn: Turn) -> None:
    asyncio.run(turn.wait_here())


@pytest.mark.parametrize("wait", [in_a_thread, in_the_event_loop])
def test_waiting_ends_with_the_turn_or_with_patience(wait: Callable[[Turn], None], settings: Settings) -> None:
    queue = WriteQueue(most=2)
    first, second = queue.ask(["club.a"]), queue.ask(["club.a"])

    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(wait, second)
        first.leave()
        waiting.result(PATIENCE_S)

    settings.WRITE_PATIENCE_S = 0.01
    third, fourth = queue.ask(["club.a"]), queue.ask(["club.a"])
    with pytest.raises(WriteQueueTimeout):
        wait(third)
    third.leave()
    second.leave()
    assert granted(third, fourth) == [False, True]


async def test_a_socket_that_goes_while_it_waits_is_forgotten() -> None:
    queue = WriteQueue(most=2)

    async def write() -> None:
        async with queue.turn(["club.a"]):
            raise AssertionError("its turn never came")

    first = queue.ask(["club.a"])
    writing = asyncio.create_task(write())
    await asyncio.sleep(0)
    writing.cancel()
    await asyncio.wait([writing])

    assert queue.waiting == []
    first.leave()
    assert queue.running == set()
