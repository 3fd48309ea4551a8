"""Maybes: which are similar, and undoing an answer."""

from strava_live.accounts.models import User
from strava_live.activities.models import Activity
from strava_live.parkrun.result_models import ParkrunResult
from strava_live.sync.decisions import save_activities, unsave_activities
from strava_live.sync.maybes import similar_maybes, without_numbers
from strava_live.sync.undo import reopen_maybes
from tests.web import kept


def test_similar_maybes_have_the_same_event_and_reasons(athlete: User, clubmate: User) -> None:
    edinburgh = {"event_slug": "edinburgh", "event_name": "Edinburgh"}
    for number, away in enumerate(("120 m", "1.4 km", "60 m"), start=1):
        kept.maybe(athlete, number, **edinburgh, reasons=[f"{away} from Edinburgh start", "Start time hidden"])
    kept.maybe(athlete, 4, **edinburgh, reasons=["No map, so we can't see where"])
    kept.maybe(athlete, 5, event_slug="bushy", event_name="Bushy", reasons=["60 m from", "Start time hidden"])
    kept.maybe(athlete, 6, event_slug="", event_name="", reasons=["x"])
    kept.maybe(athlete, 7, event_slug="", event_name="", reasons=["x"])
    kept.maybe(athlete, 8, **edinburgh, reasons=["9 m from Edinburgh start", "Start time hidden"], settled=True)
    kept.maybe(clubmate, 9, **edinburgh, reasons=["9 m from Edinburgh start", "Start time hidden"])

    assert similar_maybes(athlete.pk) == [[1, 2, 3]]


def test_similar_reasons_differ_only_in_numbers_and_quoted_names() -> None:
    assert without_numbers("Started 2 minutes after 9:00 on a Saturday") == without_numbers(
        "Started at 9:30 on a Saturday"
    )
    assert without_numbers("“Run 5” was the parkrun that day") == without_numbers("“Jog” was the parkrun that day")
    assert without_numbers("4.10 km, which is short") != without_numbers("6.10 km, which is long")


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
