"""The WebSocket part of our daphne: fast writes, less memory for each socket, and close codes for malformed frames.

- SocketWriter writes frames to the TCP socket directly (hub.tcp_writer).
- Daphne keeps the data of the handshake until the socket closes. SiteSocketProtocol frees them.
- Autobahn, daphne's WebSocket library, resets the connection after a malformed frame. SiteSocketProtocol answers with a
  close code.
"""

import time
from random import uniform
from typing import Any

from daphne.ws_protocol import WebSocketProtocol

from strava_live import tallies
from strava_live.hub.frames import Frame
from strava_live.hub.tcp_writer import TcpWriter
from strava_live.protocol import Close

OPEN = WebSocketProtocol.STATE_OPEN
LONGEST_REASON = 123
"""Bytes of text that fit in a close frame: 125, less two for the code."""
PING = Frame("")
"""A WebSocket ping frame (RFC 6455, 5.5.2), to which browsers answer by themselves."""
PING.encoded = b"\x89\x00"


class SocketWriter(TcpWriter):
    """Write frames to a WebSocket.

    The attributes are here and not in the protocol object, because writing to a thousand sockets is faster if the
    attributes that `write` reads are close together in memory.
    """

    __slots__ = ("closed", "closed_by_server", "protocol")

    def __init__(self, protocol: "SiteSocketProtocol") -> None:
        super().__init__(protocol.transport)
        self.protocol = protocol
        self.closed, self.closed_by_server = True, False

    def write(self, frame: Frame) -> None:
        """Write a frame, or close the socket if the client is too far behind."""
        if not self.closed and not self.send(frame.encoded):
            tallies.add(tallies.SLOW_CLIENTS)
            self.close(Close.GOING_AWAY)  # if the client answers nothing, autobahn drops the connection in a second

    def close(self, code: int) -> None:
        if not self.closed:
            self.closed_by_server = True
            self.protocol.sendClose(code)


class SiteSocketProtocol(WebSocketProtocol):
    """One WebSocket connection of our daphne."""

    writer: SocketWriter | None = None
    """None if the connection is encrypted in this process (TLS), where bytes must not be written past Twisted."""
    received_at = 0.0
    """When the client last sent anything."""
    pinged_at: float | None = None
    """When the ping was sent that the client has not answered yet; None if there is none."""
    ping_after_s = 0.0
    """A client that has sent nothing for this time, in seconds, gets a ping. The time is random, so that a thousand
    clients that reconnected together do not answer all at once."""

    def serverAccept(self, subprotocol: str | None = None) -> None:  # noqa: N802 daphne's name
        """Complete the handshake, then free its data."""
        super().serverAccept(subprotocol)
        if self.writer is not None:
            self.writer.closed = False
            self.ping_after_s = self.server.ping_interval * uniform(0.5, 1)  # noqa: S311 no secret
        self.unregisterProducer()  # the HTTP channel that the connection began with
        self.clean_headers.clear()
        self.request.headers.clear()
        self.http_request_data = b""

    def sendData(self, data: bytes, *args: Any, **kwargs: Any) -> None:  # noqa: N802 autobahn's name
        """Write bytes of autobahn (handshakes, pongs, close frames) to the TCP socket directly if possible.

        Twisted would send them later, on a few sockets in each iteration of the event loop. If a thousand sockets close
        at once, autobahn would drop many before their client could answer, because it waits one second.
        """
        if self.writer is not None:
            data = self.writer.send_now(data)
            self.writer.buffered = True
        if data:
            super().sendData(data, *args, **kwargs)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 Twisted's name
        if self.failedByMe:
            return
        self.received_at, self.pinged_at = time.monotonic(), None
        super().dataReceived(data)

    def check_timeouts(self) -> None:
        """Ping a client that has sent nothing for a while, or drop it if it did not answer the last ping.

        Daphne calls this every two seconds. Any message of the client counts as an answer.
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
        """Answer a malformed frame with a close frame, and ignore all later bytes (RFC 6455, 7.1.7).

        Autobahn would reset the connection, and the client might lose the close frame. Here the connection ends when
        the client closes it too, or when autobahn's timeout for closing expires.
        """
        self.failedByMe, self.data, self.wasNotCleanReason = True, b"", reason
        self.sendCloseFrame(code=code, reasonUtf8=reason.encode()[:LONGEST_REASON])
        if self.writer is not None:
            self.transport.loseWriteConnection()

    def sendCloseFrame(self, *args: Any, **kwargs: Any) -> None:  # noqa: N802 autobahn's name
        """Send a close frame, and no other frame after it."""
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
