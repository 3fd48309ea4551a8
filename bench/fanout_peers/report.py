"""Print a table of what was measured for each server, and check the goals."""

from collections.abc import Callable, Sequence
from statistics import median

from bench.fanout_peers.measuring import Measured
from bench.fanout_peers.ours import PAGES, Redialled
from bench.record import Goal, Record

OURS, OURS_MANY, NAIVE, NODE, NCHAN = "ours", "ours, 5,000 sockets", "naive consumer", "node ws", "nchan"
ORDER = (NAIVE, NODE, "websockets", NCHAN, OURS, OURS_MANY)
# The columns of the table, and how to get each from what was measured.
COLUMNS: dict[str, Callable[[Measured], float]] = {
    "p50 ms": lambda one: one.paced.p50_ms,
    "p99 ms": lambda one: one.paced.p99_ms,
    "µs each": lambda one: one.paced.cpu_us,
    "burst/s": lambda one: one.burst.a_second,
    "burst µs each": lambda one: one.burst.cpu_us,
    "idle ms/s": lambda one: one.idle_ms,
    "kB/socket": lambda one: one.kb_a_socket,
    "lost %": lambda one: 100 * lost(one) / (one.paced.deliveries + one.burst.deliveries + lost(one)),
    "doubled": lambda one: one.paced.doubled + one.burst.doubled,
    "disorder": lambda one: one.paced.disordered + one.burst.disordered,
    "cut": lambda one: one.cut,
}


def width(column: str) -> int:
    return max(11, len(column) + 2)


def lost(one: Measured) -> int:
    return one.paced.lost + one.burst.lost


class Medians:
    """The medians of each server over the rounds."""

    def __init__(self, measured: dict[str, list[Measured]]) -> None:
        self.measured = measured

    def of(self, name: str, column: str) -> float:
        """Return a server's median, or NaN if the server was not measured."""
        return median(map(COLUMNS[column], self.measured.get(name, []))) if name in self.measured else float("nan")

    def worst(self, column: str) -> float:
        """Return the highest value of our site in any round."""
        return max(COLUMNS[column](one) for name in (OURS, OURS_MANY) for one in self.measured[name])

    def ratio(self, column: str, other: str, name: str = OURS) -> float:
        """Return the median of the server `name`, divided by that of the server `other`."""
        return self.of(name, column) / self.of(other, column)


def report(record: Record, measured: dict[str, list[Measured]], redialled: Sequence[Redialled]) -> int:
    figures = Medians(measured)
    print_table(figures)
    sockets_s = median(one.sockets_s for one in redialled)
    pages_s = {name: median(one.pages_s[name] for one in redialled) for name in PAGES}
    beside = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in pages_s.items())
    print(f"\n1,000 redials at once: {sockets_s:.2f} s. As many page requests by signed-in members: {beside}.\n")
    for name, rounds in measured.items():
        for column, figure in COLUMNS.items():
            record.add(f"{name}: {column}", [figure(one) for one in rounds])
    record.goals += goals_beside_peers(figures) + goals_of_ours(figures)
    record.goal("redials at most 1.5 × the quickest page", sockets_s / min(pages_s.values()), 1.5)
    record.goal("redials that got a wrong hello", sum(one.wrong for one in redialled), 0)
    return record.finish()


def print_table(figures: Medians) -> None:
    print(f"\n{'':22}" + "".join(f"{column:>{width(column)}}" for column in COLUMNS))
    for name in ORDER:
        if name in figures.measured:
            cells = (f"{figures.of(name, column):>{width(column)},.1f}" for column in COLUMNS)
            print(f"{name:22}" + "".join(cells))
    print("1,000 sockets unless stated otherwise. µs each: the server's processor time per delivery.\n")
    for column in ("p99 ms", "µs each"):
        for name in filter(figures.measured.get, (NODE, NCHAN, OURS)):
            each = (f"{COLUMNS[column](one):.1f}" for one in figures.measured[name])
            print(f"{column} of {name}, round by round: {', '.join(each)}")


def goals_beside_peers(figures: Medians) -> list[Goal]:
    return [
        Goal("99th percentile at most 1.2 × nchan's", figures.ratio("p99 ms", NCHAN), 1.2),
        Goal("processor time a delivery at most 1.3 × nchan's", figures.ratio("µs each", NCHAN), 1.3),
        Goal("  and below Node's", figures.ratio("µs each", NODE), 1.0),
        Goal("nchan's burst at most 1 × ours", figures.ratio("burst/s", OURS, NCHAN), 1.0),
    ]


def goals_of_ours(figures: Medians) -> list[Goal]:
    wrong = sum(figures.worst(column) for column in ("lost %", "doubled", "disorder", "cut"))
    return [
        Goal("kB an idle socket at most 35", figures.of(OURS, "kB/socket"), 35.0),
        Goal("5,000: processor time at most 1.3 × at 1,000", figures.ratio("µs each", OURS, OURS_MANY), 1.3),
        Goal("lost, doubled, out of order, cut: none", wrong, 0.0),
    ]
