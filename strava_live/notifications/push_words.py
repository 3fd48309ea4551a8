"""Notifications in words, for the devices of people who have chosen to see names there."""

from collections.abc import Sequence

from strava_live.notifications.models import Notification
from strava_live.notifications.newest import encoded
from strava_live.notifications.push_messages import Sentence


def sentences_of(user_id: int, notifications: Sequence[Notification]) -> dict[int, Sentence]:
    """Return the words of a person's notifications, by id, with the names that this person may see now."""
    shapes = encoded(user_id, notifications) if notifications else []
    return {shape["id"]: Sentence(shape["says"], shape["url"]) for shape in shapes}
