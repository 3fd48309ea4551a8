"""Forget the keys of forms after a day: a lost answer is asked for again within minutes."""

from django.utils import timezone

from strava_live.database import on_database
from strava_live.idempotency.models import KEPT_FOR, AnsweredForm


async def purge_answered_forms() -> None:
    await on_database(purge)()


def purge() -> None:
    AnsweredForm.objects.older_than(timezone.now() - KEPT_FOR).delete()
