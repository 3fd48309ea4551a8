"""Iterations of the event loop stay short when much happens at once. Measured in events, not in seconds."""

import asyncio
import socket
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from strava_live.batcher import Batcher
from strava_live.group_subscriptions import GroupSubscriptions
from strava_live.short_iterations import EVENTS_PER_ITERATION, ITEMS_PER_ITERATION, limit_events_per_iteration
from tests.hub.unreliable import UnreliableLayer
from tests.patience import PATIENCE_S

MANY = 100


class Iterations:
    """Count events in each iteration of the event loop."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.current = 0
        self.events: Counter[int] = Counter()
        self.begin_next()

    def begin_next(self) -> None:
        self.current += 1
        self.loop.call_soon(self.begin_next)

    def note_event(self) -> None:
        self.events[self.current] += 1

    @property
    def most(self) -> int:
        return max(self.events.values())


async def test_few_readable_sockets_are_read_in_each_iteration_and_all_equally_often() -> None:
    loop = asyncio.get_running_loop()
    limit_events_per_iteration(loop)
    iterations, read = Iterations(), Counter[int]()

    def reader(place: int) -> Callable[[], None]:
        def see() -> None:  # does not read, so that the socket stays readable
            read[place] += 1
            iterations.note_event()

        return see

    with ExitStack() as pairs:
        for place in range(MANY):
            here, there = (pairs.enter_context(one) for one in socket.socketpair())
            there.send(b"x")
            loop.add_reader(here, reader(place))
            pairs.callback(loop.remove_reader, here)
        async with asyncio.timeout(PATIENCE_S):
            while len(read) < MANY:  # noqa: ASYNC110 the readers set no event
                await asyncio.sleep(0)

    assert iterations.most <= EVENTS_PER_ITERATION
    assert max(read.values()) <= 2, "no socket is read repeatedly before the others"


async def test_few_waiters_for_one_group_are_woken_in_each_iteration(layer: UnreliableLayer) -> None:
    subscriptions = GroupSubscriptions(lambda _: None)
    iterations = Iterations()

    async def subscribe() -> None:
        await subscriptions.subscribe("club.1")
        iterations.note_event()

    await asyncio.gather(*(subscribe() for _ in range(MANY)))

    assert iterations.events.total() == MANY
    assert iterations.most <= ITEMS_PER_ITERATION
    assert layer.groups["club.1"]


async def test_subscribing_returns_after_its_timeout(layer: UnreliableLayer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("strava_live.group_subscriptions.SUBSCRIBE_TIMEOUT_S", 0.05)
    layer_answers = asyncio.Event()

    async def wait(*_: object) -> None:
        await layer_answers.wait()

    monkeypatch.setattr(layer, "group_add", wait)
    subscriptions = GroupSubscriptions(lambda _: None)
    cancelled = asyncio.create_task(subscriptions.subscribe("club.1"))
    await asyncio.sleep(0)
    cancelled.cancel()
    await asyncio.wait_for(subscriptions.subscribe("club.1"), PATIENCE_S)
    assert not subscriptions.waiters
    layer_answers.set()
    await subscriptions.groups["club.1"]
    await asyncio.wait_for(subscriptions.subscribe("club.1"), PATIENCE_S)


async def test_few_questions_of_a_batch_are_answered_in_each_iteration(transactional_db: None) -> None:
    def double(numbers: list[int]) -> list[int]:
        return [2 * number for number in numbers]

    batcher: Batcher[int, int] = Batcher(double)
    iterations = Iterations()

    async def ask(number: int) -> int:
        answer = await batcher.ask(number)
        iterations.note_event()
        return answer

    assert await asyncio.gather(*(ask(number) for number in range(MANY))) == double(list(range(MANY)))
    assert iterations.most <= ITEMS_PER_ITERATION
