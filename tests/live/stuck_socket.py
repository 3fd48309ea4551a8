"""A client that opens a socket and then neither reads nor answers."""

import socket

from tests.live.founding import FoundClub
from tests.live_site import LiveSite
from tests.patience import PATIENCE_S


def stuck_socket(site: LiveSite, club: FoundClub, number: int) -> socket.socket:
    """Send the handshake of a member's socket, and read nothing."""
    connection = socket.create_connection(("localhost", site.port), timeout=PATIENCE_S)
    lines = [
        f"GET /ws/clubs/{club.slug}/ HTTP/1.1",
        f"Host: localhost:{site.port}",
        f"Origin: {site.url}",
        f"Cookie: sessionid={club.sessions[number]}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
    ]
    connection.sendall("".join(f"{line}\r\n" for line in (*lines, "")).encode())
    return connection
