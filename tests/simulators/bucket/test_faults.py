"""Faults as a client of Bucket sees them."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from simulators.bucket_process import BucketStandIn
from simulators.started import StandInError
from tests.simulators.bucket.client import Api, Client, problem


@pytest.mark.parametrize(
    ("kind", "status", "expected"),
    [
        ("not_active", 403, "The bearer token is not active"),
        ("not_allowed", 403, "Request was not allowed"),
        ("rate_limited", 429, "Too many requests"),
        ("server_error", 500, "Server error"),
        ("html", 502, "502 Bad Gateway"),
        ("empty", 500, ""),
    ],
)
def test_fault_response(api: Api, bucket: BucketStandIn, kind: str, status: int, expected: str) -> None:
    bucket.fault(kind, "list_things", calls=1)
    answer = api.call("GET", "/things")
    assert answer.status_code == status
    assert expected in answer.text
    assert api.call("GET", "/things").status_code == 200


def test_fault_of_one_person_with_a_chosen_status(api: Api, bucket: BucketStandIn) -> None:
    bucket.fault("html", "api", username=api.username, status=503, retry_after="7")
    other = Api(api.client, "tom-ashworth", bucket.grant("tom-ashworth")["access_token"])
    answer = api.call("GET", "/things")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "7")
    assert other.call("GET", "/things").status_code == 200
    assert api.client.userinfo(api.token).status_code == 200, "OAuth is not part of the API"


@pytest.mark.parametrize("kind", ["drop", "lose"])
def test_lost_answer_is_one_of_a_write_that_is_done_and_a_dropped_one_of_none(
    api: Api, bucket: BucketStandIn, kind: str
) -> None:
    path = api.make_property("COUNT")
    bucket.fault(kind, "write_values", calls=1)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        api.write(path, [1000, 1])
    assert api.read(path) == ([[1000, 1]] if kind == "lose" else [])


@pytest.mark.parametrize(("items", "stored"), [(0, []), (1, [[1000, 1], [2000, 2]])])
def test_swallowed_rows_are_answered_200(api: Api, bucket: BucketStandIn, items: int, stored: list[list[int]]) -> None:
    path = api.make_property("COUNT")
    bucket.fault("swallow", "write_values", items=items, calls=1)
    assert api.write(path, [1000, 1], [2000, 2], [3000, 3]).status_code == 200
    assert api.read(path) == stored


def test_body_is_cut(api: Api, bucket: BucketStandIn) -> None:
    path = api.make_property("COUNT")
    bucket.fault("truncate", "read_property", bytes=20, calls=1)
    with pytest.raises(httpx.RemoteProtocolError):
        api.read(path)
    assert api.read(path) == []


@pytest.mark.parametrize("fault", ["hold", "no content type"])
def test_call_without_an_answer(api: Api, bucket: BucketStandIn, fault: str) -> None:
    path = api.make_property("COUNT")
    if fault == "hold":
        bucket.fault("hold", "write_values")
    how = {"content": b'{"values": [[1000, 1]]}'} | (
        {"headers": {"Content-Type": "application/json"}} if fault == "hold" else {}
    )
    with pytest.raises(httpx.ReadTimeout):
        api.call("PUT", path, timeout=0.2, **how)
    assert bucket.rows(path.rpartition("/")[2]) == []


def test_held_call_goes_on_when_the_fault_is_switched_off(api: Api, bucket: BucketStandIn) -> None:
    fault = bucket.fault("hold", "list_things")
    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(api.call, "GET", "/things")
        with pytest.raises(TimeoutError):
            held.result(0.1)
        bucket.clear_fault(fault)
        assert held.result(30).status_code == 200


@pytest.mark.parametrize(
    ("kind", "expected"), [("invalid_grant", (400, "invalid_grant")), ("server_error", (500, "server_error"))]
)
def test_fault_of_a_refresh(
    client: Client, bucket: BucketStandIn, username: str, kind: str, expected: tuple[int, str]
) -> None:
    token = bucket.grant(username)["refresh_token"]
    bucket.fault(kind, "refresh", calls=1, username=username)
    assert client.refresh(bucket.grant("tom-ashworth")["refresh_token"]).status_code == 200
    assert problem(client.refresh(token)) == expected
    assert client.refresh(token).status_code == 200


def test_unknown_fault_is_refused(bucket: BucketStandIn) -> None:
    with pytest.raises(StandInError, match="kind must be one of"):
        bucket.fault("gremlins")
    with pytest.raises(StandInError, match="endpoint must be one of"):
        bucket.fault("drop", "athlete")
