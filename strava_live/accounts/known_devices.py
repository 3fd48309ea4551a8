"""A signed cookie that remembers which accounts have signed in with this browser.

Strangers who guess the password of an account use up its limits; a browser in which that account has signed in before
has limits of its own (wrong_passwords.py). A cookie rather than a list of addresses: a phone changes its address all
day, and no address of anybody needs to be stored. It proves nothing else and signs nobody in.
"""

import secrets
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

COOKIE = "known_device"
AGE_S = 400 * 24 * 3600  # no browser keeps a cookie for longer
MOST_ACCOUNTS = 10


@dataclass(frozen=True)
class Device:
    id: str
    accounts: tuple[int, ...]


def device_of(request: HttpRequest) -> Device | None:
    """The device that the request's cookie names; None without a cookie, or with one that we have not signed."""
    try:
        named = signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE, max_age=AGE_S)
        return Device(named["id"], tuple(named["accounts"]))
    except signing.BadSignature:
        return None


def remember_device(request: HttpRequest, response: HttpResponse, user_id: int) -> None:
    """Of more accounts than fit, forget the one that signed in first."""
    known = device_of(request) or Device(secrets.token_hex(8), ())
    accounts = [user_id, *(one for one in known.accounts if one != user_id)][:MOST_ACCOUNTS]
    response.set_cookie(
        COOKIE,
        signing.dumps({"id": known.id, "accounts": accounts}, salt=COOKIE),
        max_age=AGE_S,
        path="/accounts/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
