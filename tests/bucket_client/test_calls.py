"""How requests are sent: repeated where that does no harm, with a new token if need be, paced, and never misread."""

import asyncio
import gzip
import json
import logging
import threading
from typing import Any

import pytest

from simulators.bucket_process import BucketStandIn
from strava_live.bucket_client.calls import DECODED_IN_LOOP, LONGEST_ANSWER, decode
from strava_live.bucket_client.client import BucketClient
from strava_live.bucket_client.errors import (
    BucketAddressUnknown,
    BucketAnswerNotUnderstood,
    BucketAnswerTooLong,
    BucketDown,
    BucketError,
    BucketGarbled,
    BucketHeaderMalformed,
    BucketHeaderMissing,
    BucketNotAllowed,
    BucketRateLimited,
    BucketReconnectNeeded,
    BucketScopeMissing,
    BucketWrongToken,
)
from strava_live.bucket_client.shapes import BucketProperty, BucketRow
from strava_live.bucket_client.stock_types import STOCK_TYPES
from strava_live.http.retry import Retry
from strava_live.http.transport import Timeouts
from tests.bucket_client.clients import FixedToken, Tokens, calls_counted, client_at
from tests.http.servers import answering, response
from tests.strava.client_settings import AT_ONCE

THING_ID, PROPERTY_ID = "dcd:things:1", "dcd:properties:1"
COUNT = BucketProperty(PROPERTY_ID, THING_ID, STOCK_TYPES["COUNT"])


async def test_expired_token_is_refreshed_once(
    bucket: BucketStandIn, client: BucketClient, tokens: Tokens, username: str
) -> None:
    bucket.expire_tokens(username)
    assert await client.list_things(tokens) == []
    assert await client.list_things(tokens) == []
    assert tokens.refreshes == 1


async def test_token_without_the_scope_is_distinguished_from_an_expired_one(
    bucket: BucketStandIn, client: BucketClient, username: str
) -> None:
    tokens = Tokens(client, bucket.grant(username, "openid offline dcd:things"))
    thing = await client.make_thing(tokens, name="Running", type="Strava")
    with pytest.raises(BucketScopeMissing) as caught:
        await client.list_properties(tokens, thing.id)
    assert (caught.value.scope, tokens.refreshes) == ("dcd:properties", 1)


async def test_revoked_consent_needs_a_reconnect(
    bucket: BucketStandIn, client: BucketClient, tokens: Tokens, username: str
) -> None:
    bucket.revoke(username)
    with pytest.raises(BucketReconnectNeeded):
        await client.list_things(tokens)


async def test_expired_token_without_offline_needs_a_reconnect(
    bucket: BucketStandIn, client: BucketClient, username: str
) -> None:
    tokens = Tokens(client, bucket.grant(username, "openid dcd:things"))
    bucket.expire_tokens(username)
    with pytest.raises(BucketReconnectNeeded):
        await client.list_things(tokens)


async def test_refresh_token_in_place_of_an_access_token(
    bucket: BucketStandIn, client: BucketClient, username: str
) -> None:
    granted = bucket.grant(username)
    with pytest.raises(BucketWrongToken):
        await client.list_things(Tokens(client, {"access_token": granted["refresh_token"]}))


@pytest.mark.parametrize("headers", [{}, {"authorization": "Basic abc"}])
async def test_authorization_that_a_proxy_removes_or_changes(bucket: BucketStandIn, headers: dict[str, str]) -> None:
    """A proxy removes or changes the header, and passes on how the stand-in answers such a request."""

    async def proxied(head: bytes, writer: asyncio.StreamWriter) -> None:
        host, _, port = bucket.url.removeprefix("http://").partition(":")
        reader, upstream = await asyncio.open_connection(host, int(port))
        lines = [f"{name}: {value}" for name, value in headers.items()]
        upstream.write(
            "\r\n".join(
                [head.split(b"\r\n")[0].decode(), f"Host: {host}", "Connection: close", *lines, "", ""]
            ).encode()
        )
        writer.write(await reader.read())
        writer.close()
        upstream.close()

    async with answering(proxied) as url:
        with pytest.raises(BucketHeaderMalformed if headers else BucketHeaderMissing):
            await client_at(url).list_things(FixedToken())


async def test_address_that_is_not_the_api(bucket: BucketStandIn, tokens: Tokens) -> None:
    client = client_at(bucket.url, api_url=f"{bucket.url}/bucket/api/v2")
    with pytest.raises(BucketAddressUnknown):
        await client.list_things(tokens)


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "drop"},
        {"kind": "lose"},
        {"kind": "html"},
        {"kind": "html", "status": 200},
        {"kind": "empty", "status": 200},
        {"kind": "server_error", "status": 500},
        {"kind": "truncate", "bytes": 20},
        {"kind": "rate_limited", "retry_after": "1"},
    ],
)
async def test_reading_is_repeated_a_limited_number_of_times(
    bucket: BucketStandIn, tokens: Tokens, fault: dict[str, Any]
) -> None:
    patient = client_at(bucket.url, retry=Retry(attempts=3, first_s=0.01, longest_s=1.5))
    await patient.make_thing(tokens, name="Running", type="Strava")
    bucket.fault(endpoint="list_things", calls=1, **fault)
    bucket.limit(headers=False)
    assert len(await patient.list_things(tokens)) == 1
    bucket.fault(endpoint="list_things", **fault)
    with calls_counted(bucket, "list_things") as calls, pytest.raises(BucketError):
        await client_at(bucket.url).list_things(tokens)
    assert calls == [1 if fault["kind"] == "rate_limited" else AT_ONCE.attempts]


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"kind": "not_allowed"}, BucketNotAllowed),
        ({"kind": "html", "status": 404}, BucketAnswerNotUnderstood),
        ({"kind": "html", "status": 403}, BucketAnswerNotUnderstood),
        ({"kind": "html", "status": 302}, BucketAnswerNotUnderstood),
    ],
)
async def test_refusals_are_not_repeated(
    bucket: BucketStandIn, client: BucketClient, tokens: Tokens, fault: dict[str, Any], expected: type[BucketError]
) -> None:
    bucket.fault(endpoint="list_things", **fault)
    with calls_counted(bucket, "list_things") as calls, pytest.raises(expected):
        await client.list_things(tokens)
    assert calls == [1]


async def test_rate_limit_of_bucket_is_learned_so_that_no_more_requests_are_sent(
    bucket: BucketStandIn, client: BucketClient, tokens: Tokens
) -> None:
    bucket.limit(requests=3, window_s=3600, used=0)
    for _ in range(3):
        await client.list_things(tokens)
    with calls_counted(bucket, "list_things") as calls:
        for _ in range(5):
            with pytest.raises(BucketRateLimited) as caught:
                await client.list_things(tokens)
    assert calls == [0]
    assert 3000 < caught.value.retry_after <= 3600
    with pytest.raises(BucketRateLimited):
        await client_at(bucket.url).list_things(tokens)  # another process learns it by a 429
    assert bucket.stats()["rejected"] >= 1


ANSWERS = {
    "a page": b"<html>We are back soon</html>",
    "nothing": b"",
    "half": b'[{"id": "dcd:thi',
    "depth": b"[" * 100_000,
    "another shape": b'{"things": []}',
    "items of another shape": b'[7, null, "x"]',
    "an item without an id": b'[{"name": "Running"}]',
    "not UTF-8": b'"\xff\xfe"',
}


@pytest.mark.parametrize("what", ANSWERS)
async def test_answer_that_is_malformed_is_not_understood_by_any_call(what: str) -> None:
    async def malformed(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(response(ANSWERS[what], headers="Connection: close\r\n"))
        writer.close()

    async with answering(malformed) as url:
        client = client_at(url, retry=Retry(attempts=1))
        tokens = FixedToken()
        for call in (
            client.list_things(tokens),
            client.get_thing(tokens, THING_ID),
            client.make_thing(tokens, name="Running", type="Strava"),
            client.find_or_make_property(tokens, THING_ID, name="Distance", type_id="COUNT"),
            client.delete_thing(tokens, THING_ID),
            client.count_rows(tokens, THING_ID, PROPERTY_ID),
            client.read_values(tokens, THING_ID, PROPERTY_ID, from_ms=0, to_ms=1),
            client.check_health(),
            client.refresh("r"),
            client.person("a"),
        ):
            with pytest.raises(BucketAnswerNotUnderstood):
                await call


@pytest.mark.parametrize("what", ["a page", "half", "depth", "not UTF-8"])
async def test_answer_to_a_write_that_bucket_never_sends_does_not_count_as_stored(what: str) -> None:
    async def malformed(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(response(ANSWERS[what], headers="Connection: close\r\n"))
        writer.close()

    async with answering(malformed) as url:
        with pytest.raises(BucketGarbled):
            await client_at(url).put_values(FixedToken(), COUNT, [BucketRow(1, (5,))])


@pytest.mark.parametrize(
    "values", [None, {}, [[1]], [[1, 2, 3]], [["1", 2]], [[1, {}]], [7], [[1, 2], None]], ids=json.dumps
)
async def test_rows_of_another_shape_are_not_understood(values: Any) -> None:
    dimension = {"id": "count", "name": "Count", "type": "number"}
    found = {"id": PROPERTY_ID, "type": {"id": "COUNT", "dimensions": [dimension]}, "values": values}

    async def answer(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(response(json.dumps(found).encode()))

    async with answering(answer) as url:
        with pytest.raises(BucketAnswerNotUnderstood):
            await client_at(url).read_values(FixedToken(), THING_ID, PROPERTY_ID, from_ms=0, to_ms=1)


async def test_answer_that_is_too_long_is_not_read_to_its_end_and_not_asked_for_again() -> None:
    requests = 0

    async def endless(head: bytes, writer: asyncio.StreamWriter) -> None:
        nonlocal requests
        requests += 1
        writer.write(response(gzip.compress(b" " * (LONGEST_ANSWER + 1)), headers="Content-Encoding: gzip\r\n"))

    async with answering(endless) as url:
        with pytest.raises(BucketAnswerTooLong):
            await client_at(url).list_things(FixedToken())
    assert requests == 1


async def test_client_can_have_a_lower_limit_on_answers() -> None:
    async def answer(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(response(b" " * 1001))

    async with answering(answer) as url:
        with pytest.raises(BucketAnswerTooLong):
            await client_at(url, longest_answer=1000).list_things(FixedToken())


@pytest.mark.parametrize(("length", "in_loop"), [(DECODED_IN_LOOP, True), (DECODED_IN_LOOP + 1, False)])
async def test_long_answers_are_decoded_in_a_thread(length: int, in_loop: bool) -> None:
    thread = await decode(b" " * length, lambda _body: threading.current_thread())

    assert (thread is threading.current_thread()) is in_loop


async def test_redirect_is_not_followed_with_the_token() -> None:
    async def elsewhere(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(response(b"", status="302 Found", headers="Location: http://127.0.0.1:9/steal\r\n"))

    async with answering(elsewhere) as url:
        with pytest.raises(BucketAnswerNotUnderstood):
            await client_at(url).list_things(FixedToken())


async def test_server_that_does_not_answer_is_down() -> None:
    async def silent(head: bytes, writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    async with answering(silent) as url:
        hasty = client_at(url, timeouts=Timeouts(total=0.2))
        for call in (hasty.list_things(FixedToken()), hasty.put_values(FixedToken(), COUNT, [BucketRow(1, (5,))])):
            with pytest.raises(BucketDown):
                await call
    with pytest.raises(BucketDown):
        await client_at(url).list_things(FixedToken())


async def test_token_and_values_are_in_no_log_and_no_error(
    bucket: BucketStandIn, client: BucketClient, tokens: Tokens, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    thing = await client.make_thing(tokens, name="Running", type="Strava")
    text = await client.make_property(tokens, thing.id, name="Title", type_id="TEXT")
    await client.put_values(tokens, text, [BucketRow(1, ("My secret run",))])
    bucket.fault("server_error", "write_values")
    with pytest.raises(BucketDown) as caught:
        await client.put_values(tokens, text, [BucketRow(1, ("My secret run",))])
    seen = f"{caplog.text} {caught.value!r} {caught.value.__cause__!r}"
    assert str(tokens.access) not in seen
    assert "secret" not in seen
