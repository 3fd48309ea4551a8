"""The WebSocket half of our daphne.

Daphne keeps for each socket what only the handshake needed, and resets a connection on which a broken frame arrives,
instead of closing it with the code that says why. And Twisted buffers what is sent and writes it to the socket in
another turn of the event loop, with two calls of epoll_ctl between: most of what sending to a thousand sockets costs.
So SocketWriter writes to the socket itself.
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
LONGEST_REASON = 123  # bytes; a control frame has at most 125, two of them for the code
PING = Frame("")
PING.finished = b"\x89\x00"  # a control frame, which has no text


class SocketWriter:
    """A ClientWriter that writes to the socket itself and leaves to Twisted what the socket does not take.

    Small and apart from its protocol and its transport, whose hundred attributes are far from each other in memory.
    """

    __slots__ = ("buffered", "closed", "closed_by_server", "descriptor", "protocol", "transport")

    def __init__(self, protocol: "OwnProtocol") -> None:
        self.protocol, self.transport = protocol, protocol.transport
        self.descriptor: int = self.transport.fileno()
        self.closed, self.closed_by_server = True, False
        self.buffered = True
        """Whether Twisted may still hold bytes for this socket, which have to go first."""

    def write(self, frame: Frame) -> None:
        """For each socket and each frame: nothing here that can be done once."""
        if self.closed:
            return
        unsent = frame.finished
        if not self.buffered or self.has_drained():
            try:
                sent = os.write(self.descriptor, unsent)
            except OSError:  # full; and if anything else is wrong with it, Twisted finds out and ends the connection
                sent = 0
            if sent == len(unsent):
                return
            unsent = unsent[sent:]
            self.buffered = True
        elif self.unsent_bytes() > settings.SOCKET_UNSENT_MOST:
            self.close(Close.GOING_AWAY)  # and dropped a second later, if that does not get through either
            return
        self.transport.write(unsent)

    def write_at_once(self, unsent: bytes) -> bytes:
        """Return what the socket does not take now."""
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


class OwnProtocol(WebSocketProtocol):
    """One socket."""

    writer: SocketWriter | None = None
    """None under TLS."""
    heard_at = 0.0
    asked_at: float | None = None
    """When it was asked whether somebody is there; None when anything has been heard since."""
    asks_after = 0.0
    """Seconds of silence. Each socket has its own, for a thousand that redialled together would answer all at once."""

    def serverAccept(self, subprotocol: str | None = None) -> None:  # noqa: N802 daphne's name
        """Forgets the handshake when it is over."""
        super().serverAccept(subprotocol)
        if self.writer is not None:
            self.writer.closed = False
            self.asks_after = self.server.ping_interval * uniform(0.5, 1)  # noqa: S311 nobody gains by guessing it
        self.unregisterProducer()  # the HTTP channel that the connection began with
        self.clean_headers.clear()
        self.request.headers.clear()
        self.http_request_data = b""

    def sendData(self, data: bytes, *args: Any, **kwargs: Any) -> None:  # noqa: N802 autobahn's name
        """For what autobahn writes by itself: the answer to the handshake, pongs, close frames.

        At once where the socket takes it. A thousand close frames in Twisted's buffers would be sent a few a turn, and
        autobahn drops a connection whose client has not answered within a second.
        """
        if self.writer is not None:
            data = self.writer.write_at_once(data)
            self.writer.buffered = True
        if data:
            super().sendData(data, *args, **kwargs)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 Twisted's name
        if self.failedByMe:
            return
        self.heard_at, self.asked_at = time.monotonic(), None
        super().dataReceived(data)

    def check_timeouts(self) -> None:
        """Every two seconds. Any word of a client is a sign of life, so a page that asks by itself is asked nothing."""
        if self.state != OPEN or self.writer is None:
            super().check_timeouts()
            return
        now = time.monotonic()
        if self.asked_at is not None:
            if now - self.asked_at > self.server.ping_timeout:
                self.dropConnection(abort=True)
        elif now - self.heard_at > self.asks_after:
            self.asked_at = now
            self.writer.write(PING)

    def _fail_connection(self, code: int, reason: str) -> None:
        """Answer a broken frame with its close code, and read nothing that comes after it (RFC 6455, 7.1.7).

        Autobahn by itself resets the connection. Here the client reads the close frame and the end of the connection;
        what it still sends is dropped, until it closes too or autobahn's timer for closing cuts the connection.
        """
        self.failedByMe, self.data, self.wasNotCleanReason = True, b"", reason
        self.sendCloseFrame(code=code, reasonUtf8=reason.encode()[:LONGEST_REASON])
        if self.writer is not None:
            self.transport.loseWriteConnection()

    def sendCloseFrame(self, *args: Any, **kwargs: Any) -> None:  # noqa: N802 autobahn's name
        """By either side's wish; whatever comes after it would be a mistake."""
        self.end_line()
        super().sendCloseFrame(*args, **kwargs)

    def dropConnection(self, abort: bool = False) -> None:  # noqa: N802 autobahn's name
        self.end_line()
        super().dropConnection(abort)

    def connectionLost(self, *args: Any) -> None:  # noqa: N802 Twisted's name
        self.end_line()
        super().connectionLost(*args)

    def end_line(self) -> None:
        if self.writer is not None:
            self.writer.closed = True


def is_plain(transport: object) -> bool:
    """Under TLS, which a platform's router usually speaks for us, the socket is not ours to write to."""
    return isinstance(transport, Connection) and not transport.TLS
