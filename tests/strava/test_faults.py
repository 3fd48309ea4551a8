"""Error responses become errors, and every error has its texts."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strava_live.strava import errors
from strava_live.strava.errors import (
    AppInactive,
    AthleteLimit,
    Gone,
    NotSubscribed,
    ReconnectNeeded,
    ScopeMissing,
    StravaDown,
    StravaError,
    TokenRefused,
    UnexpectedAnswer,
)
from strava_live.strava.faults import Endpoint, error_for

HTML = b"<html><title>502</title></html>"


def fault(resource: str = "", field: str = "", code: str = "", message: str = "Bad Request") -> bytes:
    return json.dumps({"message": message, "errors": [{"resource": resource, "field": field, "code": code}]}).encode()


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (401, fault("Athlete", "access_token", "invalid"), TokenRefused),
        (401, fault("Application", "", "invalid"), TokenRefused),
        (401, b"", TokenRefused),
        (401, fault("AccessToken", "activity:read_permission", "missing"), ScopeMissing),
        (401, fault("Application", "internal", "invalid"), UnexpectedAnswer),
        (403, fault("Application", "Status", "Inactive"), AppInactive),
        (403, fault(message="Limit of connected athletes exceeded"), AthleteLimit),
        (403, HTML, UnexpectedAnswer),
        (400, fault("Application", "client_id", "invalid"), AppInactive),
        (400, fault("Application", "after", "future"), UnexpectedAnswer),
        (400, fault("PushSubscription", "", "already exists"), NotSubscribed),
        (400, fault("PushSubscription", "callback url", "not verifiable"), NotSubscribed),
        (404, fault("PushSubscription", "", "not found"), UnexpectedAnswer),
        (402, fault(message="Payment Required"), UnexpectedAnswer),
        (404, b"", UnexpectedAnswer),
        (404, fault("resource", "path", "invalid"), UnexpectedAnswer),
        (302, b"", UnexpectedAnswer),
        (500, b'{"message": "error"}', StravaDown),
        (502, HTML, StravaDown),
        (503, b"", StravaDown),
    ],
)
def test_response_becomes_its_error(status: int, body: bytes, expected: type[StravaError]) -> None:
    assert type(error_for(status, {}, body)) is expected


@pytest.mark.parametrize(
    "body", [fault("RefreshToken", "refresh_token", "invalid"), fault("AuthorizationCode", "", "expired"), b""]
)
def test_refused_sign_in_is_reconnect_needed(body: bytes) -> None:
    assert type(error_for(400, {}, body, endpoint=Endpoint.OAUTH)) is ReconnectNeeded


@pytest.mark.parametrize("body", [b"", fault("StravaActivity", "", "not found")])
def test_404_is_gone_only_for_an_activity(body: bytes) -> None:
    assert type(error_for(404, {}, body, endpoint=Endpoint.ACTIVITY)) is Gone
    for endpoint in (Endpoint.OAUTH, Endpoint.OTHER):
        assert "activity" not in error_for(404, {}, body, endpoint=endpoint).sentence


def test_error_carries_the_wait_that_strava_asks_for() -> None:
    assert error_for(503, {"retry-after": "30"}, b"").retry_after == 30


JSON = st.recursive(
    st.none() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["message", "errors", "resource", "field", "code"]), inner)
    ),
)


@given(
    status=st.integers(300, 599), data=JSON, endpoint=st.sampled_from(Endpoint), cut=st.integers(0, 80), asked=st.text()
)
def test_any_error_response_becomes_a_strava_error(
    status: int, data: object, endpoint: Endpoint, cut: int, asked: str
) -> None:
    error = error_for(status, {"retry-after": asked}, json.dumps(data).encode()[cut:], endpoint=endpoint)
    assert isinstance(error, StravaError)
    assert 0 <= error.retry_after <= 3600


def test_every_error_is_in_the_tree_and_has_texts() -> None:
    tree = errors.__doc__ or ""
    found = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, StravaError)]
    assert len(found) == 12
    for kind in found:
        assert kind.__name__ in tree
        if kind is not StravaError:
            assert kind.code
            assert kind.sentence.endswith(".")
            assert kind.next_step.endswith(".")
