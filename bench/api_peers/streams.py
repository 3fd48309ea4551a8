"""Send a club's entries to a thousand event streams of our site and of two peers: part of `bin/bench api`.

The peers are django-eventstream and a StreamingHttpResponse, both on daphne. The server, the publisher and the crowd of
clients are separate processes. All servers send the same 400-byte entries, stamped just before they are sent.
"""

import contextlib
import gc
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from bench.fanout_peers.crowd import Crowd
from bench.fanout_peers.frames import TEXT, Frame, request
from bench.fanout_peers.measuring import Phase, fill, phase
from bench.fanout_peers.publisher import Publisher
from bench.fanout_peers.servers import Served, publishing, running
from bench.record import Record
from bench.services import Services, running_services
from tests.live.founding import found_club
from tests.live_site import LiveSites
from tests.services.redis_server import free_port

STREAMS, ENTRIES, EVERY_S, LEAVING = 1_000, 40, 0.25, 20
OURS, EVENTSTREAM, STREAMING = "our stream", "django-eventstream", "StreamingHttpResponse"
NOTICED_WITHIN_S = 10.0


@dataclass(frozen=True)
class StreamFigures:
    kb_a_stream: float
    paced: Phase
    noticed_s: float
    """The longest time until the server had closed the connection of a client that left."""
    cut: int
    """How many connections the server closed."""


def events(buffer: bytes) -> Iterator[Frame]:
    """Yield the complete events in `buffer`. The sizes of HTTP chunks between them are part of the next event."""
    at = 0
    while (end := buffer.find(b"\n\n", at)) >= 0:
        yield Frame(TEXT, buffer[at:end], end + 2)
        at = end + 2


def has_hello(answer: bytes) -> bool:
    _, found, rest = answer.partition(b"event: hello\n")
    return bool(found) and b"\n\n" in rest


def has_event(answer: bytes) -> bool:
    _, found, rest = answer.partition(b"\r\n\r\n")
    return bool(found) and b"\n\n" in rest


def get(port: int, path: str, cookie: str = "") -> bytes:
    return request(path, {"Host": f"localhost:{port}"} | ({"Cookie": cookie} if cookie else {}))


@contextlib.contextmanager
def ours(services: Services) -> Iterator[Served]:
    """Start our site with a club that has one member for each stream."""
    with LiveSites(services.databases) as live_sites:
        database = services.databases.postgres(services.postgres.url)
        site = live_sites(REDIS_URL=services.redis.url, DATABASE_URL=database)
        club = found_club(site, members=STREAMS)
        process, path = site.start("web"), f"/api/v1/clubs/{club.slug}/stream"
        yield Served(
            port=site.port,
            process=process,
            handshakes=[get(site.port, path, f"sessionid={key}") for key in club.sessions],
            publisher=partial(Publisher, ("club", str(club.pk), "0"), site.environment),
            answered=has_hello,
            split=events,
        )


@contextlib.contextmanager
def peer(services: Services, *, path: str, publisher: str) -> Iterator[Served]:
    port = free_port()
    words = ["-m", "daphne", "-v", "0", "-e", f"tcp:port={port}:interface=127.0.0.1:backlog=2048"]
    command = [sys.executable, *words, "bench.api_peers.stream_site:application"]
    with running(command, port, {"REDIS_PORT": str(services.redis.port)}) as process:
        handshakes = [get(port, path)] * STREAMS
        yield Served(port, process, handshakes, publishing(publisher, services.redis.url), has_event, events)


PEERS: dict[str, Callable[[Services], AbstractContextManager[Served]]] = {
    OURS: ours,
    EVENTSTREAM: partial(peer, path="/eventstream/", publisher="eventstream"),
    STREAMING: partial(peer, path="/streaming/", publisher="redis"),
}


def measure(served: Served) -> StreamFigures:
    """Connect all clients to a server, publish entries, then let some clients leave one after another."""
    crowd = Crowd(served.port, served.split)
    try:
        kb = fill(crowd, served)
        with served.publisher() as publisher:
            paced = phase(crowd, served, publisher, range(1, ENTRIES + 1), every_s=EVERY_S)
        noticed_s = max(leave(crowd, served) for _ in range(LEAVING))
        return StreamFigures(kb, paced, noticed_s, crowd.cut)
    finally:
        crowd.close()


def leave(crowd: Crowd, served: Served) -> float:
    """Close one client's connection. Return the seconds until the server has closed it, too."""
    before, began = descriptors(served), time.monotonic()
    _, client = crowd.clients.popitem()
    client.socket.close()
    while descriptors(served) >= before and time.monotonic() - began < NOTICED_WITHIN_S:
        time.sleep(0.002)
    return time.monotonic() - began


def descriptors(served: Served) -> int:
    """Return how many files and sockets the server has open."""
    return sum(1 for _ in Path(f"/proc/{served.process.pid}/fd").iterdir())


def measure_streams(services: Services, record: Record, rounds: int) -> None:
    """Measure every server in each round, print a table, and add the values and goals to the record."""
    measured: dict[str, list[StreamFigures]] = {name: [] for name in PEERS}
    for number in range(rounds):
        for name in sorted(PEERS, reverse=bool(number % 2)):
            gc.collect()
            with PEERS[name](services) as served:
                measured[name].append(measure(served))
    print(f"\n{STREAMS:,} streams{'':14}{'µs each':>10}{'kB':>8}{'p99 ms':>8}{'leaving s':>11}{'lost':>7}{'cut':>5}")
    for name, figures in measured.items():
        row = {
            "µs a delivery": [one.paced.cpu_us for one in figures],
            "kB a stream": [one.kb_a_stream for one in figures],
            "p99 ms": [one.paced.p99_ms for one in figures],
            "leaving noticed after s": [one.noticed_s for one in figures],
            "lost": [float(one.paced.lost + one.paced.doubled + one.paced.disordered) for one in figures],
            "cut": [float(one.cut) for one in figures],
        }
        for what, values in row.items():
            record.add(f"{name}: {what}", values)
        cpu_us, kb, p99_ms, noticed_s, lost, cut = map(median, row.values())
        print(f"{name:26}{cpu_us:>10.1f}{kb:>8.1f}{p99_ms:>8.1f}{noticed_s:>11.3f}{lost:>7.0f}{cut:>5.0f}")
    add_goals(record, measured[OURS])


def add_goals(record: Record, figures: list[StreamFigures]) -> None:
    wrong = sum(one.paced.lost + one.paced.doubled + one.paced.disordered + one.cut for one in figures)
    record.goal("stream: µs of processor time a delivery", median(one.paced.cpu_us for one in figures), 25.0)
    record.goal("stream: kB a connection", median(one.kb_a_stream for one in figures), 25.0)
    record.goal("stream: seconds until a client's leaving is noticed", max(one.noticed_s for one in figures), 1.0)
    record.goal("stream: lost, doubled, out of order, cut", wrong, 0.0)


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # the servers inherit it
    gc.disable()  # a garbage collection in this process would look like a slow server
    record = Record("api_streams")
    with ExitStack() as stack:
        measure_streams(stack.enter_context(running_services()), record, rounds)
    return record.finish()


if __name__ == "__main__":
    sys.exit(main())
