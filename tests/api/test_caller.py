"""Who calls the API: tokens with their scopes, sessions with CSRF, and the limits of both."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from strava_live.accounts.models import User
from strava_live.api_tokens.models import ApiToken
from strava_live.clubs.models import Club, Membership
from tests.api.client import ApiClient

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.api.sample_urls")]
CALLER = "sample/caller"


def test_token_acts_for_its_owner(read_token: str, write_token: str) -> None:
    assert ApiClient(read_token).get(CALLER).json() == {"name": "alva", "scope": "read"}
    assert ApiClient(write_token).get(CALLER).json() == {"name": "alva", "scope": "write"}


def test_a_read_costs_one_query_for_the_caller(
    read_token: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ApiClient(read_token).get(CALLER)  # stores the day of its use

    with django_assert_num_queries(1):
        ApiClient(read_token).get(CALLER)


def test_read_token_may_not_write(read_token: str, write_token: str) -> None:
    refused = ApiClient(read_token).put(CALLER)

    assert (refused.status_code, refused.json()["code"]) == (403, "wrong_scope")
    assert ApiClient(write_token).put(CALLER).status_code == 204


def test_without_a_caller_it_is_401(client: Client) -> None:
    for answer in (ApiClient().get(CALLER), ApiClient().put(CALLER)):
        assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
        assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "credentials", ["", "Bearer", "Bearer x", "Basic {secret}", "Bearer {secret}x", "{secret}", "Bearer {secret} x"]
)
def test_other_credentials_are_401_even_with_a_good_session(
    as_athlete: Client, write_token: str, credentials: str
) -> None:
    answer = as_athlete.get(f"/api/v1/{CALLER}", headers={"authorization": credentials.format(secret=write_token)})

    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.urls("site_config.urls")
def test_token_opens_no_page_even_if_the_site_has_another_root(write_token: str, client: Client) -> None:
    """A request whose whole path looks like the API's, while Django serves a page."""
    headers = {"authorization": f"Bearer {write_token}"}

    answer = client.post(
        "/settings/tokens/", {"name": "mine", "scope": "write"}, headers=headers, SCRIPT_NAME="/api/v1"
    )

    assert answer.status_code == 302
    assert "/accounts/login/" in answer.headers["Location"]
    assert ApiToken.objects.count() == 1


def test_scheme_is_read_in_any_case(read_token: str) -> None:
    headers = {"authorization": f"bearer {read_token}"}

    assert Client().get(f"/api/v1/{CALLER}", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "change", [{"revoked_at": datetime(2026, 1, 1, tzinfo=UTC)}, {"expires_at": datetime(2026, 1, 1, tzinfo=UTC)}]
)
def test_ended_token_is_401(read_token: str, change: dict[str, datetime]) -> None:
    ApiToken.objects.update(**change)

    assert ApiClient(read_token).get(CALLER).status_code == 401


def test_token_of_a_deactivated_person_is_401(read_token: str, athlete: User) -> None:
    User.objects.filter(pk=athlete.pk).update(is_active=False)

    assert ApiClient(read_token).get(CALLER).status_code == 401


def test_token_opens_no_page(write_token: str) -> None:
    answer = Client().get("/settings/", headers={"authorization": f"Bearer {write_token}"})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/login/?next=/settings/")


def test_last_use_is_stored_once_a_day(read_token: str, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    api = ApiClient(read_token)
    with time_machine.travel(datetime(2026, 11, 27, 23, 59, tzinfo=UTC), tick=False) as clock:
        api.get(CALLER)
        assert ApiToken.objects.get().last_used_on == date(2026, 11, 27)
        with django_assert_num_queries(1):
            api.get(CALLER)

        clock.shift(timedelta(minutes=2))
        api.get(CALLER)
        assert ApiToken.objects.get().last_used_on == date(2026, 11, 28)


# --- Sessions


def test_session_reads(as_athlete: Client) -> None:
    assert ApiClient(browser=as_athlete).get(CALLER).json() == {"name": "alva", "scope": None}


def test_session_writes_with_the_csrf_token_only(athlete: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(athlete)
    browser.get("/settings/")
    token = browser.cookies["csrftoken"].value
    api = ApiClient(browser=browser)

    forged = api.send("PUT", CALLER)

    assert (forged.status_code, forged.json()["code"]) == (403, "csrf_failed")
    assert api.send("PUT", CALLER, headers={"X-CSRFToken": token}).status_code == 204


def test_token_writes_without_a_csrf_token(write_token: str) -> None:
    browser = Client(enforce_csrf_checks=True)

    assert ApiClient(write_token, browser).put(CALLER).status_code == 204


def test_form_with_the_csrf_token_is_415(athlete: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(athlete)
    browser.get("/settings/")
    form = {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value, "text": "Coffee?"}

    answer = browser.post("/api/v1/sample/texts", form)

    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


# --- Limits


def test_reads_and_writes_are_limited_per_token(write_token: str, read_token: str, settings: Settings) -> None:
    settings.API_READS_A_MINUTE, settings.API_WRITES_A_MINUTE = 3, 2
    api = ApiClient(write_token)

    reads = [api.get(CALLER).status_code for _ in range(4)]
    writes = [api.put(CALLER).status_code for _ in range(3)]

    assert (reads, writes) == ([200, 200, 200, 429], [204, 204, 429])
    refused = api.put(CALLER)
    assert refused.json()["code"] == "too_many_requests"
    assert 0 < int(refused.headers["Retry-After"]) <= 30
    assert ApiClient(read_token).get(CALLER).status_code == 200


def test_sessions_of_a_person_share_one_limit(athlete: User, clubmate: User, settings: Settings) -> None:
    settings.API_READS_A_MINUTE = 1
    browsers = [Client(), Client(), Client()]
    for browser, user in zip(browsers, (athlete, athlete, clubmate), strict=True):
        browser.force_login(user)

    assert [ApiClient(browser=one).get(CALLER).status_code for one in browsers] == [200, 429, 200]


def test_unknown_tokens_are_limited_per_address(read_token: str, settings: Settings) -> None:
    settings.API_READS_A_MINUTE = 2

    assert [ApiClient("satlive_r_x").get(CALLER).status_code for _ in range(3)] == [401, 401, 429]
    assert ApiClient(read_token).get(CALLER).status_code == 200


def test_api_does_not_count_as_forms(as_athlete: Client, settings: Settings) -> None:
    settings.API_WRITES_A_MINUTE = 100

    assert {ApiClient(browser=as_athlete).put(CALLER).status_code for _ in range(61)} == {204}
    assert as_athlete.post("/sync/cancel/").status_code == 302


# --- Clubs


def test_club_is_found_for_its_members_only(
    member: Membership, other_club: Club, read_token: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    api = ApiClient(read_token)

    assert api.get("sample/clubs/striders/entries").status_code == 200
    for slug in ("other", "nowhere"):
        answer = api.get(f"sample/clubs/{slug}/entries")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_request_to_join_is_not_enough(member: Membership, read_token: str) -> None:
    Membership.objects.filter(pk=member.pk).update(state=Membership.MemberState.ASKING)

    assert ApiClient(read_token).get("sample/clubs/striders/entries").status_code == 404
