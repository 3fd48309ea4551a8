"""Check the token with which a site says who it is (RFC 8292)."""

import base64
import binascii
import re
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

HEADER = re.compile(r"vapid t=(?P<token>[^,\s]+), ?k=(?P<key>[A-Za-z0-9_-]+)")
LONGEST_LIFE_S = 24 * 3600


class RefusedTokenError(ValueError):
    """The token is missing or wrong. The message says why."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who has sent a request."""

    key: str
    """The site's public key."""
    claims: dict[str, Any]


def sender_of(authorization: str, host: str) -> Sender:
    """Return the sender that a header names. Raise RefusedTokenError if a push service at `host` would refuse it.

    A token is for one push service, which it names by scheme and host. Programs leave out the port, so it is ignored.
    """
    found = HEADER.fullmatch(authorization)
    if not found:
        raise RefusedTokenError("no token and key")
    try:
        point = base64.urlsafe_b64decode(found["key"] + "=" * (-len(found["key"]) % 4))
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        claims = jwt.decode(found["token"], public, algorithms=["ES256"], options={"verify_aud": False})
    except (ValueError, binascii.Error, jwt.InvalidTokenError) as error:
        raise RefusedTokenError(f"the token cannot be verified: {error}") from error
    if urlsplit(str(claims.get("aud"))).hostname != host.partition(":")[0]:
        raise RefusedTokenError("the token is for another push service")
    if not 0 < claims.get("exp", 0) - time.time() <= LONGEST_LIFE_S:
        raise RefusedTokenError("the token is valid for more than a day, or not any more")
    if not re.fullmatch(r"mailto:[^\s@]+@[^\s@]+|https://\S+", str(claims.get("sub"))):
        raise RefusedTokenError("the token does not say how to reach the operator")
    return Sender(found["key"], claims)
