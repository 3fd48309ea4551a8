"""What all walls of a club show is computed once a process and change, and never shown when it can be another."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.utils import timezone

from strava_live.accounts.models import User
from strava_live.clubs.founding import begin_new_epochs, change_club
from strava_live.clubs.keys import invite, revoke_invitation
from strava_live.clubs.models import Club, Membership
from strava_live.feed import club_cache
from strava_live.feed.athlete_lock import athlete_lock
from strava_live.feed.club_cache import ClubCache
from strava_live.feed.figures import Figures, figures_of
from strava_live.feed.parkrun_entries import reconcile_parkrun_entries
from strava_live.feed.posts import post
from strava_live.membership.leaving import leave
from strava_live.membership.names import save_profile
from strava_live.membership.sharing import share
from tests.feed.conftest import Ran

pytestmark = pytest.mark.django_db
NOW = timezone.now()


class Counted:
    """Figures, and how often they were computed."""

    def __init__(self) -> None:
        self.times = 0
        self.kept = ClubCache(self.compute)

    def compute(self, club: Club, now: datetime) -> Figures:
        self.times += 1
        return figures_of(club, now)

    def of(self, club_id: int, now: datetime = NOW) -> Figures:
        return self.kept.get(Club.objects.get(pk=club_id), now)


@pytest.fixture
def counted() -> Counted:
    return Counted()


def test_nothing_is_computed_again_until_something_changes(club: Club, athlete: User, counted: Counted) -> None:
    assert counted.of(club.pk) is counted.of(club.pk)
    assert counted.times == 1
    post(athlete.pk, club.pk, "Hello")
    assert counted.of(club.pk) is counted.of(club.pk)
    assert counted.times == 2


def older_parkrun(club: Club, athlete: User, ran: Ran) -> None:
    with athlete_lock(athlete.pk):
        ran(20)


def new_name(club: Club, athlete: User, ran: Ran) -> None:
    athlete.display_name = "Alba Stone"
    save_profile(athlete, "display_name")


def invitation_on_screens(club: Club, athlete: User, ran: Ran) -> None:
    revoke_invitation(club.pk, invite(club.pk, on_screens=True).pk)


CHANGES: dict[str, Callable[[Club, User, Ran], object]] = {
    "withdrawn": lambda club, athlete, _: share(club.pk, athlete.pk, parkruns=False),
    "hidden": lambda club, athlete, _: share(club.pk, athlete.pk, parkruns=True, shown_as="hidden"),
    "left": lambda club, athlete, _: leave(club.pk, athlete.pk),
    "new name": new_name,
    "older parkrun": older_parkrun,
    "another zone": lambda club, _, __: change_club(club.pk, name="Striders", time_zone="Australia/Brisbane"),
    "invitation": invitation_on_screens,
    "restored": lambda _, __, ___: begin_new_epochs(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_each_change_is_seen_at_once(
    club: Club, athlete: User, clubmate: User, ran: Ran, counted: Counted, change: Callable[..., object]
) -> None:
    ran(0)
    ran(7)
    share(club.pk, athlete.pk, parkruns=True)
    assert [one.name for one in counted.of(club.pk).streaks] == ["Alva B."]

    change(club, athlete, ran)

    found, fresh = counted.of(club.pk), figures_of(Club.objects.get(pk=club.pk), NOW)
    assert (found.year, found.streaks, found.recent) == (fresh.year, fresh.streaks, fresh.recent)
    assert counted.times == 2


def test_change_that_gives_no_number_is_seen(club: Club, athlete: User, sharing: Membership, ran: Ran) -> None:
    """Parkruns of somebody whose history is being read are told by no entry yet, and count."""
    counted = Counted()
    athlete.athletestate.history_known = False
    athlete.athletestate.save()
    before = Club.objects.get(pk=club.pk)
    assert counted.of(club.pk).year.parkruns == 0

    ran(8, "bushy")
    reconcile_parkrun_entries(athlete.pk)

    assert counted.of(club.pk).year.parkruns == figures_of(before, NOW).year.parkruns == 1


def test_another_day_is_computed_by_the_clubs_clock(club: Club, counted: Counted) -> None:
    Club.objects.update(time_zone="Australia/Brisbane")
    for hour, times in ((12, 1), (13, 1), (14, 2), (15, 2)):
        counted.of(club.pk, datetime(2026, 11, 20, hour, 30, tzinfo=UTC))
        assert counted.times == times


def test_who_read_the_clubs_row_earlier_gets_what_is_newer(club: Club, athlete: User, counted: Counted) -> None:
    earlier = Club.objects.get(pk=club.pk)
    post(athlete.pk, club.pk, "Hello")
    newest = counted.of(club.pk)
    assert counted.kept.get(earlier, NOW) is newest
    assert counted.times == 1


def test_failed_computation_is_not_kept(club: Club, monkeypatch: pytest.MonkeyPatch, counted: Counted) -> None:
    def fail(*_: object) -> Figures:
        raise ZeroDivisionError

    with monkeypatch.context() as failing:
        failing.setattr(counted.kept, "compute", fail)
        with pytest.raises(ZeroDivisionError):
            counted.of(club.pk)
    assert counted.of(club.pk).year.parkruns == 0


def test_clubs_that_were_not_asked_for_long_are_let_go(
    club: Club, monkeypatch: pytest.MonkeyPatch, counted: Counted
) -> None:
    monkeypatch.setattr(club_cache, "MOST_CLUBS", 2)
    others = [Club.objects.create(slug=f"club-{number}", name="Other") for number in range(3)]
    for one in (club, *others):
        counted.of(one.pk)
    assert list(counted.kept.slots) == [one.pk for one in others[1:]]


def test_who_asks_while_it_is_computed_waits_for_that(club: Club) -> None:
    """Ten at once, without a database of their own."""
    begun, go_on, times = threading.Event(), threading.Event(), []

    def compute(_: Club, __: datetime) -> object:
        times.append(1)
        begun.set()
        assert go_on.wait(10)
        return object()

    kept: ClubCache[object] = ClubCache(compute)
    found: list[object] = []
    asking = [threading.Thread(target=lambda: found.append(kept.get(club, NOW))) for _ in range(10)]
    for one in asking:
        one.start()
    assert begun.wait(10)
    go_on.set()
    for one in asking:
        one.join(10)
    assert (len(times), len(found), len(set(map(id, found)))) == (1, 10, 1)
