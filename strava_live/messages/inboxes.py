"""Lock the inboxes of the people whom a change concerns, and announce the change to each of them after the commit."""

from collections.abc import Iterable
from functools import partial

from asgiref.sync import async_to_sync
from django.db import transaction

from strava_live.accounts.models import User
from strava_live.broadcast import Marks, announce, messages_group
from strava_live.messages.models import Inbox
from strava_live.protocol import Message


class PersonGone(LookupError):
    """One of the accounts was deleted before the inboxes were locked."""


def lock_inboxes(user_ids: Iterable[int | None]) -> dict[int, Inbox]:
    """Lock the inboxes of these people until the caller's transaction ends, in the order of the people's ids.

    Inboxes that do not exist are created first, before any is locked: otherwise two transactions could deadlock. Raise
    PersonGone if an account was deleted meanwhile. None, in place of an account that was deleted before, is ignored.
    """
    wanted = sorted({one for one in user_ids if one is not None})
    rows = Inbox.objects.filter(user__in=wanted)
    present = set(rows.values_list("user_id", flat=True))
    missing = [one for one in wanted if one not in present]
    if missing:
        Inbox.objects.bulk_create([Inbox(user_id=one) for one in missing], ignore_conflicts=True)
        # Only now: a transaction that deletes the account may have held the row until a moment ago.
        if User.objects.filter(pk__in=missing).count() < len(missing):
            raise PersonGone
    locked = {inbox.user_id: inbox for inbox in rows.order_by("user").select_for_update()}
    if len(locked) < len(wanted):
        raise PersonGone
    return locked


def save_inboxes(inboxes: Iterable[Inbox]) -> None:
    """Save locked inboxes in one query."""
    Inbox.objects.bulk_update(inboxes, ["unread", "mark", "position"])


def announce_after_commit(inbox: Inbox, message: Message, *, position: int | None = None) -> None:
    """Send a message about the last counted change to the sockets of the inbox's person, after the commit.

    `position` is the id of the message or deletion that has been inserted, if there is one.
    """
    marks = Marks(inbox.mark - 1, inbox.mark)
    send = partial(async_to_sync(announce), messages_group(inbox.user_id), [message], marks=marks, position=position)
    transaction.on_commit(send)
