"""Event streams without a server: call the site's ASGI application in this process, as an ASGI server would.

The scope offers no sink, so the site sends through the plain ASGI `send`.
"""

import asyncio
import codecs
import json
from dataclasses import dataclass
from typing import Any

from site_config.asgi import application
from tests.hub.in_process_socket import eventually
from tests.patience import PATIENCE_S
from tests.wire_shapes import read_frame

Json = dict[str, Any]


@dataclass
class StreamEvent:
    """One event as a browser's EventSource would give it to a page."""

    type: str
    data: Json
    id: str | None
    """The value of the event's `id` line; None without one: the client then keeps the last id."""


class EventReader:
    """Read the text of a stream by the rules of the HTML standard, and check each message against the protocol."""

    def __init__(self, path: str) -> None:
        self.socket_path = "/ws/sync/" if path.startswith("/api/v1/me/") else "/ws/clubs/club/"
        self.decoder = codecs.getincrementaldecoder("utf-8")()
        self.rest = ""
        self.events: list[StreamEvent] = []
        self.retries: list[int] = []
        self.comments = 0
        self.last_id = ""

    def read(self, received: bytes) -> None:
        blocks = (self.rest + self.decoder.decode(received)).split("\n\n")
        self.rest = blocks.pop()
        for block in blocks:
            self.read_block(block)

    def read_block(self, block: str) -> None:
        fields: dict[str, str] = {}
        for line in block.split("\n"):
            name, _, value = line.partition(":")
            assert name not in fields, "one line of each kind"
            fields[name] = value.removeprefix(" ")
        self.comments += "" in fields
        if "retry" in fields:
            self.retries.append(int(fields["retry"]))
        if "data" in fields:
            assert list(fields)[-1] == "data"
            (data,) = read_frame(fields["data"], self.socket_path)
            assert fields["event"] == data["type"]
            self.last_id = fields.get("id", self.last_id)
            self.events.append(StreamEvent(data["type"], data, fields.get("id")))


class InProcessStream:
    """One stream, seen from its client."""

    def __init__(self, path: str, session: str = "", token: str = "", last_id: str = "", **headers: str) -> None:
        self.path, _, self.query = path.partition("?")
        cookie = {"cookie": f"sessionid={session}"} if session else {}
        bearer = {"authorization": f"Bearer {token}"} if token else {}
        last = {"last-event-id": last_id} if last_id else {}
        self.request_headers = {"host": "testserver"} | cookie | bearer | last | headers
        self.method = "GET"
        self.to_site: asyncio.Queue[Json] = asyncio.Queue()
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body = b""
        self.reader = EventReader(self.path)
        self.ended = False
        """Whether the site has ended the answer."""
        self.reading = asyncio.Event()
        """Set while the client reads. A test clears it to make the client stop reading."""
        self.reading.set()
        self.task: asyncio.Task[None] | None = None

    def connect(self) -> "InProcessStream":
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": self.method,
            "scheme": "http",
            "path": self.path,
            "raw_path": self.path.encode(),
            "root_path": "",
            "query_string": self.query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in self.request_headers.items()],
            "client": ["127.0.0.1", 50_000],
            "server": ["testserver", 80],
        }
        self.to_site.put_nowait({"type": "http.request", "body": b"", "more_body": False})
        self.task = asyncio.create_task(application(scope, self.to_site.get, self.on_event))
        return self

    async def on_event(self, event: Json) -> None:
        """The ASGI `send` of the application."""
        await self.reading.wait()
        if event["type"] == "http.response.start":
            self.status = event["status"]
            self.headers = {name.decode().lower(): value.decode() for name, value in event["headers"]}
            return
        assert not self.ended
        received = event.get("body", b"")
        self.body += received
        if self.headers["content-type"].startswith("text/event-stream"):
            self.reader.read(received)
        if not event.get("more_body", False):
            self.ended = True
            self.disconnect()

    def disconnect(self) -> None:
        self.to_site.put_nowait({"type": "http.disconnect"})

    async def until_over(self) -> None:
        """Wait until the application has finished."""
        assert self.task is not None
        await asyncio.wait([self.task], timeout=PATIENCE_S)
        assert self.task.done()

    async def error(self) -> Json:
        """Wait until the request is refused, and return the error."""
        await self.until_over()
        assert self.headers["content-type"] == "application/json"
        error: Json = json.loads(self.body)
        return error

    @property
    def events(self) -> list[StreamEvent]:
        return self.reader.events

    def types(self) -> list[str]:
        return [event.type for event in self.events]

    async def event(self, index: int) -> StreamEvent:
        """Wait for the event with this index."""
        await eventually(lambda: len(self.events) > index)
        return self.events[index]
