"""A thousand sockets of one club reconnect at the same moment and have missed 500 entries each: `bin/bench reconnect`.

That is what a web process sees after a deployment. A heartbeat inside the process measures the longest time for which
its event loop was blocked; the clients measure how long they wait for `hello`, the message with the missed entries. One
member in ten has cheered for an entry and gets a hello of their own. Each hello must have exactly the missed entries.
There are three rounds, or the number given; the worst one counts.
"""

import contextlib
import json
import resource
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.fanout_peers.frames import handshake
from bench.fanout_peers.ours import cookie, path_of
from bench.fanout_peers.servers import running
from bench.reconnecting.crowd import Dialled, dial_all
from bench.record import Record
from bench.services import Services, running_services
from tests.live.founding import FoundClub, found_club
from tests.live_site import LiveSites, procfile

ROUNDS = 3
SOCKETS, MISSED, CHEERING = 1_000, 500, 100
LONGEST_MS = 100.0
OURS, WITH_HEARTBEAT = "strava_live.hub.daphne", "bench.reconnecting.daphne_with_heartbeat"


@dataclass(frozen=True)
class Site:
    """The running site."""

    port: int
    report: Path
    """The Unix socket at which the heartbeat reports."""
    club: FoundClub
    last_seen: str
    """The `after` with which every client reconnects: epoch and seq before the missed entries."""

    def longest_ms(self) -> dict[str, float]:
        """Return the longest block of the event loop since the last call: by the clock, and in processor time."""
        with socket.socket(socket.AF_UNIX) as asking:
            asking.connect(str(self.report))
            blocked: dict[str, float] = json.loads(asking.makefile().read())
        return blocked

    def requests(self) -> list[bytes]:
        path = f"{path_of(self.club)}?after={self.last_seen}"
        return [handshake(self.port, path, cookie(key)) for key in self.club.sessions]


@contextlib.contextmanager
def running_site(services: Services) -> Iterator[Site]:
    """Start a site with a heartbeat, whose members have all missed the same entries."""
    with LiveSites(services.databases) as live_sites:
        database = services.databases.postgres(services.postgres.url)
        site = live_sites(REDIS_URL=services.redis.url, DATABASE_URL=database)
        club = found_club(site, members=SOCKETS)
        write = f"write_missed({club.pk}, {club.members}, {MISSED}, {CHEERING})"
        last_seen = site.manage("shell", "-v", "0", "-c", f"from bench.reconnecting.missed import *; {write}").strip()
        report = Path(site.folder.name) / "loop"
        command = ["sh", "-c", f"exec {procfile()['web'].replace(OURS, WITH_HEARTBEAT)}"]
        with running(command, site.port, site.environment | {"LOOP_REPORT": str(report)}):
            yield Site(site.port, report, club, last_seen)


@dataclass(frozen=True)
class Round:
    """What was measured in one round."""

    wall_ms: float
    cpu_ms: float
    median_s: float
    longest_s: float
    kilobytes: float
    """Size of one hello."""
    wrong: int
    """How many hellos did not have exactly the missed entries."""


def reconnect(site: Site) -> Round:
    """Let all clients reconnect at once, and return what was measured."""
    site.longest_ms()
    crowd = dial_all(site.port, site.requests())
    blocked = site.longest_ms()
    wrong = sum(not is_right(site, number, one) for number, one in enumerate(crowd))
    for one in crowd:
        one.socket.close()
    waits = [one.took_s for one in crowd]
    return Round(
        wall_ms=blocked["wall_ms"],
        cpu_ms=blocked["cpu_ms"],
        median_s=median(waits),
        longest_s=max(waits),
        kilobytes=len(crowd[-1].hello) / 1000,
        wrong=wrong,
    )


def is_right(site: Site, number: int, dialled: Dialled) -> bool:
    """Return whether a client has got exactly the entries that it missed, with its own cheers."""
    hello = json.loads(dialled.hello)
    cheered = sum(entry["cheered"] for entry in hello["entries"])
    seqs = [entry["seq"] for entry in hello["entries"]]
    is_whole = len(set(seqs)) == MISSED and seqs == sorted(seqs) and seqs[-1] == hello["seq"]
    return bool(hello["complete"] and is_whole and cheered == (number < CHEERING))


def report(record: Record, rounds: list[Round]) -> int:
    print(f"\n{SOCKETS:,} reconnect at once, {MISSED} missed entries each ({rounds[0].kilobytes:.0f} kB a hello)\n")
    print(f"{'':10}{'loop blocked':>16}{'by processor':>16}{'median hello':>16}{'last hello':>16}{'wrong':>8}")
    for number, one in enumerate(rounds, start=1):
        cells = f"{one.wall_ms:>13.0f} ms{one.cpu_ms:>13.0f} ms{one.median_s:>14.2f} s{one.longest_s:>14.2f} s"
        print(f"round {number:<4}{cells}{one.wrong:>8}")
    longest, wrong = max(one.wall_ms for one in rounds), sum(one.wrong for one in rounds)
    record.add("loop blocked ms", [one.wall_ms for one in rounds])
    record.add("last hello s", [one.longest_s for one in rounds])
    record.goal("longest time for which the event loop was blocked, ms", longest, LONGEST_MS)
    record.goal("hellos that were wrong", wrong, 0)
    return record.finish()


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # for the server too, which inherits it
    record = Record("reconnect", sockets=True)
    with ExitStack() as stack:
        services = stack.enter_context(running_services())
        site = stack.enter_context(running_site(services))
        found = []
        for _ in range(rounds):
            time.sleep(3)  # until the last round's sockets are closed and lazy imports are done
            found.append(reconnect(site))
    return report(record, found)


if __name__ == "__main__":
    sys.exit(main())
