"""Start sendings automatically for the users who have chosen that (`follows`), and delete the rows of old sendings.

Nothing calls this when an activity changes. The job reads the tables: the mark of a user's last change is compared with
the mark up to which everything was sent.
"""

import logging
from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from strava_live.activities.models import AthleteState
from strava_live.bucket.changes import ConnectionGone, has_changes, note_complete
from strava_live.bucket.forgetting import left_from_strava
from strava_live.bucket.models import BucketConnection, Sending
from strava_live.bucket.sendings import CannotSend, start_sending
from strava_live.database import delete_in_batches, on_database

logger = logging.getLogger(__name__)
AFTER_AN_END = timedelta(hours=1)
"""The pause after a sending that failed or that the user stopped. No sending starts automatically before it is over."""


async def start_following_sendings() -> None:
    """Start a sending for each user with `follows` whose saved activities have changed."""
    await on_database(start_sendings)()


def start_sendings() -> None:
    for connection in behind():
        with suppress(CannotSend, ConnectionGone):  # the user has started one meanwhile, or has disconnected
            if has_changes(connection) or not note_complete(connection):
                start_sending(connection.user_id, reason=Sending.SendingReason.FOLLOWING)


def behind() -> QuerySet[BucketConnection]:
    """Return the usable connections with `follows` that have changes to send and no live sending.

    Leave out accounts that an operator has deactivated, and those whose users have revoked our access at Strava: the
    copies in their Bucket stay (forgetting.py).
    """
    sendings = Sending.objects.filter(connection=OuterRef("pk"))
    unfinished = (Sending.SendingState.FAILED, Sending.SendingState.CANCELLED)
    newer = Sending.objects.filter(connection=OuterRef("connection"), pk__gt=OuterRef("pk"))
    ended = sendings.filter(state__in=unfinished, ended_at__gt=timezone.now() - AFTER_AN_END).exclude(Exists(newer))
    mark = AthleteState.objects.filter(athlete_id=OuterRef("user_id")).values("value")
    following = BucketConnection.objects.filter(follows=True, trouble="", user__is_active=True)
    behind = following.filter(sent_mark__lt=Subquery(mark)).exclude(pk__in=left_from_strava())
    return behind.exclude(Exists(sendings.live())).exclude(Exists(ended))


async def purge_sendings() -> None:
    """Delete old sendings that have ended, but never a user's last one."""
    before = timezone.now() - timedelta(days=settings.RETENTION_RUNS_DAYS)
    newer = Sending.objects.filter(connection=OuterRef("connection"), pk__gt=OuterRef("pk"))
    await delete_in_batches(Sending.objects.ended_before(before).filter(Exists(newer)))
