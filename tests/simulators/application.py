"""A minimal client application for the stand-in for Strava."""

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from simulators.process import StandIn
from tests.patience import PATIENCE_S

CLIENT = {"client_id": "stand-in", "client_secret": "stand-in-secret"}
CALLBACK = "http://localhost:9/callback"


class Application:
    """Requests consent, exchanges codes, refreshes tokens and reads data."""

    def __init__(self, strava: StandIn) -> None:
        self.strava = strava
        self.http = httpx.Client(timeout=PATIENCE_S, verify=False)  # noqa: S501 - no TLS here, and loading the roots is slow

    def address(self, *, scope: str = "read,activity:read", **fields: str) -> str:
        asked = {"client_id": "stand-in", "redirect_uri": CALLBACK, "response_type": "code", "scope": scope} | fields
        return f"{self.strava.oauth_url}/authorize?{urlencode(asked)}"

    def code(self, athlete_id: int) -> str:
        return query(self.strava.consent(self.address(), athlete_id))["code"]

    def token(self, **fields: str) -> httpx.Response:
        return self.http.post(f"{self.strava.oauth_url}/token", data=CLIENT | fields)

    def exchange(self, code: str) -> httpx.Response:
        return self.token(grant_type="authorization_code", code=code)

    def refresh(self, refresh_token: str) -> httpx.Response:
        return self.token(grant_type="refresh_token", refresh_token=refresh_token)

    def get(self, token: str, path: str, **params: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return self.http.get(f"{self.strava.api_url}/{path}", params=params, headers=headers)

    def page(self, token: str, **params: Any) -> list[dict[str, Any]]:
        answer = self.get(token, "athlete/activities", **params)
        assert answer.status_code == 200, answer.text
        activities: list[dict[str, Any]] = answer.json()
        return activities


def query(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def error(answer: httpx.Response) -> tuple[int, str, str, str, str]:
    """Return status, message, resource, field and code of an error response."""
    fault = answer.json()
    first = fault["errors"][0]
    return answer.status_code, fault["message"], first["resource"], first["field"], first["code"]


def subscribe(application: Application, url: str) -> httpx.Response:
    form = CLIENT | {"callback_url": url, "verify_token": "verify"}
    return application.http.post(f"{application.strava.api_url}/push_subscriptions", data=form)
