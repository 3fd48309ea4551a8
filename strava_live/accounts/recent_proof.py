"""Require a recent proof that the person at a signed-in browser owns the account, before the ways to sign in change.

The proof is the password, a code of two-step sign-in, or a sign-in with Strava, within the last ten minutes. Without
it, a stolen session or an unlocked phone could link another Strava account or set a password, and then take over or
delete the account.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.reauthentication import STATE_SESSION_KEY
from allauth.account.signals import user_signed_up
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.httpkit import serialize_request
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from strava_live.accounts.models import User

PROOF_COUNTS_FOR_S = 600
"""How long a password, a code or a sign-in with Strava counts as proof."""
CREATED_TOGETHER = timedelta(seconds=10)
"""The longest time between the creation of an account by a sign-up with Strava and the creation of its link."""
PAGES_THAT_ASK = ("delete_account", "account_set_password", "account_email", "mfa_index", "settings")
"""The pages that send a person to Strava for a proof, and to which the person returns afterwards."""

View = Callable[..., HttpResponse]


def has_recent_proof(request: HttpRequest) -> bool:
    """Return True if the person has proved lately that the account is theirs.

    In an account with a password, a code of two-step sign-in counts, too: allauth accepts either of them.
    """
    user = request.user
    if user.is_authenticated and user.has_usable_password():
        entered_at = max(latest_step(request, method="password"), latest_step(request, method="mfa"))
        return is_recent(entered_at) or signed_in_with_strava(request)
    return signed_in_with_strava(request)


def signed_in_with_strava(request: HttpRequest) -> bool:
    """Return True if this session was opened lately by a sign-in with Strava, over a link that was there before.

    A link that is younger than PROOF_COUNTS_FOR_S proves nothing, because it may have been made with a stolen session.
    A link that was created together with its account is an exception.
    """
    link = SocialAccount.objects.filter(user=request.user.pk, provider="strava").first()
    if link is None or not is_recent(latest_step(request, provider="strava")):
        return False
    is_old = link.date_joined < timezone.now() - timedelta(seconds=PROOF_COUNTS_FOR_S)
    return bool(is_old or abs(link.date_joined - link.user.date_joined) < CREATED_TOGETHER)


def latest_step(request: HttpRequest, **fields: str) -> float:
    """Return when allauth last noted a step of signing in with these fields. 0 if it has noted none."""
    steps = get_authentication_records(request, request.user)
    return max((step["at"] for step in steps if fields.items() <= step.items()), default=0)


def is_recent(at: float) -> bool:
    return time.time() - at < PROOF_COUNTS_FOR_S


def require_recent_proof(request: HttpRequest) -> None:
    """Do nothing if there is a recent proof. Otherwise raise the answer that asks for one."""
    user = request.user
    if has_recent_proof(request):
        return
    if user.is_authenticated and user.has_usable_password():
        raise ImmediateHttpResponse(ask_for_password(request))
    linked = SocialAccount.objects.filter(user=user.pk, provider="strava").exists()
    page = {"can_use_strava": settings.STRAVA_CONFIGURED and linked, "return_to": page_that_asks(request)}
    raise ImmediateHttpResponse(render(request, "accounts/confirm_with_strava.html", page, status=403))


def ask_for_password(request: HttpRequest) -> HttpResponse:
    """Redirect to the page that asks for the password. Keep the submitted form, which allauth submits again afterwards.

    allauth's own function loses a form whose address has a query.
    """
    if request.method == "POST":
        request.session[STATE_SESSION_KEY] = {"request": serialize_request(request)}
        return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': request.path})}")
    return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': request.get_full_path()})}")


def page_that_asks(request: HttpRequest) -> str:
    """Return the page to come back to after the proof: this one if it is in PAGES_THAT_ASK, otherwise the settings."""
    return request.path if request.path in paths_that_ask() else reverse("settings")


def paths_that_ask() -> list[str]:
    return [reverse(name) for name in PAGES_THAT_ASK]


def needs_recent_proof(view: View) -> View:
    """Decorate a view that may change how a person signs in. Signed-out people are redirected to the sign-in page."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            require_recent_proof(request)
        return view(request, *args, **kwargs)

    return checked


@receiver(user_signed_up)
def note_password_of_signup(request: HttpRequest, user: User, **_: Any) -> None:
    """Count a sign-up with a password as a proof. allauth notes only sign-ins."""
    if user.has_usable_password():
        record_authentication(request, user, method="password")
