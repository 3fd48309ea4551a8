"""An event stream over one bare connection to a running site, whose chunks are checked by h11."""

import socket
from collections.abc import Callable
from contextlib import suppress

import h11

from tests.hub.in_process_stream import EventReader
from tests.live.raw_http import RawConnection


class RawStream(RawConnection):
    """A stream that is read only when a test asks for it."""

    def __init__(
        self, url: str, path: str, session: str, *, receive_buffer: int = 0, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(url)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        lines = {"Host": self.host, "Cookie": f"sessionid={session}"} | (headers or {})
        request = h11.Request(method="GET", target=path, headers=list(lines.items()))
        self.send(self.http.send(request) or b"")
        self.http.send(h11.EndOfMessage())
        self.reader = EventReader(path)
        self.ended = False
        """Whether the last chunk has arrived."""

    def begin(self) -> h11.Response:
        """Read the head of the answer."""
        response = self.next_event()
        assert isinstance(response, h11.Response)
        return response

    def read_until(self, condition: Callable[[], object]) -> None:
        """Read until a condition holds. Fail if the stream ends before."""
        while not condition():
            self.read_more()
            assert condition() or not self.ended, "the stream has ended"

    def read_until_hello(self) -> None:
        self.read_until(lambda: self.reader.events)

    def read_until_seq(self, seq: int) -> None:
        """Read until the change of a feed with this number has arrived."""
        self.read_until(lambda: self.reader.last_id.endswith(f":{seq}"))

    def read_to_the_end(self) -> None:
        while not self.ended:
            self.read_more()

    def read_more(self) -> None:
        event = self.next_event()
        if isinstance(event, h11.Data):
            self.reader.read(bytes(event.data))
        else:
            assert isinstance(event, h11.EndOfMessage)
            self.ended = True

    def is_closed(self) -> bool:
        """Wait until the server closes the connection. Return False if it sends anything instead."""
        with suppress(ConnectionResetError):
            return self.socket.recv(1) == b""
        return True
