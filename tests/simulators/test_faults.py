"""Faults as the application sees them."""

import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from simulators.process import StandIn
from simulators.started import StandInError
from tests.simulators.application import Application

LISTED = "athlete/activities"


@pytest.mark.parametrize(
    ("kind", "status", "expected"),
    [
        ("unauthorized", 401, "Authorization Error"),
        ("inactive", 403, "Inactive"),
        ("not_found", 404, "Record Not Found"),
        ("rate_limited", 429, "Rate Limit Exceeded"),
        ("server_error", 500, '{"message": "error"}'),
        ("html", 502, "<H1>502 ERROR</H1>"),
        ("empty", 404, ""),
    ],
)
def test_fault_response(
    application: Application, strava: StandIn, token: str, kind: str, status: int, expected: str
) -> None:
    strava.fault(kind, "athlete", calls=1)
    answer = application.get(token, "athlete")
    assert answer.status_code == status
    assert expected in answer.text
    assert application.get(token, "athlete").status_code == 200


def test_fault_with_a_chosen_status(application: Application, strava: StandIn, token: str) -> None:
    strava.fault("server_error", "athlete", calls=1, status=503)
    strava.fault("html", LISTED.rpartition("/")[2], calls=1, status=200)
    assert application.get(token, "athlete").status_code == 503
    assert application.get(token, LISTED).headers["content-type"].startswith("text/html")


def test_fault_ends_after_its_time(application: Application, strava: StandIn, token: str) -> None:
    began = time.monotonic()
    strava.fault("server_error", "athlete", seconds=0.3)
    while application.get(token, "athlete").status_code == 500:
        time.sleep(0.02)
    assert time.monotonic() - began >= 0.3
    assert application.get(token, "athlete").status_code == 200


def test_fault_applies_to_its_endpoint_and_athlete_until_switched_off(
    application: Application, strava: StandIn, athlete_id: int, token: str
) -> None:
    other = strava.grant(strava.add_athlete(activities=1))["access_token"]
    strava.fault("server_error", "api", athlete_id=athlete_id)
    assert [application.get(token, "athlete").status_code for _ in range(3)] == [500] * 3
    assert application.get(other, "athlete").status_code == 200
    assert application.refresh("unknown").status_code == 400
    strava.clear_faults()
    assert application.get(token, "athlete").status_code == 200


def test_fault_can_skip_calls(application: Application, strava: StandIn, token: str) -> None:
    strava.fault("server_error", "athlete", skip=2, calls=1)
    assert [application.get(token, "athlete").status_code for _ in range(4)] == [200, 200, 500, 200]


def test_latency(application: Application, strava: StandIn, token: str) -> None:
    strava.fault("latency", "athlete", ms=120)
    began = time.monotonic()
    application.get(token, "athlete")
    assert time.monotonic() - began >= 0.12


def test_call_is_held_until_the_fault_is_switched_off(application: Application, strava: StandIn, token: str) -> None:
    strava.fault("hold", "athlete")
    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(application.get, token, "athlete")
        with pytest.raises(TimeoutError):
            held.result(0.2)
        strava.clear_faults()
        assert held.result(30).status_code == 200


def test_drip_sends_one_activity_at_a_time(application: Application, strava: StandIn, token: str) -> None:
    strava.fault("drip", "activities", ms=20)
    began = time.monotonic()
    assert len(application.get(token, LISTED, per_page=10).json()) == 10
    assert time.monotonic() - began >= 0.2


def test_list_stops_after_some_activities_until_the_fault_is_switched_off(
    application: Application, strava: StandIn, token: str
) -> None:
    pauses = {count: strava.fault("pause", "activities", items=count) for count in (1, 2, 7)}
    headers = {"Authorization": f"Bearer {token}"}
    with application.http.stream("GET", f"{strava.api_url}/{LISTED}?per_page=10", headers=headers) as answer:
        whole = b""
        for piece in answer.iter_raw():
            whole += piece
            if (count := whole.count(b'"sport_type"')) in pauses:
                strava.clear_fault(pauses.pop(count))
            assert all(count < later for later in pauses)
    assert len(httpx.Response(200, content=whole).json()) == 10


@pytest.mark.parametrize("dripping", [False, True])
def test_truncated_body(application: Application, strava: StandIn, token: str, dripping: bool) -> None:
    strava.fault("truncate", "activities", bytes=5000, calls=1)
    if dripping:
        strava.fault("drip", "activities", ms=1, calls=1)
    received = bytearray()
    with pytest.raises(httpx.RemoteProtocolError):
        read_into(received, application, token)
    assert len(received) == 5000
    assert len(application.page(token)) == 30


def read_into(received: bytearray, application: Application, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    with application.http.stream("GET", f"{application.strava.api_url}/{LISTED}", headers=headers) as answer:
        for piece in answer.iter_raw():
            received += piece


def test_dropped_call_has_no_response(application: Application, strava: StandIn, token: str) -> None:
    strava.fault("drop", "athlete", calls=1)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        application.get(token, "athlete")
    assert application.get(token, "athlete").status_code == 200


def test_unknown_fault_is_refused(strava: StandIn) -> None:
    with pytest.raises(StandInError, match="kind must be one of"):
        strava.fault("gremlins")
    with pytest.raises(StandInError, match="endpoint must be one of"):
        strava.fault("drop", "nowhere")
