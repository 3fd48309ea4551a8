"""The HTTP part of our daphne: limit requests, refuse bad ones, send no body after HEAD, and wait for slow clients.

Daphne 4.2.3 has no limits: it stores a body of any size, and waits forever for one that arrives byte by byte. Twisted
answers a malformed request with a bare status line, a traceback, or nothing. And if the application answers a HEAD
request with a body in several pieces, daphne sends all pieces except the first. The client takes them for the answer
to its next request. Daphne's `send` never waits, so a large answer to a slow client would fill the memory. Here
`until_taken` waits for the client.
"""

import asyncio
import logging
from typing import Any

from daphne.http_protocol import WebRequest
from django.conf import settings
from twisted.internet.error import ConnectionDone
from twisted.python.failure import Failure
from twisted.web import http

from strava_live.hub.daphne_streams import DirectSink
from strava_live.hub.refusals import BAD_REQUEST, CONTENT_TOO_LARGE, REQUEST_TIMEOUT, error_json, is_of_api, refusal
from strava_live.hub.tcp_writer import is_unencrypted, unsent_bytes_of

logger = logging.getLogger(__name__)
HTTPChannel: Any = http.HTTPChannel
"""Twisted's class, typed as Any: its own types are missing for most methods, and wrong for `transport`."""


class BodyTooLarge(Exception):
    """The body of a request without Content-Length has become longer than settings.REQUEST_BODY_MOST."""


class LimitedRequest(WebRequest):
    """One HTTP request, with a limited body."""

    is_event_stream = False
    """Whether the answer is an event stream that has begun."""
    sink: DirectSink | None = None
    """The object that writes events to the TCP socket directly; None if there is none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Switch off Twisted's parsing of forms, which blocks the event loop. Django parses the body itself."""
        super().__init__(*args, parsePOSTFormSubmission=False, **kwargs)

    def process(self) -> Any:
        """Drop the header with which daphne lets each client choose the site's root path, and so the meaning of paths.

        Django would route by another path than the one that middleware looks at, and put the root into all addresses.
        """
        self.requestHeaders.removeHeader(b"Daphne-Root-Path")
        return super().process()

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802 Twisted's name
        if self.content.tell() + len(data) > settings.REQUEST_BODY_MOST:
            raise BodyTooLarge
        super().handleContentChunk(data)

    def handle_reply(self, message: dict[str, Any]) -> None:
        """Send a part of the application's answer, without a body if the request is HEAD or the status is 204 or 304.

        Twisted's `write` drops such a body, but daphne bypasses that method.
        """
        if message.get("type") == "http.response.body" and (self.method == b"HEAD" or self.code in http.NO_BODY_CODES):
            message = message | {"body": b""}
        super().handle_reply(message)

    async def until_taken(self) -> None:
        """Wait while the bytes that were sent fill Twisted's buffer. Cut off a client that takes none for too long.

        Return at once if the connection is lost.
        """
        if self.channel is None or not self.channel._waitingForTransport:
            return
        transport, room = self.channel.transport, RoomForBytes()
        self.registerProducer(room, True)
        try:
            await room.wait(transport)
        except TimeoutError:
            logger.info("a client has stopped reading its answer")
            transport.abortConnection()
        finally:
            self.producer = None
            if self.channel is not None:
                self.channel.unregisterProducer()

    def basic_error(self, status: int, status_text: bytes, body: str) -> None:
        """Answer with an error that daphne has found: a JSON error under /api/, else daphne's own page."""
        if not is_of_api(self.uri):
            super().basic_error(status, status_text, body)
            return
        headers = [(b"Content-Type", b"application/json"), (b"Cache-Control", b"no-store")]
        self.handle_reply({"type": "http.response.start", "status": status, "headers": headers})
        self.handle_reply({"type": "http.response.body", "body": error_json(status)})

    def finish(self) -> None:
        self.close_sink()
        super().finish()

    def connectionLost(self, reason: Failure) -> None:  # noqa: N802 Twisted's name
        self.close_sink()
        super().connectionLost(reason)

    def close_sink(self) -> None:
        if self.sink is not None:
            self.sink.closed = True


class RoomForBytes:
    """A push producer of Twisted that sets `event` when there is room for more bytes, or the connection is lost."""

    def __init__(self) -> None:
        self.event = asyncio.Event()

    async def wait(self, transport: Any) -> None:
        """Wait for `event`. Raise TimeoutError if the client takes no byte for settings.ANSWER_TAKEN_WITHIN_S.

        Under TLS, Twisted does not say how many bytes the client has taken, so the client must take all in that time.
        """
        unsent = unsent_by(transport)
        while not self.event.is_set():
            try:
                await asyncio.wait_for(self.event.wait(), settings.ANSWER_TAKEN_WITHIN_S)
            except TimeoutError:
                before, unsent = unsent, unsent_by(transport)
                if unsent >= before:
                    raise

    def pauseProducing(self) -> None:  # noqa: N802 Twisted's name
        """Do nothing: no bytes are written while an answer waits for room."""

    def resumeProducing(self) -> None:  # noqa: N802 Twisted's name
        self.event.set()

    def stopProducing(self) -> None:  # noqa: N802 Twisted's name
        self.event.set()


def unsent_by(transport: Any) -> int:
    return unsent_bytes_of(transport) if is_unencrypted(transport) else 0


class LimitedChannel(HTTPChannel):
    """One TCP connection. Refuse a request that is malformed, too large or too slow, and close the connection."""

    line = b""
    """The last line of a request's head that has arrived."""
    refused = False
    """Whether a request was refused, so that all further bytes are dropped."""
    discarded = 0
    """Bytes dropped since the refusal."""
    timer: Any = None
    """The timer that refuses a request which takes too long to arrive (settings.REQUEST_ARRIVES_WITHIN_S). After a
    refusal, the timer that ends the connection (settings.REFUSED_LINGERS_S)."""

    def connectionMade(self) -> None:  # noqa: N802 Twisted's name
        self.requestFactory = LimitedRequest  # replaces the one that daphne's factory has set
        super().connectionMade()

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 Twisted's name
        if self.refused:
            self.discard(data)
            return
        super().dataReceived(data)
        if self.timer is None and self.is_receiving():
            self.timer = self.callLater(settings.REQUEST_ARRIVES_WITHIN_S, self.refuse, REQUEST_TIMEOUT)

    def lineReceived(self, line: bytes) -> None:  # noqa: N802 Twisted's name
        self.line = line
        super().lineReceived(line)

    def is_receiving(self) -> bool:
        """Return True between the first byte of a request and its last."""
        return not self._handlingRequest and bool(self.requests or self._buffer)

    def headerReceived(self, line: bytes) -> bool:  # noqa: N802 Twisted's name
        try:
            return bool(super().headerReceived(line))
        except ValueError:  # a Content-Length with more digits than int() accepts
            self.refuse(BAD_REQUEST)
            return False

    def allHeadersReceived(self) -> None:  # noqa: N802 Twisted's name
        """Refuse a request whose Content-Length is too large, before its body is read."""
        if self.length is not None and self.length > settings.REQUEST_BODY_MOST:
            self.refuse(CONTENT_TOO_LARGE)
        else:
            super().allHeadersReceived()

    def rawDataReceived(self, data: bytes) -> None:  # noqa: N802 Twisted's name
        try:
            super().rawDataReceived(data)
        except BodyTooLarge:
            self.refuse(CONTENT_TOO_LARGE)

    def allContentReceived(self) -> None:  # noqa: N802 Twisted's name
        self.stop_timer()
        super().allContentReceived()

    def lineLengthExceeded(self, line: bytes) -> None:  # noqa: N802 Twisted's name
        self.refuse(BAD_REQUEST)

    def _respondToBadRequestAndDisconnect(self) -> None:  # noqa: N802 Twisted's name
        self.refuse(BAD_REQUEST)

    def refuse(self, status: int) -> None:
        """Send a page with the reason, drop the request and close the connection.

        Without TLS, close the connection for writing only, until the timer ends it. Closing it altogether while the
        client still sends would make TCP reset it, and the client might lose the page.
        """
        logger.info("request refused", extra={"status": status})
        with_body = getattr(self, "_command", b"") != b"HEAD"
        self.transport.write(refusal(status, with_body=with_body, path=self.requested_path()))
        self.refused = True
        self._buffer = b""
        for request in self.requests:
            request.connectionLost(Failure(ConnectionDone()))  # type: ignore[no-untyped-call]
        self.requests.clear()
        self.setTimeout(None)
        self.stop_timer()
        self.timer = self.callLater(settings.REFUSED_LINGERS_S, self.transport.abortConnection)
        if is_unencrypted(self.transport):
            self._networkProducer.unregisterProducer()
            self.transport.loseWriteConnection()
        else:
            self.loseConnection()

    def requested_path(self) -> bytes:
        """Return the path of the request that is arriving.

        If Twisted could not parse the first line of the request, take the path from that line.
        """
        path: bytes = getattr(self, "_path", self.line.partition(b" ")[2])
        return path

    def discard(self, data: bytes) -> None:
        """Drop bytes of a refused client. Stop reading the connection if they exceed the limit of a body."""
        self.discarded += len(data)
        if self.discarded > settings.REQUEST_BODY_MOST:
            self.transport.pauseProducing()

    def stop_timer(self) -> None:
        if self.timer is not None and self.timer.active():
            self.timer.cancel()
        self.timer = None

    def connectionLost(self, reason: Failure) -> None:  # noqa: N802 Twisted's name
        self.stop_timer()
        super().connectionLost(reason)
