"""A strict client of a club's feed, which checks that the server keeps the rules of the protocol.

`Feed` is what a client knows of the feed. `FeedClient` updates it over real sockets. It reconnects with the last number
that it has.
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

from tests.live.conversations import Conversations
from tests.live.header_model import HeaderModel
from tests.patience import PATIENCE_S
from tests.wire_shapes import read_frame

Json = dict[str, Any]

Place = tuple[str, int]
"""The time and the id of an entry, by which a feed is sorted."""
Row = tuple[int, int, str, int]
"""The id, the number, the text and the cheers of an entry."""

NEWEST = 50
FINAL_CODES = {4400, 4401, 4403, 4404, 4429}


class Feed:
    """The entries that a client has, and the number of their last change.

    `seq` is None before the first `hello` and after `feed.reset`.
    """

    def __init__(self) -> None:
        self.seq: int | None = None
        self.entries: dict[int, Json] = {}
        self.begins_at: Place | None = None
        """Time and id of the oldest entry that the client knows; None if it knows the feed from its beginning."""
        self.watching: Json = {}
        self.cheered: dict[int, bool] = {}

    @property
    def query(self) -> str:
        return "" if self.seq is None else f"?after={self.seq}"

    def begin(self, hello: Json, *, after: int | None) -> None:
        assert hello["type"] == "hello", hello
        numbers = [entry["seq"] for entry in hello["entries"]]
        assert all(number <= hello["seq"] for number in numbers), hello
        if after is None or not hello["complete"]:
            self.start_over(hello["entries"])
        else:
            assert numbers == sorted(set(numbers)), "each number once, in order"
            assert all(number > after for number in numbers), "nothing that the client had already"
            assert hello["seq"] >= after
        for entry in hello["entries"]:
            if entry.get("removed"):
                self.entries.pop(entry["id"], None)
            elif self.is_within(entry):
                self.entries[entry["id"]] = entry
        self.seq, self.watching = hello["seq"], counts_of(hello["watching"])

    def start_over(self, entries: list[Json]) -> None:
        places = [place_of(entry) for entry in entries]
        assert places == sorted(places), "oldest first"
        self.entries.clear()
        self.begins_at = places[0] if len(places) == NEWEST else None

    def is_within(self, entry: Json) -> bool:
        return self.begins_at is None or place_of(entry) >= self.begins_at

    def apply(self, message: Json) -> None:
        kind = message["type"]
        if kind == "watching":
            self.watching = counts_of(message)
        elif kind == "cheer.mine":
            self.cheered[message["id"]] = message["cheered"]
        elif kind == "feed.reset":
            self.seq = None
        elif kind.startswith("entry."):
            self.check_number(message["seq"] if kind == "entry.removed" else message["entry"]["seq"])
            self.change(kind, message)

    def check_number(self, number: int) -> None:
        assert self.seq is not None
        assert number == self.seq + 1, f"received {number} after {self.seq}"
        self.seq = number

    def change(self, kind: str, message: Json) -> None:
        if kind == "entry.removed":
            self.entries.pop(message["id"], None)
        elif self.is_within(entry := message["entry"]):
            known = entry["id"] in self.entries
            assert known != (kind == "entry.added"), f"{kind} of {'a known' if known else 'an unknown'} entry"
            self.entries[entry["id"]] = self.entries.get(entry["id"], {}) | entry

    def rows(self) -> list[Row]:
        """Return the entries in the order of the feed."""
        placed = sorted(self.entries.values(), key=place_of)
        return [(entry["id"], entry["seq"], entry["text"], entry["cheers"]) for entry in placed]

    def rows_of(self, table: list[Json]) -> list[Row]:
        """Return what `rows` must return if the client has everything in the database."""
        within = [row for row in sorted(table, key=place_of) if self.is_within(row)]
        return [(row["id"], row["seq"], row["text"], row["cheers"]) for row in within]


def counts_of(watching: Json) -> dict[str, int]:
    return {name: watching[name] for name in ("members", "screens")}


def place_of(entry: Json) -> Place:
    return entry["at"], entry["id"]


MODELS: dict[str, Callable[[], Any]] = {"/ws/messages/": Conversations, "/ws/notifications/": HeaderModel}
"""What the client of another socket than a feed's knows, by the path."""


class FeedClient:
    """Follow one path until stopped, over as many sockets as necessary. `feed` is what the client knows."""

    feed: Any

    def __init__(
        self, site_url: str, path: str, session: str = "", *, choose_url: Callable[[], str] | None = None
    ) -> None:
        self.site_url = site_url
        self.path = path
        self.headers = {"Origin": site_url} | ({"Cookie": f"sessionid={session}"} if session else {})
        self.choose_url = choose_url or (lambda: site_url)
        """Called for each connection. Returns the address of one of the site's processes."""
        self.feed = MODELS.get(path, Feed)()
        self.heard: list[tuple[float, Json]] = []
        self.connection: ClientConnection | None = None
        self.connections_made = 0
        self.code: int | None = None
        self.changed = asyncio.Event()

    async def follow(self) -> None:
        """Follow until the server closes with a code after which clients do not reconnect."""
        while self.code not in FINAL_CODES:
            try:
                await self.follow_once()
            except (OSError, InvalidHandshake, TimeoutError, ConnectionClosed):
                await asyncio.sleep(0.1)

    async def follow_once(self) -> None:
        url, after = self.choose_url(), self.feed.seq
        address = f"{url.replace('http', 'ws', 1)}{self.path}{self.feed.query}"
        headers = self.headers | {"Origin": url}
        async with connect(address, additional_headers=headers, proxy=None, max_size=None) as connection:
            self.connection = connection
            self.connections_made += 1
            try:
                await self.listen(connection, after)
            finally:
                self.connection = None
                self.code = connection.close_code
                self.changed.set()

    async def listen(self, connection: ClientConnection, after: int | None) -> None:
        has_begun = False
        with suppress(ConnectionClosed):
            while True:
                for message in read_frame(await connection.recv(), self.path):
                    self.heard.append((time.monotonic(), message))
                    if not has_begun:
                        self.feed.begin(message, after=after)
                        has_begun = True
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

    async def until(self, condition: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
        async with asyncio.timeout(patience_s):
            while not condition():
                self.changed.clear()
                await self.changed.wait()

    async def until_heard(self, kind: str, patience_s: float = PATIENCE_S, **fields: Any) -> Json:
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
    """Let all clients follow during the block, which begins once each has its `hello`. Raise what one finds wrong."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(client.follow()) for client in clients]
        for client in clients:
            await client.until_heard("hello")
        yield
        for task in tasks:
            task.cancel()


async def until_all(
    clients: Iterable[FeedClient], condition: Callable[[FeedClient], bool], patience_s: float = PATIENCE_S
) -> None:
    for client in clients:
        await client.until(partial(condition, client), patience_s)
