"""Parkrun results of a person, typed in or from Strava."""

from datetime import UTC, datetime, time, timedelta

from django.utils import timezone

from strava_live.accounts.models import User
from strava_live.activities.models import Activity
from strava_live.parkrun.models import ParkrunEvent
from strava_live.parkrun.result_models import ParkrunResult
from tests.web.kept import parkrun


def event(slug: str = "bushy", *, series: str = "5k") -> ParkrunEvent:
    found, _ = ParkrunEvent.objects.get_or_create(
        slug=slug,
        defaults={
            "event_id": 1_000_000 + ParkrunEvent.objects.count(),
            "name": f"{slug.title()} parkrun",
            "latitude": 51.4,
            "longitude": -0.3,
            "series": series,
        },
    )
    return found


def ran(who: User, days_ago: int, slug: str = "bushy", *, series: str = "5k", **stated: object) -> ParkrunResult:
    """Create a result that the athlete typed in."""
    day = timezone.now().date() - timedelta(days=days_ago)
    fields: dict[str, object] = {"how": "run", "official_time_s": 1500, "source": "typed", **stated}
    return ParkrunResult.objects.create(athlete=who, event=event(slug, series=series), day=day, **fields)


def watched(who: User, days_ago: int, strava_id: int, *, visibility: str = "everyone") -> ParkrunResult:
    """Create a result with its activity from Strava."""
    day = timezone.now().date() - timedelta(days=days_ago)
    start = datetime.combine(day, time(9), UTC)
    activity: Activity = parkrun(who, strava_id, start=start, visibility=visibility)
    return ParkrunResult.objects.create(athlete=who, event=event(), day=day, source="recognised", activity=activity)
