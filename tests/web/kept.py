"""Store activities and connections directly in the database, without an import from Strava."""

from datetime import UTC, datetime, timedelta
from typing import Any

from strava_live.accounts.encryption import Secret
from strava_live.accounts.models import StravaConnection, User
from strava_live.activities.athlete_state import ensure_athlete_state, next_marks
from strava_live.activities.models import Activity
from strava_live.parkrun.reasons import Code, Reason

NEWEST = datetime(2026, 11, 14, 9, 0, tzinfo=UTC)
ROUTE = "_p~iF~ps|U_ulLnnqC_mqNvxq`@"


def connected(athlete: User, *, strava_id: int = 7, scopes: str = "read,activity:read") -> StravaConnection:
    return StravaConnection.objects.create(
        user=athlete,
        strava_id=strava_id,
        access_token=Secret.of("a"),
        refresh_token=Secret.of("r"),
        expires_at=NEWEST,
        scopes=scopes,
    )


def activity(athlete: User, strava_id: int, **different: Any) -> Activity:
    """Store an activity. `strava_id` also chooses its day: one day earlier for each higher number."""
    ensure_athlete_state(athlete.pk)
    start = different.pop("start", None) or NEWEST - timedelta(days=strava_id)
    fields = {
        "name": f"Run {strava_id}",
        "sport_type": "Run",
        "wall_clock": start.replace(tzinfo=None).isoformat(),
        "utc_offset_s": 0,
        "zone": "Europe/London",
        "distance_m": 5020.0,
        "moving_s": 1500,
        "elapsed_s": 1571,
        "visibility": "everyone",
        "mark": next_marks(athlete.pk, 1)[-1],
        "seen_at": NEWEST,
        "reasons": [Reason.of(Code.NEAR_EVENT, metres=140, event="Bushy").stored()],
        "polyline": ROUTE,
        **different,
    }
    return Activity.objects.create(athlete=athlete, strava_id=strava_id, start=start, **fields)


def parkrun(athlete: User, strava_id: int, **different: Any) -> Activity:
    sure = {"parkrun": "sure", "state": "saved", "event_slug": "bushy", "event_name": "Bushy parkrun"}
    return activity(athlete, strava_id, **{**sure, **different})


def maybe(athlete: User, strava_id: int, **different: Any) -> Activity:
    return activity(athlete, strava_id, **{"parkrun": "maybe", **different})
