"""Verify the signature of one of Strava's events: `X-Strava-Signature: t=<unix seconds>,v1=<hex>`.

`v1` is the HMAC-SHA256 of `"{t}.{body}"`, made with a secret that only Strava and this site know.
"""

import hashlib
import hmac
import re

from strava_live.webhook.models import StravaEvent

TOLERANCE_S = 300
"""The most seconds between the time in a signature and this machine's clock. So an attacker cannot record an event and
send it again hours later."""
SECONDS = re.compile(r"[0-9]{1,12}")
HMAC = re.compile(r"[0-9a-f]{64}")


class BadSignature(ValueError):
    """The event is not signed by Strava, or not recently. The text says why."""


def check_signature(header: str, body: bytes, *, secret: str, now: float) -> StravaEvent.Signature:
    """Return how an event is signed. `header` is "" if the event has no signature.

    If `secret` is set, raise BadSignature unless one of the signatures in the header is right and recent.
    """
    if not secret:
        return StravaEvent.Signature.UNVERIFIED if header else StravaEvent.Signature.UNSIGNED
    if not header:
        raise BadSignature("the event is not signed")
    seconds, given = read_header(header)
    right = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    if not any(hmac.compare_digest(right, one) for one in given):
        raise BadSignature("the signature is not made with STRAVA_WEBHOOK_SECRET")
    if abs(now - int(seconds)) > TOLERANCE_S:
        raise BadSignature("the signature is more than five minutes old or ahead: is this machine's clock right?")
    return StravaEvent.Signature.VERIFIED


def read_header(header: str) -> tuple[str, list[str]]:
    """Return the time and the signatures in the header: several while the secret is being replaced."""
    fields = [field.strip().partition("=") for field in header.split(",")]
    times = [value for name, _, value in fields if name == "t"]
    signatures = [value.lower() for name, _, value in fields if name == "v1"]
    well_formed = len(times) == 1 and SECONDS.fullmatch(times[0]) and signatures
    if not well_formed or not all(map(HMAC.fullmatch, signatures)):
        raise BadSignature("the header X-Strava-Signature is malformed")
    return times[0], signatures
