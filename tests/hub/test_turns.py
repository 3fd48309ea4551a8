"""The event loop turns often, however much arrives at once. Counted in turns, not in seconds."""

import asyncio
import socket
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from strava_live.hub.gathering import Gathering
from strava_live.hub.listening import Listening
from strava_live.hub.turns import EVENTS_AT_ONCE, WOKEN_AT_ONCE, take_few_events
from tests.hub.unreliable import UnreliableLayer
from tests.patience import PATIENCE_S

MANY = 100


class Turns:
    """What happened in each turn of a loop."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.number = 0
        self.happened: Counter[int] = Counter()
        self.turn()

    def turn(self) -> None:
        self.number += 1
        self.loop.call_soon(self.turn)

    def note(self) -> None:
        self.happened[self.number] += 1

    @property
    def most(self) -> int:
        return max(self.happened.values())


async def test_sockets_that_can_all_be_read_are_read_a_few_in_a_turn_and_each_in_its_turn() -> None:
    loop = asyncio.get_running_loop()
    take_few_events(loop)
    turns, read = Turns(), Counter[int]()

    def reader(place: int) -> Callable[[], None]:
        def see() -> None:  # and leave what is there, so that it can be read again at once
            read[place] += 1
            turns.note()

        return see

    with ExitStack() as pairs:
        for place in range(MANY):
            here, there = (pairs.enter_context(one) for one in socket.socketpair())
            there.send(b"x")
            loop.add_reader(here, reader(place))
            pairs.callback(loop.remove_reader, here)
        async with asyncio.timeout(PATIENCE_S):
            while len(read) < MANY:  # noqa: ASYNC110 the readers only count
                await asyncio.sleep(0)

    assert turns.most <= EVENTS_AT_ONCE
    assert max(read.values()) <= 2, "nobody is read again and again before the others"


async def test_who_waits_for_the_same_group_is_woken_a_few_in_a_turn(layer: UnreliableLayer) -> None:
    listening = Listening(lambda _: None)
    turns = Turns()

    async def join() -> None:
        await listening.join("club.1")
        turns.note()

    await asyncio.gather(*(join() for _ in range(MANY)))

    assert turns.happened.total() == MANY
    assert turns.most <= WOKEN_AT_ONCE
    assert layer.groups["club.1"]


async def test_who_waits_in_vain_waits_no_longer_than_is_said(
    layer: UnreliableLayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("strava_live.hub.listening.PATIENCE_S", 0.05)
    answers = asyncio.Event()

    async def wait(*_: object) -> None:
        await answers.wait()

    monkeypatch.setattr(layer, "group_add", wait)
    listening = Listening(lambda _: None)
    given_up = asyncio.create_task(listening.join("club.1"))
    await asyncio.sleep(0)
    given_up.cancel()
    await asyncio.wait_for(listening.join("club.1"), PATIENCE_S)
    assert not listening.waiting
    answers.set()
    await listening.groups["club.1"]
    await asyncio.wait_for(listening.join("club.1"), PATIENCE_S)


async def test_answers_are_passed_on_a_few_in_a_turn(transactional_db: None) -> None:
    def double(numbers: list[int]) -> list[int]:
        return [2 * number for number in numbers]

    gathering: Gathering[int, int] = Gathering(double)
    turns = Turns()

    async def ask(number: int) -> int:
        answer = await gathering.ask(number)
        turns.note()
        return answer

    assert await asyncio.gather(*(ask(number) for number in range(MANY))) == double(list(range(MANY)))
    assert turns.most <= WOKEN_AT_ONCE
