"""The stand-in refuses what push services refuse, and shows what was sent."""

import asyncio
import base64
import secrets
from collections.abc import Callable, Iterator

import httpx
import pytest

from simulators.push.browser import Browser, UnreadableError
from simulators.push_process import PushStandIn
from strava_live.push_client.client import PushClient
from tests.push_client.clients import HELLO, SubscribedBrowser, client_for, until_met


@pytest.fixture
def http(push_service: PushStandIn) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=push_service.url) as client:
        yield client


@pytest.fixture
def browser(push_service: PushStandIn) -> SubscribedBrowser:
    return SubscribedBrowser(push_service)


def request_of(client: PushClient, browser: SubscribedBrowser) -> tuple[bytes, dict[str, str]]:
    request = client.request(browser.target, HELLO)
    assert request.content
    return request.content, dict(request.headers)


def test_message_at_any_path_is_stored(http: httpx.Client, push_service: PushStandIn) -> None:
    browser = SubscribedBrowser(push_service)
    content, headers = request_of(client_for(push_service.host), browser)
    assert http.post("/any/path", content=content, headers=headers).status_code == 201
    [stored] = push_service.messages("path")
    assert base64.b64decode(stored["body"]) == content
    assert stored["text"] is None, "it is for no browser of the stand-in"


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"authorization": "vapid t=x, k=y"}, 401),
        ({"ttl": ""}, 400),
        ({"content-encoding": "aesgcm"}, 400),
        ({"topic": "x" * 33}, 400),
        ({"urgency": "now"}, 400),
    ],
)
def test_wrong_request_is_refused(
    http: httpx.Client, push_service: PushStandIn, browser: SubscribedBrowser, changes: dict[str, str], status: int
) -> None:
    content, headers = request_of(client_for(push_service.host), browser)
    answer = http.post(browser.endpoint, content=content, headers=headers | changes)
    assert answer.status_code == status
    assert browser.messages()[0]["why"]


def test_message_that_is_too_long(http: httpx.Client, push_service: PushStandIn, browser: SubscribedBrowser) -> None:
    content, headers = request_of(client_for(push_service.host), browser)
    long = content + bytes(4097 - len(content))
    assert http.post(browser.endpoint, content=long, headers=headers).status_code == 413


def test_message_for_another_browser_is_accepted_and_cannot_be_read(
    http: httpx.Client, push_service: PushStandIn, browser: SubscribedBrowser
) -> None:
    content, headers = request_of(client_for(push_service.host), SubscribedBrowser(push_service))
    assert http.post(browser.endpoint, content=content, headers=headers).status_code == 201
    assert browser.messages()[0]["why"] == "the browser cannot read it: it was encrypted for another browser"


def test_page_shows_the_decrypted_message(
    http: httpx.Client, push_service: PushStandIn, browser: SubscribedBrowser
) -> None:
    content, headers = request_of(client_for(push_service.host), browser)
    http.post(browser.endpoint, content=content, headers=headers)
    page = http.get("/", follow_redirects=True).text
    assert "{&quot;hello&quot;: &quot;world&quot;}" in page
    assert "urgency high" in page


@pytest.mark.parametrize("clear", [PushStandIn.clear, PushStandIn.clear_messages])
async def test_message_that_was_held_while_messages_were_cleared_is_not_stored(
    push_service: PushStandIn, browser: SubscribedBrowser, clear: Callable[[PushStandIn], None]
) -> None:
    held = push_service.fault("hold")
    content, headers = request_of(client_for(push_service.host), browser)
    async with httpx.AsyncClient() as client:
        posting = asyncio.create_task(client.post(browser.endpoint, content=content, headers=headers))
        await until_met(push_service)
        clear(push_service)
        push_service.clear_fault(held)
        assert (await posting).status_code == 201
    assert (push_service.messages(), push_service.stats()["statuses"]) == ([], {})


def test_other_methods_and_unknown_calls(http: httpx.Client) -> None:
    assert http.get("/push/abc").status_code == 404
    assert http.post("/_control/browsers/unsubscribe", json={"token": "unknown"}).status_code == 404


@pytest.mark.parametrize("length", [0, 20, 21, 86, 200])
def test_random_bytes_cannot_be_decrypted(length: int) -> None:
    with pytest.raises(UnreadableError):
        Browser().decrypt(secrets.token_bytes(length))
