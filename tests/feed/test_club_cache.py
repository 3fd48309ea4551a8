"""The cache of a club's figures: computed once for each version of the club, and never shown when outdated."""

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
from strava_live.feed.club_cache import ClubCache
from strava_live.feed.figures import Figures, figures_of
from strava_live.feed.parkrun_entries import athlete_lock, reconcile_parkrun_entries
from strava_live.membership.leaving import leave
from strava_live.membership.names import save_profile
from strava_live.membership.sharing import share
from strava_live.social.posts import post
from tests.feed.entries import Ran
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.django_db
NOW = timezone.now()


class CountingCache:
    """A cache of figures that counts how often they were computed."""

    def __init__(self) -> None:
        self.times = 0
        self.cache = ClubCache(self.compute)

    def compute(self, club: Club, now: datetime) -> Figures:
        self.times += 1
        return figures_of(club, now)

    def of(self, club_id: int, now: datetime = NOW) -> Figures:
        return self.cache.get(Club.objects.get(pk=club_id), now)


@pytest.fixture
def cached() -> CountingCache:
    return CountingCache()


def test_result_is_computed_again_only_after_a_change(club: Club, athlete: User, cached: CountingCache) -> None:
    assert cached.of(club.pk) is cached.of(club.pk)
    assert cached.times == 1
    post(athlete.pk, club.pk, "Hello")
    assert cached.of(club.pk) is cached.of(club.pk)
    assert cached.times == 2


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
    "new time zone": lambda club, _, __: change_club(club.pk, name="Striders", time_zone="Australia/Brisbane"),
    "invitation": invitation_on_screens,
    "restored": lambda _, __, ___: begin_new_epochs(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_each_change_shows_at_once(
    club: Club, athlete: User, clubmate: User, ran: Ran, cached: CountingCache, change: Callable[..., object]
) -> None:
    ran(0)
    ran(7)
    share(club.pk, athlete.pk, parkruns=True)
    assert [one.name for one in cached.of(club.pk).streaks] == ["Alva B."]

    change(club, athlete, ran)

    found, fresh = cached.of(club.pk), figures_of(Club.objects.get(pk=club.pk), NOW)
    assert (found.year, found.streaks, found.recent) == (fresh.year, fresh.streaks, fresh.recent)
    assert cached.times == 2


def test_change_without_an_entry_shows_at_once(club: Club, athlete: User, sharing: Membership, ran: Ran) -> None:
    """Old parkruns of an athlete whose history is incomplete have no entry yet, and count."""
    cached = CountingCache()
    athlete.athletestate.history_known = False
    athlete.athletestate.save()
    before = Club.objects.get(pk=club.pk)
    assert cached.of(club.pk).year.parkruns == 0

    ran(8, "bushy")
    reconcile_parkrun_entries(athlete.pk)

    assert cached.of(club.pk).year.parkruns == figures_of(before, NOW).year.parkruns == 1


def test_result_is_computed_again_at_midnight_in_the_clubs_time_zone(club: Club, cached: CountingCache) -> None:
    Club.objects.update(time_zone="Australia/Brisbane")
    for hour, times in ((12, 1), (13, 1), (14, 2), (15, 2)):
        cached.of(club.pk, datetime(2026, 11, 20, hour, 30, tzinfo=UTC))
        assert cached.times == times


def test_request_that_read_the_club_earlier_gets_the_newer_result(
    club: Club, athlete: User, cached: CountingCache
) -> None:
    earlier = Club.objects.get(pk=club.pk)
    post(athlete.pk, club.pk, "Hello")
    newest = cached.of(club.pk)
    assert cached.cache.get(earlier, NOW) is newest
    assert cached.times == 1


def test_failed_computation_is_not_cached(club: Club, monkeypatch: pytest.MonkeyPatch, cached: CountingCache) -> None:
    def fail(*_: object) -> Figures:
        raise ZeroDivisionError

    with monkeypatch.context() as failing:
        failing.setattr(cached.cache, "compute", fail)
        with pytest.raises(ZeroDivisionError):
            cached.of(club.pk)
    assert cached.of(club.pk).year.parkruns == 0


def test_least_recently_used_clubs_are_dropped(
    club: Club, monkeypatch: pytest.MonkeyPatch, cached: CountingCache
) -> None:
    monkeypatch.setattr(club_cache, "MOST_CLUBS", 2)
    others = [Club.objects.create(slug=f"club-{number}", name="Other") for number in range(3)]
    for one in (club, *others):
        cached.of(one.pk)
    assert list(cached.cache.slots) == [one.pk for one in others[1:]]


def test_concurrent_requests_wait_for_one_computation(club: Club) -> None:
    """Ten threads ask for a result that is being computed. None of them uses the database."""
    started, finish, times = threading.Event(), threading.Event(), []

    def compute(_: Club, __: datetime) -> object:
        times.append(1)
        started.set()
        assert finish.wait(PATIENCE_S)
        return object()

    cache: ClubCache[object] = ClubCache(compute)
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(cache.get(club, NOW))) for _ in range(10)]
    for one in threads:
        one.start()
    assert started.wait(PATIENCE_S)
    finish.set()
    for one in threads:
        one.join(PATIENCE_S)
    assert (len(times), len(found), len(set(map(id, found)))) == (1, 10, 1)
