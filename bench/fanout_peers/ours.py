"""Our site as one of the servers (daphne as in the Procfile, Redis, Postgres), and how long its sockets take to redial.

A redial is what happens after a deployment: all clients reconnect at once and get the entries that they have missed.
"""

import contextlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import NamedTuple

from bench.fanout_peers.crowd import Client, Crowd, greeted, is_whole_page
from bench.fanout_peers.frames import handshake, request
from bench.fanout_peers.publisher import Publisher
from bench.fanout_peers.servers import Served
from bench.services import Services
from tests.live.founding import FoundClub, found_club
from tests.live_site import LiveSites

POSTS = 200
MISSED = 10
"""How many entries each client has missed when it reconnects."""
TURNS = 3
"""How many times redials and page requests alternate."""


class Page(NamedTuple):
    """A page to compare with, and how to recognise it."""

    path: str
    status: bytes
    contains: bytes

    def is_served(self, client: Client) -> bool:
        return client.head.startswith(b"HTTP/1.1 " + self.status) and self.contains in client.chunks[0][1]


# The cheapest pages for a signed-in user: the 404 page and an empty list.
PAGES = {
    "404 page": Page("/nothing-here/", b"404", b"Signed in as"),
    "empty list": Page("/sync/rows/?before=1", b"200", b'"items":'),
}


@dataclass(frozen=True, kw_only=True)
class Ours(Served):
    """Our running site."""

    club: FoundClub
    seq: int
    """The number of the feed's last entry."""

    def redials(self) -> list[bytes]:
        """Return a handshake for each member, who has missed the last MISSED entries."""
        path = f"{path_of(self.club)}?after={self.seq - MISSED}"
        return [handshake(self.port, path, cookie(key)) for key in self.club.sessions]

    def gets(self, path: str) -> list[bytes]:
        def get(key: str) -> bytes:
            headers = {"Host": f"localhost:{self.port}", "Cookie": cookie(key), "Connection": "close"}
            return request(path, headers)

        return [get(key) for key in self.club.sessions]


def path_of(club: FoundClub) -> str:
    return f"/ws/clubs/{club.slug}/"


def cookie(session_key: str) -> str:
    return f"sessionid={session_key}"


@contextlib.contextmanager
def ours(services: Services, sockets: int) -> Iterator[Ours]:
    """Start our site with a club that has one member for each socket."""
    with LiveSites(services.databases) as live_sites:
        database = services.databases.postgres(services.postgres.url)
        site = live_sites(REDIS_URL=services.redis.url, DATABASE_URL=database)
        club = found_club(site, members=sockets)
        write = f"from bench.fanout_peers.posts import write_posts; write_posts({club.pk}, {club.members[0]}, {POSTS})"
        seq = int(site.manage("shell", "-v", "0", "-c", write))
        process = site.start("web")
        yield Ours(
            port=site.port,
            process=process,
            handshakes=[handshake(site.port, path_of(club), cookie(key)) for key in club.sessions],
            publisher=partial(Publisher, ("club", str(club.pk), str(seq)), site.environment),
            answered=greeted,
            club=club,
            seq=seq,
        )


@dataclass(frozen=True)
class Redialled:
    """How long all redials took, and how long the same number of requests took for each page."""

    sockets_s: float
    pages_s: dict[str, float]
    """Seconds by the name of the page."""
    wrong: int
    """How many clients did not get exactly the entries that they had missed."""


def redial(served: Ours) -> Redialled:
    """Reconnect all sockets at once, then request each page the same number of times, in turns. Return the medians."""
    sockets: list[float] = []
    pages: dict[str, list[float]] = {name: [] for name in PAGES}
    wrong = 0
    for _ in range(TURNS):
        crowd = Crowd(served.port)
        sockets.append(crowd.dial(served.redials(), greeted, at_once=len(served.handshakes)))
        crowd.rest(1)
        wrong += sum(
            hello_seqs(client.other_messages[0]) != missed_seqs(served.seq) for client in crowd.clients.values()
        )
        crowd.close()
        time.sleep(2)
        for name, page in PAGES.items():
            crowd = Crowd(served.port)
            pages[name].append(crowd.dial(served.gets(page.path), is_whole_page, at_once=len(served.handshakes)))
            assert all(page.is_served(client) for client in crowd.clients.values())
            crowd.close()
            time.sleep(1)
    return Redialled(median(sockets), {name: median(times) for name, times in pages.items()}, wrong)


def missed_seqs(seq: int) -> list[int]:
    return list(range(seq - MISSED + 1, seq + 1))


def hello_seqs(hello: bytes) -> list[int]:
    return [entry["seq"] for entry in json.loads(hello)["entries"]]
