"""Faults in a site of two web processes and a worker, and what its users see: `bin/bench faults`.

One fault after the other: Redis, Postgres or a web process fails or freezes, or a row is locked. Meanwhile the site is
used by a reader, by a member who posts, by a member of another club, by an athlete who imports activities, and by
followers, clients with a socket of the club's feed. A line for each fault says what each user saw and when the site had
recovered. Every answer must be a page or a sentence that says what to do, everything must recover without a restart,
each accepted post must be stored once, and every follower must have exactly the entries of the database.

    python -m bench.faults                  every fault
    python -m bench.faults club_locked      only this fault
    python -m bench.faults chaos [SECONDS]  chaos on two web processes, for ten minutes or SECONDS
"""

import asyncio
import sys

from bench.fault_trials.chaos import run_chaos
from bench.fault_trials.injections import FAULTS
from bench.fault_trials.scene import scene
from bench.fault_trials.trial import Trial
from bench.record import Record

CHAOS_S = 600.0


def main(words: list[str]) -> int:
    match words:
        case ["chaos", *seconds]:
            run_chaos(float(seconds[0]) if seconds else CHAOS_S)
            return 0
        case _ if set(words) - set(FAULTS):
            sys.exit(f"There are these faults: {', '.join(FAULTS)}, and chaos [SECONDS].")
    return try_faults(words or list(FAULTS))


def try_faults(names: list[str]) -> int:
    """Try each fault on the same site, and return the exit code."""
    record = Record("faults")
    with scene() as running:
        for name in names:
            outcome = asyncio.run(Trial(running, FAULTS[name]).run())
            print(outcome.line(name), flush=True)
            record.goal(f"{name}, sentences missing or not recovered", not outcome.reached, 0)
    return record.finish()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
