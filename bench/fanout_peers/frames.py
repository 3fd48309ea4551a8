"""Bytes that a WebSocket client sends and receives: handshakes, frames and pongs."""

import base64
import os
from collections.abc import Iterator
from typing import NamedTuple

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class Frame(NamedTuple):
    opcode: int
    payload: bytes
    end: int
    """Where the next frame begins."""


def frames(buffer: bytes) -> Iterator[Frame]:
    """Yield the complete frames in `buffer`."""
    at = 0
    while len(buffer) >= at + 2:
        length, start = buffer[at + 1] & 0x7F, at + 2
        if length >= 126:
            width = 2 if length == 126 else 8
            length, start = int.from_bytes(buffer[start : start + width], "big"), start + width
        if len(buffer) < start + length:
            return
        yield Frame(buffer[at] & 0x0F, buffer[start : start + length], start + length)
        at = start + length


def pong(payload: bytes) -> bytes:
    """Return a pong frame. Its mask is zero, so the payload is sent unchanged."""
    return bytes((0x80 | PONG, 0x80 | len(payload))) + bytes(4) + payload


def handshake(port: int, path: str, cookie: str = "") -> bytes:
    headers = {
        "Host": f"localhost:{port}",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
        "Sec-WebSocket-Version": "13",
        "Origin": f"http://localhost:{port}",
    }
    return request(path, headers | ({"Cookie": cookie} if cookie else {}))


def request(path: str, headers: dict[str, str]) -> bytes:
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()
