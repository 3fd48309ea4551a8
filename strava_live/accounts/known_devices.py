"""A signed cookie that names the accounts that have signed in with this browser.

Strangers who guess the password of an account use up its limit of wrong passwords. A browser in which that account has
signed in before has a limit of its own (wrong_passwords.py). A cookie is better than a list of IP addresses: a phone
changes its address all day, and no address has to be stored. The cookie gives no access.
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
    """Return the device named by the request's cookie, or None if there is no cookie or its signature is wrong."""
    try:
        named = signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE, max_age=AGE_S)
        return Device(named["id"], tuple(named["accounts"]))
    except signing.BadSignature:
        return None


def remember_device(request: HttpRequest, response: HttpResponse, user_id: int) -> None:
    """Add the account to the cookie. If it holds MOST_ACCOUNTS, drop the one that signed in longest ago."""
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
