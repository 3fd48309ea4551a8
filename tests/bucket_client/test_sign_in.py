"""Bucket's sign-in against the stand-in: with and without a secret, refused, repeated, and revoked."""

import base64
import hashlib
import logging
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from simulators.bucket_process import EVERYTHING, BucketStandIn
from strava_live.bucket_client.client import BucketClient
from strava_live.bucket_client.errors import (
    BucketAnswerNotUnderstood,
    BucketClientRefused,
    BucketDown,
    BucketRateLimited,
    BucketReconnectNeeded,
)
from strava_live.bucket_client.request_pace import RequestPace
from strava_live.leaky_bucket import Rate
from tests.bucket_client.clients import Tokens, calls_counted, client_at

BACK = "http://localhost/bucket/callback/"
Consent = Callable[..., str]


@pytest.fixture
def verifier() -> str:
    return secrets.token_urlsafe(48)


@pytest.fixture
def consent(bucket: BucketStandIn, username: str, verifier: str) -> Consent:
    """A function with which the person consents, and which returns the code."""

    def code_of(client: BucketClient, scopes: tuple[str, ...] = EVERYTHING) -> str:
        digest = hashlib.sha256(verifier.encode()).digest()
        asked = {
            "client_id": client.client_id,
            "redirect_uri": BACK,
            "response_type": "code",
            "scope": " ".join(EVERYTHING),
            "state": secrets.token_hex(8),
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        back = bucket.consent(f"{client.oauth_url}/auth?{urlencode(asked)}", username, scopes=scopes)
        return parse_qs(urlsplit(back).query)["code"][0]

    return code_of


@pytest.fixture
def confidential(bucket: BucketStandIn) -> BucketClient:
    return client_at(bucket.url, client_id=bucket.confidential_id, client_secret=bucket.confidential_secret)


async def test_code_is_exchanged_without_a_secret(client: BucketClient, consent: Consent, verifier: str) -> None:
    tokens = await client.exchange(consent(client), redirect_uri=BACK, verifier=verifier)
    assert tokens.scopes == set(EVERYTHING)
    assert timedelta(days=99) < tokens.expires_at - datetime.now(UTC) <= timedelta(days=100)
    assert (await client.list_things(Tokens(client, {"access_token": tokens.access}))) == []


async def test_code_is_exchanged_with_a_secret_although_the_id_has_a_colon(
    confidential: BucketClient, consent: Consent, verifier: str
) -> None:
    tokens = await confidential.exchange(consent(confidential), redirect_uri=BACK, verifier=verifier)
    assert (await confidential.refresh(tokens.refresh)).access != tokens.access
    await confidential.revoke(tokens.refresh)


async def test_person_has_an_id_and_a_name(
    client: BucketClient, consent: Consent, verifier: str, username: str
) -> None:
    tokens = await client.exchange(consent(client), redirect_uri=BACK, verifier=verifier)
    person = await client.person(tokens.access)
    assert (person.id, person.username) == (f"dcd:persons:{username}", username)
    assert person.name.startswith("Person ")
    assert "@" in person.email


async def test_person_is_known_although_the_claims_of_the_first_scope_are_lost(
    bucket: BucketStandIn, client: BucketClient, username: str
) -> None:
    granted = bucket.grant(username, "profile dcd:things")
    person = await client.person(granted["access_token"])
    assert (person.username, person.name, person.email) == (username, "", "")


async def test_without_offline_there_is_no_refresh_token(client: BucketClient, consent: Consent, verifier: str) -> None:
    ticked = tuple(scope for scope in EVERYTHING if scope != "offline")
    tokens = await client.exchange(consent(client, ticked), redirect_uri=BACK, verifier=verifier)
    assert (tokens.refresh, tokens.scopes) == ("", frozenset(ticked))


async def test_code_with_another_verifier_or_address_is_refused(
    client: BucketClient, consent: Consent, verifier: str
) -> None:
    with pytest.raises(BucketReconnectNeeded):
        await client.exchange(consent(client), redirect_uri=BACK, verifier=verifier[::-1])
    with pytest.raises(BucketReconnectNeeded):
        await client.exchange(consent(client), redirect_uri="http://localhost/", verifier=verifier)
    with pytest.raises(BucketReconnectNeeded):
        await client.exchange("no-such-code", redirect_uri=BACK, verifier=verifier)


async def test_refresh_replaces_both_tokens(bucket: BucketStandIn, client: BucketClient, username: str) -> None:
    granted = bucket.grant(username)
    fresh = await client.refresh(granted["refresh_token"])
    assert fresh.refresh != granted["refresh_token"]
    assert fresh.access != granted["access_token"]
    with pytest.raises(BucketReconnectNeeded):
        await client.refresh(granted["refresh_token"])


async def test_refresh_keeps_the_refresh_token_if_bucket_keeps_it(
    bucket: BucketStandIn, client: BucketClient, username: str
) -> None:
    bucket.settings(rotation="never")
    granted = bucket.grant(username)
    assert (await client.refresh(granted["refresh_token"])).refresh == granted["refresh_token"]


async def test_refresh_after_the_consent_was_revoked_or_has_expired(
    bucket: BucketStandIn, client: BucketClient, username: str
) -> None:
    granted = bucket.grant(username)
    bucket.revoke(username)
    with pytest.raises(BucketReconnectNeeded):
        await client.refresh(granted["refresh_token"])
    granted = bucket.grant(username)
    bucket.expire_tokens(username, refresh_too=True)
    with pytest.raises(BucketReconnectNeeded):
        await client.refresh(granted["refresh_token"])


async def test_refresh_is_repeated_if_it_did_not_arrive(
    bucket: BucketStandIn, client: BucketClient, username: str
) -> None:
    granted = bucket.grant(username)
    bucket.fault("drop", "refresh", calls=1)
    bucket.fault("server_error", "refresh", calls=1, status=503)
    assert (await client.refresh(granted["refresh_token"])).access


async def test_lost_answer_to_a_refresh_ends_in_a_reconnect(
    bucket: BucketStandIn, client: BucketClient, username: str
) -> None:
    granted = bucket.grant(username)
    bucket.fault("lose", "refresh", calls=1)
    with calls_counted(bucket, "refresh") as calls, pytest.raises(BucketReconnectNeeded):
        await client.refresh(granted["refresh_token"])
    assert calls == [2]


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"kind": "server_error"}, BucketDown),
        ({"kind": "html"}, BucketDown),
        ({"kind": "html", "status": 200}, BucketAnswerNotUnderstood),
        ({"kind": "html", "status": 404}, BucketAnswerNotUnderstood),
        ({"kind": "empty", "status": 200}, BucketAnswerNotUnderstood),
        ({"kind": "rate_limited", "retry_after": "60"}, BucketRateLimited),
        ({"kind": "invalid_grant"}, BucketReconnectNeeded),
    ],
)
async def test_faults_of_the_sign_in(
    bucket: BucketStandIn, client: BucketClient, fault: dict[str, object], expected: type[Exception]
) -> None:
    bucket.fault(endpoint="refresh", **fault)  # type: ignore[arg-type]
    with pytest.raises(expected):
        await client.refresh("a.b")


async def test_revoking_the_refresh_token_ends_both_and_can_be_repeated(
    bucket: BucketStandIn, client: BucketClient, username: str
) -> None:
    granted = bucket.grant(username)
    bucket.fault("lose", "revoke", calls=1)
    await client.revoke(granted["refresh_token"])
    await client.revoke(granted["refresh_token"])
    with pytest.raises(BucketReconnectNeeded):
        await client.person(granted["access_token"])
    with pytest.raises(BucketReconnectNeeded):
        await client.refresh(granted["refresh_token"])


async def test_wrong_client_is_the_operators_business(bucket: BucketStandIn) -> None:
    wrong = (
        client_at(bucket.url, client_id="clients:nobody"),
        client_at(bucket.url, client_id=bucket.confidential_id, client_secret="wrong"),
        client_at(bucket.url, client_id=bucket.confidential_id),
        client_at(bucket.url, client_secret="this client has none"),
    )
    for client in wrong:
        for call in (client.exchange("c", redirect_uri=BACK, verifier="v"), client.refresh("r"), client.revoke("r")):
            with pytest.raises(BucketClientRefused):
                await call


async def test_sign_in_does_not_wait_for_the_pace_of_the_api(bucket: BucketStandIn, username: str) -> None:
    pace = RequestPace(Rate(1, 3600))
    pace.record(429, {"retry-after": "3600"})
    client = client_at(bucket.url, pace=pace)
    granted = bucket.grant(username)
    assert (await client.person(granted["access_token"])).username == username
    with pytest.raises(BucketRateLimited):
        await client.list_things(Tokens(client, granted))


async def test_secrets_are_in_no_log_and_no_repr(
    bucket: BucketStandIn, confidential: BucketClient, username: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="httpx")
    granted = bucket.grant(username, client_id=bucket.confidential_id)
    fresh = await confidential.refresh(granted["refresh_token"])
    bucket.revoke(username)
    with pytest.raises(BucketReconnectNeeded) as caught:
        await confidential.refresh(fresh.refresh)
    seen = f"{caplog.text} {confidential!r} {fresh!r} {caught.value!r}"
    for secret in (bucket.confidential_secret, granted["refresh_token"], fresh.access, fresh.refresh):
        assert secret not in seen
