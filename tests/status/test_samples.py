"""Samples of the budget of calls to Strava: one a minute, whichever process takes it."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from asgiref.sync import async_to_sync
from django.utils import timezone

from strava_live.accounts.strava_app import strava
from strava_live.status.models import BudgetSample
from strava_live.status.samples import purge_samples, take_sample
from strava_live.strava.limits import Lane

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_samples_of_a_minute_are_one_row() -> None:
    with time_machine.travel(datetime(2026, 11, 27, 9, 0, 10, tzinfo=UTC), tick=False) as clock:
        used = async_to_sync(strava().budget.status)().used
        async_to_sync(take_sample)()
        clock.shift(40)
        async_to_sync(strava().budget.acquire)(Lane.PERSON)
        async_to_sync(take_sample)()
        clock.shift(40)
        async_to_sync(take_sample)()

    first, second = BudgetSample.objects.order_by("minute")
    assert (first.minute.minute, second.minute.minute) == (0, 1)
    assert first.used == list(used)
    assert second.used == list(used.plus(1))
    assert len(second.limits) == 4


def test_samples_are_deleted_after_two_days() -> None:
    for hours in (49, 47):
        BudgetSample.objects.create(minute=timezone.now() - timedelta(hours=hours), used=[0] * 4, limits=[1] * 4)

    async_to_sync(purge_samples)()

    assert BudgetSample.objects.get().minute > timezone.now() - timedelta(hours=48)
