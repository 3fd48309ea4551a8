"""Errors of the API: a code with its status, a sentence, and the fields that are not valid."""

import pytest
from django.core.exceptions import RequestDataTooBig
from django.http import Http404
from django.test import RequestFactory
from pydantic import TypeAdapter
from pytest_django import Settings

from strava_live.accounts.models import User
from strava_live.api.app import api as site_api
from strava_live.api.errors import DOMAIN, ApiError, error_bytes, error_response
from strava_live.clubs.members import NotAMember
from strava_live.clubs.models import Club, Membership
from strava_live.error_codes import ErrorCode
from strava_live.keyset import InvalidCursor
from strava_live.parkrun.results import UnknownResult
from strava_live.protocol import BadDates, ErrorBody
from strava_live.social.post_text import BadPost
from strava_live.social.posts import NotYours, UnknownEntry, post
from strava_live.sync.decisions import UnknownActivity
from strava_live.sync.results_by_hand import AlreadyThere
from strava_live.sync.runs import CannotStart
from tests.api.client import ApiClient

pytestmark = pytest.mark.once
BODY = TypeAdapter(ErrorBody)
OF_THE_PACKAGES = [
    (AlreadyThere(7), 409, "already_there"),
    (BadDates("That date is in the future."), 422, "bad_dates"),
    (BadPost("Write something first."), 422, "bad_post"),
    (CannotStart(ErrorCode.NOT_CONNECTED, "Connect Strava first."), 409, "not_connected"),
    (Http404("secret"), 404, "not_found"),
    (InvalidCursor("secret"), 422, "bad_message"),
    (NotAMember(7), 404, "not_found"),
    (NotYours("secret"), 403, "not_allowed"),
    (RequestDataTooBig("secret"), 413, "too_large"),
    (UnknownActivity(7), 404, "unknown_activity"),
    (UnknownEntry(7), 404, "unknown_entry"),
    (UnknownResult(7), 404, "unknown_result"),
]


@pytest.mark.parametrize(("error", "status", "code"), OF_THE_PACKAGES, ids=lambda one: type(one).__name__)
def test_exceptions_of_the_packages_have_a_code(rf: RequestFactory, error: Exception, status: int, code: str) -> None:
    answer = site_api.on_exception(rf.get("/api/v1/me"), error)

    body = BODY.validate_json(answer.content, strict=True)
    assert (answer.status_code, body["code"]) == (status, code)
    assert "secret" not in body["message"]
    assert body["message"].endswith(".")


def test_every_exception_of_the_table_has_a_handler(rf: RequestFactory) -> None:
    for kind, code in DOMAIN.items():
        assert site_api.on_exception(rf.get("/"), kind("x")).status_code == code.status


def test_other_exceptions_are_raised_also_in_debug(rf: RequestFactory, settings: Settings) -> None:
    settings.DEBUG = True

    with pytest.raises(ZeroDivisionError):
        site_api.on_exception(rf.get("/"), ZeroDivisionError("x"))


@pytest.mark.parametrize("code", ErrorCode)
def test_every_code_makes_an_error_body(code: ErrorCode) -> None:
    answer = error_response(ApiError(code, fields={"text": "Write something."}))

    assert BODY.validate_json(answer.content, strict=True) == {
        "code": code,
        "message": code.meaning,
        "fields": {"text": "Write something."},
    }
    assert (answer.status_code, answer.headers["Content-Type"]) == (code.status, "application/json")
    assert ("WWW-Authenticate" in answer.headers) == (code is ErrorCode.NOT_SIGNED_IN)


def test_error_without_fields_has_none() -> None:
    assert error_bytes(ErrorCode.NOT_FOUND, "No.") == b'{"code":"not_found","message":"No."}'


@pytest.mark.urls("tests.api.sample_urls")
@pytest.mark.django_db
class TestFields:
    def test_fields_of_a_body(self, write_token: str) -> None:
        answer = ApiClient(write_token).post("sample/texts", {"count": "3"})

        assert (answer.status_code, answer.json()) == (
            422,
            {
                "code": "bad_message",
                "message": "2 fields are not valid.",
                "fields": {"text": "Field required.", "count": "Input should be a valid integer."},
            },
        )

    @pytest.mark.parametrize("body", [[1], "text", 1, None, b""])
    def test_body_that_is_no_object(self, write_token: str, body: object) -> None:
        answer = ApiClient(write_token).post("sample/texts", body)

        assert (answer.status_code, answer.json()["code"]) == (422, "bad_message")
        assert answer.json()["message"] == "The body must be a JSON object."

    def test_number_that_no_row_can_have(self, read_token: str) -> None:
        answer = ApiClient(read_token).get(f"sample/numbers/{2**63}")

        assert (answer.status_code, list(answer.json()["fields"])) == (422, ["number"])

    @pytest.mark.parametrize("cursor", ["x", "before.x", "after.", "between.2026-11-21T09:00:00Z,1"])
    def test_malformed_cursor(self, member: Membership, read_token: str, cursor: str) -> None:
        answer = ApiClient(read_token).get("sample/clubs/striders/entries", cursor=cursor)

        assert (answer.status_code, answer.json()["code"]) == (422, "bad_message")
        assert answer.json()["fields"] == {"cursor": "This is not a cursor of this list."}

    def test_post_of_another_person(self, member: Membership, captain: User, club: Club, write_token: str) -> None:
        entry = post(captain.pk, club.pk, "Coffee?")

        answer = ApiClient(write_token).delete(f"sample/posts/{entry.pk}")

        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
