"""The outbox of browser push: put notifications into it, and take them back.

Call these functions in the transaction that changes the notifications. The worker sends what is in the outbox after the
commit (push_sending.py). Just before it sends, it checks again that the person wants the notification, has not read it
and has no page open.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db.models import F
from django.db.models.functions import Greatest, Least
from django.utils import timezone

from strava_live.broadcast import announce_work_after_commit
from strava_live.notifications.models import Notification
from strava_live.notifications.push_models import OutgoingPush, PushSubscription

State = OutgoingPush.PushState
BETWEEN: Mapping[str, timedelta] = {Notification.NoteKind.CHEER: timedelta(hours=1)}
"""The least time between two messages about the same notification, by kind. It is 0 for the other kinds. So a phone
shows that one member has cheered, and an hour later that many others have cheered, too."""


def pause_between(push: OutgoingPush) -> timedelta:
    return BETWEEN.get(push.notification.kind, timedelta()) if push.notification else timedelta()


def closing(now: datetime) -> dict[str, object]:
    """Return the values that make a row, due now, let the devices close what they show."""
    return {"state": State.CLOSING, "due_at": now, "tries": 0, "first_try_at": None, "sent_to": ()}


def enqueue(notification: Notification) -> None:
    """Send a notification to the devices of its person, or send it again because more has happened."""
    enqueue_all([notification])


def enqueue_all(notifications: Iterable[Notification]) -> None:
    """Do the same as `enqueue` for several notifications, in a fixed number of queries."""
    rows = list(notifications)
    devices = PushSubscription.objects.reachable().filter(user__in={row.user_id for row in rows})
    with_device = set(devices.values_list("user", flat=True))
    rows = [row for row in rows if row.user_id in with_device]
    if not rows:
        return
    now = timezone.now()
    OutgoingPush.objects.bulk_create(
        [OutgoingPush(user_id=row.user_id, notification=row, due_at=now) for row in rows], ignore_conflicts=True
    )
    for kind in {row.kind for row in rows}:
        send_again([row.pk for row in rows if row.kind == kind], pause=BETWEEN.get(kind, timedelta()))
    announce_work_after_commit()


def send_again(notification_ids: list[int], *, pause: timedelta) -> None:
    """Let notifications be sent again to the devices that have got them: now, or `pause` after they were sent.

    A notification that some devices have and others still wait for is sent to all of them again.
    """
    now, rows = timezone.now(), OutgoingPush.objects.about(notification_ids)
    # Those that are being sent: the process that sends them adds the pause (push_records.record_changed_row).
    rows.exclude(lease_owner="").update(due_at=now, sent_to=[])
    some_have_it = rows.filter(state=State.WAITING).exclude(sent_to=[])
    some_have_it.update(due_at=Least(F("due_at"), now + pause), sent_to=[])
    again = rows.exclude(state=State.WAITING)
    waiting = {"state": State.WAITING, "sent_to": [], "tries": 0, "first_try_at": None}
    again.filter(sent_at=None).update(due_at=now, **waiting)
    again.exclude(sent_at=None).update(due_at=Greatest(now, F("sent_at") + pause), **waiting)


def take_back(notification: Notification) -> None:
    """Do not send a notification, because it is read or gone. Make the devices that show it close it."""
    take_back_all([notification.pk])


def take_back_all(notification_ids: Iterable[int]) -> None:
    """Do the same as `take_back` for several notifications. Call it before they are deleted.

    Devices may show one that was not sent the last time, for example because a page was open: it was sent before that.
    """
    rows = OutgoingPush.objects.about(notification_ids)
    rows.filter(state=State.WAITING, shown_on=[]).update(state=State.TAKEN_BACK)
    shown = rows.exclude(shown_on=[]).exclude(state__in=(State.CLOSING, State.CLOSED))
    if shown.update(**closing(timezone.now())):
        announce_work_after_commit()
