"""Send a club's entries to a thousand sockets, with our site and with four other servers (peers): `bin/bench fanout`.

The peers are a Channels consumer as a tutorial writes it (naive), Node's `ws`, the `websockets` library's `broadcast()`
and nchan, a module of nginx. Ours is one daphne process. The server, the publisher of entries and the crowd of clients
are separate processes. All servers send the same 400-byte entries, stamped by the publisher just before sending: two a
second for 30 seconds, then 150 at once. Our site is also measured with 5,000 sockets, and the reconnection of a
thousand sockets at once (redial) is compared with as many page requests. Each round has a shuffled order. The results
are medians of five rounds, or of the number given.
"""

import gc
import random
import resource
import sys
from contextlib import ExitStack

from bench.fanout_peers.measuring import Measured, measure
from bench.fanout_peers.ours import Redialled, ours, redial
from bench.fanout_peers.report import OURS, OURS_MANY, report
from bench.fanout_peers.servers import peers
from bench.record import Record
from bench.services import Services, running_services

ROUNDS, SEED = 5, 5
SOCKETS, MANY_SOCKETS = 1_000, 5_000
REDIAL = "redial"


def run_round(
    services: Services, chance: random.Random, measured: dict[str, list[Measured]], redialled: list[Redialled]
) -> None:
    """Measure every server once, and add what was measured to `measured` and `redialled`."""
    others = peers()
    names = [OURS, OURS_MANY, REDIAL, *others]
    chance.shuffle(names)
    for name in names:
        gc.collect()
        if name == REDIAL:
            with ours(services, SOCKETS) as site:
                redialled.append(redial(site))
            continue
        peer = others.get(name, ours)
        with peer(services, MANY_SOCKETS if name == OURS_MANY else SOCKETS) as served:
            measured.setdefault(name, []).append(measure(served))


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # the servers inherit it
    gc.disable()  # a garbage collection in this process would look like a slow server
    record, chance = Record("fanout", sockets=True), random.Random(SEED)
    measured: dict[str, list[Measured]] = {}
    redialled: list[Redialled] = []
    with ExitStack() as stack:
        services = stack.enter_context(running_services())
        for number in range(1, rounds + 1):
            print(f"round {number} of {rounds}", flush=True)
            run_round(services, chance, measured, redialled)
    return report(record, measured, redialled)


if __name__ == "__main__":
    sys.exit(main())
