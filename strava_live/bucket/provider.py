"""An allauth provider for Bucket, with which a signed-in person connects their Bucket.

The provider is not in allauth's registry, so allauth has no addresses for it, and cannot sign in or sign up with it.
The site's own views use it (web/bucket_connect.py). From allauth it has the redirect to Bucket, with PKCE, and the
state in the session, which works once. The result is a `BucketConnection`. allauth's tables hold nothing of Bucket.
"""

from typing import Any, ClassVar

from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from strava_live.accounts.address import site_address

SCOPES = ("openid", "offline", "profile", "email", "dcd:things", "dcd:properties")
"""The scopes that the person is asked for. `openid` must be first: Bucket leaves out the claims of the first one."""
NEEDED_SCOPES = ("openid", "dcd:things", "dcd:properties")
"""The scopes without which Bucket does not say who the person is, or nothing can be sent."""


class BadState(Exception):
    """A callback does not belong to this browser's session and person, came too late, or was answered before."""


class BucketConsent(OAuth2Adapter):
    """The addresses of the OAuth steps. Codes are exchanged by the site's own client."""

    provider_id = "bucket"
    access_token_url = ""  # unused: our client has its own

    @property
    def authorize_url(self) -> str:
        return f"{settings.BUCKET_OAUTH_URL}/auth"

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        return site_address(request) + reverse("bucket_callback")


class BucketProvider(OAuth2Provider):
    id = "bucket"
    name = "Bucket"
    oauth2_adapter_class: ClassVar = BucketConsent
    pkce_enabled_default = True

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request, app=SocialApp(provider=self.id, client_id=settings.BUCKET_CLIENT_ID))

    def get_scope(self) -> list[str]:
        """Return the scopes as one text, because allauth would join a list in any order."""
        return [" ".join(SCOPES)]

    def redirect_to_consent(self, user_id: int) -> HttpResponse:
        """Redirect to Bucket, where the person consents, and store state and PKCE verifier in the session."""
        answer: HttpResponse = self.redirect(self.request, AuthProcess.CONNECT, user_id=user_id)
        return answer

    def verifier_of(self, state_id: str, *, user_id: int) -> str:
        """Take the state of a callback out of the session, and return its PKCE verifier. Raise BadState if there is no
        such state.
        """
        try:
            state = self.unstash_redirect_state(self.request, state_id)
        except PermissionDenied:
            raise BadState from None
        if state["user_id"] != user_id:
            raise BadState
        verifier: str = state["pkce_code_verifier"]
        return verifier

    @property
    def callback_url(self) -> str:
        url: str = BucketConsent(self.request).get_callback_url(self.request, self.app)
        return url
