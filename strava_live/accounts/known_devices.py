"""A signed cookie that names the accounts that have signed in with this browser. The cookie gives no access.

Strangers can use up an account's limit of wrong passwords. That does not affect a browser in which the account has
signed in before, because such a browser has a limit of its own (wrong_passwords.py). This site recognises such a
browser by a cookie, not by its IP address, because the address of a phone changes all day.
"""

import secrets
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

COOKIE = "known_device"
AGE_S = 400 * 24 * 3600  # no browser keeps a cookie for longer
MOST_ACCOUNTS = 10
"""The most accounts that one cookie names."""


@dataclass(frozen=True)
class Device:
    """A browser: a random id, and the ids of the users who have signed in with it, the latest first."""

    id: str
    accounts: tuple[int, ...]


def device_of(request: HttpRequest) -> Device | None:
    """Return the browser that the request's cookie describes. None if the cookie is missing, forged or too old."""
    try:
        named = signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE, max_age=AGE_S)
        return Device(named["id"], tuple(named["accounts"]))
    except signing.BadSignature:
        return None


def remember_device(request: HttpRequest, response: HttpResponse, user_id: int) -> None:
    """Add an account to the browser's cookie. If the cookie is full, drop the account that signed in longest ago."""
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
