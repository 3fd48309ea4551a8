"""The signed-in person, and their connection to Strava."""

from django.http import HttpResponse
from ninja import Router

from strava_live.accounts.models import StravaConnection
from strava_live.activities.athlete_state import current_mark
from strava_live.api.answers import json_answer
from strava_live.api.caller import ApiRequest
from strava_live.api.documented import documented
from strava_live.formats import utc_iso
from strava_live.protocol.api_athlete import MeShape, MyStravaShape
from strava_live.protocol.api_examples_athlete import ME

router = Router(tags=["Me"])


@router.get("/me", **documented(MeShape, example=ME))
def read_me(request: ApiRequest) -> HttpResponse:
    """Read who you are, and how your connection to Strava stands."""
    user = request.auth.user
    strava = StravaConnection.objects.filter(user=user).first()
    me: MeShape = {
        "id": user.pk,
        "name": user.shown_name,
        "username": user.username,
        "time_zone": user.time_zone,
        "parkrun_id": user.parkrun_id or None,
        "goal_time_s": user.goal_time_s,
        "mark": current_mark(user.pk),
        "strava": strava_shape(strava) if strava else None,
    }
    return json_answer(request, dict(me))


def strava_shape(strava: StravaConnection) -> MyStravaShape:
    return {
        "id": strava.strava_id,
        "connected_at": utc_iso(strava.connected_at),
        "needs_reconnecting": strava.needs_reconnecting,
        "may_read_activities": strava.may_read_activities,
    }
