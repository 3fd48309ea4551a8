"""The OAuth steps of signing in with Strava, done by our own Strava client, so that each failure is a StravaError."""

import logging
from dataclasses import replace
from typing import Any

from allauth.socialaccount.models import SocialLogin, SocialToken
from allauth.socialaccount.providers.base import ProviderException
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter
from asgiref.sync import async_to_sync
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from strava_live.accounts.address import site_address
from strava_live.accounts.strava_app import strava
from strava_live.strava.client import Strava
from strava_live.strava.errors import StravaError
from strava_live.strava.payloads import Grant

logger = logging.getLogger(__name__)
KNOWN_SCOPES = {
    "read",
    "read_all",
    "profile:read_all",
    "profile:write",
    "activity:read",
    "activity:read_all",
    "activity:write",
}


class SignInFailed(ProviderException):
    """Signing in has failed. allauth catches this and shows its error page, with the sentence of `error`."""

    def __init__(self, error: StravaError) -> None:
        super().__init__(str(error))
        self.error = error


class StravaSignIn(OAuth2Adapter):
    provider_id = "strava"

    @property
    def authorize_url(self) -> str:
        return f"{settings.STRAVA_OAUTH_URL}/authorize"

    access_token_url = ""  # unused: our client has its own

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        return site_address(request) + reverse("strava_callback")

    def get_access_token_data(self, request: HttpRequest, *_: Any, **__: Any) -> dict[str, Any]:
        try:
            return {"grant": async_to_sync(client_for_page().exchange)(request.GET["code"])}
        except StravaError as error:
            logger.warning("signing in with Strava failed", extra={"reason": repr(error)})
            raise SignInFailed(error) from error

    def parse_token(self, data: dict[str, Any]) -> SocialToken:
        """Return an empty token, because allauth may store it in a session, which is not encrypted."""
        return SocialToken(token="")

    def complete_login(self, request: HttpRequest, app: Any, token: SocialToken, **kwargs: Any) -> SocialLogin:
        grant: Grant = kwargs["response"]["grant"]
        athlete = grant.athlete
        profile = {"id": athlete.strava_id, "firstname": athlete.first_name, "lastname": athlete.last_name}
        login = self.get_provider().sociallogin_from_response(request, profile)
        login.strava_grant = grant
        login.strava_scopes = granted_scopes(request)
        return login


def client_for_page() -> Strava:
    """Return a client with short time limits: a browser waits, and a proxy in front gives up after 30 seconds."""
    return replace(strava(), timeouts=settings.STRAVA_PAGE_TIMEOUTS)


def granted_scopes(request: HttpRequest) -> str:
    """Return the scopes that the athlete ticked. Strava names them only in the query of the callback."""
    return ",".join(sorted(set(request.GET.get("scope", "").replace(" ", ",").split(",")) & KNOWN_SCOPES))
