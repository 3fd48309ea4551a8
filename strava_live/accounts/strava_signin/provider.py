"""Strava as allauth sees it: our addresses, our commas between scopes, and only what we need of a profile."""

from typing import Any

from allauth.socialaccount.providers.strava.provider import StravaProvider as AllauthStravaProvider
from django.http import HttpRequest

from strava_live.accounts.profile import is_time_zone
from strava_live.accounts.strava_signin.oauth import StravaSignIn

DEFAULT_SCOPES = ("read", "activity:read")
OPTIONAL_SCOPES = ("activity:read_all",)  # «Only You» runs too, if the athlete ticks that


class StravaProvider(AllauthStravaProvider):
    oauth2_adapter_class = StravaSignIn

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        """One string: Strava wants commas, allauth would join a list with spaces and in any order."""
        asked = set(request.POST.getlist("scope") + request.GET.getlist("scope"))
        return [",".join([*DEFAULT_SCOPES, *(scope for scope in OPTIONAL_SCOPES if scope in asked)])]

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        """Keep the zone of the browser until it comes back from Strava, whose profile names none."""
        zone = request.POST.get("time_zone", "")
        state: dict[str, Any] = super().get_redirect_from_request_kwargs(request)
        return state | ({"time_zone": zone} if is_time_zone(zone) else {})

    def get_auth_params_from_request(self, request: HttpRequest, action: Any) -> dict[str, str]:
        """Asks again also when Strava has been asked before, so that an unticked box can be ticked."""
        return {"approval_prompt": "force"} if request.GET.get("process") == "connect" else {}

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        return {"id": data["id"]}


provider_classes = [StravaProvider]
