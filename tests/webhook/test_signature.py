"""Signatures of events: right, wrong, stale, from the future, several, and none."""

import time

import pytest

from strava_live.webhook.models import StravaEvent
from strava_live.webhook.signature import BadSignature, check_signature
from tests.webhook.strava_events import event_body, signature_of

SECRET = "signing-secret"
BODY = event_body()


def check(header: str, *, secret: str = SECRET, body: bytes = BODY) -> StravaEvent.Signature:
    return check_signature(header, body, secret=secret, now=time.time())


@pytest.mark.parametrize("age_s", [0, 290, -290])
def test_right_signature_within_five_minutes(age_s: float) -> None:
    assert check(signature_of(BODY, SECRET, age_s=age_s)) == StravaEvent.Signature.VERIFIED


@pytest.mark.parametrize("age_s", [310, -310, 86400])
def test_stale_or_future_signature_is_refused(age_s: float) -> None:
    with pytest.raises(BadSignature, match="five minutes old or ahead"):
        check(signature_of(BODY, SECRET, age_s=age_s))


def test_signature_with_another_secret_or_of_another_body_is_refused() -> None:
    for header in (signature_of(BODY, "other"), signature_of(BODY + b" ", SECRET)):
        with pytest.raises(BadSignature, match="not made with STRAVA_WEBHOOK_SECRET"):
            check(header)


def test_time_of_a_signature_cannot_be_changed() -> None:
    _, _, made = signature_of(BODY, SECRET, age_s=1000).partition(",")

    with pytest.raises(BadSignature):
        check(f"t={int(time.time())},{made}")


def test_one_of_several_signatures_must_be_right() -> None:
    seconds, _, right = signature_of(BODY, SECRET).partition(",")
    wrong = f"v1={'0' * 64}"

    assert check(f"{seconds}, {wrong}, {right}, v0=abc") == StravaEvent.Signature.VERIFIED
    with pytest.raises(BadSignature):
        check(f"{seconds},{wrong},{wrong}")


@pytest.mark.parametrize(
    "header",
    [
        "t=,v1=",
        "t=1",
        f"v1={'0' * 64}",
        "t=now,v1=" + "0" * 64,
        "t=1,t=2,v1=" + "0" * 64,
        "t=1,v1=zz",
        "t=-1,v1=" + "0" * 64,
        "t=١,v1=" + "0" * 64,
        f"t={'9' * 5000},v1={'0' * 64}",
        "t=1,v1=" + "ß" * 64,
        ",,,===",
        "Bearer abc",
    ],
)
def test_malformed_header_is_refused(header: str) -> None:
    with pytest.raises(BadSignature, match="malformed"):
        check(header)


def test_unsigned_event_is_refused_with_a_secret_only() -> None:
    with pytest.raises(BadSignature, match="not signed"):
        check("")
    assert check("", secret="") == StravaEvent.Signature.UNSIGNED


def test_without_a_secret_signatures_are_not_verified() -> None:
    for header in (signature_of(BODY, SECRET), "nonsense"):
        assert check(header, secret="") == StravaEvent.Signature.UNVERIFIED
