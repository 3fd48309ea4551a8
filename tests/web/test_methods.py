"""Every address answers GET and HEAD alike, or neither, and no other method but POST."""

import pytest
from django.test import Client

from strava_live.accounts.models import User
from tests.web import kept
from tests.web.addresses import every_address

REFUSED = ["PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "CONNECT", "PROPFIND", "NONSENSE"]


@pytest.mark.parametrize("method", REFUSED)
@pytest.mark.parametrize("who", ["athlete", "stranger"])
def test_no_address_answers_another_method(athlete: User, who: str, method: str) -> None:
    kept.activity(athlete, 1)
    client = Client()
    if who == "athlete":
        client.force_login(athlete)

    answers = {path: client.generic(method, path, data=b"a=1") for path in every_address()}

    assert {path for path, answer in answers.items() if answer.status_code != 405} == set()
    for answer in answers.values():
        assert {"GET", "POST"} & set(answer.headers["Allow"].split(", "))
        assert method not in answer.headers["Allow"]
        assert answer.content == b""


@pytest.mark.parametrize("who", ["athlete", "stranger"])
def test_head_answers_as_get_does(athlete: User, who: str) -> None:
    kept.activity(athlete, 1)
    client = Client()
    if who == "athlete":
        client.force_login(athlete)

    for path in every_address():
        got, head = client.get(path), client.head(path)

        assert (path, head.status_code) == (path, got.status_code)
        assert head.headers.get("Location") == got.headers.get("Location")
        assert head.content == b""


def test_head_sends_nobody_to_strava(client: Client, db: None) -> None:
    assert client.head("/accounts/strava/login/").status_code == 200


def test_an_address_that_only_writes_says_so(as_athlete: Client) -> None:
    answer = as_athlete.get("/sync/start/")

    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
