"""Consent, exchange, revoke and deauthorize, and their errors."""

import re

import httpx
import pytest

from simulators.process import StandIn
from tests.simulators.application import CALLBACK, CLIENT, Application, error, query


def test_consent_page_lists_the_cast_and_says_it_is_not_strava(application: Application) -> None:
    page = application.http.get(application.address()).text
    assert "A stand-in, not Strava." in page
    assert "Priya Raman" in page
    assert 'value="activity:read" checked' in page


def test_consent_page_escapes_parameters(application: Application) -> None:
    page = application.http.get(application.address(state='"><script>')).text
    assert "<script>" not in page


def test_consent_redirects_with_state_code_and_granted_scopes(
    application: Application, strava: StandIn, athlete_id: int
) -> None:
    asked = application.address(scope="read,activity:read,activity:read_all", state="s1")
    back = strava.consent(asked, athlete_id, scopes=("read", "activity:read"))
    assert back.startswith(CALLBACK)
    assert query(back) | {"code": ""} == {"state": "s1", "code": "", "scope": "read,activity:read"}


def test_cancelled_consent_redirects_with_access_denied(
    application: Application, strava: StandIn, athlete_id: int
) -> None:
    back = strava.consent(application.address(state="s2"), athlete_id, cancel=True)
    assert query(back) == {"state": "s2", "error": "access_denied"}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"redirect_uri": "http://example.com/x"}, ("Application", "redirect_uri", "invalid")),
        ({"redirect_uri": "localhost"}, ("Application", "redirect_uri", "invalid")),
        ({"client_id": "unknown"}, ("Application", "client_id", "invalid")),
        ({"scope": "everything"}, ("Application", "scope", "invalid")),
        ({"response_type": "token"}, ("Application", "response_type", "invalid")),
    ],
)
def test_authorize_refuses(application: Application, fields: dict[str, str], expected: tuple[str, str, str]) -> None:
    assert error(application.http.get(application.address(**fields))) == (400, "Bad Request", *expected)


def test_callback_domain_allows_its_subdomains_only() -> None:
    with StandIn("--no-cast", "--callback-domain", "club.example") as strava:
        application = Application(strava)
        fine, alike = "https://www.club.example/cb", "https://myclub.example/cb"
        assert application.http.get(application.address(redirect_uri=fine)).status_code == 200
        assert application.http.get(application.address(redirect_uri=alike)).status_code == 400
        application.http.close()


def test_exchange_returns_tokens_and_the_athlete(application: Application, athlete_id: int) -> None:
    tokens = application.exchange(application.code(athlete_id)).json()
    assert set(tokens) == {"token_type", "access_token", "expires_at", "expires_in", "refresh_token", "athlete"}
    assert re.fullmatch("[0-9a-f]{40}", tokens["access_token"])
    assert re.fullmatch("[0-9a-f]{40}", tokens["refresh_token"])
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 21600)
    assert (tokens["athlete"]["id"], tokens["athlete"]["resource_state"]) == (athlete_id, 2)


def test_code_can_be_exchanged_once(application: Application, athlete_id: int) -> None:
    code = application.code(athlete_id)
    assert application.exchange(code).status_code == 200
    assert error(application.exchange(code)) == (400, "Bad Request", "AuthorizationCode", "", "invalid")


@pytest.mark.parametrize(
    ("fields", "code"),
    [({"client_secret": "wrong"}, "invalid"), ({"client_id": "wrong"}, "invalid"), ({"client_id": ""}, "missing")],
)
def test_token_refuses_a_wrong_client(application: Application, fields: dict[str, str], code: str) -> None:
    answer = application.token(grant_type="authorization_code", code="x", **fields)
    assert error(answer) == (400, "Bad Request", "Application", "client_id", code)


def test_oauth_endpoints_exist_under_the_api_too(application: Application, strava: StandIn, athlete_id: int) -> None:
    form = CLIENT | {"grant_type": "authorization_code", "code": application.code(athlete_id)}
    answer = application.http.post(f"{strava.api_url}/oauth/token", data=form)
    assert answer.status_code == 200
    assert application.http.get(f"{strava.api_url}/oauth/authorize").status_code == 400


def test_athlete_cap_shows_a_page_of_strava(application: Application, strava: StandIn, athlete_id: int) -> None:
    strava.settings(athlete_cap=1)
    strava.grant(strava.add_athlete(activities=1))
    form = {"client_id": "stand-in", "redirect_uri": CALLBACK, "athlete_id": athlete_id, "decision": "authorize"}
    answer = application.http.post(f"{strava.oauth_url}/authorize", data=form)
    assert answer.status_code == 403
    assert "Limit of connected athletes exceeded" in answer.text


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_revoke_invalidates_both_tokens(application: Application, strava: StandIn, athlete_id: int, which: str) -> None:
    tokens = strava.grant(athlete_id)
    client = httpx.BasicAuth("stand-in", "stand-in-secret")
    for _ in range(2):
        answer = application.http.post(f"{strava.oauth_url}/revoke", data={"token": tokens[which]}, auth=client)
        assert answer.status_code == 200
    assert application.get(tokens["access_token"], "athlete").status_code == 401
    refused = (400, "Bad Request", "RefreshToken", "refresh_token", "invalid")
    assert error(application.refresh(tokens["refresh_token"])) == refused


def test_revoke_requires_client_credentials(application: Application, strava: StandIn, token: str) -> None:
    answer = application.http.post(f"{strava.oauth_url}/revoke", data={"token": token})
    assert answer.status_code == 401
    assert application.get(token, "athlete").status_code == 200


def test_deauthorize_returns_the_token_and_is_counted(application: Application, strava: StandIn, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    answer = application.http.post(f"{strava.oauth_url}/deauthorize", headers=headers)
    assert answer.json() == {"access_token": token}
    assert "X-RateLimit-Usage" in answer.headers
    assert application.get(token, "athlete").status_code == 401
