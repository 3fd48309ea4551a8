"""Save and dismiss several activities at once: only the athlete's own, each with a mark, in as few queries as one."""

from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from strava_live.accounts.models import User
from strava_live.activities.athlete_state import current_mark
from strava_live.activities.models import Activity
from strava_live.parkrun.catalogue import catalogue
from strava_live.parkrun.result_models import ParkrunResult
from strava_live.sync.decisions import save_activities, unsave_activities, unsave_all
from strava_live.sync.snapshot import hello_for
from tests.sync.announced import announced_by
from tests.web import kept


def states() -> dict[int, str]:
    return dict(Activity.objects.values_list("strava_id", "state"))


def test_save_several_announces_the_own_ones_with_a_mark_each(athlete: User, clubmate: User) -> None:
    for number in (1, 2, 3):
        kept.activity(athlete, number)
    kept.activity(clubmate, 4)
    mark = current_mark(athlete.pk)

    announced = announced_by(athlete.pk, lambda: save_activities(athlete.pk, {1, 3, 4, 99}))

    assert announced.types() == ["activity.saved"] * 2
    assert states() == {1: "saved", 2: "found", 3: "saved", 4: "found"}
    assert [item["strava_id"] for item in hello_for(athlete.pk, mark).items] == [1, 3]
    assert [message["mark"] for message in announced.messages] == [mark + 1, mark + 2]
    assert announced.marks == [(mark, mark + 2)]
    assert save_activities(athlete.pk, {1, 3, 4, 99}) == 2


def test_activities_that_were_saved_before_are_counted_and_not_announced(athlete: User) -> None:
    kept.activity(athlete, 1, state="saved", settled=True)
    kept.parkrun(athlete, 2)  # saved by the rules, from now on by its athlete
    mark = current_mark(athlete.pk)

    announced = announced_by(athlete.pk, lambda: save_activities(athlete.pk, {1, 2}))
    again = announced_by(athlete.pk, lambda: save_activities(athlete.pk, {1, 2}))

    assert ([message["mark"] for message in announced.messages], again.messages) == ([mark + 1], [])
    assert save_activities(athlete.pk, {1, 2}) == 2
    assert current_mark(athlete.pk) == mark + 1


def test_dismiss_several_found_or_saved(athlete: User) -> None:
    kept.parkrun(athlete, 1)
    kept.activity(athlete, 2)
    kept.parkrun(athlete, 3)

    announced = announced_by(athlete.pk, lambda: unsave_activities(athlete.pk, {1, 2}))

    assert announced.types() == ["activity.unsaved"] * 2
    assert states() == {1: "dismissed", 2: "dismissed", 3: "saved"}


def test_save_or_dismiss_none_changes_nothing(athlete: User) -> None:
    kept.activity(athlete, 1)
    mark = current_mark(athlete.pk)

    assert save_activities(athlete.pk, set()) == unsave_activities(athlete.pk, {99}) == unsave_all(athlete.pk) == 0
    assert current_mark(athlete.pk) == mark


# Dismissing also stores a removal, so that it can be undone.
@pytest.mark.parametrize(("verb", "most"), [(save_activities, 11), (unsave_activities, 14)])
def test_number_of_queries_is_the_same_for_two_and_for_two_hundred(
    athlete: User, verb: Callable[[int, set[int]], int], most: int
) -> None:
    call_command("load_parkrun_events", stdout=StringIO())
    catalogue.expire()
    for number in range(1, 203):
        kept.maybe(athlete, number, event_slug="bushy")
    save_activities(athlete.pk, {1, 2, *range(5, 203, 2)})

    def queries(ids: set[int]) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert verb(athlete.pk, ids) == len(ids)
        return len(captured)

    assert queries({2, 3}) == queries(set(range(4, 203))) <= most
    saved = Activity.objects.saved()
    assert set(ParkrunResult.objects.values_list("activity_id", flat=True)) == set(saved.values_list("pk", flat=True))
    catalogue.expire()  # the test's events are rolled back
