"""Take a sample of the budget of calls to Strava in each minute, for the small history that /status/ shows."""

from datetime import timedelta

from django.utils import timezone

from strava_live.accounts.strava_app import strava
from strava_live.database import delete_in_batches, on_database
from strava_live.status.models import BudgetSample
from strava_live.strava.budget import BudgetStatus

KEPT_FOR = timedelta(days=2)
"""How long samples are kept. /status/ shows fewer (`figures.HISTORY`)."""


async def take_sample() -> None:
    """Store the state of the budget, unless a process has done so in this minute.

    Store nothing while Redis does not answer, because each process then counts only its own calls.
    """
    status = await strava().budget.status()
    if not status.degraded:
        await on_database(store_sample)(status)


def store_sample(status: BudgetStatus) -> None:
    minute = timezone.now().replace(second=0, microsecond=0)
    sample = BudgetSample(minute=minute, used=list(status.used), limits=list(status.limits))
    BudgetSample.objects.bulk_create([sample], ignore_conflicts=True)


async def purge_samples() -> None:
    await delete_in_batches(BudgetSample.objects.filter(minute__lt=timezone.now() - KEPT_FOR))
