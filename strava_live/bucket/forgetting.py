"""Delete Strava's ids from what this site stores about a user's Bucket, once the user has no Strava connection.

The rows `SentActivity` hold ids of activities at Strava, so they are deleted with the activities themselves. The copies
in the user's Bucket belong to the user. They are deleted only if the user asks for it while disconnecting Strava.
"""

import logging
from contextlib import suppress
from enum import Enum, auto

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from strava_live.accounts.models import StravaConnection
from strava_live.activities.athlete_state import AthleteErased, lock_athlete
from strava_live.activities.models import Activity
from strava_live.bucket.changes import ConnectionGone
from strava_live.bucket.models import BucketConnection, Sending, SentActivity
from strava_live.bucket.sendings import CannotSend, start_sending, stop_following, stop_sending
from strava_live.bucket.thing import forget_home
from strava_live.database import on_database

logger = logging.getLogger(__name__)


class CopiesAtBucket(Enum):
    """What happens to the copies of activities in a user's Bucket once Strava is disconnected."""

    NONE = auto()
    """Nothing was sent."""
    STAY = auto()
    BEING_DELETED = auto()
    """A sending deletes them."""
    CANNOT_DELETE = auto()
    """The user wants them deleted, but this site cannot use the connection to Bucket."""


def has_copies(user_id: int) -> bool:
    """Return True if activities of the user were sent to their Bucket."""
    return SentActivity.objects.filter(connection__user=user_id).exists()


def part_from_copies(user_id: int, *, delete_there: bool) -> CopiesAtBucket:
    """Have a sending delete the copies in the user's Bucket if `delete_there`. Otherwise forget them here.

    Call it in the transaction that deletes the user's activities, with the athlete's lock.
    """
    if not has_copies(user_id):
        return CopiesAtBucket.NONE
    if delete_there and start_deleting(user_id):
        return CopiesAtBucket.BEING_DELETED
    forget_copies(user_id)
    return CopiesAtBucket.CANNOT_DELETE if delete_there else CopiesAtBucket.STAY


def start_deleting(user_id: int) -> bool:
    """Start a sending, which deletes at Bucket what is not saved here. Return False if none can be started.

    A sending that is under way deletes the copies, too, unless it is being stopped. The new sending has the reason
    FOLLOWING: with the reason ASKED, it would make the Thing again if the user has deleted that at Bucket.
    """
    try:
        start_sending(user_id, reason=Sending.SendingReason.FOLLOWING)
    except CannotSend:
        return Sending.objects.of(user_id).live().filter(cancel_asked=False).exists()
    return True


def forget_copies(user_id: int) -> None:
    """Stop sending changes, stop a live sending, and delete what is stored here about the copies."""
    connection = BucketConnection.objects.filter(user=user_id).first()
    if connection is None:
        return
    with suppress(ConnectionGone), transaction.atomic():
        forget_home(connection)
        stop_following(connection)
        stop_sending(user_id)


def left_from_strava() -> QuerySet[BucketConnection]:
    """Return the connections to Bucket that still have rows about sent activities although Strava is disconnected.

    A connection with a live sending is not among them: the sending may be deleting the copies.
    """
    user = OuterRef("user_id")
    sent = SentActivity.objects.filter(connection=OuterRef("pk"))
    live = Sending.objects.filter(connection=OuterRef("pk")).live()
    saved = Activity.objects.filter(athlete=user).saved()
    left = BucketConnection.objects.filter(Exists(sent)).exclude(Exists(live))
    return left.exclude(Exists(StravaConnection.objects.filter(user=user))).exclude(Exists(saved))


async def forget_left_copies() -> None:
    """Forget copies of users who have revoked our access at Strava, and copies that a sending could not delete."""
    await on_database(forget_left)()


def forget_left() -> None:
    for user_id in list(left_from_strava().values_list("user_id", flat=True)):
        with suppress(AthleteErased), transaction.atomic():
            lock_athlete(user_id)
            if left_from_strava().filter(user=user_id).exists():  # still so, now that the athlete is locked
                forget_copies(user_id)
                logger.info("what was sent to a Bucket is forgotten, because Strava is not connected any more")
