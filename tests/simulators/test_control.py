"""The control calls and the control page."""

import random
import time
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from simulators.process import StandIn
from simulators.started import StandInError
from simulators.strava.activity import Label
from simulators.strava.athletes import Athlete
from simulators.strava.events import all_events
from simulators.strava.finish import finished_parkrun
from simulators.strava.timeline import Timeline
from tests.simulators.application import Application


def test_cast_has_six_athletes_with_years_of_activities(strava: StandIn) -> None:
    cast = [one for one in strava.athletes() if one["id"] < 200_000]
    assert [one["name"].split()[0] for one in cast] == ["Priya", "Tom", "Ines", "Callum", "Aroha", "Sipho"]
    assert [one["activities"] for one in cast if one["name"].startswith("Ines")] == [3000]
    assert all(one["activities"] > 90 for one in cast)


def test_cast_has_no_parkrun_in_the_last_week(strava: StandIn) -> None:
    assert strava.activities(100_001)[0]["start"] < time.time() - 7 * 86_400


def test_finished_parkrun_is_clear(application: Application, strava: StandIn) -> None:
    athlete_id = strava.add_athlete(activities=1, event="tampere")
    made = strava.finish_parkrun(athlete_id, event="malahide")
    token = strava.grant(athlete_id, "read,activity:read_all")["access_token"]
    activity = application.get(token, f"activities/{made['id']}").json()
    start = datetime.fromtimestamp(made["start"], ZoneInfo("Europe/Dublin"))
    assert start.strftime("%A %H") == "Saturday 09"
    assert 30 <= start.minute <= 35
    assert 4900 <= activity["distance"] <= 5100
    assert activity["sport_type"] == "Run"
    assert [label["event"] for label in strava.labels(athlete_id) if label["parkrun"]] == ["malahide"]


def test_finished_parkruns_are_on_different_saturdays(strava: StandIn) -> None:
    athlete_id = strava.add_athlete(activities=0)
    made = [strava.finish_parkrun(athlete_id)["start"] for _ in range(3)]
    days = [datetime.fromtimestamp(start, ZoneInfo("Australia/Brisbane")).date() for start in made]
    assert [(days[0] - day).days for day in days] == [0, 7, 14]


def test_finished_right_now_ends_now(strava: StandIn, athlete_id: int) -> None:
    made = strava.finish_parkrun(athlete_id, right_now=True)
    assert time.time() - 2200 < made["start"] < time.time()


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-20T12:00", "2026-11-14"),  # a Friday
        ("2026-11-21T06:59", "2026-11-14"),  # a Saturday before the start
        ("2026-11-21T07:20", "2026-11-14"),  # a Saturday before any upload is possible
        ("2026-11-21T08:10", "2026-11-21"),
        ("2026-11-22T08:00", "2026-11-21"),
    ],
)
def test_finished_parkrun_is_of_the_last_saturday(now: str, expected: str) -> None:
    event = all_events()["newfarm"]
    zone = ZoneInfo(event.zone)
    athlete = Athlete(1, "A", "B", "F", "", "", event.zone, event.slug, timeline=Timeline())
    instant = int(datetime.fromisoformat(now).replace(tzinfo=zone).timestamp())
    activity = finished_parkrun(athlete, event, now=instant, chance=random.Random(1))
    assert str(datetime.fromtimestamp(activity.start, zone).date()) == expected
    assert activity.label == Label(parkrun=True, event="newfarm", why="finished on a control call")


def test_page_shows_every_athlete_and_its_forms_work(application: Application, strava: StandIn) -> None:
    athlete_id = strava.add_athlete(activities=2, lastname="<b>")
    front = application.http.get(strava.url, follow_redirects=True)
    assert front.url.path == "/control/"
    assert "Finish a parkrun" in front.text
    assert "&lt;b&gt;" in front.text
    forms: dict[str, dict[str, object]] = {
        "parkrun": {"athlete_id": athlete_id, "event": "bushy"},
        "faults": {"kind": "latency", "endpoint": "athlete", "ms": "5", "calls": "", "status": ""},
        "limits": {"read": "300,3000", "overall": "600,6000", "window_s": "900", "used": "0,0"},
        "webhooks": {"mode": "hold", "copies": "1"},
        "webhooks/release": {},
        "settings": {"not_found_ms": "0", "listed_at_once": "false"},
        "revoke": {"athlete_id": athlete_id},
        "activity/change": {"id": strava.activities(athlete_id)[0]["id"], "name": "2026 & on"},
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    for call, form in forms.items():
        answer = application.http.post(f"{strava.url}/control/{call}", data=form, headers=headers)
        assert (answer.status_code, answer.headers.get("location")) == (303, "/control/"), call
    names = {one["name"] for one in strava.activities(athlete_id)}
    assert "Bushy parkrun" in names
    after = application.http.get(f"{strava.url}/control/").text
    assert "latency · athlete" in after
    assert "2026 &amp; on" in after
    assert "of 300 in this window" in after


@pytest.mark.parametrize(
    ("call", "body", "status"),
    [
        ("parkrun", "{}", 400),
        ("parkrun", '{"athlete_id": 5}', 404),
        ("parkrun", '{"athlete_id": 100001, "event": "atlantis"}', 400),
        ("activity/change", '{"id": 1}', 404),
        ("settings", '{"colour": "red"}', 400),
        ("settings", '{"rotation": "sometimes"}', 400),
        ("limits", '{"read": 5}', 400),
        ("settings", '{"not_found_ms": -1}', 400),
        ("settings", '{"not_found_ms": "soon"}', 400),
        ("settings", '{"listed_at_once": "perhaps"}', 400),
        ("activity/change", '{"id": 1, "trimmed_m": 5000}', 400),
        ("webhooks", '{"mode": "maybe"}', 400),
        ("batch", '{"calls": [["nothing", {}]]}', 400),
        ("batch", '{"calls": [["parkrun"]]}', 400),
        ("batch", '{"calls": [["parkrun", {"athlete_id": 5}]]}', 404),
        ("webhooks", '{"copies": 0}', 400),
        ("webhooks", '{"copies": 4}', 400),
        ("webhooks", '{"copies": 1.5}', 400),
        ("webhooks", '{"copies": NaN}', 400),
        ("webhooks", '{"delay_ms": -1}', 400),
        ("webhooks", '{"jitter_ms": "long"}', 400),
        ("webhooks", '{"lost_share": 1.1}', 400),
        ("webhooks", '{"signature": "good"}', 400),
        ("webhooks", '{"colour": "red"}', 400),
        ("webhooks/forge", "{}", 400),
        ("webhooks/forge", '{"event": "not json"}', 400),
        ("webhooks/forge", '{"event": {}, "callback_url": "ftp://x/"}', 400),
        ("stats", "[]", 405),
        ("grant", "[]", 400),
        ("grant", "no json", 400),
    ],
)
def test_invalid_control_calls_are_refused_with_a_message(
    application: Application, strava: StandIn, call: str, body: str, status: int
) -> None:
    assert application.http.post(f"{strava.url}/control/{call}", content=body).status_code == status


def test_batch_makes_several_calls_in_their_order(strava: StandIn) -> None:
    made = strava.batch([("athletes", {"activities": 0})] * 3)
    ids = [one["athlete_id"] for one in made]
    answers = strava.batch([("grant", {"athlete_id": ids[0]}), ("parkrun", {"athlete_id": ids[1]})])
    assert sorted(set(ids)) == ids
    assert "access_token" in answers[0]
    assert [one["id"] for one in strava.activities(ids[1])] == [answers[1]["id"]]


def test_last_calls_say_when_they_began_and_ended(
    application: Application, strava: StandIn, athlete_id: int, token: str
) -> None:
    strava.fault("latency", "athlete", ms=30, calls=1)
    began = time.time()
    application.get(token, "athlete")
    call = strava.calls(athlete_id)[-1]
    assert call["endpoint"] == "athlete"
    assert began < call["began"] < call["began"] + 0.03 < call["ended"] < time.time()


def test_stats_count_calls_connections_and_tokens(application: Application, strava: StandIn, token: str) -> None:
    before = strava.stats()
    application.get(token, "athlete")
    application.get("0" * 40, "athlete")
    after = strava.stats()
    assert after["calls"]["athlete"] - before["calls"].get("athlete", 0) == 2
    assert after["statuses"]["athlete 401"] - before["statuses"].get("athlete 401", 0) == 1
    assert after["open_connections"] >= 2
    assert set(after["tokens"]) >= {"access_tokens_issued", "refreshes", "dead_refresh_tokens_presented"}


def test_athlete_with_a_realistic_history(strava: StandIn) -> None:
    athlete_id = strava.add_athlete(years=2, seed=5)
    labels = strava.labels(athlete_id)
    assert len(labels) > 50
    assert {label["parkrun"] for label in labels} == {True, False}


def test_failure_to_start_is_an_error() -> None:
    with pytest.raises(StandInError, match="did not start"):
        StandIn("--port", "1", "--host", "256.0.0.1")


def test_stopped_stand_in_exits_with_0() -> None:
    strava = StandIn("--no-cast")
    application = Application(strava)
    application.http.get(strava.url)
    assert strava.stop() == 0
    application.http.close()
