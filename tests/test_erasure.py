"""Deleting an account, also while its history is being kept."""

import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from strava_live.accounts.connections import connect_strava
from strava_live.accounts.models import Revocation, StravaConnection, User
from strava_live.activities.athlete_state import ensure_athlete_state
from strava_live.activities.models import Activity
from strava_live.lifecycle.erasure import erase
from strava_live.parkrun.catalogue import catalogue
from strava_live.strava.payloads import Tokens
from strava_live.sync.models import SyncRun
from strava_live.sync.pipeline import Place
from strava_live.sync.store import store_chunk
from tests.sync.runs import LEASE, strava_runs


@pytest.mark.django_db(transaction=True)
def test_account_goes_whole_while_its_history_is_being_kept(athlete: User, clubmate: User) -> None:
    call_command("load_parkrun_events", stdout=StringIO())
    catalogue.expire()
    connect_strava(athlete, strava_id=17, tokens=Tokens("a", "r", timezone.now()), scopes="read")
    ensure_athlete_state(athlete.pk)
    run = SyncRun.objects.create(
        athlete=athlete,
        strava_id=17,
        state=SyncRun.State.RUNNING,
        started_at=timezone.now(),
        lease_owner=LEASE.owner,
        lease_until=timezone.now() + timedelta(minutes=1),
    )
    begun, stopped = threading.Event(), []

    def keep_on() -> None:
        chunk = 0
        try:
            while True:
                activities = strava_runs(20, first=1 + 20 * chunk)
                store_chunk(run, LEASE, activities, Place(activities[-1].start, 1, 1, 0))
                begun.set()
                chunk += 1
        except Exception as error:  # whatever tells it that there is nobody left
            stopped.append(error)
        finally:
            connections.close_all()

    keeping = threading.Thread(target=keep_on)
    keeping.start()
    assert begun.wait(20)
    erase(User.objects.get(pk=athlete.pk))
    keeping.join(20)

    assert stopped
    assert list(User.objects.all()) == [clubmate]
    assert not Activity.objects.exists()
    assert not StravaConnection.objects.exists()
    assert Revocation.objects.get().strava_id == 17
