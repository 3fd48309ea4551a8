"""A Saturday with a thousand clubs, on one machine: `bin/bench saturday`.

1,000 clubs of 20 members, each with a member's socket and a wall's open, over two web processes, one worker, Postgres
and Redis. Members finish parkruns, and some rename or hide them: 40 events a second for three minutes, about as many as
all of British parkrun would send on average. The stand-in answers each API call after 100 ms. A first trial has 100
clubs. It is shorter if its members would run out, since each finishes only one parkrun. The cost of an event must not
grow with the number of clubs.

All processes share one machine. The table shows which share of a processor each used.

    python -m bench.saturday [--clubs 1000] [--seconds 180] [--rate 40] [--compare-with 100 | --alone] [--queries]
"""

import argparse
import sys
from statistics import median, quantiles

from bench.record import Record
from bench.services import running_services
from bench.webhooks.gauges import common_queries, count_queries
from bench.webhooks.scene import MEMBERS
from bench.webhooks.trial import WARM_UP_S, Size, Trial, run_trial

WALL_WITHIN_S = 2.0
MOST_GROWTH = 1.2
"""How much more an event may cost with all clubs than with few."""
PLATEAU = 0.03
"""The share by which the memory of a process may grow in the last third of the trial."""


def main(words: list[str]) -> int:
    asked = options().parse_args(words)
    large = Size(asked.clubs, asked.seconds, asked.rate)
    few = asked.compare_with
    small = Size(few, min(asked.seconds, few * MEMBERS * 0.95 / asked.rate - WARM_UP_S), asked.rate)
    record = Record("saturday")
    with running_services() as services:
        count_queries(services.postgres)
        trials = [run_trial(services, size) for size in ((large,) if asked.alone else (small, large))]
        for trial in trials:
            report(record, trial)
        if asked.queries:
            print("\n".join(f"{calls:>9}  {query[:200]}" for calls, query in common_queries(services.postgres, 40)))
    set_goals(record, trials)
    return record.finish()


def options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.saturday")
    parser.add_argument("--clubs", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=180.0)
    parser.add_argument("--rate", type=float, default=40.0, help="events a second")
    parser.add_argument("--compare-with", type=int, default=100, metavar="CLUBS", help="size of the first trial")
    parser.add_argument("--alone", action="store_true", help="leave the first trial out")
    parser.add_argument("--queries", action="store_true", help="show the most frequent queries")
    return parser


def report(record: Record, trial: Trial) -> None:
    name = f"{trial.size.clubs} clubs"
    print(f"\n{name}, {trial.events} events in {trial.size.seconds:.0f} s, all handled after {trial.took_s:.1f} s")
    for what, values in (
        ("event to wall, s", trial.delays_s),
        ("event to handled, s", trial.handled_s),
        ("answer to an event, ms", [attempt.took_ms for attempt in trial.attempts]),
    ):
        cuts = quantiles(values, n=100)
        print(f"  {what:<26}median {cuts[49]:.2f}, 95th {cuts[94]:.2f}, 99th {cuts[98]:.2f}, most {max(values):.2f}")
        record.add(f"{name}: {what}", values)
    print(f"  {trial.calls / trial.events:.2f} calls to Strava, {trial.queries_an_event:.1f} queries and", end=" ")
    print(f"{trial.cpu_ms_an_event:.1f} ms of processor time for each event")
    print(f"  with nothing to do: {trial.quiet_queries_a_second:.1f} queries a second")
    print(f"  {'process':<12}{'load':>8}{'idle':>8}{'MB first':>10}{'MB last':>10}{'growth':>9}")
    for process, samples in trial.gauges.memory_mb.items():
        growth = trial.gauges.growth(process)
        record.add(f"{name}: {process}, MB", samples)
        record.add(f"{name}: {process}, load", [trial.load(process), trial.quiet_load(process)])
        print(f"  {process:<12}{trial.load(process):>8.0%}{trial.quiet_load(process):>8.0%}", end="")
        print(f"{samples[0]:>10.0f}{samples[-1]:>10.0f}{growth:>9.1%}")
    print(f"  {'sender':<12}{trial.load('sender'):>8.0%}{trial.quiet_load('sender'):>8.0%}", flush=True)


def set_goals(record: Record, trials: list[Trial]) -> None:
    large = trials[-1]
    refused = sum(attempt.status != 200 for attempt in large.attempts)
    record.goal("event to wall, median, s", median(large.delays_s), WALL_WITHIN_S)
    record.goal("seconds from the last event until none waits", large.took_s - large.size.seconds, 5.0)
    record.goal("parkruns lost", large.verdict.lost, 0)
    record.goal("parkruns doubled", large.verdict.doubled, 0)
    record.goal("sockets closed by the site", large.cut, 0)
    record.goal("attempts not answered 200", refused, 0)
    if len(trials) > 1:
        small = trials[0]
        cpu, queries = large.cpu_ms_an_event / small.cpu_ms_an_event, large.queries_an_event / small.queries_an_event
        record.goal(f"processor time of an event, × that at {small.size.clubs} clubs", cpu, MOST_GROWTH)
        record.goal(f"queries of an event, × those at {small.size.clubs} clubs", queries, MOST_GROWTH)
    for process in ("web 1", "web 2", "worker", "Redis"):
        record.goal(f"memory of {process}, growth in the last third", large.gauges.growth(process), PLATEAU)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
