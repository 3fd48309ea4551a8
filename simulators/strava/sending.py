"""How webhook events are sent: the settings, and the queue from which they are sent over open connections."""

import asyncio
import contextlib
import heapq
import math
import random
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar, get_args

from simulators.http_client import Connection
from simulators.strava.signatures import Kind

MOST_COPIES = 3
"""The most copies of an event. Strava sends an event at most three times."""
MOST_CONNECTIONS = 64
"""How many events are sent at the same time, each over a connection of its own."""

Mode = Literal["send", "hold", "lose"]
"""What happens to a new event: it is sent, held back until it is released, or dropped."""
MODES: tuple[Mode, ...] = get_args(Mode)

Parcel = TypeVar("Parcel")


@dataclass(frozen=True, slots=True)
class Sending:
    """How events are sent. The control call `webhooks` changes it."""

    mode: Mode = "send"
    retry_s: float = 60.0
    """The seconds between two attempts to deliver an event."""
    copies: int = 1
    """How many times each event is sent, from 1 to 3."""
    vary_copies: bool = False
    """Send each event a random number of times, from once to `copies` times."""
    delay_ms: float = 0.0
    """How long each copy of an event waits before it is sent."""
    jitter_ms: float = 0.0
    """The longest random time that each copy waits in addition."""
    shuffle_ms: float = 0.0
    """Gather the events of this many milliseconds and send them in random order; 0 to send them in their order."""
    lost_share: float = 0.0
    """The share of events, chosen at random, that is never sent, from 0 to 1."""
    secret: str = ""
    """The secret with which events are signed, as `signature` says."""
    signature: Kind = "none"


class SendQueue(Generic[Parcel]):
    """A queue whose parcels are sent when they are due, in order of the time at which they are due.

    `send` gets a parcel and a connection that no other parcel is using. At most MOST_CONNECTIONS parcels are on their
    way at the same time.
    """

    def __init__(self, send: Callable[[Parcel, Connection], Awaitable[None]], chance: random.Random) -> None:
        self._send, self._chance = send, chance
        self._heap: list[tuple[float, float, int, Parcel]] = []
        self._put = 0
        self._burst_ends = -math.inf
        self._more = asyncio.Event()
        self._idle = [Connection() for _ in range(MOST_CONNECTIONS)]
        self._one_idle = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._dispatcher: asyncio.Task[None] | None = None

    @property
    def unfinished(self) -> int:
        """How many parcels are waiting or on their way."""
        return len(self._heap) + MOST_CONNECTIONS - len(self._idle)

    def clear(self) -> None:
        self._heap.clear()

    def put(self, parcel: Parcel, *, in_s: float = 0.0, shuffle_s: float = 0.0) -> None:
        """Add a parcel that is due in `in_s`. With `shuffle_s`, mix it with all that are put within that time."""
        due = asyncio.get_running_loop().time()
        if shuffle_s:
            if due > self._burst_ends:
                self._burst_ends = due + shuffle_s
            due = self._burst_ends
        among_equals = self._chance.random() if shuffle_s else 0.0
        self._put += 1
        heapq.heappush(self._heap, (due + in_s, among_equals, self._put, parcel))
        self._more.set()
        if self._dispatcher is None:
            self._dispatcher = self.run(self._dispatch())

    def run(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run a coroutine in a task that is kept until it ends."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _dispatch(self) -> None:
        while True:
            await self._until_one_is_due()
            while not self._idle:
                self._one_idle.clear()
                await self._one_idle.wait()
            if self._heap:  # the queue may have been cleared meanwhile
                parcel = heapq.heappop(self._heap)[-1]
                self.run(self._carry(parcel, self._idle.pop()))

    async def _until_one_is_due(self) -> None:
        loop = asyncio.get_running_loop()
        while not self._heap or self._heap[0][0] > loop.time():
            self._more.clear()
            wait_s = self._heap[0][0] - loop.time() if self._heap else None
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._more.wait()

    async def _carry(self, parcel: Parcel, connection: Connection) -> None:
        try:
            await self._send(parcel, connection)
        finally:
            self._idle.append(connection)
            self._one_idle.set()
