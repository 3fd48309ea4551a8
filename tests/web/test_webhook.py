"""The receiver of Strava's events, driven as an ASGI server drives it: every wrong input, floods, a busy database."""

import asyncio
import json
import logging
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any, cast

import httpx
import pytest
from asgiref.sync import sync_to_async
from django.db import connection, transaction
from pytest_django import Settings

from site_config.asgi import application
from strava_live.accounts.models import User
from strava_live.web import webhook_queue
from strava_live.web.webhook_queue import EventQueue, QueueFull
from strava_live.webhook.inbox import Receipt, SignedEvent, row_for, store_events
from strava_live.webhook.models import StravaEvent, WebhookSubscription
from tests.hub.in_process_socket import eventually
from tests.patience import PATIENCE_S
from tests.web.kept import connected
from tests.webhook.strava_events import OWNER, SUBSCRIPTION, event_body, signature_of, signed_event

pytestmark = pytest.mark.django_db(transaction=True)
TOKEN = "a-token_of-the-tests-0"
PATH = f"/strava/webhook/{TOKEN}/"
SECRET = "signing-secret"
HANDSHAKE = {"hub.mode": "subscribe", "hub.challenge": "15f7d1a91c1f40f8", "hub.verify_token": TOKEN}


@pytest.fixture(autouse=True)
def webhook_token(settings: Settings) -> None:
    settings.STRAVA_WEBHOOK_TOKEN = TOKEN


@pytest.fixture(autouse=True)
def handled(monkeypatch: pytest.MonkeyPatch) -> list[set[int]]:
    """The athletes for whom the work on events was begun, by call. No work begins in these tests."""
    calls: list[set[int]] = []

    async def note(athletes: set[int]) -> None:
        calls.append(athletes)

    monkeypatch.setattr(webhook_queue, "handle_events", note)
    return calls


@pytest.fixture
def runner(athlete: User) -> User:
    connected(athlete, strava_id=OWNER)
    return athlete


@pytest.fixture
async def site(connections_closed: None) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=cast(Any, application))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver", timeout=PATIENCE_S) as client:
        yield client


async def count() -> int:
    return await StravaEvent.objects.acount()


async def post(site: httpx.AsyncClient, body: bytes | None = None, headers: dict[str, str] | None = None) -> int:
    """Send an event, or another body. Return the status of the answer."""
    return (await site.post(PATH, content=event_body() if body is None else body, headers=headers)).status_code


async def test_event_is_stored_and_the_work_on_it_begins(
    site: httpx.AsyncClient, runner: User, handled: list[set[int]]
) -> None:
    answer = await site.post(PATH, content=event_body())

    assert (answer.status_code, answer.text) == (200, "OK.\n")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert (await StravaEvent.objects.aget()).athlete_id == runner.pk
    await eventually(lambda: handled == [{runner.pk}])


async def test_event_that_comes_three_times_is_stored_once(
    site: httpx.AsyncClient, runner: User, handled: list[set[int]]
) -> None:
    body = event_body()

    assert await asyncio.gather(*(post(site, body) for _ in range(3))) == [200] * 3
    assert await post(site, body) == 200

    assert await count() == 1
    await eventually(lambda: handled)
    assert handled == [{runner.pk}]


async def test_events_in_a_wrong_order_are_all_stored(site: httpx.AsyncClient, runner: User) -> None:
    for aspect, seconds in (("delete", 30), ("update", 20), ("create", 10)):
        assert await post(site, event_body(aspect_type=aspect, event_time=1764170000 + seconds)) == 200

    assert await count() == 3


async def test_events_that_arrive_together_are_stored_in_few_transactions(
    site: httpx.AsyncClient, runner: User, monkeypatch: pytest.MonkeyPatch, handled: list[set[int]]
) -> None:
    groups: list[int] = []

    def store_and_count(events: list[SignedEvent]) -> list[Receipt]:
        groups.append(len(events))
        return store_events(events)

    monkeypatch.setattr(webhook_queue, "store_events", store_and_count)

    bodies = [event_body(object_id=number) for number in range(1, 101)]
    assert await asyncio.gather(*(post(site, body) for body in bodies)) == [200] * 100

    assert sum(groups) == 100
    assert len(groups) < 20
    assert await count() == 100
    await eventually(lambda: {runner.pk} in handled)


async def test_work_that_fails_to_begin_does_not_fail_the_answer(
    site: httpx.AsyncClient, runner: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(athletes: set[int]) -> None:
        raise ConnectionError("no Redis")

    monkeypatch.setattr(webhook_queue, "handle_events", fail)

    assert await post(site) == 200
    assert await post(site, event_body(object_id=2)) == 200
    await eventually(lambda: "the work on them did not begin" in caplog.text)


async def test_slow_work_delays_no_answer_and_is_asked_for_once_meanwhile(
    site: httpx.AsyncClient, runner: User, clubmate: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sync_to_async(connected)(clubmate, strava_id=OWNER + 1)
    calls: list[set[int]] = []
    goes_on = asyncio.Event()

    async def work(athletes: set[int]) -> None:
        calls.append(athletes)
        await goes_on.wait()

    monkeypatch.setattr(webhook_queue, "handle_events", work)
    assert await post(site) == 200
    await eventually(lambda: calls)
    for number in range(2, 7):
        assert await post(site, event_body(object_id=number, owner_id=OWNER + number % 2)) == 200
    assert calls == [{runner.pk}]
    goes_on.set()

    await eventually(lambda: calls == [{runner.pk}, {runner.pk, clubmate.pk}])


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"null", 400),
        (b"[]", 400),
        (b"{}", 400),
        (b"<xml/>", 400),
        (b"\xff" * 100, 400),
        (b"[" * 60_000, 400),
        (event_body(object_type="club", event_time=1), 400),
        (event_body(object_id="1", event_time=1), 400),
        (event_body(owner_id=2**63, event_time=1), 400),
        (event_body(aspect_type=None, event_time=1), 400),
        (event_body(updates={"title": "x" * 2000}, event_time=1764170000), 400),
        (event_body(updates={"title": "a\0"}, event_time=1764170000), 400),
        (b" " * 65_536, 400),
        (b" " * 65_537, 413),
        (b"x" * 3_000_000, 413),
    ],
    ids=lambda value: str(value)[:60] + str(len(value)) if isinstance(value, bytes) else str(value),
)
async def test_wrong_body_is_refused_in_plain_text(
    site: httpx.AsyncClient, runner: User, body: bytes, status: int
) -> None:
    answer = await site.post(PATH, content=body)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert len(answer.text) < 40
    assert await count() == 0


async def test_body_may_arrive_in_pieces(site: httpx.AsyncClient, runner: User) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for byte in event_body():
            yield bytes([byte])

    assert (await site.post(PATH, content=pieces())).status_code == 200
    assert await count() == 1


async def test_long_body_in_pieces_is_refused_before_its_end(site: httpx.AsyncClient) -> None:
    sent = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(1000):
            sent += 1
            yield b"x" * 1024

    assert (await site.post(PATH, content=pieces())).status_code == 413
    assert sent < 100


async def test_client_that_disconnects_before_its_body_is_complete(runner: User) -> None:
    messages = [{"type": "http.request", "body": event_body()[:50], "more_body": True}, {"type": "http.disconnect"}]
    sent: list[Any] = []

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": PATH, "query_string": b"", "headers": [(b"host", b"testserver")]}
    await application(scope, receive, send)

    assert sent[0]["status"] == 400
    assert await count() == 0


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])
async def test_wrong_method_is_refused(site: httpx.AsyncClient, runner: User, method: str) -> None:
    answer = await site.request(method, PATH, content=event_body())

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")
    assert await count() == 0


@pytest.mark.parametrize(
    "path",
    [
        "/strava/webhook/another-token-0000000/",
        f"/strava/webhook/{TOKEN}",
        f"/strava/webhook/{TOKEN}/x/",
        f"/strava/webhook/{TOKEN.upper()}/",
        f"/strava/webhook/{TOKEN}%00/",
        "/strava/webhook//",
        "/strava/webhook/",
        "/strava/webhook/%C3%A9/",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_other_address_is_the_sites_page_of_an_unknown_address(
    site: httpx.AsyncClient, runner: User, method: str, path: str
) -> None:
    answer = await site.request(method, path, params=HANDSHAKE, content=event_body())
    unknown = await site.request(method, "/no/such/page/")

    assert answer.status_code == unknown.status_code == 404
    assert answer.headers["content-type"] == unknown.headers["content-type"]
    assert await count() == 0


async def test_site_without_a_token_has_no_webhook(site: httpx.AsyncClient, runner: User, settings: Settings) -> None:
    settings.STRAVA_WEBHOOK_TOKEN = ""

    for path in ("/strava/webhook//", PATH):
        assert (await site.post(path, content=event_body())).status_code == 404


@pytest.mark.parametrize("host", ["evil.example.org", "testserver.evil.org", ""])
async def test_foreign_host_is_refused_as_by_django(site: httpx.AsyncClient, runner: User, host: str) -> None:
    for path in (PATH, "/"):
        assert (await site.post(path, content=event_body(), headers={"Host": host})).status_code == 400
    assert await count() == 0


async def test_further_host_of_the_site_is_accepted(site: httpx.AsyncClient, runner: User, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "www.example.org"]

    assert await post(site, headers={"Host": "www.example.org:8443"}) == 200


async def test_plain_http_is_left_to_django_if_the_site_redirects_to_https(
    site: httpx.AsyncClient, runner: User, settings: Settings
) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

    assert await post(site) == 404  # in this process Django was set up without the redirect
    assert await count() == 0
    assert await post(site, headers={"X-Forwarded-Proto": "https"}) == 200


async def test_other_subscription_and_unknown_owner_are_answered_like_a_stored_event(
    site: httpx.AsyncClient, runner: User, handled: list[set[int]]
) -> None:
    await WebhookSubscription.objects.acreate(strava_id=SUBSCRIPTION, callback_url="http://testserver/")
    stored = await site.post(PATH, content=event_body())

    for different in ({"subscription_id": 1}, {"owner_id": 5}):
        answer = await site.post(PATH, content=event_body(object_id=2, **different))
        assert (answer.status_code, answer.text) == (stored.status_code, stored.text)
        assert answer.headers == stored.headers
    assert await count() == 1
    await eventually(lambda: handled == [{runner.pk}])


@pytest.mark.parametrize(
    ("age_s", "secret", "status"),
    [(0, SECRET, 200), (280, SECRET, 200), (310, SECRET, 403), (-310, SECRET, 403), (0, "wrong", 403)],
)
async def test_signature_is_verified_if_there_is_a_secret(
    site: httpx.AsyncClient, runner: User, settings: Settings, age_s: float, secret: str, status: int
) -> None:
    settings.STRAVA_WEBHOOK_SECRET = SECRET
    body = event_body()

    assert await post(site, body, headers={"X-Strava-Signature": signature_of(body, secret, age_s=age_s)}) == status

    stored = [event.signature async for event in StravaEvent.objects.all()]
    assert stored == (["verified"] if status == 200 else [])


async def test_unsigned_event_is_refused_if_there_is_a_secret(
    site: httpx.AsyncClient, runner: User, settings: Settings
) -> None:
    settings.STRAVA_WEBHOOK_SECRET = SECRET

    assert await post(site) == 403
    assert await post(site, b"{}") == 403, "the signature is checked first"
    assert await post(site, headers={"X-Strava-Signature": "t=1,v1=x"}) == 403
    assert await count() == 0


async def test_without_a_secret_it_is_stored_whether_events_are_signed(site: httpx.AsyncClient, runner: User) -> None:
    await post(site, event_body(object_id=1))
    await post(site, event_body(object_id=2), headers={"X-Strava-Signature": "t=1,v1=ab"})

    stored = [event.signature async for event in StravaEvent.objects.order_by("object_id")]
    assert stored == ["unsigned", "unverified"]


async def test_handshake_returns_the_challenge(site: httpx.AsyncClient) -> None:
    answer = await site.get(PATH, params=HANDSHAKE)

    assert (answer.status_code, answer.json()) == (200, {"hub.challenge": "15f7d1a91c1f40f8"})
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    "different",
    [
        {"hub.mode": "unsubscribe"},
        {"hub.mode": ""},
        {"hub.challenge": ""},
        {"hub.verify_token": "wrong"},
        {"hub.verify_token": "é"},
        {"hub.verify_token": ""},
    ],
    ids=repr,
)
async def test_wrong_handshake_is_refused(site: httpx.AsyncClient, different: dict[str, str]) -> None:
    answer = await site.get(PATH, params=HANDSHAKE | different)

    assert (answer.status_code, answer.text) == (403, "Forbidden.\n")


async def test_handshake_without_a_query_or_with_thousands_of_fields_is_refused(site: httpx.AsyncClient) -> None:
    assert (await site.get(PATH)).status_code == 403
    assert (await site.get(PATH + "?" + "a=b&" * 2000)).status_code == 403


async def test_log_names_the_reason_but_neither_token_nor_each_of_a_flood(
    site: httpx.AsyncClient, runner: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)

    for _ in range(20):
        assert await post(site, b"[]") == 400
        assert await post(site, event_body(owner_id=5)) == 200

    lines = [record for record in caplog.records if record.name == "strava_live.web.webhook"]
    assert {vars(record)["reason"] for record in lines} == {
        "the body is not a JSON object",
        "its athlete is not connected here",
    }
    assert len(lines) <= 12
    paths = {vars(record)["path"] for record in caplog.records if record.name == "site_config.access"}
    assert paths == {"/strava/webhook/***/"}
    assert TOKEN not in "".join(str(vars(record)) for record in caplog.records)


@contextmanager
def uncommitted(one: SignedEvent, athlete: User) -> Iterator[None]:
    """Keep a transaction open, in another thread, that has inserted this event. No other transaction can insert the
    event meanwhile.
    """
    inserted, ends = threading.Event(), threading.Event()

    def insert_and_wait() -> None:
        try:
            with transaction.atomic():
                row_for(one, athlete.pk).save()
                inserted.set()
                ends.wait(PATIENCE_S)
                transaction.set_rollback(True)
        finally:
            connection.close()

    thread = threading.Thread(target=insert_and_wait)
    thread.start()
    assert inserted.wait(PATIENCE_S)
    try:
        yield
    finally:
        ends.set()
        thread.join(PATIENCE_S)


async def test_database_that_is_too_slow_is_answered_503_and_the_event_is_stored_once(
    site: httpx.AsyncClient, runner: User, settings: Settings
) -> None:
    body = event_body(event_time=1764170000)
    with uncommitted(signed_event(event_time=1764170000), runner):
        settings.WEBHOOK_ANSWER_WITHIN_S = 0.1
        answer = await site.post(PATH, content=body)
        assert (answer.status_code, answer.text) == (503, "Service Unavailable.\n")
        assert answer.headers["retry-after"] == "60"
    settings.WEBHOOK_ANSWER_WITHIN_S = PATIENCE_S

    assert await post(site, body) == 200

    assert await count() == 1


async def test_full_queue_refuses_at_once(runner: User, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    monkeypatch.setattr(webhook_queue, "WAITING_MOST", 3)
    settings.WEBHOOK_ANSWER_WITHIN_S = PATIENCE_S
    queue = EventQueue()
    with uncommitted(signed_event(object_id=1, event_time=1764170000), runner):
        first = asyncio.create_task(queue.store(signed_event(object_id=1, event_time=1764170000)))
        await eventually(lambda: queue.groups.answering is not None and not queue.groups.waiting)
        waiting = [asyncio.create_task(queue.store(signed_event(object_id=number))) for number in (2, 3, 4)]
        await eventually(lambda: len(queue.groups.waiting) == 3)
        with pytest.raises(QueueFull):
            await queue.store(signed_event(object_id=5))

    receipts = await asyncio.gather(first, *waiting)

    assert [receipt.athlete_id for receipt in receipts] == [runner.pk] * 4
    assert await count() == 4


async def test_answer_tells_strava_nothing_that_json_could_hide(site: httpx.AsyncClient) -> None:
    answer = await site.get(PATH, params=HANDSHAKE | {"hub.challenge": "</script>\u2028é"})

    assert json.loads(answer.content) == {"hub.challenge": "</script>\u2028é"}
    assert answer.headers["x-content-type-options"] == "nosniff"
