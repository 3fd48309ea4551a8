"""Event streams (server-sent events): the messages of the sockets as text over HTTP, for programs without WebSockets.

A frame of the hub becomes one event for each of its messages. It is encoded once, and the same bytes are sent to all
streams. An event's id is what a client sends as Last-Event-ID when it reconnects: `<epoch>:<seq>` for a club's feed,
and the mark for an athlete's activities.
"""

import json
from collections.abc import Callable
from random import randint
from typing import Any, Protocol

from strava_live import tallies
from strava_live.hub.client_writers import AsgiQueue, Send
from strava_live.hub.frames import Frame
from strava_live.protocol import Close, Json, compact

SINK_EXTENSION = "strava_live.stream_sink"
"""Key in the ASGI scope's extensions under which a server offers a function. The function returns the server's own sink
for the request, or None if there is none. Call it only after the answer has begun."""
RETRY_MS = 3_000
"""After the end of a stream, a client waits for this time before it reconnects."""
LINE_ENDS = {ord(mark): f"\\u{ord(mark):04x}" for mark in "\u0085\u2028\u2029"}
"""Escapes for characters in JSON texts that some clients take for the end of a line, such as Python's `splitlines`."""
SPREAD_RETRY_MS = 1_000, 10_000
"""When many streams end together, each client waits for a random time in this range instead of RETRY_MS. Clients of
sockets that were closed with 4012 wait as long."""


class EncodedEvents:
    """The events of one frame, as bytes."""

    __slots__ = ("chunk", "ends_stream", "epoch", "known_epoch", "text")

    def __init__(self, text: str, *, known_epoch: str = "", epoch: str = "", ends_stream: bool = False) -> None:
        self.known_epoch = known_epoch
        """The epoch that the stream has named before these events; "" if it has named none."""
        self.epoch = epoch
        """The epoch that the stream has named after these events."""
        self.ends_stream = ends_stream
        """Whether the stream ends after these events, so that its client starts over."""
        self.text = text.encode()
        self.chunk = b"%x\r\n%b\r\n" % (len(self.text), self.text)
        """The text as a chunk of an answer over HTTP/1.1 (RFC 9112, 7.1)."""


COMMENT = EncodedEvents(":\n\n")
"""A comment, which clients ignore. It keeps proxies from closing the connection, and reveals clients that are gone."""


def events_of(frame: Frame, known_epoch: str) -> EncodedEvents:
    """Return the events of a frame, for streams that have named this epoch."""
    events = frame.events
    if events is None or events.known_epoch != known_epoch:
        events = frame.events = encode_events(frame.text, known_epoch)
    return events


def encode_events(text: str, known_epoch: str = "") -> EncodedEvents:
    """Encode the text of a frame: one JSON message, or an array of them."""
    content: Json | list[Json] = json.loads(text)
    messages = [(message, compact(message)) for message in content] if isinstance(content, list) else [(content, text)]
    epoch, ids = known_epoch, list[str]()
    for message, _ in messages:
        epoch = message.get("epoch", epoch)
        ids.append(id_line(message, epoch))
    # Of events with the same id only the last one has it: a client that reconnects after the first needs the others.
    lines = ["" if one == following else one for one, following in zip(ids, [*ids[1:], None], strict=True)]
    events = [
        f"event: {message['type']}\n{line}data: {data.translate(LINE_ENDS)}\n\n"
        for (message, data), line in zip(messages, lines, strict=True)
    ]
    ends_stream = any(message["type"] == "feed.reset" for message, _ in messages)
    return EncodedEvents("".join(events), known_epoch=known_epoch, epoch=epoch, ends_stream=ends_stream)


def id_line(message: Json, epoch: str) -> str:
    """Return the line with a message's id; "" if the message has no number, so that the client keeps the last id.

    The id of `feed.reset` is empty: the client forgets its last id, and reconnects without one.
    """
    if message["type"] == "feed.reset":
        return "id:\n"
    if "mark" in message:
        return f"id: {message['mark']}\n"
    seq = message.get("entry", message).get("seq")
    return "" if seq is None else f"id: {epoch}:{seq}\n"


def retry(milliseconds: int) -> EncodedEvents:
    """Return the line that says how long the client waits before it reconnects."""
    return EncodedEvents(f"retry: {milliseconds}\n\n")


class StreamSink(Protocol):
    """Where the bytes of one stream go: the body of an HTTP answer whose headers have been sent."""

    def write(self, events: EncodedEvents) -> bool:
        """Send events soon, and return at once. Return False, and send nothing, if the client is too far behind."""

    def end(self) -> None:
        """End the answer soon, and return at once. The application then receives `http.disconnect`."""

    def abort(self) -> None:
        """End the answer of a client that is too far behind, without waiting until the client has read it."""


class StreamWriter:
    """Write frames as events. This is the hub's ClientWriter for streams."""

    __slots__ = ("closed_by_server", "epoch", "sink")

    def __init__(self) -> None:
        self.sink: StreamSink | None = None
        """None before the answer has begun."""
        self.epoch = ""
        """The epoch that the stream has named; "" before the `hello` of a feed."""
        self.closed_by_server = False

    @property
    def closed(self) -> bool:
        return self.closed_by_server or self.sink is None

    def open(self, sink: StreamSink) -> None:
        """Begin to write. If the stream was closed before its answer began, end the answer."""
        self.sink = sink
        if self.closed_by_server:
            sink.end()

    def write(self, frame: Frame) -> None:
        if self.closed_by_server or self.sink is None:
            return
        events = events_of(frame, self.epoch)
        self.epoch = events.epoch
        if not self.sink.write(events):
            tallies.add(tallies.SLOW_CLIENTS)
            self.closed_by_server = True
            self.sink.abort()
        elif events.ends_stream:
            self.close(Close.GOING_AWAY)

    def write_comment(self) -> None:
        if not self.closed_by_server and self.sink is not None:
            self.sink.write(COMMENT)

    def close(self, code: int) -> None:
        """End the stream soon, and return at once. A client that should reconnect first gets a random waiting time."""
        if self.closed_by_server:
            return
        self.closed_by_server = True
        if self.sink is not None:
            if code in {Close.GOING_AWAY, Close.TRY_LATER}:
                self.sink.write(retry(randint(*SPREAD_RETRY_MS)))  # noqa: S311 spreads the load
            self.sink.end()


class AsgiSink:
    """Send events with ASGI's `send`, which every server has."""

    def __init__(self, send: Send) -> None:
        self.queue = AsgiQueue(send)

    def write(self, events: EncodedEvents) -> bool:
        return self.queue.put(body(events.text, more=True), len(events.text))

    def end(self) -> None:
        self.queue.close(body(b"", more=False))

    abort = end


def body(content: bytes, *, more: bool) -> dict[str, Any]:
    return {"type": "http.response.body", "body": content, "more_body": more}


def sink_of(scope: dict[str, Any]) -> Callable[[Send], StreamSink]:
    """Return a function that returns the sink of a request: the server's own if there is one, else an AsgiSink."""
    offered: Callable[[], StreamSink | None] = scope.get("extensions", {}).get(SINK_EXTENSION, lambda: None)
    return lambda send: offered() or AsgiSink(send)
