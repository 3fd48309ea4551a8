"""Saving and taking back several at once: theirs alone, each marked, in as few queries as one."""

from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from strava_live.accounts.models import User
from strava_live.activities.marks import current_mark
from strava_live.activities.models import Activity
from strava_live.parkrun.catalogue import catalogue
from strava_live.parkrun.result_models import ParkrunResult
from strava_live.sync.choose import Done, save_activities, unsave_activities, unsave_all
from strava_live.sync.snapshot import hello_for
from tests.web import kept


def states() -> dict[int, str]:
    return dict(Activity.objects.values_list("strava_id", "state"))


def test_several_are_saved_and_marked_and_nobody_elses(athlete: User, clubmate: User) -> None:
    for number in (1, 2, 3):
        kept.activity(athlete, number)
    kept.activity(clubmate, 4)
    mark = current_mark(athlete.pk)

    done = save_activities(athlete.pk, {1, 3, 4, 99})

    assert (done.count, [change.type for change in done.changes]) == (2, ["activity.saved"] * 2)
    assert states() == {1: "saved", 2: "found", 3: "saved", 4: "found"}
    assert [item["strava_id"] for item in hello_for(athlete.pk, mark).items] == [1, 3]
    assert [change.mark for change in done.changes] == [mark + 1, mark + 2]


def test_what_stood_so_before_counts_and_is_not_told_again(athlete: User) -> None:
    kept.activity(athlete, 1, state="saved", settled=True)
    kept.parkrun(athlete, 2)  # saved by the rules: from now on by its athlete
    mark = current_mark(athlete.pk)

    done = save_activities(athlete.pk, {1, 2})

    assert (done.count, [change.mark for change in done.changes]) == (2, [mark + 1])
    assert save_activities(athlete.pk, {1, 2}) == Done(2, [])
    assert current_mark(athlete.pk) == mark + 1


def test_several_are_taken_back_found_or_saved(athlete: User) -> None:
    kept.parkrun(athlete, 1)
    kept.activity(athlete, 2)
    kept.parkrun(athlete, 3)

    done = unsave_activities(athlete.pk, {1, 2})

    assert (done.count, {change.type for change in done.changes}) == (2, {"activity.unsaved"})
    assert states() == {1: "dismissed", 2: "dismissed", 3: "saved"}


def test_none_changes_nothing(athlete: User) -> None:
    kept.activity(athlete, 1)
    mark = current_mark(athlete.pk)

    assert save_activities(athlete.pk, set()) == unsave_activities(athlete.pk, {99}) == unsave_all(athlete.pk)
    assert current_mark(athlete.pk) == mark


# A removal is remembered too, so that it can be undone.
@pytest.mark.parametrize(("verb", "most"), [(save_activities, 11), (unsave_activities, 14)])
def test_queries_are_the_same_for_two_and_for_two_hundred(
    athlete: User, verb: Callable[[int, set[int]], Done], most: int
) -> None:
    call_command("load_parkrun_events", stdout=StringIO())
    catalogue.expire()
    for number in range(1, 203):
        kept.maybe(athlete, number, event_slug="bushy")
    save_activities(athlete.pk, {1, 2, *range(5, 203, 2)})

    def queries(ids: set[int]) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert verb(athlete.pk, ids).count == len(ids)
        return len(captured)

    assert queries({2, 3}) == queries(set(range(4, 203))) <= most
    saved = Activity.objects.saved()
    assert set(ParkrunResult.objects.values_list("activity_id", flat=True)) == set(saved.values_list("pk", flat=True))
    catalogue.expire()  # what this test loaded is gone with it
