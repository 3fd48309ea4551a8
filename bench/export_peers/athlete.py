"""Create an athlete with many activities. bench/export.py runs this through `manage.py shell` of a site."""

from datetime import timedelta
from random import Random

from strava_live.accounts.models import User
from strava_live.activities.models import Activity
from tests.live.founding import sessions_of
from tests.web import kept

ROUTE_LENGTH = 500
"""The number of characters of a route. They encode 250 points; Strava's summaries have hundreds, too."""


def print_session(activities: int) -> None:
    """Create an athlete with activities, each with a route of its own, and print the session key."""
    athlete, random = User.objects.create_user(f"athlete-{activities}", time_zone="Europe/London"), Random(1)
    first = kept.activity(athlete, activities, state=Activity.State.SAVED)
    fields = {field.attname: getattr(first, field.attname) for field in Activity._meta.concrete_fields} | {"id": None}
    for number in range(1, activities, 1000):
        Activity.objects.bulk_create(
            Activity(**fields | different(first, each, random))
            for each in range(number, min(number + 1000, activities))
        )
    print(*sessions_of([athlete]))


def different(first: Activity, number: int, random: Random) -> dict[str, object]:
    """Return what differs from activity to activity. There are three in a day."""
    start = first.start - timedelta(hours=8 * number)
    return {
        "strava_id": number,
        "start": start,
        "wall_clock": start.replace(tzinfo=None).isoformat(),
        "name": f"Morning run {number}",
        "polyline": "".join(random.choices("?@ABCDEFGHIJ", k=ROUTE_LENGTH)),
        "device_name": "Garmin Forerunner 255",
    }
