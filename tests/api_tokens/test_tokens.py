"""API tokens: found by their digest, valid until they expire or are revoked, and deleted a week later."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from asgiref.sync import async_to_sync
from django.db import connection
from django.utils import timezone

from strava_live.accounts.models import User
from strava_live.api_tokens import tokens
from strava_live.api_tokens.models import ApiToken
from strava_live.api_tokens.tokens import (
    BadExpiry,
    TooManyTokens,
    UnknownToken,
    find_token,
    make_token,
    note_used,
    purge_ended_tokens,
    revoke_token,
)
from strava_live.broadcast import token_target
from strava_live.lifecycle.erasure import erase
from tests.clubs.evictions import Evictions

pytestmark = pytest.mark.django_db
READ, WRITE = ApiToken.Scope.READ, ApiToken.Scope.WRITE


def make(user: User, **different: Any) -> tuple[ApiToken, str]:
    return make_token(user.pk, **{"name": "My spreadsheet", "scope": READ, **different})


def is_valid(secret: str) -> bool:
    return find_token(secret, now=timezone.now()) is not None


@pytest.mark.parametrize(("scope", "prefix"), [(READ, "satlive_r_"), (WRITE, "satlive_w_")])
def test_token_is_found_by_its_secret_of_which_the_table_has_the_beginning(
    athlete: User, scope: ApiToken.Scope, prefix: str
) -> None:
    token, secret = make(athlete, scope=scope)

    found = find_token(secret, now=timezone.now())
    assert found is not None
    assert (found, found.user, found.may_write) == (token, athlete, scope is WRITE)
    assert secret.startswith(prefix)
    assert len(secret) == len(prefix) + 43
    assert token.hint == secret[:14]
    assert not is_valid(secret.swapcase())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {ApiToken._meta.db_table}")  # noqa: S608 our own table
        assert secret[15:] not in str(cursor.fetchall())


def test_two_tokens_are_never_the_same(athlete: User) -> None:
    assert len({make(athlete)[1] for _ in range(10)}) == 10


@pytest.mark.parametrize("secret", ["", "satlive_r_", "x" * 10_000, "\x00", "\ud800", "ключ"])
def test_text_that_is_no_secret_finds_no_token(athlete: User, secret: str) -> None:
    make(athlete)

    assert not is_valid(secret)


def test_token_is_found_with_its_user_in_one_query(athlete: User, django_assert_num_queries: Any) -> None:
    _, secret = make(athlete)

    with django_assert_num_queries(1):
        found = find_token(secret, now=timezone.now())
        assert found is not None
        assert found.user == athlete


def test_token_of_a_person_who_is_not_active_is_not_valid(athlete: User) -> None:
    _, secret = make(athlete)

    User.objects.filter(pk=athlete.pk).update(is_active=False)

    assert not is_valid(secret)


@pytest.mark.parametrize(
    ("zone", "ends"),
    [
        ("Australia/Brisbane", datetime(2026, 11, 28, 14, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 11, 29, 5, tzinfo=UTC)),
        ("Mars/Olympus", datetime(2026, 11, 29, 0, tzinfo=UTC)),
    ],
)
def test_token_is_valid_through_its_last_day_in_the_zone_of_the_person(
    athlete: User, zone: str, ends: datetime
) -> None:
    User.objects.filter(pk=athlete.pk).update(time_zone=zone)
    with time_machine.travel(datetime(2026, 11, 27, 12, tzinfo=UTC)):
        _, secret = make(athlete, expires_on=date(2026, 11, 28))

    with time_machine.travel(ends - timedelta(seconds=1)):
        assert is_valid(secret)
    with time_machine.travel(ends):
        assert not is_valid(secret)


def test_day_in_the_past_is_refused(athlete: User) -> None:
    """In Brisbane it is 28 November already."""
    User.objects.filter(pk=athlete.pk).update(time_zone="Australia/Brisbane")
    with time_machine.travel(datetime(2026, 11, 27, 20, tzinfo=UTC)):
        make(athlete, expires_on=date(2026, 11, 28))
        with pytest.raises(BadExpiry, match="in the past"):
            make(athlete, expires_on=date(2026, 11, 27))

    assert ApiToken.objects.count() == 1


def test_furthest_days(athlete: User) -> None:
    _, secret = make(athlete, expires_on=date(9998, 12, 31))
    assert is_valid(secret)

    with pytest.raises(BadExpiry, match="too far ahead"):
        make(athlete, expires_on=date.max)


def test_number_of_valid_tokens_is_limited_for_each_person(
    athlete: User, clubmate: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "MOST_TOKENS", 2)
    first, _ = make(athlete)
    second, _ = make(athlete)
    with pytest.raises(TooManyTokens, match="Revoke one"):
        make(athlete)
    make(clubmate)

    revoke_token(athlete.pk, first.pk)
    make(athlete)
    ApiToken.objects.filter(pk=second.pk).update(expires_at=timezone.now())
    make(athlete)


def test_token_is_revoked_once_and_only_by_its_owner(
    athlete: User, clubmate: User, django_capture_on_commit_callbacks: Any
) -> None:
    token, secret = make(athlete)
    _, other = make(athlete)
    evictions = Evictions()
    with pytest.raises(UnknownToken):
        revoke_token(clubmate.pk, token.pk)
    assert is_valid(secret)

    with django_capture_on_commit_callbacks(execute=True):
        revoke_token(athlete.pk, token.pk)

    assert (is_valid(secret), is_valid(other)) == (False, True)
    assert evictions.sent() == [(token_target(token.pk), 4401)]
    with pytest.raises(UnknownToken):
        revoke_token(athlete.pk, token.pk)


def test_use_is_noted_once_a_day(athlete: User, django_assert_num_queries: Any) -> None:
    _, secret = make(athlete)
    days = [datetime(2026, 11, day, 23, 30, tzinfo=UTC) for day in (27, 28)]

    for now in days:
        for writes in (1, 0):
            found = find_token(secret, now=now)
            assert found is not None
            with django_assert_num_queries(writes):
                note_used(found, now=now)
        assert ApiToken.objects.get().last_used_on == now.date()


def test_use_that_is_noted_late_does_not_set_the_day_back(athlete: User) -> None:
    token, _ = make(athlete)
    now = datetime(2026, 11, 28, tzinfo=UTC)
    ApiToken.objects.update(last_used_on=now.date())

    note_used(token, now=now - timedelta(seconds=1))

    assert ApiToken.objects.get().last_used_on == now.date()


def test_tokens_are_deleted_with_the_account(athlete: User, clubmate: User) -> None:
    make(athlete)
    make(clubmate)

    erase(athlete)

    assert ApiToken.objects.get().user == clubmate


@pytest.mark.django_db(transaction=True)
def test_ended_tokens_are_deleted_a_week_later(athlete: User) -> None:
    now = timezone.now()
    for days in (6, 7):
        at = now - timedelta(days=days, minutes=1)
        ApiToken.objects.filter(pk=make(athlete, name=f"revoked {days}")[0].pk).update(revoked_at=at)
        ApiToken.objects.filter(pk=make(athlete, name=f"expired {days}")[0].pk).update(expires_at=at)
    make(athlete, name="valid")

    async_to_sync(purge_ended_tokens)()

    kept = ApiToken.objects.order_by("pk").values_list("name", flat=True)
    assert list(kept) == ["revoked 6", "expired 6", "valid"]
