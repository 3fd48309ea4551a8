"""The HTTP half of our daphne: what a request may be, and what of an answer goes onto the connection.

Daphne 4.2.3 has no limits for requests. It sends the body of an answer to HEAD from its second piece on, where the
client reads it as the next answer. It keeps a body of any size, waits for ever for one that comes byte by byte, and
leaves Twisted to end a malformed request with a bare status line, a traceback or silence.
"""

import logging
from typing import Any

from daphne.http_protocol import WebRequest
from django.conf import settings
from twisted.internet.error import ConnectionDone
from twisted.python.failure import Failure
from twisted.web import http

from strava_live.hub.daphne_sockets import is_plain
from strava_live.hub.refusals import BAD_REQUEST, CONTENT_TOO_LARGE, REQUEST_TIMEOUT, refusal

logger = logging.getLogger(__name__)
HTTPChannel: Any = http.HTTPChannel
"""Twisted's has types for few of its methods, and wrong ones for its transport."""


class BodyTooLarge(Exception):
    """More has arrived of a chunked body than settings.REQUEST_BODY_MOST."""


class LimitedRequest(WebRequest):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Leave forms to Django: Twisted would parse them on the event loop, for `args` that daphne never reads."""
        super().__init__(*args, parsePOSTFormSubmission=False, **kwargs)

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802 Twisted's name
        if self.content.tell() + len(data) > settings.REQUEST_BODY_MOST:
            raise BodyTooLarge
        super().handleContentChunk(data)

    def handle_reply(self, message: dict[str, Any]) -> None:
        """Drop the body where the answer has none. Twisted does so in `write`, which daphne goes past."""
        if message.get("type") == "http.response.body" and (self.method == b"HEAD" or self.code in http.NO_BODY_CODES):
            message = message | {"body": b""}
        super().handle_reply(message)


class LimitedChannel(HTTPChannel):
    """One connection. A request must arrive in time and within its limits, or it is refused and the connection ends."""

    refused = False
    discarded = 0
    timer: Any = None
    """Ends the request that is arriving, or the connection once a request was refused."""

    def connectionMade(self) -> None:  # noqa: N802 Twisted's name
        self.requestFactory = LimitedRequest  # instead of the one that daphne's factory has just set
        super().connectionMade()

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 Twisted's name
        if self.refused:
            self.discard(data)
            return
        super().dataReceived(data)
        if self.timer is None and self.is_receiving():
            self.timer = self.callLater(settings.REQUEST_ARRIVES_WITHIN_S, self.refuse, REQUEST_TIMEOUT)

    def is_receiving(self) -> bool:
        """Return True between the first byte of a request and its last. A connection at rest has no deadline here."""
        return not self._handlingRequest and bool(self.requests or self._buffer)

    def headerReceived(self, line: bytes) -> bool:  # noqa: N802 Twisted's name
        try:
            return bool(super().headerReceived(line))
        except ValueError:  # a Content-Length of so many digits that Python refuses to read it
            self.refuse(BAD_REQUEST)
            return False

    def allHeadersReceived(self) -> None:  # noqa: N802 Twisted's name
        """Refuse a body by its Content-Length before any of it is read, or asked for by `100 Continue`."""
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
        """Answer in one sentence, forget the request and close the connection.

        Closed at once, a connection on which more arrives is reset, and the answer may be lost on its way. So only our
        side is closed at first.
        """
        logger.info("request refused", extra={"status": status})
        self.transport.write(refusal(status, with_body=getattr(self, "_command", b"") != b"HEAD"))
        self.refused = True
        self._buffer = b""
        for request in self.requests:
            request.connectionLost(Failure(ConnectionDone()))  # type: ignore[no-untyped-call]
        self.requests.clear()
        self.setTimeout(None)
        self.stop_timer()
        self.timer = self.callLater(settings.REFUSED_LINGERS_S, self.transport.abortConnection)
        if is_plain(self.transport):
            self._networkProducer.unregisterProducer()
            self.transport.loseWriteConnection()
        else:
            self.loseConnection()

    def discard(self, data: bytes) -> None:
        """Let a client finish that is about to; one that has much more to send is left waiting."""
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
