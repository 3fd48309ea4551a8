"""Digests of the judgements of the labelled cases in TABLES, recorded for the current RULES_VERSION.

After a change of the rules, raise RULES_VERSION and record them again: python -m tests.parkrun.judgements
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from strava_live.parkrun.rules import RULES_VERSION, judge
from tests.parkrun import cases_clock, cases_days, cases_doubts, cases_refusals, cases_regions
from tests.parkrun.cases import Case, sentences
from tests.parkrun.recorded import atlas

TABLES = (cases_regions, cases_clock, cases_days, cases_refusals, cases_doubts)
CASES: list[Case] = [case for table in TABLES for case in table.CASES]
FILE = Path(__file__).with_name("judgements.txt")


def digests(cases: Iterable[Case]) -> dict[str, str]:
    """Return a short digest of each case's judgement with the sentences of its reasons, by label."""
    found = {}
    for case in cases:
        judgement = judge(case.activity, atlas())
        slug = judgement.event and judgement.event.slug
        text = repr((judgement.certainty.value, slug, judgement.day, sentences(judgement)))
        found[case.label] = hashlib.sha256(text.encode()).hexdigest()[:8]
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
