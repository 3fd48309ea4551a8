"""Delete the notifications of what is gone: removed entries, members who have left, deleted accounts, and old ones."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from strava_live.broadcast import announce_person_changed_after_commit
from strava_live.database import first_ids, on_database
from strava_live.muting.models import Mute
from strava_live.notifications.models import KEPT_DAYS, Notification, NotificationActor, NotificationQuerySet
from strava_live.notifications.muted import with_name
from strava_live.notifications.noting import remove_actors
from strava_live.notifications.push_outbox import take_back_all


def forget_entries(entry_ids: Iterable[int]) -> None:
    """Delete the notifications about these entries, in the transaction that removes or hides the entries."""
    forget(Notification.objects.filter(entry__in=set(entry_ids)))


def lock_concerned(user_id: int, club_id: int | None = None) -> None:
    """Lock all notifications that a person has or has caused, and those about their entries, in the order of the ids.

    Call it before several changes that take notifications back. Each change locks its own notifications in the order of
    the ids, but a later change may lock lower ids than an earlier one. Such a transaction could deadlock with a reader
    who marks all notifications as read. Without `club_id`, lock those of all clubs and of messages. Then lock the
    inboxes of the person's conversations first, as those who send and read messages do.
    """
    rows = Notification.objects.all() if club_id is None else Notification.objects.filter(club=club_id)
    caused, about = rows.filter(actors__actor=user_id), rows.filter(entry__athlete=user_id)
    about_replies = rows.filter(entry__reply_to__athlete=user_id)
    ids = rows.of(user_id).values_list("pk").union(*(one.values_list("pk") for one in (caused, about, about_replies)))
    list(Notification.objects.filter(pk__in=[pk for (pk,) in ids]).locked().values_list("pk"))


def forget_member(club_id: int, user_id: int) -> None:
    """Delete a person's notifications about a club, and remove the person from other members' notifications about it.

    Call it in the transaction in which the person leaves the club, after `lock_concerned`. What captains have answered
    stays.
    """
    in_club = Notification.objects.filter(club=club_id).exclude(kind=Notification.NoteKind.ANSWER)
    forget(in_club.of(user_id))
    forget_actor(user_id, Q(notification__club=club_id))


def forget_person(user_id: int) -> None:
    """Remove a person from all notifications of others, in the transaction that deletes the account.

    The person's own notifications are deleted with the account.
    """
    forget_actor(user_id, Q())


def forget_between(user_id: int, actor_id: int) -> None:
    """Remove `actor_id` from the notifications of `user_id`, who has muted or blocked this person.

    Notifications from clubs in which the person hides their name stay (muted.py).
    """
    forget_actor(actor_id, Q(notification__user=user_id) & with_name(actor_id))


def forget_where_muted(club_id: int, actor_id: int) -> None:
    """Take back what a person has caused in a club to the people who have muted or blocked them.

    Call it when the club begins to see the person's name. While the name was hidden, the mute held nothing back.
    """
    muting = Mute.objects.filter(other=actor_id).values("owner")
    forget_actor(actor_id, Q(notification__club=club_id, notification__user__in=muting))


def forget_actor(actor_id: int, where: Q) -> None:
    with transaction.atomic():
        changed = remove_actors(NotificationActor.objects.filter(where, actor=actor_id))
    announce_person_changed_after_commit(changed)


def forget(notifications: NotificationQuerySet) -> None:
    announce_person_changed_after_commit(delete_and_take_back(notifications))


def delete_and_take_back(notifications: NotificationQuerySet) -> list[int]:
    """Delete notifications, also on the devices that show them. Return the ids of the people who had them."""
    with transaction.atomic():
        found = {row.pk: row.user_id for row in notifications.locked()}
        if found:
            take_back_all(found)
            Notification.objects.filter(pk__in=found).delete()
    return list(found.values())


async def delete_old_notifications() -> int:
    """Delete the notifications that are older than KEPT_DAYS. Return how many.

    Devices close those that they still show. A device can have got one later than `at` says, because `at` falls back
    when the newest actor is removed.
    """
    old = Notification.objects.filter(at__lt=timezone.now() - timedelta(days=KEPT_DAYS))
    deleted = 0
    while ids := await on_database(first_ids)(old):
        deleted += len(await on_database(delete_and_take_back)(old.filter(pk__in=ids)))
    return deleted
