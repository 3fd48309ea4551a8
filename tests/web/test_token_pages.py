"""API tokens in the settings: made, shown once, listed with their beginning and last use, and revoked."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from strava_live.accounts.models import User
from strava_live.api_tokens import tokens
from strava_live.api_tokens.models import ApiToken
from strava_live.api_tokens.tokens import find_token, make_token
from tests.clubs.visits import as_
from tests.together import at_once
from tests.web.forms import filled_in

TOKENS = "/settings/tokens/"
SETTINGS = "/settings/"
FIELDS = {"name": "My spreadsheet", "scope": "read", "expires": ""}
KEY = "abcdefghijklmnopqrstuvwx"
SHOWN = re.compile(r'data-token="([^"]+)">([^<]+)<')
NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


def section(client: Client) -> str:
    """Return the text of the section with tokens, without markup."""
    page = client.get(SETTINGS).text
    return " ".join(re.sub(r"<[^>]+>", " ", page.split('id="tokens"')[1].split("</section>")[0]).split())


def test_new_token_is_shown_once_and_works(as_athlete: Client, athlete: User) -> None:
    answer = as_athlete.post(TOKENS, filled_in(as_athlete, SETTINGS, FIELDS | {"scope": "write"}))

    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    (shown,) = SHOWN.findall(answer.text)
    assert shown[0] == shown[1]
    found = find_token(shown[0], now=timezone.now())
    assert found is not None
    assert (found.user, found.name, found.scope, found.expires_at) == (athlete, "My spreadsheet", "write", None)
    assert f"{found.hint}…" in section(as_athlete)
    assert shown[0] not in as_athlete.get(SETTINGS).text


def test_form_that_is_sent_again_makes_no_second_token(as_athlete: Client) -> None:
    fields = filled_in(as_athlete, SETTINGS, FIELDS)
    as_athlete.post(TOKENS, fields)

    again = as_athlete.post(TOKENS, fields)

    assert (again.status_code, again.headers["Location"]) == (302, "/settings/#tokens")
    assert "You have already made this token." in section(as_athlete)
    assert ApiToken.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_simultaneous_forms_make_one_token_and_show_it_once(athlete: User) -> None:
    browsers = iter([as_(athlete) for _ in range(8)])

    answers = at_once(8, lambda: next(browsers).post(TOKENS, FIELDS | {"idempotency_key": KEY}))

    assert sorted(answer.status_code for answer in answers) == [200, *[302] * 7]
    assert sum(len(SHOWN.findall(answer.text)) for answer in answers) == ApiToken.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": ""}, "Name: Enter a name."),
        ({"name": "\u200b"}, "Name: Enter a name."),
        ({"name": "x" * 61}, "Name: Ensure this value has at most 60 characters"),
        ({"scope": ""}, "Access: This field is required."),
        ({"scope": "admin"}, "Access: Select a valid choice."),
        ({"expires": "2026-11-26"}, "Last day: That date is in the past."),
        ({"expires": "9999-12-31"}, "Last day: That date is too far ahead."),
        ({"expires": "31/12/2026"}, "Last day: Enter a date, such as 2027-01-31."),
    ],
)
def test_invalid_form_is_explained_and_can_be_sent_again(as_athlete: Client, wrong: dict[str, str], words: str) -> None:
    with time_machine.travel(NOON):
        fields = FIELDS | {"idempotency_key": KEY}
        refused = as_athlete.post(TOKENS, fields | wrong)
        assert refused.status_code == 422
        assert words in refused.text
        assert '<details class="ask" open>' in refused.text
        assert KEY in refused.text
        assert not ApiToken.objects.exists()

        assert as_athlete.post(TOKENS, fields).status_code == 200


def test_refused_profile_leaves_the_form_for_tokens_closed(as_athlete: Client) -> None:
    refused = as_athlete.post(SETTINGS, {"display_name": "x" * 61})

    assert refused.status_code == 422
    assert '<details class="ask" open>' not in refused.text


def test_too_many_tokens_are_refused(as_athlete: Client, athlete: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "MOST_TOKENS", 0)

    refused = as_athlete.post(TOKENS, FIELDS)

    assert refused.status_code == 422
    assert "Revoke one you no longer need first." in refused.text


def test_list_says_what_each_token_may_do_and_when_it_was_used(as_athlete: Client, athlete: User) -> None:
    with time_machine.travel(NOON):
        make_token(athlete.pk, name="Old", scope=ApiToken.Scope.READ)
        ApiToken.objects.update(expires_at=NOON - timedelta(hours=12), last_used_on=date(2026, 11, 21))
        make_token(athlete.pk, name="New", scope=ApiToken.Scope.WRITE, expires_on=date(2026, 12, 3))
        words = section(as_athlete)

    new, old = words.split("Old")
    assert "Read and write, made 27 November 2026, never used, works until the end of 3 December 2026" in new
    assert "Revoke this token" in new
    assert "Read only, made 27 November 2026, last used 21 November 2026, ended after 26 November 2026" in old
    assert "Revoke this token" not in old


def test_list_does_not_show_tokens_of_other_people(as_athlete: Client, clubmate: User) -> None:
    make_token(clubmate.pk, name="Bruno's script", scope=ApiToken.Scope.READ)

    assert "Bruno" not in section(as_athlete)


def test_number_of_queries_does_not_depend_on_the_number_of_tokens(as_athlete: Client, athlete: User) -> None:
    def count_queries() -> int:
        with CaptureQueriesContext(connection) as queries:
            as_athlete.get(SETTINGS)
        return len(queries)

    make_token(athlete.pk, name="One", scope=ApiToken.Scope.READ)
    before = count_queries()
    for _ in range(20):
        make_token(athlete.pk, name="More", scope=ApiToken.Scope.READ)

    assert count_queries() == before


def test_token_is_revoked(as_athlete: Client, athlete: User) -> None:
    token, secret = make_token(athlete.pk, name="My script", scope=ApiToken.Scope.READ)

    answer = as_athlete.post(f"{TOKENS}{token.pk}/revoke/")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/settings/#tokens")
    assert "Token revoked. It no longer works." in section(as_athlete)
    assert find_token(secret, now=timezone.now()) is None
    assert "My script" not in section(as_athlete)
    assert as_athlete.post(f"{TOKENS}{token.pk}/revoke/").status_code == 404


@pytest.mark.parametrize("pk", ["other", 10**20])
def test_only_own_tokens_can_be_revoked(as_athlete: Client, clubmate: User, pk: Any) -> None:
    token, secret = make_token(clubmate.pk, name="Bruno's script", scope=ApiToken.Scope.READ)

    answer = as_athlete.post(f"{TOKENS}{token.pk if pk == 'other' else pk}/revoke/")

    assert answer.status_code == 404
    assert find_token(secret, now=timezone.now()) is not None


def test_address_of_the_form_leads_to_the_settings(as_athlete: Client) -> None:
    assert as_athlete.get(TOKENS).headers["Location"] == "/settings/#tokens"


@pytest.mark.parametrize(("path", "leads_to"), [(TOKENS, TOKENS), (f"{TOKENS}1/revoke/", SETTINGS)])
def test_signed_out_people_sign_in_first(client: Client, db: None, path: str, leads_to: str) -> None:
    answer = client.post(path, FIELDS)

    assert answer.headers["Location"] == f"/accounts/login/?next={leads_to}"
    assert not ApiToken.objects.exists()
