"""Athletes who are connected and whose routine sync is due."""

from datetime import datetime, timedelta

from django.utils import timezone

from strava_live.accounts.connections import connect_strava
from strava_live.accounts.models import StravaConnection, User
from strava_live.activities.athlete_state import ensure_athlete_state
from strava_live.strava.payloads import Tokens


def due_connection(athlete: User, *, strava_id: int = 17, since: timedelta = timedelta(minutes=1)) -> StravaConnection:
    """Connect the athlete, as after a first import. Their routine sync has been due for `since`."""
    now = timezone.now()
    tokens = Tokens("a", "r", now + timedelta(hours=6))
    connection = connect_strava(athlete, strava_id=strava_id, tokens=tokens, scopes="read,activity:read_all")
    ensure_athlete_state(athlete.pk)
    set_fields(connection, synced_until=now, routine_at=now - since)
    return connection


def set_fields(connection: StravaConnection, **fields: object) -> None:
    StravaConnection.objects.filter(pk=connection.pk).update(**fields)
    connection.refresh_from_db()


def routine_at(athlete: User) -> datetime:
    at = StravaConnection.objects.values_list("routine_at", flat=True).get(user=athlete)
    assert at is not None
    return at
