"""A client of a club's feed that follows the protocol to the letter, and says so when the server does not.

`Feed` is what a client knows. `FeedClient` keeps one fed over real sockets: it dials, follows, and redials with the
number it stands at.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.patience import PATIENCE_S

Json = dict[str, Any]

Place = tuple[str, int]
Told = tuple[int, int, str, int]
"""The id, the number, the text and the cheers of an entry."""

NEWEST = 50
NO_REDIAL = {4400, 4401, 4403, 4404, 4429}


class Feed:
    """Entries by id, and the number where it stands; None before the first hello and after a reset."""

    def __init__(self) -> None:
        self.seq: int | None = None
        self.entries: dict[int, Json] = {}
        self.begins_at: Place | None = None
        """A long feed is known from this place on; None for one that is known from its beginning."""
        self.watching: Json = {}
        self.cheered: dict[int, bool] = {}

    def greet(self, hello: Json, *, after: int | None) -> None:
        assert hello["type"] == "hello", hello
        numbers = [entry["seq"] for entry in hello["entries"]]
        assert all(number <= hello["seq"] for number in numbers), hello
        if after is None or not hello["complete"]:
            self.begin(hello["entries"])
        else:
            assert numbers == sorted(set(numbers)), "in the order of their numbers, each once"
            assert all(number > after for number in numbers), "nothing that was told before"
            assert hello["seq"] >= after
        for entry in hello["entries"]:
            if entry.get("removed"):
                self.entries.pop(entry["id"], None)
            elif self.is_within(entry):
                self.entries[entry["id"]] = entry
        self.seq, self.watching = hello["seq"], hello["watching"]

    def begin(self, entries: list[Json]) -> None:
        places = [place_of(entry) for entry in entries]
        assert places == sorted(places), "oldest first"
        self.entries.clear()
        self.begins_at = places[0] if len(places) == NEWEST else None

    def is_within(self, entry: Json) -> bool:
        return self.begins_at is None or place_of(entry) >= self.begins_at

    def apply(self, message: Json) -> None:
        kind = message["type"]
        if kind == "watching":
            self.watching = {"members": message["members"], "screens": message["screens"]}
        elif kind == "cheer.mine":
            self.cheered[message["id"]] = message["cheered"]
        elif kind == "feed.reset":
            self.seq = None
        elif kind.startswith("entry."):
            self.count(message["seq"] if kind == "entry.removed" else message["entry"]["seq"])
            self.change(kind, message)

    def count(self, number: int) -> None:
        assert self.seq is not None
        assert number == self.seq + 1, f"stood at {self.seq}, was told {number}"
        self.seq = number

    def change(self, kind: str, message: Json) -> None:
        if kind == "entry.removed":
            self.entries.pop(message["id"], None)
        elif self.is_within(entry := message["entry"]):
            known = entry["id"] in self.entries
            assert known != (kind == "entry.added"), f"{kind} of {'a known' if known else 'an unknown'} entry"
            self.entries[entry["id"]] = self.entries.get(entry["id"], {}) | entry

    def told(self) -> list[Told]:
        """In order of place."""
        placed = sorted(self.entries.values(), key=place_of)
        return [(entry["id"], entry["seq"], entry["text"], entry["cheers"]) for entry in placed]

    def should_be(self, table: list[Json]) -> list[Told]:
        """What `told` has to be by the rows of the table."""
        within = [row for row in sorted(table, key=place_of) if self.is_within(row)]
        return [(row["id"], row["seq"], row["text"], row["cheers"]) for row in within]


def place_of(entry: Json) -> Place:
    return entry["at"], entry["id"]


class FeedClient:
    """Follows one address until it is stopped, over as many sockets as that takes."""

    def __init__(self, site_url: str, path: str, session: str = "", *, dial: Callable[[], str] | None = None) -> None:
        self.site_url = site_url
        self.path = path
        self.headers = {"Origin": site_url} | ({"Cookie": f"sessionid={session}"} if session else {})
        self.dial = dial or (lambda: site_url)
        """Where to, each time: one of the site's processes."""
        self.feed = Feed()
        self.heard: list[tuple[float, Json]] = []
        self.connection: ClientConnection | None = None
        self.dialled = 0
        self.code: int | None = None
        self.changed = asyncio.Event()

    async def follow(self) -> None:
        """For ever, or until it is told not to redial."""
        while self.code not in NO_REDIAL:
            try:
                await self.follow_once()
            except (OSError, InvalidHandshake, TimeoutError, ConnectionClosed):
                await asyncio.sleep(0.1)

    async def follow_once(self) -> None:
        url, after = self.dial(), self.feed.seq
        address = f"{url.replace('http', 'ws', 1)}{self.path}{'' if after is None else f'?after={after}'}"
        headers = self.headers | {"Origin": url}
        async with connect(address, additional_headers=headers, proxy=None, max_size=None) as connection:
            self.connection = connection
            self.dialled += 1
            try:
                await self.listen(connection, after)
            finally:
                self.connection = None
                self.code = connection.close_code
                self.changed.set()

    async def listen(self, connection: ClientConnection, after: int | None) -> None:
        greeted = False
        with suppress(ConnectionClosed):
            while True:
                frame = json.loads(await connection.recv())
                for message in frame if isinstance(frame, list) else [frame]:
                    self.heard.append((time.monotonic(), message))
                    if not greeted:
                        self.feed.greet(message, after=after)
                        greeted = True
                    else:
                        self.feed.apply(message)
                    if message["type"] == "feed.reset":
                        return
                self.changed.set()

    async def say(self, message_type: str, **fields: Any) -> None:
        assert self.connection is not None
        await self.connection.send(json.dumps({"type": message_type, **fields}))

    def times_heard(self, kind: str) -> int:
        return sum(message["type"] == kind for _, message in self.heard)

    async def until(self, true: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
        async with asyncio.timeout(patience_s):
            while not true():
                self.changed.clear()
                await self.changed.wait()

    async def until_heard(self, kind: str, patience_s: float = 10, **fields: Any) -> Json:
        def found() -> list[Json]:
            return [
                message
                for _, message in self.heard
                if message["type"] == kind and all(message.get(name) == value for name, value in fields.items())
            ]

        await self.until(lambda: bool(found()), patience_s)
        return found()[-1]


@asynccontextmanager
async def following(*clients: FeedClient) -> AsyncIterator[None]:
    """All of them greeted, and followed until the end; whatever one of them finds wrong is raised."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(client.follow()) for client in clients]
        for client in clients:
            await client.until_heard("hello")
        yield
        for task in tasks:
            task.cancel()


async def until_all(
    clients: Iterable[FeedClient], true: Callable[[FeedClient], bool], patience_s: float = PATIENCE_S
) -> None:
    for client in clients:
        await client.until(partial(true, client), patience_s)
