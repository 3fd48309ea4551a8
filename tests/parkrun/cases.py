"""A labelled case for the parkrun rules, and the message of its failure."""

from dataclasses import dataclass

from strava_live.parkrun.atlas import Atlas
from strava_live.parkrun.judgement import Judgement
from strava_live.parkrun.rules import judge
from strava_live.parkrun.wording import sentence_of
from tests.parkrun.recorded import Recorded, atlas


@dataclass(frozen=True)
class Case:
    """An activity with its right certainty and event, and words that its reasons contain."""

    label: str
    activity: Recorded
    certainty: str
    event: str | None = None
    words: str = ""


def sentences(judgement: Judgement) -> tuple[str, ...]:
    return tuple(map(sentence_of, judgement.reasons))


def check(case: Case, events: Atlas | None = None) -> None:
    judgement = judge(case.activity, events or atlas())
    given = (judgement.certainty.value, judgement.event.slug if judgement.event else None)
    reasons = "; ".join(sentences(judgement))
    assert given == (case.certainty, case.event) and case.words in reasons, (  # noqa: PT018 - one message for both
        f"\n{case.label}\n  activity  {case.activity}"
        f"\n  expected  {case.certainty} at {case.event}, because: …{case.words}…"
        f"\n  given     {given[0]} at {given[1]}, because: {reasons}"
    )
    assert judgement.reasons, f"{case.label}: no reasons"
