"""Examples of the REST API's answers about an athlete and about events, for its documentation and for tests."""

from strava_live.protocol.api_athlete import (
    EventShape,
    EventsPage,
    ItemsPage,
    MeShape,
    ResultShape,
    ResultsPage,
    RunsPage,
)
from strava_live.protocol.examples import ITEM, RUN, WAITING
from strava_live.protocol.sync_shapes import ItemShape, RunShape

ADDRESS = "https://club.example.org/api/v1"
ME: MeShape = {
    "id": 7,
    "name": "Alva Berg",
    "username": "alva",
    "time_zone": "Europe/London",
    "parkrun_id": "1234567",
    "goal_time_s": 1470,
    "mark": 412,
    "strava": {
        "id": 4242,
        "connected_at": "2026-10-03T18:20:11Z",
        "needs_reconnecting": False,
        "may_read_activities": True,
    },
}
ITEMS_PAGE: ItemsPage = {
    "items": [ITEM],
    "next": f"{ADDRESS}/activities?state=saved&cursor=before.1795251605%2C16511223344",
    "previous": None,
}
DISMISSED: ItemShape = {**ITEM, "state": "dismissed"}
RESULT: ResultShape = {
    "id": 96,
    "event": "bushy",
    "event_name": "Bushy parkrun",
    "date": "2026-11-21",
    "junior": False,
    "how": "run",
    "volunteered": False,
    "time_s": 1500,
    "official_time_s": 1500,
    "position": 212,
    "note": "With the dog.",
    "count": 50,
    "first_here": False,
    "best": "event",
    "volunteer_count": None,
    "source": "recognised",
    "strava_id": 16511223344,
    "url": "https://www.strava.com/activities/16511223344",
}
TYPED_RESULT: ResultShape = {**RESULT, "id": 97, "source": "typed", "strava_id": None, "url": None}
RESULTS_PAGE: ResultsPage = {
    "items": [RESULT],
    "next": f"{ADDRESS}/parkruns?cursor=before.2026-11-21%2C96",
    "previous": None,
}
WAITING_RUN: RunShape = {
    **RUN,
    "id": 32,
    "state": "waiting",
    "since": "2026-11-01",
    "found": 0,
    "saved": 0,
    "pages": 0,
    "requests": 0,
    "oldest": None,
    "waiting": {**WAITING, "until": None, "reason": "busy"},
    "says": "Your import starts as soon as there's room.",
    "progress": "0 activities, 0 parkruns.",
    "checked": "0 activities",
    "result": "0 activities checked, 0 new parkruns",
    "milestone": "",
}
CANCELLED_RUN: RunShape = {
    **RUN,
    "state": "cancelled",
    "ended_at": "2026-11-21T10:15:00Z",
    "says": "Stopped at 400 activities. Everything imported so far stays.",
}
RUNS_PAGE: RunsPage = {"items": [WAITING_RUN], "next": f"{ADDRESS}/syncs?cursor=before.32%2C32", "previous": None}
EVENT: EventShape = {
    "slug": "bushy",
    "name": "Bushy parkrun",
    "short_name": "Bushy Park",
    "country": "GB",
    "region": "England",
    "latitude": 51.410992,
    "longitude": -0.335791,
    "junior": False,
    "time_zone": "Europe/London",
    "starts": "09:00",
    "closed_on": None,
    "distance_m": 214,
}
EVENTS_PAGE: EventsPage = {"items": [EVENT], "next": None, "previous": None}
