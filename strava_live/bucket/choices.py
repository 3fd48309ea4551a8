"""A user's choices: whether changes are sent to their Bucket automatically, and whether start points are sent."""

from contextlib import suppress

from strava_live.bucket.models import BucketConnection
from strava_live.bucket.sendings import CannotSend, start_sending


def choose_following(user_id: int, *, follows: bool) -> bool:
    """Choose whether changes are sent automatically. Return False if the user has not connected Bucket.

    Switching on sends at once what has changed since the last sending.
    """
    if not BucketConnection.objects.filter(user_id=user_id).update(follows=follows):
        return False
    if follows:
        with suppress(CannotSend):  # a sending is running, or Bucket has to be connected again
            start_sending(user_id)
    return True


def choose_start_point(user_id: int, *, sends_start_point: bool) -> bool:
    """Choose whether the place where each activity started is sent. Return False without a connection.

    The next sending adds the places, or deletes them at Bucket.
    """
    mine = BucketConnection.objects.filter(user_id=user_id)
    mine.exclude(sends_start_point=sends_start_point).update(sends_start_point=sends_start_point, sent_mark=0)
    return mine.exists()
