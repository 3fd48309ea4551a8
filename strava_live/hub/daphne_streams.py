"""The part of our daphne for event streams: fast writes, less memory for each stream, and a way to end a stream.

Daphne sends each part of an answer in a coroutine, and Twisted frames and buffers it. DirectSink writes chunks that are
the same for all streams to the TCP socket directly (hub.tcp_writer).
"""

import asyncio
from typing import Any

from daphne.http_protocol import WebRequest

from strava_live.hub.client_writers import CLOSE_TIMEOUT_S
from strava_live.hub.event_streams import EncodedEvents
from strava_live.hub.tcp_writer import TcpWriter, is_unencrypted


class DirectSink(TcpWriter):
    """Write events to the answer: over HTTP/1.1 as chunks, over HTTP/1.0 as plain text."""

    __slots__ = ("chunked", "closed", "request")

    def __init__(self, request: WebRequest) -> None:
        super().__init__(request.channel.transport)
        self.request = request
        self.chunked = bool(request.chunked)
        self.closed = False
        """True once the answer has ended or the connection is lost: its descriptor may then be another connection's."""

    def write(self, events: EncodedEvents) -> bool:
        return self.closed or self.send(events.chunk if self.chunked else events.text)

    def end(self) -> None:
        """End the answer, and close the connection. Abort it if the client does not read the rest in time."""
        if self.closed:
            return
        self.request.channel.persistent = False
        self.request.finish()
        asyncio.get_running_loop().call_later(CLOSE_TIMEOUT_S, self.transport.abortConnection)

    def abort(self) -> None:
        if not self.closed:
            self.closed = True
            self.transport.abortConnection()


def direct_sink(request: Any) -> DirectSink | None:
    """Return a sink for an event stream whose answer has begun, and free what is not needed any more.

    Return None if the connection is encrypted in this process or lost.
    """
    request.is_event_stream = True
    if request.finished or request.channel is None or not is_unencrypted(request.channel.transport):
        return None
    request.clean_headers.clear()
    for headers in (request.requestHeaders, request.responseHeaders):
        for name, _ in list(headers.getAllRawHeaders()):
            headers.removeHeader(name)
    request.sink = DirectSink(request)
    return request.sink  # type: ignore[no-any-return]
