"""Measure one server with its crowd of clients: memory, idle time, entries at intervals (paced), entries at once."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import quantiles

from bench.fanout_peers.crowd import Crowd, Delivery
from bench.fanout_peers.processes import on_cpu_s, resident_kb
from bench.fanout_peers.publisher import ENTRY_BYTES, Publisher
from bench.fanout_peers.servers import WARM_UP, Served

PACED, EVERY_S = 60, 0.5
"""How many entries are sent at intervals, and the interval. There are many, because a hiccup of the machine delays all
deliveries at that moment."""
BURST = 150
"""How many entries are sent at once."""
IDLE_S = 5.0
AT_ONCE = 250
"""How many clients connect at the same time."""


@dataclass(frozen=True)
class Phase:
    """How the entries of one phase were delivered."""

    deliveries: int
    lost: int
    doubled: int
    disordered: int
    p50_ms: float
    p99_ms: float
    cpu_us: float
    """The server's processor time per delivery."""
    a_second: float


@dataclass(frozen=True)
class Measured:
    """What was measured for one server in one round."""

    kb_a_socket: float
    idle_ms: float
    """The server's processor time per second while nothing is published."""
    paced: Phase
    burst: Phase
    cut: int
    """How many connections the server closed."""


def measure(served: Served) -> Measured:
    """Connect all clients to a server, and measure each phase."""
    crowd = Crowd(served.port, served.split)
    try:
        kb = fill(crowd, served)
        idle_ms = rest(crowd, served)
        with served.publisher() as publisher:
            paced = phase(crowd, served, publisher, range(1, PACED + 1), every_s=EVERY_S)
            crowd.rest(1.0)
            burst = phase(crowd, served, publisher, range(PACED + 1, PACED + BURST + 1), every_s=0.0)
        return Measured(kb, idle_ms, paced, burst, crowd.cut)
    finally:
        crowd.close()


def fill(crowd: Crowd, served: Served) -> float:
    """Connect every client and return the server's memory per idle socket, in kB."""
    crowd.dial(served.handshakes[:WARM_UP], served.answered, at_once=AT_ONCE)
    crowd.hang_up()
    time.sleep(2)
    before = resident_kb(served.process.pid)
    crowd.dial(served.handshakes, served.answered, at_once=AT_ONCE)
    crowd.rest(3)
    return (resident_kb(served.process.pid) - before) / len(served.handshakes)


def rest(crowd: Crowd, served: Served) -> float:
    """Return the server's processor time per second without entries, in ms."""
    cpu = on_cpu_s(served.process.pid)
    crowd.rest(IDLE_S)
    return (on_cpu_s(served.process.pid) - cpu) / IDLE_S * 1000


def phase(crowd: Crowd, served: Served, publisher: Publisher, numbers: range, *, every_s: float) -> Phase:
    """Publish the entries `numbers` and measure how they are delivered."""
    wanted = len(crowd.clients) * len(numbers)
    for client in crowd.clients.values():
        client.deliveries.clear()
    cpu, began_ns = on_cpu_s(served.process.pid), time.monotonic_ns()
    publisher.publish(len(numbers), every_s=every_s)
    crowd.listen(publisher, wanted * ENTRY_BYTES)
    cpu = on_cpu_s(served.process.pid) - cpu
    return summarize([client.deliveries for client in crowd.clients.values()], numbers, cpu, began_ns)


def summarize(crowd_deliveries: Iterable[list[Delivery]], numbers: range, cpu_s: float, began_ns: int) -> Phase:
    """Return the counts and times of the deliveries to all clients."""
    lost = doubled = disordered = 0
    took: list[float] = []
    last_ns = began_ns
    for deliveries in crowd_deliveries:
        order = [one.number for one in deliveries]
        distinct = set(order)
        lost += len(set(numbers) - distinct)
        doubled += len(order) - len(distinct)
        disordered += order != sorted(order)
        took += [one.after_ms for one in deliveries]
        last_ns = max(last_ns, deliveries[-1].at_ns if deliveries else 0)
    percent = quantiles(took, n=100) if len(took) > 1 else [float("nan")] * 99
    return Phase(
        deliveries=len(took),
        lost=lost,
        doubled=doubled,
        disordered=disordered,
        p50_ms=percent[49],
        p99_ms=percent[98],
        cpu_us=cpu_s / max(1, len(took)) * 1e6,
        a_second=len(took) / ((last_ns - began_ns) / 1e9) if last_ns > began_ns else 0.0,
    )
