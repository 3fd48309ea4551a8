"""Events as Strava sends them: fields, bodies and signatures."""

import hashlib
import hmac
import json
import time
from typing import Any

from django.utils import timezone

from strava_live.webhook.inbox import SignedEvent
from strava_live.webhook.models import StravaEvent
from strava_live.webhook.payload import read_event

OWNER = 900001
"""Strava's id of the athlete of these events."""
SUBSCRIPTION = 120_475
ACTIVITY = 16_000_000_001


def event_fields(**different: Any) -> dict[str, Any]:
    """Return the fields of an event about a new activity."""
    return {
        "object_type": "activity",
        "object_id": ACTIVITY,
        "aspect_type": "create",
        "updates": {},
        "owner_id": OWNER,
        "subscription_id": SUBSCRIPTION,
        "event_time": int(time.time()),
    } | different


def event_body(**different: Any) -> bytes:
    return json.dumps(event_fields(**different)).encode()


def signed_event(**different: Any) -> SignedEvent:
    """Return an event as the receiver passes it to the inbox."""
    event = read_event(event_body(**different), now=timezone.now())
    return SignedEvent(event, StravaEvent.Signature.UNSIGNED)


def signature_of(body: bytes, secret: str, *, age_s: float = 0) -> str:
    """Return the header with which Strava signs a body. A negative age is a time in the future."""
    seconds = int(time.time() - age_s)
    made = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={made}"
