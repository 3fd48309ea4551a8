"""Write the outcome of sending to a row of the outbox that this process has claimed."""

import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from strava_live.leases import Lease
from strava_live.notifications.open_pages import has_page_open
from strava_live.notifications.push_models import OutgoingPush, PushSubscription
from strava_live.notifications.push_outbox import closing, pause_between

State = OutgoingPush.PushState
GIVEN_UP_AFTER = timedelta(days=1)
LONGEST_PAUSE_S = 3600.0
OK_NOTED_EVERY = timedelta(hours=1)
"""How old `last_ok_at` of a subscription may be before it is written again."""


@dataclass(slots=True)
class Attempt:
    """The outcome of sending one row to each device."""

    accepted: list[int] = field(default_factory=list)
    """The ids of the subscriptions whose push service has accepted the message."""
    newly_ok: list[int] = field(default_factory=list)
    """Those of `accepted` whose `last_ok_at` is more than an hour old."""
    refused: list[int] = field(default_factory=list)
    """The ids of subscriptions whose push service will never accept the message."""
    gone: list[str] = field(default_factory=list)
    """The digests of endpoints that push services have ended. No ids: a row may have got another endpoint meanwhile."""
    pauses: list[float] = field(default_factory=list)
    """For each device that is to be tried again, how many seconds the push service asked us to wait."""
    rests: list[float] = field(default_factory=list)
    """For each device that was not tried, for how many seconds its push service is left alone."""

    @property
    def is_put_off(self) -> bool:
        return bool(self.pauses or self.rests)


def record_and_look(
    done: OutgoingPush | None, attempt: Attempt | None, following: OutgoingPush | None, lease: Lease, *, now: datetime
) -> bool:
    """Write the outcome of `done`, if it was sent, and return whether the row `following` is still to be sent."""
    if done is not None and attempt is not None:
        record(done, attempt, lease, now=now)
    return following is not None and still_to_send(following, lease, now=now)


def still_to_send(push: OutgoingPush, lease: Lease, *, now: datetime) -> bool:
    """Check right before sending whether the row is still to be sent, and renew its lease.

    If it is not, because the person has read the notification or has a page open, end the row or release it.
    """
    held = OutgoingPush.objects.leased_by(lease.owner).filter(pk=push.pk)
    if push.state == State.CLOSING:
        return bool(OutgoingPush.lease.renew(held.filter(state=State.CLOSING), lease, now=now))
    if has_page_open(push.user_id):
        OutgoingPush.lease.release(held.filter(state=State.WAITING), lease.owner, state=State.PAGE_OPEN)
    unread = held.filter(state=State.WAITING, notification__isnull=False, notification__read_at=None)
    if OutgoingPush.lease.renew(unread, lease, now=now):
        return True
    OutgoingPush.lease.release(held, lease.owner)  # the next claim decides again
    return False


def record(push: OutgoingPush, attempt: Attempt, lease: Lease, *, now: datetime) -> None:
    """Write the outcome of a row, and release it. Write nothing to the row if another process has claimed it."""
    if attempt.gone:
        PushSubscription.objects.filter(endpoint_digest__in=attempt.gone).end()
    if attempt.newly_ok:
        PushSubscription.objects.filter(pk__in=attempt.newly_ok).update(last_ok_at=now)
    changes = changes_after(push, attempt, now=now)
    held = OutgoingPush.objects.leased_by(lease.owner).filter(pk=push.pk)
    if not OutgoingPush.lease.release(held.filter(state=push.state, due_at=push.due_at), lease.owner, **changes):
        record_changed_row(push, attempt, lease, now=now)


def changes_after(push: OutgoingPush, attempt: Attempt, *, now: datetime) -> dict[str, object]:
    """Return the changes to a row that was sent, and that nothing else has changed meanwhile."""
    sent_to = [*push.sent_to, *attempt.accepted, *attempt.refused]
    shown_on = sorted({*push.shown_on, *attempt.accepted})
    changes: dict[str, object] = {"sent_to": sent_to, "shown_on": shown_on}
    is_too_late = bool(attempt.pauses) and now - (push.first_try_at or now) >= GIVEN_UP_AFTER
    if attempt.is_put_off and not is_too_late:
        return changes | put_off(push, attempt, now=now)
    if push.state == State.CLOSING:
        return changes | {"state": State.GIVEN_UP if is_too_late else State.CLOSED}
    if not set(sent_to).isdisjoint(shown_on):
        return changes | {"state": State.SENT, "sent_at": now, "tries": 0}
    if is_too_late:
        return changes | {"state": State.GIVEN_UP}
    return changes | {"state": State.REFUSED if attempt.refused else State.NOT_WANTED}


def record_changed_row(push: OutgoingPush, attempt: Attempt, lease: Lease, *, now: datetime) -> None:
    """Release a row that was changed while it was sent.

    If it was taken back, let the devices close it. If more has happened, it is sent again: after `pause_between` if a
    device has got it now. A push service that has asked us to wait is not called earlier.
    """
    with transaction.atomic():
        row = OutgoingPush.objects.select_for_update().leased_by(lease.owner).filter(pk=push.pk).first()
        if row is None:
            return
        row.shown_on = sorted({*row.shown_on, *attempt.accepted})
        if row.state == State.TAKEN_BACK and row.shown_on:
            assign(row, closing(now))
        if row.state == State.WAITING and attempt.accepted:
            assign(row, {"sent_at": now, "due_at": max(row.due_at, now + pause_between(push))})
        if attempt.is_put_off:
            assign(row, put_off(row, attempt, now=now))
        assign(row, OutgoingPush.lease.cleared)
        row.save()


def assign(row: OutgoingPush, values: Mapping[str, object]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def put_off(push: OutgoingPush, attempt: Attempt, *, now: datetime) -> dict[str, object]:
    """Return the changes that put a row off, because a push service could not accept it or was not called.

    The next attempt is never earlier than the row says already.
    """
    if not attempt.pauses:
        return {"due_at": max(push.due_at, now + timedelta(seconds=max(attempt.rests)))}
    pause = min(settings.PUSH_RETRY_S * 2.0 ** min(push.tries, 20), LONGEST_PAUSE_S)
    wait = max(pause * random.uniform(0.8, 1.2), *attempt.pauses)  # noqa: S311 - no secret
    return {
        "due_at": max(push.due_at, now + timedelta(seconds=wait)),
        "tries": push.tries + 1,
        "first_try_at": push.first_try_at or now,
    }


def put_off_without_try(pushes: Collection[OutgoingPush], lease: Lease, *, until: datetime) -> None:
    """Release rows that were claimed but not tried. They are due at `until`."""
    held = OutgoingPush.objects.leased_by(lease.owner).filter(pk__in=[push.pk for push in pushes])
    OutgoingPush.lease.release(held, lease.owner, due_at=until)


def release_pushes(lease: Lease) -> int:
    """End every lease of this process, so that another process goes on at once. Return how many."""
    return OutgoingPush.lease.release(OutgoingPush.objects.live(), lease.owner)
