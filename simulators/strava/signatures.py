"""Sign webhook events as Strava does, and wrongly in two ways: `X-Strava-Signature: t=<unix seconds>,v1=<hex>`."""

import hashlib
import hmac
import secrets
from typing import Literal, get_args

HEADER = "X-Strava-Signature"
Kind = Literal[
    "right",  # the HMAC-SHA256 of "{t}.{body}" with the secret, at the present time
    "wrong",  # likewise, with another secret than the application's
    "stale",  # likewise, with the application's secret, but with a time that is too long ago
    "none",  # no header at all
]
KINDS: tuple[Kind, ...] = get_args(Kind)
STALE_S = 600
"""How long ago a stale signature was made: twice the five minutes that applications tolerate."""


def signature_headers(body: bytes, *, kind: Kind, secret: str, now: float) -> dict[str, str]:
    """Return the headers that sign a body."""
    if kind == "none":
        return {}
    key = secrets.token_hex(20) if kind == "wrong" else secret
    instant = int(now) - (STALE_S if kind == "stale" else 0)
    made = hmac.new(key.encode(), b"%d.%s" % (instant, body), hashlib.sha256).hexdigest()
    return {HEADER: f"t={instant},v1={made}"}
