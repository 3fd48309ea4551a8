"""The WebSocket part of our daphne: cheap writes, small sockets, and proper close codes for broken frames.

Twisted buffers each frame and writes it in a later iteration of the event loop, after two calls of epoll_ctl. That is
most of the cost of sending to a thousand sockets, so SocketWriter writes to the TCP socket directly. Daphne keeps the
data of the handshake as long as the socket lives, and autobahn resets a connection on which a broken frame arrives:
SiteSocketProtocol changes both.
"""

import os
import time
from random import uniform
from typing import Any

from daphne.ws_protocol import WebSocketProtocol
from django.conf import settings
from twisted.internet.tcp import Connection

from strava_live.hub.frames import Frame
from strava_live.protocol import Close

OPEN = WebSocketProtocol.STATE_OPEN
LONGEST_REASON = 123  # bytes: a control frame has at most 125, and the code takes two
PING = Frame("")
PING.encoded = b"\x89\x00"  # a control frame without payload, in place of the text frame


class SocketWriter:
    """A ClientWriter that writes to the TCP socket, and passes to Twisted what the socket does not accept.

    A small object of its own, because writing to a thousand sockets is faster if the attributes it needs are close
    together in memory. Those of the protocol and the transport are not.
    """

    __slots__ = ("buffered", "closed", "closed_by_server", "descriptor", "protocol", "transport")

    def __init__(self, protocol: "SiteSocketProtocol") -> None:
        self.protocol, self.transport = protocol, protocol.transport
        self.descriptor: int = self.transport.fileno()
        self.closed, self.closed_by_server = True, False
        self.buffered = True
        """Whether Twisted may hold unsent bytes, which must be sent before any others."""

    def write(self, frame: Frame) -> None:
        """Write a frame. Runs for each socket and each frame, so do nothing here that can be done once."""
        if self.closed:
            return
        unsent = frame.encoded
        if not self.buffered or self.has_drained():
            try:
                sent = os.write(self.descriptor, unsent)
            except OSError:  # the buffer is full; Twisted handles any other error
                sent = 0
            if sent == len(unsent):
                return
            unsent = unsent[sent:]
            self.buffered = True
        elif self.unsent_bytes() > settings.SOCKET_UNSENT_MOST:
            self.close(Close.GOING_AWAY)  # autobahn drops the connection after a second
            return
        self.transport.write(unsent)

    def write_now(self, unsent: bytes) -> bytes:
        """Write bytes to the TCP socket and return those that it does not accept."""
        if not self.transport.connected or not self.has_drained():
            return unsent
        try:
            return unsent[os.write(self.descriptor, unsent) :]
        except OSError:
            return unsent

    def has_drained(self) -> bool:
        self.buffered = self.unsent_bytes() > 0
        return not self.buffered

    def unsent_bytes(self) -> int:
        transport = self.transport
        return int(transport._tempDataLen + len(transport.dataBuffer) - transport.offset)

    def close(self, code: int) -> None:
        if not self.closed:
            self.closed_by_server = True
            self.protocol.sendClose(code)


class SiteSocketProtocol(WebSocketProtocol):
    """One WebSocket connection."""

    writer: SocketWriter | None = None
    """None under TLS."""
    received_at = 0.0
    pinged_at: float | None = None
    """When the last ping was sent; None if the client has sent anything since."""
    ping_after_s = 0.0
    """Seconds of silence before a ping. Random for each socket, so that a thousand that reconnected together do not
    all answer at once."""

    def serverAccept(self, subprotocol: str | None = None) -> None:  # noqa: N802 daphne's name
        """Free the data of the handshake after it."""
        super().serverAccept(subprotocol)
        if self.writer is not None:
            self.writer.closed = False
            self.ping_after_s = self.server.ping_interval * uniform(0.5, 1)  # noqa: S311 no secret
        self.unregisterProducer()  # the HTTP channel that the connection began with
        self.clean_headers.clear()
        self.request.headers.clear()
        self.http_request_data = b""

    def sendData(self, data: bytes, *args: Any, **kwargs: Any) -> None:  # noqa: N802 autobahn's name
        """Write what autobahn sends by itself (handshake, pongs, close frames) to the TCP socket directly if possible.

        From Twisted's buffers, a thousand close frames would leave a few in each iteration of the event loop. Autobahn
        drops a connection whose client has not answered its close frame within a second.
        """
        if self.writer is not None:
            data = self.writer.write_now(data)
            self.writer.buffered = True
        if data:
            super().sendData(data, *args, **kwargs)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 Twisted's name
        if self.failedByMe:
            return
        self.received_at, self.pinged_at = time.monotonic(), None
        super().dataReceived(data)

    def check_timeouts(self) -> None:
        """Ping a silent client, or drop it if it has not answered. Daphne calls this every two seconds.

        Anything that a client sends counts as an answer, so pages that send pings of their own get none.
        """
        if self.state != OPEN or self.writer is None:
            super().check_timeouts()
            return
        now = time.monotonic()
        if self.pinged_at is not None:
            if now - self.pinged_at > self.server.ping_timeout:
                self.dropConnection(abort=True)
        elif now - self.received_at > self.ping_after_s:
            self.pinged_at = now
            self.writer.write(PING)

    def _fail_connection(self, code: int, reason: str) -> None:
        """Answer a broken frame with its close code, and ignore what comes after it (RFC 6455, 7.1.7).

        Autobahn would reset the connection. This way the client can read the close frame. The connection ends when the
        client closes it too, or when autobahn's timer for closing runs out.
        """
        self.failedByMe, self.data, self.wasNotCleanReason = True, b"", reason
        self.sendCloseFrame(code=code, reasonUtf8=reason.encode()[:LONGEST_REASON])
        if self.writer is not None:
            self.transport.loseWriteConnection()

    def sendCloseFrame(self, *args: Any, **kwargs: Any) -> None:  # noqa: N802 autobahn's name
        """Write nothing after a close frame, whichever side closes."""
        self.mark_closed()
        super().sendCloseFrame(*args, **kwargs)

    def dropConnection(self, abort: bool = False) -> None:  # noqa: N802 autobahn's name
        self.mark_closed()
        super().dropConnection(abort)

    def connectionLost(self, *args: Any) -> None:  # noqa: N802 Twisted's name
        self.mark_closed()
        super().connectionLost(*args)

    def mark_closed(self) -> None:
        if self.writer is not None:
            self.writer.closed = True


def is_unencrypted(transport: object) -> bool:
    """Return False under TLS, where writing to the TCP socket directly would bypass the encryption."""
    return isinstance(transport, Connection) and not transport.TLS
