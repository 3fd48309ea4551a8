"""What a push service gets from the client, which the browser can decrypt, and what its answers mean."""

import asyncio

import pytest

from simulators.push_process import PushStandIn
from strava_live.http.transport import Timeouts
from strava_live.push_client.client import PushClient
from strava_live.push_client.errors import (
    PushAddressRefused,
    PushDown,
    PushError,
    PushGone,
    PushKeyRefused,
    PushKeysInvalid,
    PushNotUnderstood,
    PushRateLimited,
    PushRequestRefused,
    PushTooLarge,
)
from strava_live.push_client.subscription import LONGEST_TEXT, PushMessage, PushTarget
from strava_live.push_client.vapid import VapidKey, new_private_key
from tests.http.servers import answering, response
from tests.push_client.clients import HELLO, SubscribedBrowser, client_for
from tests.push_of import SITE_KEY


async def test_browser_can_decrypt_what_was_sent(client: PushClient, browser: SubscribedBrowser) -> None:
    await client.send(browser.target, HELLO)
    [message] = browser.messages()
    assert message["text"] == '{"hello": "world"}'
    sent = message["headers"]
    assert (sent["ttl"], sent["topic"], sent["urgency"]) == ("3600", "entry-12", "high")
    assert sent["content-encoding"] == "aes128gcm"
    assert message["claims"]["sub"] == "mailto:club@example.org"
    assert SITE_KEY.public in sent["authorization"]


async def test_longest_text_fits_into_what_every_push_service_takes(
    client: PushClient, browser: SubscribedBrowser
) -> None:
    await client.send(browser.target, PushMessage(b"x" * LONGEST_TEXT, ttl_s=60, topic="long"))
    assert browser.texts() == ["x" * LONGEST_TEXT]
    with pytest.raises(PushTooLarge):
        PushMessage(b"x" * (LONGEST_TEXT + 1), ttl_s=60, topic="long")


@pytest.mark.parametrize("topic", ["", "x" * 33, "a b", "ä"])
def test_topic_that_no_push_service_takes(topic: str) -> None:
    with pytest.raises(ValueError, match="not a topic"):
        PushMessage(b"", ttl_s=60, topic=topic)


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("gone", PushGone),
        ("not_found", PushGone),
        ("forbidden", PushKeyRefused),
        ("rate_limited", PushRateLimited),
        ("not_acceptable", PushRateLimited),
        ("refused", PushRequestRefused),
        ("server_error", PushDown),
        ("html", PushNotUnderstood),
        ("drop", PushDown),
        ("lose", PushDown),
    ],
)
async def test_answer_of_a_push_service(
    client: PushClient, browser: SubscribedBrowser, push_service: PushStandIn, kind: str, error: type[PushError]
) -> None:
    push_service.fault(kind, token=browser.token, retry_after="120")
    with pytest.raises(error) as raised:
        await client.send(browser.target, HELLO)
    assert type(raised.value) is error
    assert raised.value.retry_after == (0 if kind in ("html", "drop", "lose") else 120)
    assert browser.token not in str(raised.value)


async def test_redirect_is_not_followed(
    client: PushClient, browser: SubscribedBrowser, push_service: PushStandIn
) -> None:
    push_service.fault("redirect", token=browser.token)
    with pytest.raises(PushNotUnderstood):
        await client.send(browser.target, HELLO)
    assert [one["token"] for one in push_service.messages()] == [browser.token]


async def test_browser_that_has_unsubscribed(
    client: PushClient, browser: SubscribedBrowser, push_service: PushStandIn
) -> None:
    push_service.unsubscribe(browser.token)
    with pytest.raises(PushGone):
        await client.send(browser.target, HELLO)


async def test_browser_that_has_subscribed_for_another_key(
    browser: SubscribedBrowser, push_service: PushStandIn
) -> None:
    other = client_for(push_service.host, key=VapidKey.read(new_private_key()))
    with pytest.raises(PushKeyRefused):
        await other.send(browser.target, HELLO)


async def test_service_that_hangs(browser: SubscribedBrowser, push_service: PushStandIn) -> None:
    hanging = push_service.fault("hold", token=browser.token)
    impatient = client_for(push_service.host, timeouts=Timeouts(connect=2, read=0.2, pool=2, total=0.3))
    with pytest.raises(PushDown):
        await impatient.send(browser.target, HELLO)
    push_service.clear_fault(hanging)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"nonsense\r\n\r\n", PushDown),
        (b"\0" * 1000, PushDown),
        (response(b"", status="204 No Content", length=0), None),
        (response(b"x" * 100_000, status="201 Created"), None),
        (response(b"half", status="201 Created", length=50), None),
        (response(b"", status="301 Moved", headers="Location: http://127.0.0.1:1/\r\n"), PushNotUnderstood),
        (response(b"", status="429 Slow", headers="Retry-After: soon\r\n"), PushRateLimited),
    ],
)
async def test_service_that_answers_garbage(
    browser: SubscribedBrowser, answer: bytes, error: type[PushError] | None
) -> None:
    """A status of success counts, whatever the body: the push service has accepted the message."""

    async def garbage(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        writer.close()

    async with answering(garbage) as url:
        client = client_for(url.removeprefix("http://"))
        target = PushTarget(f"{url}/push/1", browser.keys["p256dh"], browser.keys["auth"])
        if error is None:
            await client.send(target, HELLO)
            return
        with pytest.raises(error):
            await client.send(target, HELLO)


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [("", ""), ("AAAA", "AAAA"), ("=" * 87, "x" * 23), ("BA" + "A" * 85, "A" * 21), ("ä", "ä"), ("+" * 87, "+" * 22)],
)
async def test_keys_that_are_none(client: PushClient, browser: SubscribedBrowser, p256dh: str, auth: str) -> None:
    for target in (
        PushTarget(browser.endpoint, p256dh, browser.keys["auth"]),
        PushTarget(browser.endpoint, browser.keys["p256dh"], auth),
    ):
        with pytest.raises(PushKeysInvalid):
            await client.send(target, HELLO)
    assert browser.messages() == []


async def test_address_elsewhere_is_not_called(browser: SubscribedBrowser) -> None:
    """Without PUSH_EXTRA_HOSTS, the stand-in is not a known push service."""
    with pytest.raises(PushAddressRefused):
        await client_for().send(browser.target, HELLO)
    assert browser.messages() == []


def test_nothing_secret_is_in_a_repr(client: PushClient, browser: SubscribedBrowser) -> None:
    shown = repr((client, browser.target, HELLO, client.request(browser.target, HELLO).more_headers is not None))
    assert browser.token not in shown
    assert browser.keys["auth"] not in shown
    assert "PRIVATE KEY" not in shown
    assert "world" not in shown
