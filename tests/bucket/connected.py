"""A user who has connected Bucket, and saved activities of theirs."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from simulators.bucket_process import BucketStandIn
from strava_live.accounts.encryption import Secret
from strava_live.accounts.models import User
from strava_live.activities.athlete_state import ensure_athlete_state, next_marks
from strava_live.activities.models import Activity
from strava_live.bucket.models import BucketConnection
from tests.web.kept import activity

START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def connected(user: User, **fields: Any) -> BucketConnection:
    """Connect the user to a person at Bucket, without asking Bucket."""
    fields = {
        "person_id": f"dcd:persons:{user.username}",
        "access_token": Secret.of("access-token"),
        "refresh_token": Secret.of("refresh-token"),
        "expires_at": timezone.now() + timedelta(hours=1),
        "scopes": "openid offline profile email dcd:things dcd:properties",
        **fields,
    }
    return BucketConnection.objects.create(user=user, **fields)


def connected_to(bucket: BucketStandIn, user: User, **fields: Any) -> BucketConnection:
    """Connect the user to a person at the stand-in: a new one with the user's name, or the one with `person_id`."""
    person_id = fields.pop("person_id", "") or f"dcd:persons:{bucket.add_person(user.shown_name)}"
    granted = bucket.grant(person_id.removeprefix("dcd:persons:"))
    return connected(
        user,
        person_id=person_id,
        access_token=Secret.of(granted["access_token"]),
        refresh_token=Secret.of(granted["refresh_token"]),
        **fields,
    )


def username_of(connection: BucketConnection) -> str:
    """Return the name of the connection's person at the stand-in."""
    return connection.person_id.removeprefix("dcd:persons:")


def save_activity(athlete: User, strava_id: int, **fields: Any) -> Activity:
    """Store a saved activity with the athlete's next mark. It started as many minutes after START as its id says."""
    ensure_athlete_state(athlete.pk)
    start = START + timedelta(minutes=strava_id)
    values = {"start": start, "state": "saved", "distance_m": 5000.5, "elapsed_s": 1520, **fields}
    return activity(athlete, strava_id, **values)


def change(row: Activity, **fields: Any) -> None:
    """Change an activity, and give it the athlete's next mark, as the site does with every change."""
    for name, value in {**fields, "mark": next_marks(row.athlete_id, 1)[0]}.items():
        setattr(row, name, value)
    row.save()
