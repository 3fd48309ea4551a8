"""Rate limits for wrong passwords (ACCOUNT_RATE_LIMITS).

- `login_failed`: one IP address may try a few wrong passwords for an account, and a limited number for all accounts.
- `login_failed_account`: all IP addresses together may try a limited number of wrong passwords for an account.
- `login_failed_device`: a browser in which the account has signed in before, or is signed in now, may try a few wrong
  passwords for it, from any IP address. The other two limits do not apply to such a browser, because strangers can use
  them up.

Attempts are counted by the login that was typed, a username or an email address, not by account. Otherwise, reaching
the limit for a username would reveal which email address belongs to it.
"""

import unicodedata

from allauth.account.internal.userkit import get_user_by_username
from allauth.core.internal import ratelimit
from allauth.core.internal.ratelimit import RateLimitUsage
from django.http import HttpRequest

from strava_live.accounts.known_devices import device_of
from strava_live.accounts.verified_email import owner_of

APP = "allauth.account"
TOO_MANY_WRONG = "Too many wrong passwords. Wait a few minutes, then try again."


def take_attempt(request: HttpRequest, login: str) -> RateLimitUsage | None:
    """Count an attempt to sign in, and return its usage of the limits. Return None if a limit is reached.

    If the password turns out to be right, allauth uses the usage to take the attempt back.
    """
    name = unicodedata.normalize("NFKC", login).casefold()
    if device := known_device(request, login):
        return ratelimit.consume(request, app=APP, action="login_failed_device", key=f"{name} {device}")
    address = ratelimit.get_ip(request)
    # Check the address first, so that an address over its limit does not use up the account's.
    here = ratelimit.consume(request, app=APP, action="login_failed", key=f"{name} {address}")
    anywhere = here and ratelimit.consume(request, app=APP, action="login_failed_account", key=name)
    return RateLimitUsage([*here.usage, *anywhere.usage]) if here and anywhere else None


def known_device(request: HttpRequest, login: str) -> str:
    """Return an id of the browser if the account has signed in with it before or is signed in now, otherwise ""."""
    device = device_of(request)
    if device is None and not request.user.is_authenticated:
        return ""
    account = get_user_by_username(login) or owner_of(login)
    if account is None:
        return ""
    if request.user.is_authenticated and request.user.pk == account.pk:
        return "signed in"
    return device.id if device and account.pk in device.accounts else ""


def forget_attempts(request: HttpRequest, login: str) -> None:
    """Reset `login_failed_account` after a change of password, because earlier guesses were for the old password."""
    name = unicodedata.normalize("NFKC", login).casefold()
    ratelimit.clear(request, app=APP, action="login_failed_account", key=name)
