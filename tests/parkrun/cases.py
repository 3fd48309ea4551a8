"""What a labelled case is, and how a failure is told."""

from dataclasses import dataclass

from strava_live.parkrun.rules import judge
from tests.parkrun.recorded import Recorded, atlas


@dataclass(frozen=True)
class Case:
    """An activity, the verdict that is right, the event's slug, and words that stand among the reasons."""

    label: str
    activity: Recorded
    status: str
    event: str | None = None
    words: str = ""


def check(case: Case) -> None:
    verdict = judge(case.activity, atlas())
    given = (verdict.status.value, verdict.event.slug if verdict.event else None)
    reasons = "; ".join(verdict.reasons)
    assert given == (case.status, case.event) and case.words in reasons, (  # noqa: PT018 - one message for both
        f"\n{case.label}\n  activity  {case.activity}"
        f"\n  expected  {case.status} at {case.event}, because: …{case.words}…"
        f"\n  given     {given[0]} at {given[1]}, because: {reasons}"
    )
    assert verdict.reasons, f"{case.label}: a verdict without reasons"
