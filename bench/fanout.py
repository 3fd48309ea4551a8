"""A thousand sockets hear of a club's entries: our one daphne process beside four peers, in turns: `bin/bench fanout`.

The peers are the course's naive consumer, Node's `ws`, the `websockets` library's `broadcast()` and nchan. The server,
the publisher and the crowd of clients are a process each, the entries are the same 400 bytes, stamped by the publisher
just before they are handed over. Two a second for a while; then 150 at once. Ours is measured with 5,000 sockets too,
and by what a redial of everybody costs beside as many pages. Each round has all in another order; medians of five
rounds, or of the number that is given.
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
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # for the servers too, which inherit it
    gc.disable()  # looking for garbage while it listens would be taken for a slow server
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
