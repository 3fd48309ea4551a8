"""What a club is told of an athlete's parkruns, whatever happens to these and to the consent."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from strava_live.accounts.encryption import Secret
from strava_live.accounts.models import StravaConnection, User
from strava_live.activities.models import Activity, AthleteState
from strava_live.clubs.models import Club, Membership
from strava_live.feed.models import Entry
from strava_live.feed.parkrun_entries import is_news, reconcile_parkrun_entries
from strava_live.parkrun.result_models import ParkrunResult
from strava_live.sync.decisions import unsave_activity
from tests.feed.conftest import Ran, is_sound, shown

pytestmark = pytest.mark.django_db


def connect(athlete: User) -> None:
    """With permission to read activities, none of which has been read yet."""
    StravaConnection.objects.create(
        user=athlete,
        strava_id=17,
        access_token=Secret.of("a"),
        refresh_token=Secret.of("b"),
        expires_at=timezone.now(),
        scopes="read,activity:read",
    )


@pytest.fixture
def hidden(athlete: User) -> Activity:
    return Activity.objects.create(
        athlete=athlete,
        strava_id=5,
        start=timezone.now() - timedelta(days=1),
        wall_clock=f"{timezone.now() - timedelta(days=1):%Y-%m-%d}T09:00:00",
        utc_offset_s=0,
        mark=0,
        distance_m=5000,
        moving_s=1490,
        elapsed_s=1500,
        visibility="only_me",
        seen_at=timezone.now(),
        parkrun="sure",
        event_slug="bushy",
    )


def tell(member: Membership) -> list[tuple[str, object]]:
    reconcile_parkrun_entries(member.user_id)
    assert is_sound(member.club)
    return [(entry.kind, entry.data.get("count")) for entry in shown(member.club)]


def test_parkruns_of_a_week_are_told_and_the_rest_is_history(sharing: Membership, ran: Ran) -> None:
    for days_ago in (400, 30, 8, 6, 1):
        ran(days_ago)

    assert tell(sharing) == [("parkrun", 4), ("parkrun", 5), ("history", 3)]
    history = shown(sharing.club)[-1]
    assert history.data["since"] == (timezone.now() - timedelta(days=400)).year


def test_nothing_is_told_of_who_does_not_share(club: Club, athlete: User, ran: Ran) -> None:
    ran(1)
    reconcile_parkrun_entries(athlete.pk)
    assert shown(club) == []
    assert club.seq == 0


def test_telling_twice_changes_nothing(sharing: Membership, ran: Ran) -> None:
    ran(30), ran(1)
    tell(sharing)
    before = Club.objects.get().seq
    tell(sharing)
    assert Club.objects.get().seq == before


def test_withdrawing_takes_everything_off_for_good(sharing: Membership, ran: Ran) -> None:
    ran(30), ran(1)
    tell(sharing)
    told = set(Entry.objects.values_list("pk", flat=True))

    Membership.objects.filter(pk=sharing.pk).update(shares_parkruns=False)

    assert tell(sharing) == []
    for entry in Entry.objects.all():
        assert (entry.removed, entry.athlete_id, entry.name, entry.text, entry.data) == (True, None, "", "", {})
        assert str(sharing.user_id) not in entry.key.split(".")[:1]
    Membership.objects.filter(pk=sharing.pk).update(shares_parkruns=True)
    assert tell(sharing) == [("parkrun", 2), ("history", 1)]
    assert told.isdisjoint(Entry.objects.there().values_list("pk", flat=True))


def test_new_runner_told_week_by_week_gets_no_history(sharing: Membership, ran: Ran) -> None:
    result = ran(3)
    tell(sharing)
    result.day -= timedelta(days=30)  # a month goes by
    result.save()
    Entry.objects.update(key=f"parkrun.{sharing.user_id}.{result.event_id}.{result.day}")

    ran(1)

    assert tell(sharing) == [("parkrun", 1), ("parkrun", 2)]


def test_milestone_has_an_entry_of_its_own_and_goes_with_its_parkrun(sharing: Membership, ran: Ran) -> None:
    for week in range(2, 26):
        ran(7 * week)
    fiftieth = ran(1)
    assert tell(sharing) == [("parkrun", 25), ("milestone", 25), ("history", 24)]

    fiftieth.delete()

    assert tell(sharing) == [("history", 24)]


def test_milestone_that_an_older_one_turns_out_to_have_been_is_no_news(sharing: Membership, ran: Ran) -> None:
    for week in range(2, 26):
        ran(7 * week)
    ran(1)
    tell(sharing)

    ran(500)

    assert tell(sharing) == [("parkrun", 26), ("history", 25)]


def test_numbers_are_claimed_only_after_the_first_full_run(sharing: Membership, athlete: User, ran: Ran) -> None:
    connect(athlete)
    for week in range(2, 26):
        ran(7 * week)
    ran(1)

    assert tell(sharing) == [("parkrun", None)]
    entry = shown(sharing.club)[0]
    assert [entry.data[name] for name in ("count", "first_here", "best")] == [None, None, None]
    AthleteState.objects.update(history_known=True)

    assert tell(sharing) == [("parkrun", 25), ("milestone", 25), ("history", 24)]
    entry.refresh_from_db()
    assert (entry.data["count"], entry.seq) == (25, 2)


@pytest.mark.parametrize(("visibility", "told"), [("everyone", 1), ("followers_only", 0), ("only_me", 0)])
def test_what_is_hidden_at_strava_is_hidden_here(
    sharing: Membership, ran: Ran, hidden: Activity, visibility: str, told: int
) -> None:
    result = ran(1)
    tell(sharing)
    Activity.objects.update(visibility=visibility)
    result.activity = hidden
    result.save()

    assert len(tell(sharing)) == told


def test_first_here_best_and_link(sharing: Membership, ran: Ran) -> None:
    ran(20, time_s=1600), ran(3, time_s=1500), ran(2, "home", time_s=1550)
    tell(sharing)
    bushy, home, _ = [entry.data for entry in shown(sharing.club)]
    assert (bushy["first_here"], bushy["best"], bushy["time_s"], bushy["url"]) == (False, "ever", 1500, None)
    assert (home["first_here"], home["best"], home["event_name"]) == (True, None, "Home parkrun")


@pytest.mark.parametrize(
    ("device_name", "device"), [("Garmin Forerunner 255", "Garmin Forerunner 255"), ("Apple Watch Series 9", None)]
)
def test_garmin_device_is_told(
    sharing: Membership, ran: Ran, hidden: Activity, device_name: str, device: str | None
) -> None:
    Activity.objects.update(visibility="everyone", device_name=device_name)
    result = ran(1)
    result.activity = hidden
    result.save()

    tell(sharing)

    assert [entry.data["device"] for entry in shown(sharing.club)] == [device]


def test_two_clubs_are_told_apart(sharing: Membership, athlete: User, ran: Ran) -> None:
    other = Club.objects.create(slug="joggers", name="Joggers")
    Membership.objects.create(club=other, user=athlete, shares_parkruns=True, shown_as="hidden")
    ran(1)
    tell(sharing)
    assert [entry.name for entry in shown(sharing.club)] == ["Alva B."]
    assert [entry.name for entry in shown(other)] == [""]
    assert is_sound(other)


def test_a_week_is_counted_by_the_clubs_clock() -> None:
    late = datetime(2026, 11, 21, 23, 30, tzinfo=ZoneInfo("UTC"))
    assert is_news(late.date() - timedelta(days=7), late, "Europe/London")
    assert not is_news(late.date() - timedelta(days=7), late, "Pacific/Auckland")


def test_run_that_is_taken_back_takes_what_was_stated_of_it_along(
    sharing: Membership, athlete: User, ran: Ran, hidden: Activity
) -> None:
    """Neither does a hidden run come to light by that."""
    result = ran(1)
    for visibility, told in (("only_me", 0), ("everyone", 1)):
        Activity.objects.update(visibility=visibility, state="saved", settled=True)
        result.activity, result.withheld = hidden, False
        result.save()
        assert len(tell(sharing)) == told

        unsave_activity(athlete.pk, hidden.strava_id)

        assert ParkrunResult.objects.filter(activity=None, withheld=True).count() == 1
        result.refresh_from_db()
        assert tell(sharing) == []


def test_letting_go_of_strava_claims_no_number_that_was_not_known(
    sharing: Membership, athlete: User, ran: Ran, hidden: Activity
) -> None:
    ran(30), ran(1)
    assert tell(sharing) == [("parkrun", None)]


def test_connecting_anew_takes_nothing_away(sharing: Membership, athlete: User, ran: Ran, hidden: Activity) -> None:
    AthleteState.objects.update(history_known=True)
    for week in range(2, 26):
        ran(7 * week)
    ran(1)
    expected = [("parkrun", 25), ("milestone", 25), ("history", 24)]
    assert tell(sharing) == expected
    connect(athlete)
    assert tell(sharing) == expected


def test_what_was_claimed_before_strava_was_connected_stands_until_it_is_known_better(
    sharing: Membership, athlete: User, ran: Ran
) -> None:
    for week in range(2, 26):
        ran(7 * week)
    last = ran(1)
    assert tell(sharing) == [("parkrun", 25), ("milestone", 25), ("history", 24)]
    Entry.objects.filter(kind="milestone").update(cheers=3)
    connect(athlete)

    assert tell(sharing) == [("parkrun", None), ("milestone", 25), ("history", 24)]
    AthleteState.objects.update(history_known=True)
    assert tell(sharing) == [("parkrun", 25), ("milestone", 25), ("history", 24)]
    assert Entry.objects.there().get(kind="milestone").cheers == 3

    AthleteState.objects.update(history_known=False)
    last.delete()
    assert tell(sharing) == [("history", 24)]
    ParkrunResult.objects.filter(pk__in=ParkrunResult.objects.all()[:20]).delete()
    assert tell(sharing) == [("history", 4)]
    ran(300), ran(301)
    assert tell(sharing) == [("history", 4)], "no number is claimed that was not"
    ParkrunResult.objects.all().delete()
    assert tell(sharing) == []
