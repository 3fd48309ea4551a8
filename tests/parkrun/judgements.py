"""The verdicts on every labelled case, as they were when their RULES_VERSION was given.

    python -m tests.parkrun.verdicts

writes them anew: after a change of the rules, together with a new RULES_VERSION.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from strava_live.parkrun.rules import RULES_VERSION, judge
from tests.parkrun import cases_clock, cases_days, cases_doubts, cases_refusals, cases_regions
from tests.parkrun.cases import Case
from tests.parkrun.recorded import atlas

TABLES = (cases_regions, cases_clock, cases_days, cases_refusals, cases_doubts)
CASES: list[Case] = [case for table in TABLES for case in table.CASES]
FILE = Path(__file__).with_name("verdicts.txt")


def digests(cases: Iterable[Case]) -> dict[str, str]:
    """Return a short digest of what the rules say of each case, in every word, by its label."""
    found = {}
    for case in cases:
        verdict = judge(case.activity, atlas())
        said = repr((verdict.status.value, verdict.event and verdict.event.slug, verdict.day, verdict.reasons))
        found[case.label] = hashlib.sha256(said.encode()).hexdigest()[:8]
    return found


def recorded_digests() -> tuple[int, dict[str, str]]:
    """Return the RULES_VERSION of the file, and its digests by label."""
    version, *lines = FILE.read_text(encoding="utf-8").splitlines()
    return int(version), {label: digest for digest, _, label in (line.partition(" ") for line in lines)}


def main() -> None:
    lines = [f"{digest} {label}" for label, digest in digests(CASES).items()]
    FILE.write_text("\n".join([str(RULES_VERSION), *lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
