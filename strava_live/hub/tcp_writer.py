"""Write bytes to the TCP socket of a client of our daphne, past Twisted.

Twisted buffers what is written and sends it in a later iteration of the event loop, after two calls of epoll_ctl. That
is most of the cost of sending to a thousand clients.
"""

import os
from typing import Any

from django.conf import settings
from twisted.internet.tcp import Connection


class TcpWriter:
    """Write to a TCP socket directly. Pass to Twisted only the bytes that the socket does not accept at once."""

    __slots__ = ("buffered", "descriptor", "transport")

    def __init__(self, transport: Any) -> None:
        self.transport = transport
        self.descriptor: int = transport.fileno()
        self.buffered = True
        """Whether Twisted may have unsent bytes. Twisted must send these before anything may be written directly."""

    def send(self, unsent: bytes) -> bool:
        """Send bytes soon. Return False, and do nothing, if more than settings.SOCKET_UNSENT_MOST bytes wait.

        This runs for each frame and each client: anything that is the same for all clients belongs elsewhere.
        """
        if not self.buffered or self.has_drained():
            try:
                sent = os.write(self.descriptor, unsent)
            except OSError:  # the kernel's buffer is full, or the socket broke, which Twisted will notice
                sent = 0
            if sent == len(unsent):
                return True
            unsent = unsent[sent:]
            self.buffered = True
        elif self.unsent_bytes() > settings.SOCKET_UNSENT_MOST:
            return False
        self.transport.write(unsent)
        return True

    def send_now(self, unsent: bytes) -> bytes:
        """Write bytes to the TCP socket. Return the rest, which the socket did not accept."""
        if not self.transport.connected or not self.has_drained():
            return unsent
        try:
            return unsent[os.write(self.descriptor, unsent) :]
        except OSError:
            return unsent

    def has_drained(self) -> bool:
        """Return True if Twisted has sent all bytes that were passed to it."""
        self.buffered = self.unsent_bytes() > 0
        return not self.buffered

    def unsent_bytes(self) -> int:
        """Return how many bytes Twisted has still to send."""
        return unsent_bytes_of(self.transport)


def unsent_bytes_of(transport: Any) -> int:
    """Return how many bytes Twisted has still to send to a client, over a connection without TLS."""
    return int(transport._tempDataLen + len(transport.dataBuffer) - transport.offset)


def is_unencrypted(transport: object) -> bool:
    """Return True for a plain TCP connection. Under TLS, bytes written directly would bypass the encryption."""
    return isinstance(transport, Connection) and not transport.TLS
