"""What each answer of Strava's means, and what each error tells the athlete and the caller."""

import json
from datetime import UTC, datetime

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from strava_live.strava import errors
from strava_live.strava.errors import (
    AppInactive,
    AthleteLimit,
    Gone,
    ReconnectNeeded,
    ScopeMissing,
    StravaDown,
    StravaError,
    TokenRefused,
    UnexpectedAnswer,
)
from strava_live.strava.faults import About, error_for

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
        (401, fault("Application", "internal", "invalid"), UnexpectedAnswer),
        (403, fault("Application", "Status", "Inactive"), AppInactive),
        (403, fault(message="Limit of connected athletes exceeded"), AthleteLimit),
        (403, HTML, UnexpectedAnswer),
        (400, fault("Application", "client_id", "invalid"), AppInactive),
        (400, fault("Application", "after", "future"), UnexpectedAnswer),
        (402, fault(message="Payment Required"), UnexpectedAnswer),
        (404, b"", UnexpectedAnswer),
        (404, fault("resource", "path", "invalid"), UnexpectedAnswer),
        (302, b"", UnexpectedAnswer),
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
    assert type(error_for(400, {}, body, about=About.SIGNING_IN)) is ReconnectNeeded


@pytest.mark.parametrize("body", [b"", fault("Activity", "", "not found")])
def test_404_says_that_an_activity_is_gone_only_when_one_was_asked_for(body: bytes) -> None:
    assert type(error_for(404, {}, body, about=About.ONE_ACTIVITY)) is Gone
    for about in (About.SIGNING_IN, About.ANYTHING_ELSE):
        assert "activity" not in error_for(404, {}, body, about=about).sentence


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("30", 30),
        ("1.5", 1.5),
        ("1e9", 3600),
        ("-5", 0),
        ("nan", 0),
        ("soon", 0),
        ("Fri, 20 Nov", 0),
        ("Fri, 20 Nov 2026 12:02:00 GMT", 120),
        ("Fri, 20 Nov 2026 11:00:00 GMT", 0),
        ("Fri, 20 Nov 2099 12:00:00 GMT", 3600),
    ],
)
def test_wait_that_strava_asks_for_is_read_and_bounded(value: str, seconds: float) -> None:
    with time_machine.travel(NOW, tick=False):
        assert error_for(503, {"retry-after": value}, b"").retry_after == seconds


def test_without_the_header_strava_asks_for_no_wait() -> None:
    assert error_for(503, {}, b"").retry_after == 0


JSON = st.recursive(
    st.none() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["message", "errors", "resource", "field", "code"]), inner)
    ),
)


@given(status=st.integers(300, 599), data=JSON, about=st.sampled_from(About), cut=st.integers(0, 80), asked=st.text())
def test_any_answer_becomes_some_error(status: int, data: object, about: About, cut: int, asked: str) -> None:
    error = error_for(status, {"retry-after": asked}, json.dumps(data).encode()[cut:], about=about)
    assert isinstance(error, StravaError)
    assert 0 <= error.retry_after <= 3600


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
