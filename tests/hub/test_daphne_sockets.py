"""Malformed WebSocket frames, sent to our server: each is answered with the close code that RFC 6455 prescribes."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.live.founding import FoundClub, found_club
from tests.live.raw_socket import CLOSE, TEXT, RawSocket, client_frame
from tests.live_site import LiveSite, LiveSites

pytestmark = pytest.mark.services
KIBIBYTE = 2**10
BINARY, CONTINUATION, PING = 2, 0, 9
HALF_A_LETTER = "ü".encode()[:1]


@pytest.fixture(scope="module")
def site(module_sites: LiveSites) -> Iterator[LiveSite]:
    site = module_sites.running()
    yield site
    assert "Traceback" not in site.log.read_text()


@pytest.fixture(scope="module")
def club(site: LiveSite) -> FoundClub:
    return found_club(site)


@pytest.fixture
def member(site: LiveSite, club: FoundClub) -> Iterator[RawSocket]:
    with RawSocket(site, club) as member:
        assert member.frame()[0] == TEXT  # hello
        yield member


BROKEN_FRAMES = {
    "one frame too long": (1009, client_frame(b" " * 129 * KIBIBYTE)),
    "a huge length without its bytes": (1009, bytes((0x81, 0xFF)) + (2**62).to_bytes(8, "big") + bytes(4)),
    "a message too long": (
        1009,
        client_frame(b" " * 100 * KIBIBYTE, fin=False) + client_frame(b" " * 29 * KIBIBYTE, opcode=CONTINUATION),
    ),
    "no mask": (1002, client_frame(b"{}", masked=False)),
    "a reserved bit": (1002, client_frame(b"{}", rsv=4)),
    "a reserved opcode": (1002, client_frame(b"{}", opcode=3)),
    "a reserved control opcode": (1002, client_frame(b"", opcode=11)),
    "a ping in pieces": (1002, client_frame(b"", opcode=PING, fin=False)),
    "a ping too long": (1002, client_frame(b" " * 126, opcode=PING)),
    "a continuation without a beginning": (1002, client_frame(b"{}", opcode=CONTINUATION)),
    "a message inside another": (1002, client_frame(b"{", fin=False) + client_frame(b"}")),
    "a length with more bytes than it needs": (1002, bytes((0x81, 0xFE)) + (5).to_bytes(2, "big") + bytes(4)),
    "a close frame of one byte": (1002, client_frame(b"x", opcode=CLOSE)),
    "a close code that may not be sent": (1002, client_frame((1006).to_bytes(2, "big"), opcode=CLOSE)),
    "invalid UTF-8": (1007, client_frame(b'{"type": "\xff"}')),
    "an incomplete character at the end": (1007, client_frame(b"{" + HALF_A_LETTER)),
    "a close reason with invalid UTF-8": (1007, client_frame((1000).to_bytes(2, "big") + b"\xff", opcode=CLOSE)),
}


@pytest.mark.parametrize("name", BROKEN_FRAMES)
def test_broken_frame_is_answered_with_its_close_code(member: RawSocket, name: str) -> None:
    code, frames = BROKEN_FRAMES[name]

    member.send(frames)

    assert member.close_code() == code


def test_everything_after_a_broken_frame_is_ignored(member: RawSocket) -> None:
    """Another broken frame, a message, or the client's own close frame do not change the code."""
    post = client_frame(b'{"type": "post.create", "text": "too late"}')

    member.send(client_frame(b"", opcode=3) + post + client_frame(b"\xff") + client_frame(b"", opcode=CLOSE))

    assert member.close_code() == 1002


def test_client_that_keeps_sending_can_read_the_close_code(member: RawSocket) -> None:
    member.send(client_frame(b" " * 2000 * KIBIBYTE))

    assert member.close_code() == 1009


def test_longest_message_is_read(member: RawSocket) -> None:
    member.send(client_frame(b'{"type": "ping"}'.ljust(128 * KIBIBYTE)))

    while (frame := member.frame()) != (TEXT, b'{"type":"pong"}'):
        assert frame[0] == TEXT


async def test_client_library_reads_the_close_code(site: LiveSite, club: FoundClub) -> None:
    headers = {"Origin": site.url, "Cookie": f"sessionid={club.sessions[0]}"}
    address = f"{site.url.replace('http', 'ws', 1)}/ws/clubs/{club.slug}/"

    async with connect(address, additional_headers=headers, proxy=None) as connection:
        await connection.send(" " * 500 * KIBIBYTE)
        with suppress(ConnectionClosed):
            while True:
                await connection.recv()

    assert connection.close_code == 1009
