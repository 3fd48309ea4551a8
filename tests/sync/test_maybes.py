"""Maybes: which are similar, and undoing an answer."""

from typing import Any

from strava_live.accounts.models import User
from strava_live.activities.models import Activity
from strava_live.parkrun.reasons import Code, Reason, stored_reasons
from strava_live.parkrun.result_models import ParkrunResult
from strava_live.sync.decisions import save_activities, unsave_activities
from strava_live.sync.maybes import similar_maybes
from strava_live.sync.undo import reopen_maybes
from tests.web import kept

HIDDEN = Reason.of(Code.START_HIDDEN, on="saturday")


def at_edinburgh(metres: int, **different: Any) -> dict[str, Any]:
    """Return the fields of a maybe this far from the start at Edinburgh."""
    reasons = [Reason.of(Code.NEAR_EVENT, metres=metres, event="Edinburgh"), HIDDEN]
    fields = {"event_slug": "edinburgh", "event_name": "Edinburgh", "reasons": stored_reasons(reasons)}
    return {**fields, **different}


def test_similar_maybes_have_the_same_event_and_reasons_of_the_same_kinds(athlete: User, clubmate: User) -> None:
    for number, metres in enumerate((120, 1400, 60), start=1):
        kept.maybe(athlete, number, **at_edinburgh(metres))
    kept.maybe(athlete, 4, **at_edinburgh(60, reasons=stored_reasons([Reason.of(Code.NO_MAP)])))
    kept.maybe(athlete, 5, **at_edinburgh(60, event_slug="bushy", event_name="Bushy"))
    for number in (6, 7):
        kept.maybe(athlete, number, **at_edinburgh(60, event_slug="", event_name=""))
    kept.maybe(athlete, 8, **at_edinburgh(10, settled=True))
    kept.maybe(clubmate, 9, **at_edinburgh(10))

    assert similar_maybes(athlete.pk) == [[1, 2, 3]]


def test_reopened_maybes_can_be_answered_again(athlete: User, clubmate: User, events: None) -> None:
    for number in (1, 2):
        kept.maybe(athlete, number, event_slug="bushy", event_name="Bushy")
    kept.maybe(athlete, 3)
    kept.parkrun(athlete, 40, settled=True)
    kept.maybe(clubmate, 5, state="saved", settled=True)
    save_activities(athlete.pk, {1, 2})
    assert ParkrunResult.objects.of(athlete.pk).count() == 2
    unsave_activities(athlete.pk, {2, 3})

    assert reopen_maybes(athlete.pk, {1, 2, 3, 40, 5, 99}) == 3

    mine = Activity.objects.of(athlete.pk)
    assert set(mine.undecided().values_list("strava_id", flat=True)) == {1, 2, 3}
    assert not mine.filter(removed=True).exists()
    assert not ParkrunResult.objects.of(athlete.pk).exists()
    assert mine.get(strava_id=40).state == Activity.objects.get(strava_id=5).state == "saved"
    assert reopen_maybes(athlete.pk, {1, 2, 3}) == 0
    assert save_activities(athlete.pk, {1}) == 1
