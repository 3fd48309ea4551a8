"""Deleting an account while a sync stores its history."""

import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from strava_live.accounts.connections import connect_strava
from strava_live.accounts.encryption import code_of_athlete
from strava_live.accounts.models import Revocation, StravaConnection, User
from strava_live.activities.athlete_state import ensure_athlete_state
from strava_live.activities.models import Activity
from strava_live.lifecycle.erasure import erase
from strava_live.parkrun.catalogue import catalogue
from strava_live.strava.payloads import Tokens
from strava_live.sync.models import SyncRun
from strava_live.sync.pipeline import Place
from strava_live.sync.store import store_chunk
from tests.patience import PATIENCE_S
from tests.sync.runs import LEASE, strava_runs


@pytest.mark.django_db(transaction=True)
def test_account_is_deleted_completely_while_a_sync_stores_chunks(athlete: User, clubmate: User) -> None:
    call_command("load_parkrun_events", stdout=StringIO())
    catalogue.expire()
    connect_strava(athlete, strava_id=17, tokens=Tokens("a", "r", timezone.now()), scopes="read")
    ensure_athlete_state(athlete.pk)
    run = SyncRun.objects.create(
        athlete=athlete,
        strava_id=17,
        state=SyncRun.RunState.RUNNING,
        started_at=timezone.now(),
        lease_owner=LEASE.owner,
        lease_until=timezone.now() + timedelta(minutes=1),
    )
    started, stopped = threading.Event(), []

    def store_chunks() -> None:
        chunk = 0
        try:
            while True:
                activities = strava_runs(20, first=1 + 20 * chunk)
                store_chunk(run, LEASE, activities, Place(activities[-1].start, 1, 1, 0))
                started.set()
                chunk += 1
        except Exception as error:  # any error that says the account is gone
            stopped.append(error)
        finally:
            connections.close_all()

    storing = threading.Thread(target=store_chunks)
    storing.start()
    assert started.wait(PATIENCE_S)
    erase(User.objects.get(pk=athlete.pk))
    storing.join(20)

    assert stopped
    assert list(User.objects.all()) == [clubmate]
    assert not Activity.objects.exists()
    assert not StravaConnection.objects.exists()
    assert Revocation.objects.get().strava_id == code_of_athlete(17)
