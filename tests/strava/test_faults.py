"""What each answer of Strava's means, and what each error tells the athlete and the caller."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strava_live.strava import errors
from strava_live.strava.errors import (
    AppInactive,
    AthleteLimit,
    Garbled,
    Gone,
    NotUnderstood,
    RateLimited,
    ReconnectNeeded,
    ScopeMissing,
    StravaDown,
    StravaError,
    TokenRefused,
)
from strava_live.strava.faults import error_for

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
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
        (401, fault("Application", "internal", "invalid"), NotUnderstood),
        (403, fault("Application", "Status", "Inactive"), AppInactive),
        (403, fault(message="Limit of connected athletes exceeded"), AthleteLimit),
        (403, HTML, NotUnderstood),
        (400, fault("Application", "client_id", "invalid"), AppInactive),
        (400, fault("Application", "after", "future"), NotUnderstood),
        (402, fault(message="Payment Required"), NotUnderstood),
        (404, b"", Gone),
        (404, fault("Activity", "", "not found"), Gone),
        (302, b"", NotUnderstood),
        (500, b'{"message": "error"}', StravaDown),
        (502, HTML, StravaDown),
        (503, b"", StravaDown),
    ],
)
def test_answer_becomes_its_error(status: int, body: bytes, expected: type[StravaError]) -> None:
    assert type(error_for(status, {}, body)) is expected


@pytest.mark.parametrize(
    "body", [fault("RefreshToken", "refresh_token", "invalid"), fault("AuthorizationCode", "", "expired"), b""]
)
def test_refused_sign_in_needs_a_reconnect(body: bytes) -> None:
    assert type(error_for(400, {}, body, signing_in=True)) is ReconnectNeeded


def test_down_says_when_strava_wants_to_be_asked_again() -> None:
    assert error_for(503, {"retry-after": "30"}, b"").retry_at(NOW) == NOW + timedelta(seconds=30)
    assert error_for(503, {"retry-after": "Fri, 20 Nov"}, b"").retry_at(NOW) == NOW + timedelta(seconds=60)
    assert error_for(503, {"retry-after": "1e9"}, b"").retry_at(NOW) == NOW + timedelta(seconds=900)


JSON = st.recursive(
    st.none() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["message", "errors", "resource", "field", "code"]), inner)
    ),
)


@given(status=st.integers(300, 599), data=JSON, signing_in=st.booleans(), cut=st.integers(0, 80))
def test_any_answer_becomes_some_error(status: int, data: object, cut: int, *, signing_in: bool) -> None:
    assert isinstance(error_for(status, {}, json.dumps(data).encode()[cut:], signing_in=signing_in), StravaError)


def test_every_error_is_drawn_in_the_tree_and_speaks_to_the_athlete() -> None:
    drawn = errors.__doc__ or ""
    found = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, StravaError)]
    assert len(found) == 11
    for kind in found:
        assert kind.__name__ in drawn
        if kind is not StravaError:
            assert kind.code
            assert kind.sentence.endswith(".")
            assert kind.next_step.endswith(".")


def test_retry_helps_only_where_the_tree_says_so() -> None:
    until = NOW + timedelta(minutes=5)
    assert RateLimited(until).retry_at(NOW) == until
    assert RateLimited(until).retry_at(until + timedelta(minutes=1)) == until + timedelta(minutes=1)
    assert StravaDown("502").retry_at(NOW) == NOW + timedelta(seconds=60)
    assert Garbled("cut off").retry_at(NOW) == NOW + timedelta(seconds=60)
    for error in (ReconnectNeeded("401"), AppInactive("403"), Gone("404"), NotUnderstood("402"), AthleteLimit("403")):
        assert error.retry_at(NOW) is None
