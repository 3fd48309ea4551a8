"""The two views of signing in with Strava, with this site's checks around allauth's views."""

from collections.abc import Callable
from functools import wraps

from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from strava_live.accounts.recent_proof import require_recent_proof
from strava_live.accounts.strava_signin.oauth import StravaSignIn

View = Callable[..., HttpResponse]


def requires_strava(view: View) -> View:
    """Make a view answer 404, with an explanation, if this site has no credentials for Strava."""

    @wraps(view)
    def checked(request: HttpRequest) -> HttpResponse:
        if not settings.STRAVA_CONFIGURED:
            return render(request, "accounts/strava_not_set_up.html", status=404)
        return view(request)

    return checked


def only_login_or_connect(view: View) -> View:
    """Make a view accept only the parameters `process=login` and, for signed-in users, `process=connect`.

    Connecting a first Strava account needs a recent proof, which is asked for before the visitor goes to Strava. The
    adapter checks again when the visitor comes back.

    allauth knows other values. With those the athlete would consent, and nothing would be stored.
    """

    @wraps(view)
    def checked(request: HttpRequest) -> HttpResponse:
        process = request.GET.get("process", "login")
        if process not in {"login", "connect"}:
            raise Http404
        if process == "connect" and not request.user.is_authenticated:
            messages.info(request, "Sign in first, then connect Strava.")
            return redirect(settings.LOGIN_URL)
        if process == "connect" and not SocialAccount.objects.filter(user=request.user.pk, provider="strava").exists():
            require_recent_proof(request)
        return view(request)

    return checked


def handles_double_callback(view: View) -> View:
    """Make a view answer with a message if another request has just created the same account.

    Strava's redirect can arrive twice at once, and each request then tries to create the account of the new athlete.
    """

    @wraps(view)
    def checked(request: HttpRequest) -> HttpResponse:
        try:
            return view(request)
        except IntegrityError:
            messages.info(request, "You signed in twice at the same moment. Please sign in with Strava again.")
            return redirect("account_login")

    return checked


oauth2_login = requires_strava(only_login_or_connect(OAuth2LoginView.adapter_view(StravaSignIn)))
oauth2_callback = requires_strava(handles_double_callback(OAuth2CallbackView.adapter_view(StravaSignIn)))
