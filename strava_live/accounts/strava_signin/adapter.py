"""allauth's hooks for signing in with Strava: find or create the user, store the grant, or reject it with a message."""

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import redirect, render
from django.urls import reverse

from strava_live.accounts.connections import connect_strava, reject_grant
from strava_live.accounts.models import StravaConnection, User
from strava_live.accounts.people import adopt_time_zone
from strava_live.accounts.profile import MAX_DISPLAY_NAME, read_display_name
from strava_live.accounts.recent_proof import has_recent_proof, paths_that_ask
from strava_live.accounts.strava_signin.oauth import SignInFailed
from strava_live.strava.errors import ReconnectNeeded

NOT_PROVED = (
    "Connecting this Strava account would let it sign in here, so we have to know that it's you. Sign out, sign in "
    "again, and connect it within ten minutes."
)
"""The message if a grant is rejected because there is no recent proof."""


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Store the grant of a user whose Strava account is already known, or reject it if the user is inactive.

        When a signed-in user connects a Strava account, call `check_connect` instead. Reject the grant if a user who
        was asked for a recent proof has signed in with the Strava account of someone else. `save_user` stores the grant
        of a new user.
        """
        if sociallogin.state.get("process") == "connect":
            self.check_connect(request, sociallogin)
        elif confirms_another_account(request, sociallogin):
            reject(sociallogin)
            messages.error(request, "That's another Strava account than the one you sign in with here.")
            raise ImmediateHttpResponse(redirect(sociallogin.state["next"]))
        elif sociallogin.is_existing and sociallogin.user.is_active:
            store_grant(sociallogin, sociallogin.user)
        elif sociallogin.is_existing:
            reject(sociallogin)

    def check_connect(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Reject the grant in four cases. Otherwise store it if the Strava account is already linked to this user.

        - The visitor has signed out meanwhile (allauth answers).
        - The Strava account is linked to another user (allauth answers).
        - This user is connected to another Strava account (answered here, with a message).
        - The Strava account would be a new way to sign in, and the visitor has not proved lately that the account of
          this site is theirs (answered here, with a message).

        If the Strava account is not linked yet, lifecycle/connecting.py stores the grant once allauth has linked it.
        """
        if not request.user.is_authenticated or (sociallogin.is_existing and sociallogin.user != request.user):
            reject(sociallogin)
        elif has_another_athlete(request.user, sociallogin):
            reject(sociallogin)
            messages.error(
                request, "You're connected to another Strava account. Disconnect that one first, then connect this one."
            )
            raise ImmediateHttpResponse(redirect("settings"))
        elif sociallogin.is_existing:
            store_grant(sociallogin, sociallogin.user)
        elif not has_recent_proof(request):
            reject(sociallogin)
            messages.error(request, NOT_PROVED)
            raise ImmediateHttpResponse(redirect("settings"))

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Answer with status 503 if Strava has failed. allauth would answer 401, as if the visitor had done wrong."""
        if isinstance(exception, SignInFailed) and not isinstance(exception.error, ReconnectNeeded):
            context = {"auth_error": {"provider": provider, "code": error, "exception": exception}}
            page = render(request, "socialaccount/authentication_error.html", context, status=503)
            raise ImmediateHttpResponse(page)

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        if not sociallogin.state.get("next"):
            sociallogin.state["next"] = reverse("sync")  # the first import starts there
        with transaction.atomic():
            user: User = super().save_user(request, sociallogin, form)
            if name_after_strava(sociallogin, user):
                user.save(update_fields=["display_name"])
            store_grant(sociallogin, user)
        return user

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: Any) -> str:
        return reverse("sync")


def name_after_strava(sociallogin: SocialLogin, user: User) -> bool:
    """Give a user without a name the name that they have at Strava, without saving it. Return True if it changed."""
    athlete = sociallogin.strava_grant.athlete
    if user.display_name:
        return False
    user.display_name = read_display_name(f"{athlete.first_name} {athlete.last_name}")[:MAX_DISPLAY_NAME].strip()
    return bool(user.display_name)


def confirms_another_account(request: HttpRequest, sociallogin: SocialLogin) -> bool:
    """Return True if the visitor signs in only to prove that an account is theirs, but is someone else at Strava.

    allauth would sign them in to the account of that athlete, or create one.
    """
    confirms = request.user.is_authenticated and sociallogin.state.get("next") in paths_that_ask()
    return confirms and sociallogin.user != request.user


def has_another_athlete(user: User, sociallogin: SocialLogin) -> bool:
    strava_id = sociallogin.strava_grant.athlete.strava_id
    return StravaConnection.objects.filter(user=user).exclude(strava_id=strava_id).exists()


def store_grant(sociallogin: SocialLogin, user: User) -> None:
    connect_strava(user, **granted(sociallogin), joined_at=sociallogin.strava_grant.athlete.joined_at)
    adopt_time_zone(user.pk, sociallogin.state.get("time_zone", ""))


def reject(sociallogin: SocialLogin) -> None:
    reject_grant(**granted(sociallogin))


def granted(sociallogin: SocialLogin) -> dict[str, Any]:
    grant = sociallogin.strava_grant
    return {"strava_id": grant.athlete.strava_id, "tokens": grant.tokens, "scopes": sociallogin.strava_scopes}
