"""The allauth provider for Strava: its scopes, the browser's time zone in the OAuth state, and a minimal profile."""

from typing import Any

from allauth.socialaccount.providers.strava.provider import StravaProvider as AllauthStravaProvider
from django.http import HttpRequest

from strava_live.accounts.profile import is_time_zone
from strava_live.accounts.strava_signin.oauth import StravaSignIn

DEFAULT_SCOPES = ("read", "activity:read")
OPTIONAL_SCOPES = ("activity:read_all",)  # includes “Only You” activities, if the athlete ticks that box


class StravaProvider(AllauthStravaProvider):
    oauth2_adapter_class = StravaSignIn

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        """Return the scopes joined by commas, as Strava requires. allauth would join a list by spaces."""
        asked = set(request.POST.getlist("scope") + request.GET.getlist("scope"))
        return [",".join([*DEFAULT_SCOPES, *(scope for scope in OPTIONAL_SCOPES if scope in asked)])]

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        """Add the browser's time zone to the OAuth state, from which the callback reads it."""
        zone = request.POST.get("time_zone", "")
        state: dict[str, Any] = super().get_redirect_from_request_kwargs(request)
        return state | ({"time_zone": zone} if is_time_zone(zone) else {})

    def get_auth_params_from_request(self, request: HttpRequest, action: Any) -> dict[str, str]:
        """Make Strava show its consent page again when connecting, so that a user can tick a box they left unticked."""
        return {"approval_prompt": "force"} if request.GET.get("process") == "connect" else {}

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        return {"id": data["id"]}


provider_classes = [StravaProvider]
