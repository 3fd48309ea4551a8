"""Send a club's entries to a thousand sockets: our one daphne process and four other servers: `bin/bench fanout`.

The peers are the course's naive consumer, Node's `ws`, the `websockets` library's `broadcast()` and nchan. The server,
the publisher and the crowd of clients are separate processes. All send the same 400-byte entries, stamped by the
publisher just before sending: two a second for 30 seconds, then 150 at once. Our site is also measured with 5,000
sockets, and a redial of all its sockets is compared with as many page requests. The order is shuffled in each round.
Reports medians of five rounds, or of the number given.
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


def a_round(
    services: Services, chance: random.Random, measured: dict[str, list[Measured]], redialled: list[Redialled]
) -> None:
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
            a_round(services, chance, measured, redialled)
    return report(record, measured, redialled)


if __name__ == "__main__":
    sys.exit(main())
