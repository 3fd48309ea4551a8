"""A club with two members, and what an athlete has run."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.utils import timezone

from strava_live.accounts.models import User
from strava_live.activities.marks import begin_marks
from strava_live.clubs.models import Club, Membership
from strava_live.feed.models import Entry
from strava_live.parkrun.models import ParkrunEvent
from strava_live.parkrun.result_models import ParkrunResult

Ran = Callable[..., ParkrunResult]


@pytest.fixture
def club(athlete: User, clubmate: User) -> Club:
    club = Club.objects.create(slug="striders", name="Striders", time_zone="Europe/London")
    for user in (athlete, clubmate):
        begin_marks(user.pk)
        Membership.objects.create(club=club, user=user)
    return club


@pytest.fixture
def sharing(club: Club, athlete: User) -> Membership:
    member = Membership.objects.get(club=club, user=athlete)
    member.shares_parkruns = True
    member.save()
    return member


@pytest.fixture
def ran(athlete: User) -> Ran:
    """A parkrun of the athlete's, so many days ago."""

    def add(days_ago: int, slug: str = "bushy", time_s: int | None = 1500) -> ParkrunResult:
        event, _ = ParkrunEvent.objects.get_or_create(
            slug=slug,
            defaults={
                "event_id": ParkrunEvent.objects.count() + 1,
                "name": f"{slug.title()} parkrun",
                "latitude": 51.4,
                "longitude": -0.3,
            },
        )
        return ParkrunResult.objects.create(
            athlete=athlete, event=event, day=day(days_ago), how="run", official_time_s=time_s, source="typed"
        )

    return add


def day(days_ago: int) -> date:
    return timezone.now().date() - timedelta(days=days_ago)


def shown(club: Club) -> list[Entry]:
    """What the club's feed shows, oldest first."""
    return list(Entry.objects.of_club(club.pk).there().newest_first())[::-1]


def is_sound(club: Club) -> bool:
    """Numbers without a gap up to the club's own, each entry under the number of its last change, and all counted."""
    club.refresh_from_db()
    seqs = sorted(Entry.objects.of_club(club.pk).values_list("seq", flat=True))
    return (not seqs or (seqs[-1] == club.seq and len(set(seqs)) == len(seqs))) and len(shown(club)) == club.entry_count
