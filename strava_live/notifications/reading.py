"""Mark notifications as read, and count those that are not."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from strava_live.broadcast import announce_person_changed_after_commit
from strava_live.notifications.models import Notification
from strava_live.notifications.push_outbox import take_back_all


def mark_read(
    user_id: int, *, ids: Iterable[int] | None = None, key: str | None = None, all_of_them: bool = False
) -> int:
    """Mark a person's notifications as read: those with these ids, the one with this key, or all. Return how many.

    Ids of another person's notifications change nothing.
    """
    unread = Notification.objects.of(user_id).unread()
    if ids is not None:
        unread = unread.filter(pk__in=list(ids))
    elif key is not None:
        unread = unread.with_key(key)
    elif not all_of_them:
        return 0
    with transaction.atomic():
        rows = [row.pk for row in unread.locked()]
        if rows:
            Notification.objects.filter(pk__in=rows).update(read_at=timezone.now())
            take_back_all(rows)
            announce_person_changed_after_commit([user_id])
    return len(rows)


def unread_of(user_id: int) -> int:
    """Return how many unread notifications a person has."""
    return Notification.objects.of(user_id).unread().count()
