"""Revocations: retried until Strava answers, by one process at a time."""

from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone
from pytest_django import Settings

from simulators.process import StandIn
from strava_live.accounts.connections import connect_strava
from strava_live.accounts.encryption import Secret, code_of_athlete
from strava_live.accounts.models import Revocation, User
from strava_live.accounts.revocation_queue import claim_due
from strava_live.accounts.revocations import RevocationOutcome, revoke_due, revoke_now
from strava_live.strava.payloads import Tokens

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def test_due_revocation_is_retried_until_strava_answers(stand_in: StandIn) -> None:
    strava_id = stand_in.add_athlete(activities=1)
    Revocation.objects.create(strava_id=strava_id, token=Secret.of(stand_in.grant(strava_id)["refresh_token"]))
    stand_in.fault("server_error", "revoke")

    assert async_to_sync(revoke_due)() == 0
    stand_in.clear_faults()
    Revocation.objects.update(next_try_at=timezone.now())

    assert async_to_sync(revoke_due)() == 1
    assert not Revocation.objects.get().token
    assert strava_id not in stand_in.stats()["connected"]


def test_revoked_row_is_kept_for_a_while(stand_in: StandIn) -> None:
    Revocation.objects.create(strava_id=stand_in.add_athlete(activities=1), token=Secret.of("x"))
    async_to_sync(revoke_due)()
    calls = stand_in.stats()["calls"]["revoke"]

    assert async_to_sync(revoke_due)() == 0
    assert Revocation.objects.exists()
    Revocation.objects.update(next_try_at=timezone.now())

    assert async_to_sync(revoke_due)() == 0
    assert not Revocation.objects.exists()
    assert stand_in.stats()["calls"]["revoke"] == calls


def test_refused_revocation_is_not_done(stand_in: StandIn) -> None:
    strava_id = stand_in.add_athlete(activities=1)
    Revocation.objects.create(strava_id=strava_id, token=Secret.of(stand_in.grant(strava_id)["refresh_token"]))
    stand_in.fault("unauthorized", "revoke")

    assert async_to_sync(revoke_due)() == 0
    assert Revocation.objects.get().token


def test_page_does_not_revoke_what_the_worker_has_claimed(stand_in: StandIn) -> None:
    revocation = Revocation.objects.create(strava_id=17, token=Secret.of("x"))
    claim_due(Revocation, now=timezone.now(), first_pause=MINUTE, longest_pause=DAY)
    before = stand_in.stats()["calls"].get("revoke", 0)

    assert async_to_sync(revoke_now)(revocation) is RevocationOutcome.UNANSWERED
    assert stand_in.stats()["calls"].get("revoke", 0) == before


def test_reconnected_athlete_is_not_revoked(athlete: User, stand_in: StandIn) -> None:
    strava_id = stand_in.add_athlete(activities=1)
    granted = stand_in.grant(strava_id)
    tokens = Tokens(granted["access_token"], granted["refresh_token"], timezone.now() + DAY)
    Revocation.objects.create(strava_id=strava_id, token=Secret.of("older"))
    connect_strava(athlete, strava_id=strava_id, tokens=tokens, scopes="read")
    assert not Revocation.objects.exists()

    Revocation.objects.create(strava_id=strava_id, token=Secret.of(tokens.refresh))
    before = stand_in.stats()["calls"].get("revoke", 0)

    assert async_to_sync(revoke_due)() == 0
    assert stand_in.stats()["calls"].get("revoke", 0) == before
    assert not Revocation.objects.exists()


def test_one_process_claims_a_revocation_and_pauses_grow_to_a_day(db: None) -> None:
    now = timezone.now()
    Revocation.objects.create(strava_id=17, token=Secret.of("x"), next_try_at=now)
    pauses = []

    for _ in range(14):
        claimed = claim_due(Revocation, now=now, first_pause=MINUTE, longest_pause=DAY)
        assert claimed
        assert claim_due(Revocation, now=now, first_pause=MINUTE, longest_pause=DAY) is None
        pauses.append(claimed.next_try_at - now)
        now = claimed.next_try_at

    assert pauses[:4] == [MINUTE, 2 * MINUTE, 4 * MINUTE, 8 * MINUTE]
    assert pauses[-1] == DAY


def test_revocation_ends_after_thirty_days(stand_in: StandIn, settings: Settings) -> None:
    days = settings.STRAVA_REVOKE_DAYS
    for age in (days - 1, days + 1):
        Revocation.objects.create(strava_id=-age, token=Secret.of("x"), asked_at=timezone.now() - age * DAY)
    stand_in.fault("server_error", "revoke")

    assert async_to_sync(revoke_due)() == 0

    assert Revocation.objects.get().strava_id == -(days - 1)


def test_older_row_gets_a_code_in_place_of_the_strava_id(stand_in: StandIn) -> None:
    Revocation.objects.create(strava_id=17, token=Secret.of("x"))
    stand_in.fault("server_error", "revoke")

    async_to_sync(revoke_due)()

    assert Revocation.objects.get().strava_id == code_of_athlete(17)
