"""A WebSocket whose frames are written and read as bytes, so that tests can send broken ones."""

import socket

from tests.live.founding import FoundClub
from tests.live.stuck_socket import stuck_socket
from tests.live_site import LiveSite

TEXT, CLOSE = 1, 8


class RawSocket:
    """A member's socket to their club, after its handshake."""

    def __init__(self, site: LiveSite, club: FoundClub) -> None:
        self.socket: socket.socket = stuck_socket(site, club, 0)
        self.reader = self.socket.makefile("rb")
        while self.reader.readline() != b"\r\n":
            pass

    def __enter__(self) -> "RawSocket":
        return self

    def __exit__(self, *_: object) -> None:
        self.reader.close()
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def frame(self) -> tuple[int, bytes]:
        """Read one frame and return its opcode and payload."""
        first, size = self.reader.read(2)
        if size >= 126:
            size = int.from_bytes(self.reader.read(2 if size == 126 else 8), "big")
        return first & 0x0F, self.reader.read(size)

    def close_code(self) -> int:
        """Read until the server closes, and check that nothing follows its close frame."""
        while (frame := self.frame())[0] != CLOSE:
            pass
        assert self.reader.read() == b""
        return int.from_bytes(frame[1][:2], "big")


def client_frame(payload: bytes, *, opcode: int = TEXT, fin: bool = True, rsv: int = 0, masked: bool = True) -> bytes:
    """Encode a frame as a client does, with a mask of zeros."""
    mask = 0x80 if masked else 0
    size = len(payload)
    if size < 126:
        length = bytes((mask | size,))
    elif size < 2**16:
        length = bytes((mask | 126,)) + size.to_bytes(2, "big")
    else:
        length = bytes((mask | 127,)) + size.to_bytes(8, "big")
    return bytes((fin << 7 | rsv << 4 | opcode,)) + length + (bytes(4) if masked else b"") + payload
