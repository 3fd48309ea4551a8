"""The client's calls against the stand-in over real HTTP: results, errors, and what is kept out of logs."""

import asyncio
import gzip
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from simulators.process import StandIn
from strava_live.http.transport import MAX_BYTES, Timeouts
from strava_live.strava.budget import MemoryBudget, Permit
from strava_live.strava.client import Strava
from strava_live.strava.errors import (
    AppInactive,
    Garbled,
    Gone,
    RateLimited,
    ReconnectNeeded,
    StravaDown,
    UnexpectedAnswer,
)
from strava_live.strava.limits import CallKind, Lane, Meters, Policy
from strava_live.strava.payloads import Grant
from tests.http.servers import answering, response
from tests.strava.client_settings import AT_ONCE, LONG
from tests.strava.one_token import OneToken

TokensOf = Callable[..., OneToken]
Connect = Callable[..., Strava]
TINY = Policy(limits=Meters(1, 1, 1, 1), windows=LONG)


async def sign_in(strava: Strava, site: StandIn, athlete_id: int) -> Grant:
    asked = {
        "client_id": "stand-in",
        "redirect_uri": "http://localhost/back",
        "response_type": "code",
        "scope": "read,activity:read",
    }
    back = site.consent(f"{site.oauth_url}/authorize?{urlencode(asked)}", athlete_id)
    return await strava.exchange(parse_qs(urlsplit(back).query)["code"][0])


async def test_exchange_returns_tokens_and_the_athlete(strava: Strava, strava_site: StandIn) -> None:
    athlete_id = strava_site.add_athlete(activities=1)
    grant = await sign_in(strava, strava_site, athlete_id)
    assert grant.athlete.strava_id == athlete_id
    left = grant.tokens.expires_at - datetime.now(UTC)
    assert timedelta(hours=5, minutes=59) < left <= timedelta(hours=6)
    assert (await strava.athlete(OneToken(grant.tokens.access))).strava_id == athlete_id


async def test_exchange_of_a_bad_code_needs_a_reconnect(strava: Strava, strava_site: StandIn) -> None:
    with pytest.raises(ReconnectNeeded):
        await strava.exchange("no-such-code")


async def test_refresh_replaces_the_refresh_token(strava: Strava, strava_site: StandIn) -> None:
    grant = await sign_in(strava, strava_site, strava_site.add_athlete(activities=1))
    fresh = await strava.refresh(grant.tokens.refresh)
    assert fresh.refresh != grant.tokens.refresh
    with pytest.raises(ReconnectNeeded):
        await strava.refresh(grant.tokens.refresh)


async def test_refresh_is_retried_if_it_did_not_reach_strava(strava: Strava, strava_site: StandIn) -> None:
    grant = await sign_in(strava, strava_site, strava_site.add_athlete(activities=1))
    strava_site.fault("drop", "refresh", calls=1)
    strava_site.fault("server_error", "refresh", calls=1, status=503)
    assert (await strava.refresh(grant.tokens.refresh)).refresh != grant.tokens.refresh


async def test_lost_answer_to_a_refresh_ends_in_a_reconnect(strava: Strava, strava_site: StandIn) -> None:
    grant = await sign_in(strava, strava_site, strava_site.add_athlete(activities=1))
    calls = strava_site.stats()["calls"].get("refresh", 0)
    strava_site.fault("lose", "refresh", calls=1)
    with pytest.raises(ReconnectNeeded):
        await strava.refresh(grant.tokens.refresh)
    assert strava_site.stats()["calls"]["refresh"] == calls + 2


@pytest.mark.parametrize("which", ["access", "refresh"])
async def test_revoke_kills_both_tokens(strava: Strava, strava_site: StandIn, which: str) -> None:
    grant = await sign_in(strava, strava_site, strava_site.add_athlete(activities=1))
    await strava.revoke(getattr(grant.tokens, which))
    with pytest.raises(ReconnectNeeded):
        await strava.athlete(OneToken(grant.tokens.access))
    with pytest.raises(ReconnectNeeded):
        await strava.refresh(grant.tokens.refresh)
    await strava.revoke(grant.tokens.refresh)


async def test_wrong_secret_is_app_inactive(strava: Strava, strava_site: StandIn) -> None:
    wrong = Strava(
        oauth_url=strava.oauth_url,
        api_url=strava.api_url,
        client_id="stand-in",
        client_secret="wrong",
        budget=strava.budget,
        retry=AT_ONCE,
    )
    for call in (wrong.exchange("code"), wrong.refresh("token"), wrong.revoke("token")):
        with pytest.raises(AppInactive):
            await call


async def test_activity_equals_the_one_in_the_list(strava: Strava, strava_site: StandIn, tokens_of: TokensOf) -> None:
    tokens = tokens_of(strava_site.add_athlete(activities=3))
    listed = [activity async for activity in strava.activities(tokens, lane=Lane.PERSON)]
    one = await strava.activity(tokens, listed[1].strava_id, lane=Lane.WEBHOOK)
    assert (one.strava_id, one.start, one.name) == (listed[1].strava_id, listed[1].start, listed[1].name)


async def test_unknown_activity_is_gone(strava: Strava, strava_site: StandIn, tokens_of: TokensOf) -> None:
    tokens = tokens_of(strava_site.add_athlete(activities=1))
    with pytest.raises(Gone):
        await strava.activity(tokens, 1, lane=Lane.WEBHOOK)
    strava_site.fault("empty", "activity")
    with pytest.raises(Gone):
        await strava.activity(tokens, 1, lane=Lane.WEBHOOK)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"kind": "inactive"}, AppInactive),
        ({"kind": "not_found"}, UnexpectedAnswer),
        ({"kind": "rate_limited"}, RateLimited),
        ({"kind": "unauthorized"}, ReconnectNeeded),
        ({"kind": "server_error", "status": 402}, UnexpectedAnswer),
        ({"kind": "html", "status": 403}, UnexpectedAnswer),
    ],
)
async def test_refusals_are_not_retried(
    strava: Strava, strava_site: StandIn, tokens_of: TokensOf, fault: dict[str, object], expected: type[Exception]
) -> None:
    tokens = tokens_of(strava_site.add_athlete(activities=1))
    calls = strava_site.stats()["calls"].get("athlete", 0)
    strava_site.fault(endpoint="athlete", **fault)  # type: ignore[arg-type]
    with pytest.raises(expected):
        await strava.athlete(tokens)
    assert strava_site.stats()["calls"]["athlete"] == calls + 1


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "drop"},
        {"kind": "lose"},
        {"kind": "html"},
        {"kind": "server_error", "status": 500},
        {"kind": "truncate", "bytes": 20},
    ],
)
async def test_temporary_errors_are_retried_a_limited_number_of_times(
    strava: Strava, strava_site: StandIn, tokens_of: TokensOf, fault: dict[str, object]
) -> None:
    athlete_id = strava_site.add_athlete(activities=1)
    strava_site.fault(endpoint="athlete", calls=AT_ONCE.attempts - 1, **fault)  # type: ignore[arg-type]
    assert (await strava.athlete(tokens_of(athlete_id))).strava_id == athlete_id
    calls = strava_site.stats()["calls"]["athlete"]
    strava_site.fault(endpoint="athlete", **fault)  # type: ignore[arg-type]
    with pytest.raises(StravaDown):
        await strava.athlete(tokens_of(athlete_id))
    assert strava_site.stats()["calls"]["athlete"] == calls + AT_ONCE.attempts


@pytest.mark.parametrize("body", [b"<html>We are back soon</html>", b'{"id": 1', b"[" * 100_000])
async def test_body_that_is_not_json_is_retried_then_garbled(connect: Connect, body: bytes) -> None:
    calls = 0

    async def page(head: bytes, writer: asyncio.StreamWriter) -> None:
        nonlocal calls
        calls += 1
        writer.write(response(body))

    async with answering(page) as url:
        with pytest.raises(Garbled):
            await connect(url).athlete(OneToken("t"))
    assert calls == AT_ONCE.attempts


async def test_redirect_is_an_unexpected_answer(connect: Connect) -> None:
    async def elsewhere(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(response(b"", status="302 Found", headers="Location: http://127.0.0.1:9/steal\r\n"))

    async with answering(elsewhere) as url:
        with pytest.raises(UnexpectedAnswer):
            await connect(url).athlete(OneToken("t"))


async def test_body_that_is_too_long_is_garbled(connect: Connect) -> None:
    async def endless(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(response(gzip.compress(b" " * (MAX_BYTES + 1)), headers="Content-Encoding: gzip\r\n"))

    async with answering(endless) as url:
        with pytest.raises(Garbled, match="longer than"):
            await connect(url).athlete(OneToken("t"))


async def test_refused_connection_is_strava_down(connect: Connect) -> None:
    async with answering(nothing) as url:
        pass
    with pytest.raises(StravaDown):
        await connect(url).athlete(OneToken("t"))


async def test_call_that_exceeds_the_total_time_is_strava_down(connect: Connect) -> None:
    async with answering(nothing) as url:
        with pytest.raises(StravaDown):
            await connect(url, timeouts=Timeouts(total=0.2)).athlete(OneToken("t"))


async def nothing(head: bytes, writer: asyncio.StreamWriter) -> None:
    """Send no response."""
    await asyncio.sleep(60)


async def test_no_call_is_sent_if_the_budget_refuses_it(
    connect: Connect, strava_site: StandIn, tokens_of: TokensOf
) -> None:
    strava_site.limits(headers=False)
    tokens = tokens_of(strava_site.add_athlete(activities=1))
    budget = MemoryBudget(TINY)
    strava = connect(budget=budget)
    assert isinstance(await budget.acquire(Lane.PERSON), Permit)
    calls = strava_site.stats()["calls"]
    for call in (strava.activity(tokens, 1, lane=Lane.PERSON), strava.subscriptions()):
        with pytest.raises(RateLimited) as caught:
            await call
        assert not caught.value.by_strava
    assert strava_site.stats()["calls"] == calls


async def test_sign_in_and_sign_out_are_counted_but_never_delayed(connect: Connect, strava_site: StandIn) -> None:
    strava_site.limits(headers=False)
    budget = MemoryBudget(TINY)
    strava = connect(budget=budget)
    grant = await sign_in(strava, strava_site, strava_site.add_athlete(activities=1))
    await strava.athlete(OneToken(grant.tokens.access))
    fresh = await strava.refresh(grant.tokens.refresh)
    await strava.revoke(fresh.access)
    assert (await budget.status()).used.read_quarter == 4
    assert not isinstance(await budget.acquire(Lane.PERSON), Permit)
    assert isinstance(await budget.acquire(Lane.PERSON, kind=CallKind.SIGN_IN), Permit)


async def test_client_learns_the_limits_and_stays_within_them(
    connect: Connect, strava_site: StandIn, tokens_of: TokensOf
) -> None:
    tokens = tokens_of(strava_site.add_athlete(activities=1))
    strava_site.limits(overall=(40, 400), read=(20, 200), used=(15, 15))
    rejected = strava_site.stats()["rejected"]
    strava = connect(budget=MemoryBudget(Policy(windows=LONG)))
    for _ in range(5):
        with pytest.raises(Gone):
            await strava.activity(tokens, 1, lane=Lane.PERSON)
    with pytest.raises(RateLimited) as caught:
        await strava.activity(tokens, 1, lane=Lane.PERSON)
    assert not caught.value.by_strava
    assert strava_site.stats()["rejected"] == rejected
    assert (await strava.budget.status()).limits == Meters(40, 400, 20, 200)


async def test_429_closes_the_window_for_all_calls(connect: Connect, strava_site: StandIn, tokens_of: TokensOf) -> None:
    tokens = tokens_of(strava_site.add_athlete(activities=1))
    strava = connect()
    strava_site.fault("rate_limited", "activity", calls=1)
    with pytest.raises(RateLimited) as caught:
        await strava.activity(tokens, 1, lane=Lane.PERSON)
    assert caught.value.by_strava
    assert caught.value.until > (await strava.budget.status()).quarter_ends
    with pytest.raises(RateLimited) as caught:
        await strava.activity(tokens, 1, lane=Lane.PERSON)
    assert not caught.value.by_strava


async def test_subscription_is_created_listed_and_deleted(strava: Strava, strava_site: StandIn) -> None:
    async def callback(head: bytes, writer: asyncio.StreamWriter) -> None:
        challenge = parse_qs(urlsplit(head.split()[1].decode()).query)["hub.challenge"][0]
        body = f'{{"hub.challenge": "{challenge}"}}'.encode()
        writer.write(response(body, headers="Content-Type: application/json\r\nConnection: close\r\n"))

    async with answering(callback) as url:
        made = await strava.subscribe(callback_url=f"{url}/strava/webhook/x/", verify_token="x")
        assert [one.id for one in await strava.subscriptions()] == [made.id]
        with pytest.raises(UnexpectedAnswer, match="already exists"):
            await strava.subscribe(callback_url=f"{url}/strava/webhook/x/", verify_token="x")
        await strava.unsubscribe(made.id)
        assert await strava.subscriptions() == []


async def test_logs_and_errors_contain_no_token_and_no_secret(
    strava: Strava, strava_site: StandIn, caplog: pytest.LogCaptureFixture
) -> None:
    for logger in ("", "httpx", "httpcore"):
        caplog.set_level(logging.DEBUG, logger=logger)
    grant = await sign_in(strava, strava_site, strava_site.add_athlete(activities=1))
    await strava.athlete(OneToken(grant.tokens.access))
    await strava.subscriptions()
    fresh = await strava.refresh(grant.tokens.refresh)
    with pytest.raises(ReconnectNeeded) as caught:
        await strava.refresh(grant.tokens.refresh)
    await strava.revoke(fresh.refresh)
    logged = caplog.text + repr(caught.value) + repr(strava) + repr(grant)
    assert "/push_subscriptions" in logged, "the calls themselves are logged"
    secrets = (grant.tokens.access, grant.tokens.refresh, fresh.refresh, "stand-in-secret")
    assert [secret for secret in secrets if secret in logged] == []


async def test_token_is_sent_in_the_authorization_header_only(connect: Connect) -> None:
    heads: list[bytes] = []

    async def listen(head: bytes, writer: asyncio.StreamWriter) -> None:
        heads.append(head)
        writer.write(response(b"[]"))

    async with answering(listen) as url:
        assert [one async for one in connect(url).activities(OneToken("ttt"), lane=Lane.PERSON)] == []
    assert len(heads) == 2
    assert all(b"\r\nAuthorization: Bearer ttt\r\n" in head for head in heads)
    assert all(b"ttt" not in head.split(b"\r\n")[0] for head in heads)
