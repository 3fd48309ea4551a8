"""Until all of an athlete's activities are read from Strava, parkruns have no number and no entry loses its cheers."""

import pytest
from django.utils import timezone

from strava_live.accounts.encryption import Secret
from strava_live.accounts.models import StravaConnection, User
from strava_live.activities.models import Activity, AthleteState
from strava_live.clubs.models import Membership
from strava_live.feed.models import Entry
from strava_live.parkrun.result_models import ParkrunResult
from tests.feed.entries import Ran, reconciled, shown

pytestmark = pytest.mark.django_db


def connect(athlete: User) -> None:
    """Connect Strava with permission to read activities. None has been read yet."""
    StravaConnection.objects.create(
        user=athlete,
        strava_id=17,
        access_token=Secret.of("a"),
        refresh_token=Secret.of("b"),
        expires_at=timezone.now(),
        scopes="read,activity:read",
    )


def test_parkruns_are_numbered_only_after_the_first_full_sync(sharing: Membership, athlete: User, ran: Ran) -> None:
    connect(athlete)
    for week in range(2, 26):
        ran(7 * week)
    ran(1)

    assert reconciled(sharing) == [("parkrun", None)]
    entry = shown(sharing.club)[0]
    assert [entry.data[name] for name in ("count", "first_here", "best")] == [None, None, None]
    AthleteState.objects.update(history_known=True)

    assert reconciled(sharing) == [("parkrun", 25), ("milestone", 25), ("history", 24)]
    entry.refresh_from_db()
    assert (entry.data["count"], entry.seq) == (25, 2)


def test_disconnecting_with_an_incomplete_history_adds_no_numbers(
    sharing: Membership, athlete: User, ran: Ran, hidden: Activity
) -> None:
    ran(30), ran(1)
    assert reconciled(sharing) == [("parkrun", None)]


def test_connecting_again_removes_nothing(sharing: Membership, athlete: User, ran: Ran, hidden: Activity) -> None:
    AthleteState.objects.update(history_known=True)
    for week in range(2, 26):
        ran(7 * week)
    ran(1)
    expected = [("parkrun", 25), ("milestone", 25), ("history", 24)]
    assert reconciled(sharing) == expected
    connect(athlete)
    assert reconciled(sharing) == expected


def test_milestone_and_history_stay_while_the_history_is_read_after_connecting(
    sharing: Membership, athlete: User, ran: Ran
) -> None:
    for week in range(2, 26):
        ran(7 * week)
    last = ran(1)
    assert reconciled(sharing) == [("parkrun", 25), ("milestone", 25), ("history", 24)]
    Entry.objects.filter(kind="milestone").update(cheers=3)
    connect(athlete)

    assert reconciled(sharing) == [("parkrun", None), ("milestone", 25), ("history", 24)]
    AthleteState.objects.update(history_known=True)
    assert reconciled(sharing) == [("parkrun", 25), ("milestone", 25), ("history", 24)]
    assert Entry.objects.not_removed().get(kind="milestone").cheers == 3

    AthleteState.objects.update(history_known=False)
    last.delete()
    assert reconciled(sharing) == [("history", 24)]
    ParkrunResult.objects.filter(pk__in=ParkrunResult.objects.all()[:20]).delete()
    assert reconciled(sharing) == [("history", 4)]
    ran(300), ran(301)
    assert reconciled(sharing) == [("history", 4)], "an incomplete history never raises the count"
    ParkrunResult.objects.all().delete()
    assert reconciled(sharing) == []
