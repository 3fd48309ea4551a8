"""Faults under a site of two web processes and a worker, and what people see meanwhile: `bin/bench faults`.

Redis, Postgres, a web process and rows fail, one after the other, under the same running site. A page reader, a posting
person, somebody of another club, a syncing athlete and the club's followers go on; a line for each fault says what each
saw and when all was well again. Each answer is a page or a sentence that says what to do, everything recovers without a
restart, each accepted post is there once, and at the end every follower holds what the table holds.

    python -m bench.faults                  every fault
    python -m bench.faults club_locked      one of them
    python -m bench.faults chaos [SECONDS]  ten minutes of chaos on two processes, or as long as that
"""

import asyncio
import sys

from bench.fault_trials.chaos import rage_for
from bench.fault_trials.injections import FAULTS
from bench.fault_trials.scene import scene
from bench.fault_trials.trial import Trial
from bench.record import Record

CHAOS_S = 600.0


def main(words: list[str]) -> int:
    match words:
        case ["chaos", *seconds]:
            rage_for(float(seconds[0]) if seconds else CHAOS_S)
            return 0
        case _ if set(words) - set(FAULTS):
            sys.exit(f"There are these faults: {', '.join(FAULTS)}, and chaos [SECONDS].")
    return try_faults(words or list(FAULTS))


def try_faults(names: list[str]) -> int:
    record = Record("faults")
    with scene() as running:
        for name in names:
            outcome = asyncio.run(Trial(running, FAULTS[name]).run())
            print(outcome.line(name), flush=True)
            record.goal(f"{name}, sentences missing or not recovered", not outcome.reached, 0)
    return record.finish()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
