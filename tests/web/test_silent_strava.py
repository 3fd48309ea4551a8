"""Disconnecting Strava and deleting an account while Strava accepts connections but does not answer.

The page waits a few seconds at most. The worker asks Strava again later.
"""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from asgiref.sync import async_to_sync
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from simulators.process import StandIn
from strava_live.accounts.models import Revocation, StravaConnection, User
from strava_live.accounts.revocations import revoke_due
from strava_live.http.transport import Timeouts
from tests.accounts.silent_server import silent_for
from tests.web.deletion import RIGHT
from tests.web.kept import connected
from tests.web.reading import messages_in

pytestmark = pytest.mark.django_db(transaction=True)
SILENT_S = 10.0


@pytest.fixture(autouse=True)
def silent_strava(settings: Settings) -> Iterator[None]:
    """Strava's URLs lead to a server that answers after the timeout of a page, but before that of an import."""
    settings.STRAVA_TIMEOUTS = Timeouts(read=60, total=60)
    settings.STRAVA_REVOKE_TIMEOUTS = replace(settings.STRAVA_REVOKE_TIMEOUTS, read=0.3, total=0.3)
    with silent_for(SILENT_S) as address:
        settings.STRAVA_OAUTH_URL = f"{address}/oauth"
        yield


def test_page_waits_for_strava_for_a_few_seconds_at_most(settings: Settings) -> None:
    from site_config import settings as deployed

    assert deployed.STRAVA_REVOKE_TIMEOUTS.total <= 5


def test_disconnecting_does_not_wait_for_strava(
    as_athlete: Client, athlete: User, settings: Settings, stand_in_process: StandIn
) -> None:
    strava_id = stand_in_process.add_athlete(activities=1)
    granted = stand_in_process.grant(strava_id)
    connection = connected(athlete, strava_id=strava_id)
    connection.refresh_token = type(connection.refresh_token).of(granted["refresh_token"])
    connection.save()

    answer = as_athlete.post("/settings/disconnect-strava/")

    assert "keep asking it" in messages_in(answer)
    assert not StravaConnection.objects.exists()
    settings.STRAVA_OAUTH_URL = stand_in_process.oauth_url
    Revocation.objects.update(next_try_at=timezone.now())
    assert async_to_sync(revoke_due)() == 1
    assert strava_id not in stand_in_process.stats()["connected"]


def test_deleting_the_account_does_not_wait_for_strava(as_athlete: Client, athlete: User) -> None:
    connected(athlete, strava_id=17)

    answer = as_athlete.post("/settings/delete-account/", RIGHT)

    assert answer.status_code == 302
    assert not User.objects.filter(pk=athlete.pk).exists()
    assert Revocation.objects.get().token
