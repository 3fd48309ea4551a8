"""A browser's subscription, and the message that is sent to it."""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric import ec

from strava_live.push_client.errors import PushKeysInvalid, PushTooLarge
from strava_live.push_client.vapid import CURVE, decoded

LONGEST_BODY = 4096
"""The most bytes of an encrypted message: push services need not accept more (RFC 8030, section 7.2)."""
ENCRYPTION_ADDS = 86 + 16 + 1
"""How many bytes encryption adds to a message: a header with the site's key, a checksum, and the mark of its end."""
LONGEST_TEXT = LONGEST_BODY - ENCRYPTION_ADDS
TOPIC = re.compile(r"[A-Za-z0-9_-]{1,32}")
AUTH_BYTES = 16


@dataclass(frozen=True, slots=True)
class PushTarget:
    """Where a message goes, and the keys that encrypt it. All three are secrets of the browser."""

    endpoint: str = field(repr=False)
    p256dh: str = field(repr=False)
    """The browser's public key."""
    auth: str = field(repr=False)
    """A secret of the browser that takes part in the encryption."""

    def require_keys(self) -> None:
        """Raise PushKeysInvalid unless `p256dh` is a point on the curve and `auth` has 16 bytes."""
        try:
            ec.EllipticCurvePublicKey.from_encoded_point(CURVE, decoded(self.p256dh))
            auth = decoded(self.auth)
        except ValueError as error:
            raise PushKeysInvalid("the keys cannot be read") from error
        if len(auth) != AUTH_BYTES:
            raise PushKeysInvalid("the secret does not have 16 bytes")


class Urgency(StrEnum):
    """How much of its battery a phone should spend on a message at once (RFC 8030, section 5.3)."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class PushMessage:
    """What is sent to a browser."""

    text: bytes = field(repr=False)
    ttl_s: int
    """How long the push service keeps the message for a browser that is offline. 0 would drop it at once."""
    topic: str
    """A message of the same topic that still waits at the push service is replaced. Up to 32 letters and digits."""
    urgency: Urgency = Urgency.NORMAL

    def __post_init__(self) -> None:
        if len(self.text) > LONGEST_TEXT:
            raise PushTooLarge(f"the message has {len(self.text)} bytes; at most {LONGEST_TEXT} can be sent")
        if not TOPIC.fullmatch(self.topic):
            raise ValueError(f"not a topic: {self.topic!r}")
