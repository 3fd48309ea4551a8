"""The entries about an athlete's parkruns follow every change of the parkruns and of the consent."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from strava_live.accounts.models import User
from strava_live.activities.models import Activity
from strava_live.clubs.models import Club, Membership
from strava_live.feed.models import Entry
from strava_live.feed.parkrun_entries import is_recent, reconcile_parkrun_entries
from strava_live.parkrun.result_models import ParkrunResult
from strava_live.sync.decisions import unsave_activity
from tests.feed.entries import Ran, is_sound, reconciled, shown

pytestmark = pytest.mark.django_db


def test_parkruns_of_a_week_have_entries_and_older_ones_are_counted(sharing: Membership, ran: Ran) -> None:
    for days_ago in (400, 30, 8, 6, 1):
        ran(days_ago)

    assert reconciled(sharing) == [("parkrun", 4), ("parkrun", 5), ("history", 3)]
    history = shown(sharing.club)[-1]
    assert history.data["since"] == (timezone.now() - timedelta(days=400)).year


def test_athlete_who_does_not_share_has_no_entries(club: Club, athlete: User, ran: Ran) -> None:
    ran(1)
    reconcile_parkrun_entries(athlete.pk)
    assert shown(club) == []
    assert club.seq == 0


def test_reconciling_twice_changes_nothing(sharing: Membership, ran: Ran) -> None:
    ran(30), ran(1)
    reconciled(sharing)
    before = Club.objects.get().seq
    reconciled(sharing)
    assert Club.objects.get().seq == before


def test_withdrawn_consent_removes_all_entries_for_good(sharing: Membership, ran: Ran) -> None:
    ran(30), ran(1)
    reconciled(sharing)
    removed = set(Entry.objects.values_list("pk", flat=True))

    Membership.objects.filter(pk=sharing.pk).update(shares_parkruns=False)

    assert reconciled(sharing) == []
    for entry in Entry.objects.all():
        assert (entry.removed, entry.athlete_id, entry.name, entry.text, entry.data) == (True, None, "", "", {})
        assert str(sharing.user_id) not in entry.key.split(".")[:1]
    Membership.objects.filter(pk=sharing.pk).update(shares_parkruns=True)
    assert reconciled(sharing) == [("parkrun", 2), ("history", 1)]
    assert removed.isdisjoint(Entry.objects.not_removed().values_list("pk", flat=True))


def test_new_runner_with_an_entry_every_week_gets_no_history_entry(sharing: Membership, ran: Ran) -> None:
    result = ran(3)
    reconciled(sharing)
    result.day -= timedelta(days=30)  # a month goes by
    result.save()
    Entry.objects.update(key=f"parkrun.{sharing.user_id}.{result.event_id}.{result.day}")

    ran(1)

    assert reconciled(sharing) == [("parkrun", 1), ("parkrun", 2)]


def test_milestone_has_its_own_entry_and_is_removed_with_its_parkrun(sharing: Membership, ran: Ran) -> None:
    for week in range(2, 26):
        ran(7 * week)
    fiftieth = ran(1)
    assert reconciled(sharing) == [("parkrun", 25), ("milestone", 25), ("history", 24)]

    fiftieth.delete()

    assert reconciled(sharing) == [("history", 24)]


def test_older_parkrun_that_becomes_a_milestone_gets_no_entry(sharing: Membership, ran: Ran) -> None:
    for week in range(2, 26):
        ran(7 * week)
    ran(1)
    reconciled(sharing)

    ran(500)

    assert reconciled(sharing) == [("parkrun", 26), ("history", 25)]


@pytest.mark.parametrize(("visibility", "entries"), [("everyone", 1), ("followers_only", 0), ("only_me", 0)])
def test_activity_not_visible_to_everyone_at_strava_has_no_entry(
    sharing: Membership, ran: Ran, hidden: Activity, visibility: str, entries: int
) -> None:
    result = ran(1)
    reconciled(sharing)
    Activity.objects.update(visibility=visibility)
    result.activity = hidden
    result.save()

    assert len(reconciled(sharing)) == entries


def test_entry_has_first_here_best_and_link(sharing: Membership, ran: Ran) -> None:
    ran(20, time_s=1600), ran(3, time_s=1500), ran(2, "home", time_s=1550)
    reconciled(sharing)
    bushy, home, _ = [entry.data for entry in shown(sharing.club)]
    assert (bushy["first_here"], bushy["best"], bushy["time_s"], bushy["url"]) == (False, "ever", 1500, None)
    assert (home["first_here"], home["best"], home["event_name"]) == (True, None, "Home parkrun")


@pytest.mark.parametrize(
    ("device_name", "device"), [("Garmin Forerunner 255", "Garmin Forerunner 255"), ("Apple Watch Series 9", None)]
)
def test_entry_names_a_garmin_device(
    sharing: Membership, ran: Ran, hidden: Activity, device_name: str, device: str | None
) -> None:
    Activity.objects.update(visibility="everyone", device_name=device_name)
    result = ran(1)
    result.activity = hidden
    result.save()

    reconciled(sharing)

    assert [entry.data["device"] for entry in shown(sharing.club)] == [device]


def test_each_club_shows_its_own_name_of_the_athlete(sharing: Membership, athlete: User, ran: Ran) -> None:
    other = Club.objects.create(slug="joggers", name="Joggers")
    Membership.objects.create(club=other, user=athlete, shares_parkruns=True, shown_as="hidden")
    ran(1)
    reconciled(sharing)
    assert [entry.name for entry in shown(sharing.club)] == ["Alva B."]
    assert [entry.name for entry in shown(other)] == [""]
    assert is_sound(other)


def test_last_seven_days_are_those_of_the_clubs_time_zone() -> None:
    late = datetime(2026, 11, 21, 23, 30, tzinfo=ZoneInfo("UTC"))
    assert is_recent(late.date() - timedelta(days=7), late, "Europe/London")
    assert not is_recent(late.date() - timedelta(days=7), late, "Pacific/Auckland")


def test_unsaved_run_is_removed_although_its_result_was_typed_in_too(
    sharing: Membership, athlete: User, ran: Ran, hidden: Activity
) -> None:
    """Unsaving a private run must not reveal its typed result either."""
    result = ran(1)
    for visibility, entries in (("only_me", 0), ("everyone", 1)):
        Activity.objects.update(visibility=visibility, state="saved", settled=True)
        result.activity, result.withheld = hidden, False
        result.save()
        assert len(reconciled(sharing)) == entries

        unsave_activity(athlete.pk, hidden.strava_id)

        assert ParkrunResult.objects.filter(activity=None, withheld=True).count() == 1
        result.refresh_from_db()
        assert reconciled(sharing) == []
