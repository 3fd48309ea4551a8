"""Answers of the API: ETags of what is read, and 304 to a client that already has it."""

import pytest

from strava_live.clubs.models import Membership
from strava_live.social.posts import post
from tests.api.client import ApiClient

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.api.sample_urls"), pytest.mark.once]
CALLER = "sample/caller"


@pytest.fixture
def api(write_token: str) -> ApiClient:
    return ApiClient(write_token)


def test_client_that_has_the_answer_gets_304_without_a_body(api: ApiClient) -> None:
    first = api.get(CALLER)
    again = api.get(CALLER, headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert "Content-Type" not in again.headers
    assert first.headers["Cache-Control"] == again.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("header", ["*", "W/{tag}", '"other", {tag}'])
def test_other_ways_to_name_the_answer(api: ApiClient, header: str) -> None:
    tag = api.get(CALLER).headers["ETag"]

    assert api.get(CALLER, headers={"If-None-Match": header.format(tag=tag)}).status_code == 304


@pytest.mark.parametrize("header", ["", '"other"', "nonsense"])
def test_client_with_another_answer_gets_this_one(api: ApiClient, header: str) -> None:
    assert api.get(CALLER, headers={"If-None-Match": header}).status_code == 200


def test_changed_list_has_another_tag(api: ApiClient, member: Membership) -> None:
    tag = api.get("sample/clubs/striders/entries").headers["ETag"]
    post(member.user_id, member.club_id, "Coffee?")

    assert api.get("sample/clubs/striders/entries", headers={"If-None-Match": tag}).status_code == 200


def test_tag_of_a_compressed_answer_is_known_again(api: ApiClient) -> None:
    accept = {"Accept-Encoding": "gzip"}
    long = "sample/texts/1000"
    answer = api.get(long, headers=accept)

    assert (answer.headers["Content-Encoding"], answer.headers["ETag"][:2]) == ("gzip", "W/")
    assert api.get(long, headers=accept | {"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_writes_have_no_tag(api: ApiClient) -> None:
    assert "ETag" not in api.post("sample/texts", {"text": "a"}).headers
    assert "ETag" not in api.put(CALLER).headers


def test_no_content_has_no_body_and_no_type(api: ApiClient) -> None:
    answer = api.put(CALLER)

    assert (answer.status_code, answer.content) == (204, b"")
    assert "Content-Type" not in answer.headers


def test_head_has_the_headers_of_get(api: ApiClient) -> None:
    got, head = api.get(CALLER), api.browser.head(f"/api/v1/{CALLER}", headers=api.headers)

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["ETag"] == got.headers["ETag"]
