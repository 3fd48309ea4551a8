"""The two addresses of signing in with Strava. Where Strava is not set up they say so."""

from collections.abc import Callable
from functools import wraps

from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from strava_live.accounts.strava_signin.oauth import StravaSignIn

View = Callable[..., HttpResponse]


def only_when_set_up(view: View) -> View:
    @wraps(view)
    def checked(request: HttpRequest) -> HttpResponse:
        if not settings.STRAVA_CONFIGURED:
            return render(request, "accounts/strava_not_set_up.html", status=404)
        return view(request)

    return checked


def only_what_we_do(view: View) -> View:
    """Sign in, or connect to whoever is signed in; allauth knows more, which would spend a consent for nothing."""

    @wraps(view)
    def checked(request: HttpRequest) -> HttpResponse:
        process = request.GET.get("process", "login")
        if process not in {"login", "connect"}:
            raise Http404
        if process == "connect" and not request.user.is_authenticated:
            messages.info(request, "Sign in first, then connect Strava.")
            return redirect(settings.LOGIN_URL)
        return view(request)

    return checked


def once(view: View) -> View:
    """Two callbacks for a new athlete at the same moment: the second finds the account made by the first."""

    @wraps(view)
    def checked(request: HttpRequest) -> HttpResponse:
        try:
            return view(request)
        except IntegrityError:
            messages.info(request, "You signed in twice at the same moment. Please sign in with Strava again.")
            return redirect("account_login")

    return checked


oauth2_login = only_when_set_up(only_what_we_do(OAuth2LoginView.adapter_view(StravaSignIn)))
oauth2_callback = only_when_set_up(once(OAuth2CallbackView.adapter_view(StravaSignIn)))
