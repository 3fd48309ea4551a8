"""Sign-in, consent, exchange, refresh, revoke, and their errors."""

import re

import httpx
import pytest

from simulators.bucket_process import BucketStandIn
from tests.simulators.application import query
from tests.simulators.bucket.client import CALLBACK, PKCE, STATE, VERIFIER, Client, hint, problem

NO_OFFLINE = ("openid", "profile", "dcd:things")


def test_consent_redirects_with_code_granted_scopes_and_state(
    client: Client, bucket: BucketStandIn, username: str
) -> None:
    back = bucket.consent(client.address(), username, scopes=NO_OFFLINE)
    assert back.startswith(CALLBACK)
    assert query(back) | {"code": ""} == {"code": "", "scope": "openid profile dcd:things", "state": STATE}


def test_denied_consent_redirects_with_hydras_description(client: Client, bucket: BucketStandIn, username: str) -> None:
    back = query(bucket.consent(client.address(), username, deny=True))
    described = "The resource owner denied the request"
    assert back == {"error": "access_denied", "error_description": described, "state": STATE}


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"state": "short"}, "invalid_state"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "openid dcd:everything"}, "invalid_scope"),
        ({"code_challenge": "x", "code_challenge_method": "plain"}, "invalid_request"),
        ({"prompt": "none"}, "login_required"),
    ],
)
def test_wrong_request_redirects_with_an_error(
    client: Client, bucket: BucketStandIn, username: str, fields: dict[str, str], error: str
) -> None:
    back = query(bucket.consent(client.address(**fields), username))
    assert (back["error"], back["state"]) == (error, fields.get("state", STATE))


@pytest.mark.parametrize(
    "fields",
    [{"client_id": "clients:unknown"}, {"redirect_uri": "https://example.com/cb"}, {"redirect_uri": "localhost"}],
)
def test_unknown_client_or_address_is_a_page_without_a_redirect(client: Client, fields: dict[str, str]) -> None:
    answer = client.http.get(client.address(**fields))
    assert answer.status_code == 400
    assert "This application cannot be connected" in answer.text


def test_exchange_returns_opaque_tokens_of_two_parts(client: Client, bucket: BucketStandIn, username: str) -> None:
    code = query(bucket.consent(client.address(**PKCE), username))["code"]
    answer = client.exchange(code, code_verifier=VERIFIER)
    tokens = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    assert set(tokens) == {"access_token", "expires_in", "id_token", "refresh_token", "scope", "token_type"}
    assert re.fullmatch(r"[\w-]+\.[\w-]+", tokens["access_token"])
    assert (tokens["token_type"], tokens["expires_in"]) == ("bearer", 8_640_000)
    assert tokens["id_token"].count(".") == 2


def test_refresh_token_is_given_only_with_offline(client: Client, bucket: BucketStandIn, username: str) -> None:
    code = query(bucket.consent(client.address(), username, scopes=NO_OFFLINE))["code"]
    assert "refresh_token" not in client.exchange(code).json()


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        (PKCE, {}),
        (PKCE, {"code_verifier": VERIFIER[:42]}),
        (PKCE, {"code_verifier": VERIFIER.upper()}),
        ({}, {"redirect_uri": f"{CALLBACK}/other"}),
        ({}, {"client_id": "clients:saturday-live-server", "client_secret": "stand-in-secret"}),
    ],
)
def test_exchange_refuses_what_does_not_belong_to_the_code(
    client: Client, bucket: BucketStandIn, username: str, asked: dict[str, str], sent: dict[str, str]
) -> None:
    code = query(bucket.consent(client.address(**asked), username))["code"]
    assert problem(client.exchange(code, **sent)) == (400, "invalid_grant")


def test_code_that_is_used_twice_ends_its_grant(client: Client, bucket: BucketStandIn, username: str) -> None:
    code = query(bucket.consent(client.address(), username))["code"]
    token = client.exchange(code).json()["access_token"]
    assert client.userinfo(token).status_code == 200
    assert problem(client.exchange(code)) == (400, "invalid_grant")
    assert problem(client.userinfo(token)) == (401, "request_unauthorized")


def test_confidential_client_needs_its_secret(client: Client, bucket: BucketStandIn, username: str) -> None:
    code = query(bucket.consent(client.address(client_id=bucket.confidential_id), username))["code"]
    assert problem(client.exchange(code, client_id=bucket.confidential_id)) == (401, "invalid_client")
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    basic = (bucket.confidential_id.replace(":", "%3A"), bucket.confidential_secret)
    answer = client.http.post(f"{bucket.oauth_url}/token", data=form, auth=basic)
    assert answer.status_code == 200
    refresh_token = answer.json()["refresh_token"]
    secret = {"client_id": bucket.confidential_id, "client_secret": bucket.confidential_secret}
    assert client.refresh(refresh_token, **secret).status_code == 200


@pytest.mark.parametrize("fields", [{"client_id": "clients:unknown"}, {"client_secret": "not needed"}])
def test_token_refuses_a_wrong_client(client: Client, fields: dict[str, str]) -> None:
    assert problem(client.refresh("x", **fields)) == (401, "invalid_client")


def test_token_refuses_an_unknown_kind_of_grant(client: Client) -> None:
    assert problem(client.token(grant_type="password")) == (400, "unsupported_grant_type")


def test_refresh_replaces_both_tokens_and_ends_the_old_ones(
    client: Client, bucket: BucketStandIn, username: str
) -> None:
    old = bucket.grant(username)
    new = client.refresh(old["refresh_token"]).json()
    assert client.userinfo(new["access_token"]).status_code == 200
    assert client.userinfo(old["access_token"]).status_code == 401
    assert problem(client.refresh(old["refresh_token"])) == (400, "invalid_grant")
    assert client.refresh(new["refresh_token"]).status_code == 200


def test_rotation_can_be_switched_off(client: Client, bucket: BucketStandIn, username: str) -> None:
    bucket.settings(rotation="never")
    token = bucket.grant(username)["refresh_token"]
    assert [client.refresh(token).json()["refresh_token"] for _ in range(2)] == [token, token]


def test_tokens_expire(client: Client, bucket: BucketStandIn, username: str) -> None:
    tokens = bucket.grant(username)
    assert bucket.expire_tokens(username) == 1
    assert client.userinfo(tokens["access_token"]).status_code == 401
    bucket.settings(token_life_s=0)
    expired = client.refresh(tokens["refresh_token"]).json()
    assert expired["expires_in"] == 0
    assert client.userinfo(expired["access_token"]).status_code == 401
    bucket.expire_tokens(username, refresh_too=True)
    assert problem(client.refresh(expired["refresh_token"])) == (400, "invalid_grant")


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_revoke_ends_both_tokens(client: Client, bucket: BucketStandIn, username: str, which: str) -> None:
    tokens = bucket.grant(username)
    form = {"client_id": bucket.client_id, "token": tokens[which]}
    for _ in range(2):
        answer = client.http.post(f"{bucket.oauth_url}/revoke", data=form)
        assert (answer.status_code, answer.text) == (200, "")
    assert client.userinfo(tokens["access_token"]).status_code == 401
    assert problem(client.refresh(tokens["refresh_token"])) == (400, "invalid_grant")
    assert bucket.grants(username) == []


def test_revoke_leaves_tokens_of_another_client(client: Client, bucket: BucketStandIn, username: str) -> None:
    token = bucket.grant(username, client_id=bucket.confidential_id)["access_token"]
    client.http.post(f"{bucket.oauth_url}/revoke", data={"client_id": bucket.client_id, "token": token})
    assert client.userinfo(token).status_code == 200


def test_introspect_is_inactive_if_a_scope_is_missing(client: Client, bucket: BucketStandIn, username: str) -> None:
    token = bucket.grant(username, "openid dcd:things")["access_token"]

    def introspect(**fields: str) -> httpx.Response:
        return client.http.post(f"{bucket.oauth_url}/introspect", data={"token": token} | fields)

    assert introspect(scope="dcd:things").json()["sub"] == f"dcd:persons:{username}"
    assert introspect(scope="dcd:things dcd:properties").json() == {"active": False}


def test_userinfo_has_the_claims_of_the_scopes_but_not_of_the_first(
    client: Client, bucket: BucketStandIn, username: str
) -> None:
    def claims(scope: str) -> set[str]:
        found = client.userinfo(bucket.grant(username, scope)["access_token"]).json()
        assert found["sub"] == f"dcd:persons:{username}"
        return set(found) - {"sub"}

    profile = {"id", "username", "name", "given_name", "profile", "family_n"}
    assert claims("openid profile") == profile
    assert claims("openid profile email") == profile | {"email", "email_verified"}
    assert claims("profile email") == {"email", "email_verified"}
    bucket.settings(lose_first_claims=False)
    assert claims("profile") == profile


def test_revoked_consent_ends_all_tokens_of_the_person(client: Client, bucket: BucketStandIn, username: str) -> None:
    tokens = bucket.grant(username)
    assert bucket.revoke(username) == 1
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    refused = (403, "The bearer token is not active")
    assert hint(client.http.get(f"{bucket.api_url}/things", headers=headers)) == refused
    assert problem(client.refresh(tokens["refresh_token"])) == (400, "invalid_grant")
