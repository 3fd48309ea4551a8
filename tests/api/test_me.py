"""GET /api/v1/me: who the caller is, and their connection to Strava."""

import pytest

from strava_live.accounts.models import StravaConnection, User
from strava_live.activities.athlete_state import current_mark
from strava_live.protocol.api_athlete import MeShape
from tests.api.client import ApiClient
from tests.api.shapes import read_answer
from tests.web import kept

pytestmark = pytest.mark.once


def test_new_person(read_token: str, athlete: User) -> None:
    assert read_answer(ApiClient(read_token).get("me"), MeShape) == {
        "id": athlete.pk,
        "name": "Alva Berg",
        "username": "alva",
        "time_zone": "Europe/London",
        "parkrun_id": None,
        "goal_time_s": None,
        "mark": 0,
        "strava": None,
    }


def test_person_with_strava_and_activities(read_token: str, athlete: User) -> None:
    User.objects.filter(pk=athlete.pk).update(display_name="", parkrun_id="1234567", goal_time_s=1470)
    strava = kept.connected(athlete)
    kept.activity(athlete, 1)

    me = read_answer(ApiClient(read_token).get("me"), MeShape)

    assert (me["name"], me["parkrun_id"], me["goal_time_s"]) == ("alva", "1234567", 1470)
    assert me["mark"] == current_mark(athlete.pk) == 1
    assert me["strava"]["id"] == strava.strava_id
    assert (me["strava"]["needs_reconnecting"], me["strava"]["may_read_activities"]) == (False, True)


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [({"trouble": "reconnect_needed"}, "needs_reconnecting", True), ({"scopes": "read"}, "may_read_activities", False)],
)
def test_connection_that_cannot_be_used(
    read_token: str, athlete: User, changes: dict[str, str], field: str, value: bool
) -> None:
    kept.connected(athlete)
    StravaConnection.objects.update(**changes)

    assert read_answer(ApiClient(read_token).get("me"), MeShape)["strava"][field] is value


def test_answer_without_changes_is_304(read_token: str) -> None:
    client = ApiClient(read_token)
    tag = client.get("me").headers["ETag"]

    assert client.get("me", headers={"If-None-Match": tag}).status_code == 304
