"""Refreshing tokens: which stay valid, which are replaced, and that uses of invalid ones are counted."""

import json
from pathlib import Path

import httpx
import pytest

from simulators.process import StandIn
from tests.simulators.application import Application, error


def dead_presented(strava: StandIn) -> int:
    return int(strava.stats()["tokens"]["dead_refresh_tokens_presented"])


def test_refresh_keeps_an_access_token_valid_for_more_than_an_hour(
    application: Application, strava: StandIn, athlete_id: int
) -> None:
    first = strava.grant(athlete_id)
    second = application.refresh(first["refresh_token"]).json()
    assert set(second) == {"token_type", "access_token", "expires_at", "expires_in", "refresh_token"}
    assert second["access_token"] == first["access_token"]
    assert second["refresh_token"] != first["refresh_token"]


def test_refresh_invalidates_the_old_refresh_token_at_once(
    application: Application, strava: StandIn, athlete_id: int
) -> None:
    first, before = strava.grant(athlete_id), dead_presented(strava)
    application.refresh(first["refresh_token"])
    assert dead_presented(strava) == before
    refused = (400, "Bad Request", "RefreshToken", "refresh_token", "invalid")
    assert error(application.refresh(first["refresh_token"])) == refused
    assert error(application.refresh("never-given")) == refused
    assert dead_presented(strava) == before + 1


def test_refresh_replaces_an_expired_access_token(application: Application, strava: StandIn, athlete_id: int) -> None:
    first = strava.grant(athlete_id)
    assert strava.expire_tokens(athlete_id) == 1
    refused = (401, "Authorization Error", "Athlete", "access_token", "invalid")
    assert error(application.get(first["access_token"], "athlete")) == refused
    second = application.refresh(first["refresh_token"]).json()
    assert second["access_token"] != first["access_token"]
    assert application.get(second["access_token"], "athlete").status_code == 200


def test_older_access_token_is_valid_until_it_expires(
    application: Application, strava: StandIn, athlete_id: int
) -> None:
    strava.settings(token_life_s=3000)
    first = strava.grant(athlete_id)
    second = application.refresh(first["refresh_token"]).json()
    assert second["access_token"] != first["access_token"]
    assert application.get(first["access_token"], "athlete").status_code == 200


def test_rotation_can_be_switched_off(application: Application, strava: StandIn, athlete_id: int) -> None:
    strava.settings(rotation="never")
    first = strava.grant(athlete_id)
    assert application.refresh(first["refresh_token"]).json()["refresh_token"] == first["refresh_token"]
    assert application.refresh(first["refresh_token"]).status_code == 200


def test_refresh_with_a_lost_response_replaces_the_token(
    application: Application, strava: StandIn, athlete_id: int
) -> None:
    first = strava.grant(athlete_id)
    strava.fault("lose", "refresh", calls=1)
    with pytest.raises(httpx.RemoteProtocolError):
        application.refresh(first["refresh_token"])
    assert application.refresh(first["refresh_token"]).status_code == 400


def test_second_consent_with_the_same_scopes_returns_the_valid_tokens(
    application: Application, strava: StandIn, athlete_id: int
) -> None:
    first = application.exchange(application.code(athlete_id)).json()
    again = application.exchange(application.code(athlete_id)).json()
    assert (again["access_token"], again["refresh_token"]) == (first["access_token"], first["refresh_token"])


def test_tokens_stored_in_a_file_survive_a_restart(tmp_path: Path) -> None:
    kept = tmp_path / "deep" / "state.json"
    with StandIn("--state", str(kept)) as strava:
        first = strava.grant(100_001)
        application = Application(strava)
        second = application.refresh(first["refresh_token"]).json()
        application.http.close()
    assert json.loads(kept.read_text())["dead"] == [first["refresh_token"]]
    with StandIn("--state", str(kept)) as strava:
        application = Application(strava)
        assert application.get(second["access_token"], "athlete").json()["firstname"] == "Priya"
        assert application.refresh(first["refresh_token"]).status_code == 400
        assert application.refresh(second["refresh_token"]).json()["access_token"] == second["access_token"]
        assert dead_presented(strava) == 1
        application.http.close()
