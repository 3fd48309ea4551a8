"""Limits on guessing passwords (ACCOUNT_RATE_LIMITS), none of which shuts the owner of an account out.

- An address gets few wrong passwords for one account, and not many for all accounts together (`login_failed`).
- An account gets few wrong passwords from all addresses together (`login_failed_account`). Strangers can use that up,
  so it does not count for a browser in which the account has signed in before, nor for the one that is signed in now:
- Such a browser gets few wrong passwords for the account, wherever it is (`login_failed_device`).

Limits count by the login that was typed, not by the account behind it: otherwise a limit reached for a username would
show which e-mail address belongs to it.
"""

import unicodedata

from allauth.account.internal.userkit import get_user_by_username
from allauth.core.internal import ratelimit
from allauth.core.internal.ratelimit import RateLimitUsage
from django.http import HttpRequest

from strava_live.accounts.known_devices import device_of
from strava_live.accounts.verified_email import owner_of

APP = "allauth.account"


def take_attempt(request: HttpRequest, login: str) -> RateLimitUsage | None:
    """Count an attempt to sign in; None if a limit is reached. The caller takes it back if the password is right."""
    name = unicodedata.normalize("NFKC", login).casefold()
    if device := known_device(request, login):
        return ratelimit.consume(request, app=APP, action="login_failed_device", key=f"{name} {device}")
    address = ratelimit.get_ip(request)
    # First the address: one that has reached its limit must not use up the account's.
    here = ratelimit.consume(request, app=APP, action="login_failed", key=f"{name} {address}")
    anywhere = here and ratelimit.consume(request, app=APP, action="login_failed_account", key=name)
    return RateLimitUsage([*here.usage, *anywhere.usage]) if here and anywhere else None


def known_device(request: HttpRequest, login: str) -> str:
    """What names the device, if the account has signed in with it before; "" otherwise."""
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
    """After a new password: whoever guessed the old one has not guessed this one."""
    name = unicodedata.normalize("NFKC", login).casefold()
    ratelimit.clear(request, app=APP, action="login_failed_account", key=name)
