"""The header Idempotency-Key: a POST that is sent again acts once, and gets the first answer again."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import cast

import pytest
from asgiref.sync import async_to_sync
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from strava_live.accounts.models import User
from strava_live.api.caller import ApiRequest, Caller
from strava_live.api.errors import JSON
from strava_live.api.once import ApiAnswer, once
from strava_live.api_tokens.models import ApiToken
from strava_live.api_tokens.tokens import make_token
from strava_live.clubs.models import Membership
from strava_live.feed.models import Entry
from strava_live.idempotency.keys import purge_answered_forms
from strava_live.idempotency.models import AnsweredForm
from strava_live.social.post_text import BadPost
from strava_live.social.posts import post
from tests.api.client import ApiClient
from tests.together import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.api.sample_urls"), pytest.mark.usefixtures("member")]
POSTS, ANNOUNCED_POSTS = "sample/clubs/striders/posts", "sample/clubs/striders/announced-posts"
KEY = "6f2c8a61-94"


@pytest.fixture
def api(write_token: str) -> ApiClient:
    return ApiClient(write_token)


def test_without_a_key_each_request_acts(api: ApiClient) -> None:
    assert [api.post(POSTS, {"text": "Coffee?"}).status_code for _ in range(2)] == [201, 201]
    assert Entry.objects.filter(text="Coffee?").count() == 2
    assert not AnsweredForm.objects.exists()


@pytest.mark.parametrize("path", [POSTS, ANNOUNCED_POSTS])
def test_same_key_and_body_get_the_first_answer_again(api: ApiClient, path: str) -> None:
    first = api.post(path, {"text": "Coffee?", "count": 1}, key=KEY)
    again = api.post(path, b'{ "count": 1, "text": "Coffee?" }', key=KEY)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert ("Idempotency-Replayed" in first.headers, again.headers["Idempotency-Replayed"]) == (False, "true")
    assert Entry.objects.filter(text="Coffee?").count() == 1


def test_same_key_with_another_body_is_refused(api: ApiClient) -> None:
    api.post(POSTS, {"text": "Coffee?"}, key=KEY)
    refused = api.post(POSTS, {"text": "Tea?"}, key=KEY)

    assert (refused.status_code, refused.json()["code"]) == (422, "key_reused")
    assert not Entry.objects.filter(text="Tea?").exists()


def test_key_of_a_refused_request_may_be_used_again(api: ApiClient) -> None:
    assert api.post(POSTS, {"text": " "}, key=KEY).json()["code"] == "bad_post"
    assert api.post(POSTS, {"text": "Coffee?"}, key=KEY).status_code == 201


def test_key_belongs_to_one_address(api: ApiClient) -> None:
    first, second = (api.post(path, {"text": "Coffee?"}, key=KEY).json() for path in (POSTS, ANNOUNCED_POSTS))

    assert first["id"] != second["id"]


def test_key_belongs_to_one_person(api: ApiClient, captain: User) -> None:
    other = ApiClient(make_token(captain.pk, name="x", scope=ApiToken.Scope.WRITE)[1])

    assert (
        api.post(POSTS, {"text": "Coffee?"}, key=KEY).json() != other.post(POSTS, {"text": "Coffee?"}, key=KEY).json()
    )


def test_key_is_shared_by_a_persons_tokens(api: ApiClient, athlete: User) -> None:
    second = ApiClient(make_token(athlete.pk, name="x", scope=ApiToken.Scope.WRITE)[1])

    assert (
        api.post(POSTS, {"text": "Coffee?"}, key=KEY).json() == second.post(POSTS, {"text": "Coffee?"}, key=KEY).json()
    )


@pytest.mark.parametrize("key", ["x" * 255, "a b", "~!"])
def test_printable_keys_are_accepted(api: ApiClient, key: str) -> None:
    assert api.post(POSTS, {"text": "Coffee?"}, key=key).status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 256, "é", "a\tb"])
def test_other_keys_are_422(api: ApiClient, key: str) -> None:
    refused = api.post(POSTS, {"text": "Coffee?"}, headers={"Idempotency-Key": key})

    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["Idempotency-Key"])
    assert not Entry.objects.filter(text="Coffee?").exists()


# --- Requests at once, past the write queue, which lets one after the other through in one process


def post_once(user: User, create: Callable[[], ApiAnswer]) -> HttpResponse:
    request = cast("ApiRequest", RequestFactory().post("/api/v1/x", b"{}", JSON, headers={"Idempotency-Key": KEY}))
    request.auth = Caller(user, None)
    return once(request, create)


@pytest.mark.django_db(transaction=True)
def test_requests_at_once_with_one_key_act_once(member: Membership) -> None:
    def create() -> ApiAnswer:
        return ApiAnswer(201, b"%d" % post(member.user_id, member.club_id, "Coffee?").pk)

    answers = at_once(8, lambda: post_once(member.user, create))

    entry = Entry.objects.get(text="Coffee?")
    assert {(answer.status_code, answer.content) for answer in answers} == {(201, b"%d" % entry.pk)}
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == 7


@pytest.mark.django_db(transaction=True)
def test_request_that_waits_for_one_that_fails_acts_itself(member: Membership) -> None:
    attempts = count()

    def create() -> ApiAnswer:
        entry = post(member.user_id, member.club_id, "Coffee?")
        if next(attempts) == 0:
            raise BadPost("The first attempt fails.")
        return ApiAnswer(201, b"%d" % entry.pk)

    def attempt() -> bytes:
        try:
            return post_once(member.user, create).content
        except BadPost:
            return b"failed"

    answers = at_once(4, attempt)

    entry = Entry.objects.get(text="Coffee?")
    assert sorted(answers) == [b"%d" % entry.pk] * 3 + [b"failed"]


@pytest.mark.django_db(transaction=True)
def test_key_is_forgotten_after_a_day(api: ApiClient, connections_closed: None) -> None:
    first = api.post(POSTS, {"text": "Coffee?"}, key=KEY)
    AnsweredForm.objects.update(answered_at=timezone.now() - timedelta(hours=23))
    async_to_sync(purge_answered_forms)()
    assert api.post(POSTS, {"text": "Coffee?"}, key=KEY).json() == first.json()

    AnsweredForm.objects.update(answered_at=timezone.now() - timedelta(hours=25))
    async_to_sync(purge_answered_forms)()
    assert api.post(POSTS, {"text": "Coffee?"}, key=KEY).json() != first.json()
