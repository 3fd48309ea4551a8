"""HTTP over one bare connection, which notices bytes that belong to no answer."""

import socket
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import h11

from tests.patience import PATIENCE_S


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


class RawConnection:
    """One keep-alive connection to a running site."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        assert address.hostname is not None
        self.host = address.netloc
        self.socket = socket.create_connection((address.hostname, address.port or 80), timeout=PATIENCE_S)
        self.http = h11.Connection(h11.CLIENT)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def expect(self, method: str) -> None:
        """Prepare to read the answer to a request that is sent with `send`."""
        self.http.send(h11.Request(method=method, target="/", headers=[("Host", self.host)]))
        self.http.send(h11.EndOfMessage())

    def ask(self, method: str, path: str, **headers: str) -> Answer:
        """Send a request and read its answer. Check that no bytes are left over for the next one."""
        request = h11.Request(method=method, target=path, headers=list(({"Host": self.host} | headers).items()))
        self.send(self.http.send(request) or b"")
        self.http.send(h11.EndOfMessage())
        answer = self.answer()
        assert self.http.trailing_data == (b"", False), f"{method} {path} left {self.http.trailing_data[0][:200]!r}"
        self.http.start_next_cycle()
        return answer

    def answer(self) -> Answer:
        """Read one answer."""
        response = self.next_event()
        assert isinstance(response, h11.Response), response
        body = b""
        while isinstance(event := self.next_event(), h11.Data):
            body += event.data
        headers = {name.decode(): value.decode() for name, value in response.headers}
        return Answer(response.status_code, headers, body)

    def next_event(self) -> object:
        while (event := self.http.next_event()) is h11.NEED_DATA:
            self.http.receive_data(self.socket.recv(65536))
        return event
