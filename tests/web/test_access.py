"""After signing in, people return to the page that they were on, also if they had submitted a form there."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from strava_live.accounts.models import User
from strava_live.web.access import page_with_form
from tests.passwords import PASSWORD
from tests.web import kept

pytestmark = pytest.mark.once
POSTED = {
    "/sync/start/": "/sync/",
    "/sync/cancel/": "/sync/",
    "/activities/1/save/": "/activities/1/",
    "/activities/1/unsave/": "/activities/1/",
    "/activities/save-selected/": "/activities/",
    "/activities/unsave-selected/": "/activities/",
    "/parkruns/import/confirm/": "/parkruns/import/",
    "/settings/disconnect-strava/": "/settings/",
}


def next_after(location: str) -> str:
    address = urlsplit(location)
    assert address.path == "/accounts/login/"
    return parse_qs(address.query)["next"][0]


@pytest.mark.parametrize("path", POSTED)
@pytest.mark.parametrize("method", ["get", "post"])
def test_signing_in_leads_back_to_the_page_of_the_form(client: Client, athlete: User, path: str, method: str) -> None:
    kept.activity(athlete, 1)
    sent = getattr(client, method)(path)
    assert sent.status_code == 302

    form = {"login": "alva", "password": PASSWORD, "next": next_after(sent.headers["Location"])}
    answer = client.post("/accounts/login/", form)

    assert answer.headers["Location"] == POSTED[path]
    assert client.get(POSTED[path]).status_code == 200


@pytest.mark.parametrize(
    ("named", "leads_to"),
    [
        ("/sync/#maybes", "/sync/#maybes"),
        ("/activities/?show=all&before=5,1", "/activities/?show=all&before=5,1"),
        ("https://evil.example/", "/activities/1/"),
        ("//evil.example/", "/activities/1/"),
    ],
)
def test_signing_in_leads_to_the_page_that_the_form_names(client: Client, db: None, named: str, leads_to: str) -> None:
    sent = client.post("/activities/1/save/", {"next": named})

    assert next_after(sent.headers["Location"]) == leads_to


def test_signing_in_leads_back_to_a_page_that_answers_get_too(client: Client, db: None) -> None:
    assert next_after(client.post("/settings/").headers["Location"]) == "/settings/"


def test_page_above() -> None:
    assert (page_with_form("/a/1/save/"), page_with_form("/a/"), page_with_form("/")) == ("/a/1/", "/", "/")
    assert page_with_form("/clubs/striders/posts/") == "/clubs/striders/"
    assert page_with_form("/clubs/striders/entries/1/cheer/") == "/clubs/striders/entries/1/"
    assert page_with_form("/clubs/striders/manage/screens/1/revoke/") == "/clubs/striders/manage/"
    assert page_with_form("/settings/tokens/1/revoke/") == "/settings/"
