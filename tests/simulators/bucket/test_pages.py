"""The pages on which a person signs in, consents and signs out, as a browser without scripts sees them."""

import httpx
import pytest

from simulators.bucket_process import BucketStandIn
from tests.simulators.application import query
from tests.simulators.bucket.client import CALLBACK, Client


@pytest.fixture
def browser(client: Client) -> httpx.Client:
    """A client that keeps cookies."""
    return client.http


def sign_in(browser: httpx.Client, client: Client, **fields: str) -> httpx.Response:
    """Open the sign-in page and submit it. Return what comes next."""
    page = browser.get(client.address(), follow_redirects=True)
    form = {"login_challenge": query(str(page.url))["login_challenge"]} | fields
    return browser.post(f"{client.bucket.url}/profile/sign-in", data=form, follow_redirects=True)


def allow(browser: httpx.Client, client: Client, page: httpx.Response, **fields: str | list[str]) -> str:
    form = {"consent_challenge": query(str(page.url))["consent_challenge"], "decision": "allow"} | fields
    return browser.post(f"{client.bucket.url}/profile/consent", data=form).headers["location"]


def test_sign_in_page_offers_people_and_says_that_it_is_not_bucket(browser: httpx.Client, client: Client) -> None:
    page = browser.get(client.address(), follow_redirects=True).text
    assert "A stand-in, not Bucket." in page
    assert "Priya Raman" in page


def test_consent_page_has_a_ticked_box_for_each_scope(browser: httpx.Client, client: Client) -> None:
    page = sign_in(browser, client, username="priya-raman").text
    assert page.count("checked><span>") == 6
    assert 'name="scope" value="dcd:properties" checked' in page
    assert "See, add and delete your Things" in page


def test_typed_name_creates_an_account(browser: httpx.Client, client: Client) -> None:
    page = sign_in(browser, client, new_name=" Zoë  <Quick> ")
    assert "Zoë &lt;Quick&gt;" in page.text
    back = query(allow(browser, client, page, scope=["openid", "profile"]))
    token = client.exchange(back["code"]).json()["access_token"]
    assert client.userinfo(token).json()["name"] == "Zoë <Quick>"


def test_sign_in_without_a_name_asks_again(browser: httpx.Client, client: Client) -> None:
    page = sign_in(browser, client, username="nobody-of-this-name")
    assert page.status_code == 400
    assert "Choose a person, or type a name." in page.text


def test_remembered_person_is_not_asked_again_until_they_sign_out(
    browser: httpx.Client, client: Client, bucket: BucketStandIn, username: str
) -> None:
    page = sign_in(browser, client, username=username, remember="1")
    allow(browser, client, page, scope=["openid", "dcd:things"], remember="1")
    again = browser.get(client.address(scope="openid dcd:things")).headers["location"]
    assert again.startswith(CALLBACK)
    assert query(again)["scope"] == "openid dcd:things"
    more = browser.get(client.address()).headers["location"]
    assert more.startswith("/profile/consent"), "one more scope needs a new consent"
    asked = browser.get(client.address(scope="openid", prompt="consent")).headers["location"]
    assert asked.startswith("/profile/consent")
    bucket.revoke(username)
    refused = query(browser.get(client.address(scope="openid", prompt="none")).headers["location"])
    assert refused["error"] == "consent_required"
    assert "This browser remembers" in browser.get(f"{bucket.oauth_url}/sessions/logout").text
    assert "You are signed out" in browser.post(f"{bucket.oauth_url}/sessions/logout").text
    assert browser.get(client.address()).headers["location"].startswith("/profile/sign-in")


def test_page_that_was_submitted_before_asks_to_start_again(
    browser: httpx.Client, client: Client, username: str
) -> None:
    page = sign_in(browser, client, username=username)
    allow(browser, client, page, scope=["openid"])
    answer = browser.get(str(page.url))
    assert answer.status_code == 400
    assert "Please start again" in answer.text
