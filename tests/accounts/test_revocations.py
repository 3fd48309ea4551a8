"""What Strava is still to be told to forget: taken up again until it has answered, by one process at a time."""

from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from simulators.process import StandIn
from strava_live.accounts.encryption import Secret
from strava_live.accounts.models import Revocation
from strava_live.accounts.revocations import revoke_due

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def test_due_revocation_is_done_once_strava_answers(stand_in: StandIn) -> None:
    tokens = stand_in.grant(stand_in.add_athlete(activities=1))
    Revocation.objects.create(token=Secret.of(tokens["refresh_token"]))
    stand_in.fault("server_error", "revoke")

    assert async_to_sync(revoke_due)() == 0
    stand_in.clear_faults()
    Revocation.objects.update(next_try_at=timezone.now())

    assert async_to_sync(revoke_due)() == 1
    assert not Revocation.objects.exists()


def test_claim_is_for_one_alone_and_pauses_grow_to_a_day(db: None) -> None:
    now = timezone.now()
    Revocation.objects.create(token=Secret.of("x"), next_try_at=now)
    pauses = []

    for _ in range(14):
        claimed = Revocation.objects.claim(now=now, first_pause=MINUTE, longest_pause=DAY)
        assert claimed
        assert Revocation.objects.claim(now=now, first_pause=MINUTE, longest_pause=DAY) is None
        pauses.append(claimed.next_try_at - now)
        now = claimed.next_try_at

    assert pauses[:4] == [MINUTE, 2 * MINUTE, 4 * MINUTE, 8 * MINUTE]
    assert pauses[-1] == DAY
