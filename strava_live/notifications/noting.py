"""Note what has happened to a person as a notification, and take notifications back.

Call these functions in the transaction of what has happened. The person's sockets get the change after the commit.

Keys are `mention.<entry>`, `reply.<entry>` and `cheer.<entry>` with the id of the entry that was written, replied to or
cheered for, `message.<sender>`, `answer.join.<club>` and `answer.report.<entry>`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db import transaction
from django.db.models import Count, F, IntegerField, Max, OuterRef, QuerySet, Subquery
from django.utils import timezone

from strava_live.broadcast import announce_person_changed_after_commit
from strava_live.notifications.models import Notification, NotificationActor
from strava_live.notifications.muted import muting
from strava_live.notifications.push_outbox import enqueue_all, take_back_all

Kind = Notification.NoteKind
COUNTED_EACH_TIME = (Kind.REPLY, Kind.MESSAGE)
"""Kinds that one person can cause several times before the notification is read. For other kinds, a repetition changes
nothing."""


class AboutEntry(Protocol):
    """The entry of a feed that a notification is about."""

    @property
    def pk(self) -> Any: ...
    @property
    def club_id(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Happened:
    """What has happened: one call of `note` or `note_all`."""

    kind: str
    key: str
    actor_id: int | None
    entry_id: int | None
    club_id: int | None
    data: Mapping[str, Any]
    at: datetime
    times: int | None
    """How often the actor has done it by now. None to count one more."""


def note(
    user_id: int,
    kind: str,
    key: str,
    *,
    actor_id: int | None,
    entry: AboutEntry | None = None,
    club_id: int | None = None,
    data: Mapping[str, Any] | None = None,
    times: int | None = None,
    push: bool = True,
) -> bool:
    """Note what the actor has done to a person. Join the person's unread notification with this key, if there is one.

    Return whether it was noted. Do nothing if the two are the same person, or if the person has muted or blocked the
    actor and sees the actor's name (muted.py). The actor of an answer is not stored: it comes from the captains of the
    club. `times` is how often the actor has done it by now, if the caller knows; otherwise one more is counted. Without
    `push`, the person's devices do not show it.
    """
    noted = note_all(
        [user_id], kind, key, actor_id=actor_id, entry=entry, club_id=club_id, data=data, times=times, push=push
    )
    return bool(noted)


def note_all(
    user_ids: Iterable[int],
    kind: str,
    key: str,
    *,
    actor_id: int | None,
    entry: AboutEntry | None = None,
    club_id: int | None = None,
    data: Mapping[str, Any] | None = None,
    times: int | None = None,
    push: bool = True,
) -> set[int]:
    """Do the same as `note` for several people, in a number of queries that does not depend on how many they are.

    Return the ids of those for whom it was noted.
    """
    people = set(user_ids) - {actor_id}
    if entry is not None and club_id is None:
        club_id = entry.club_id
    if actor_id is not None and kind != Kind.ANSWER:
        people -= muting(actor_id, people, club_id)
    if not people:
        return people
    happened = Happened(
        kind=kind,
        key=key,
        actor_id=None if kind == Kind.ANSWER else actor_id,
        entry_id=entry.pk if entry is not None else None,
        club_id=club_id,
        data=data or {},
        at=timezone.now(),
        times=times,
    )
    with transaction.atomic():
        rows = unread_rows(people, happened)
        changed = add_actor(rows, happened)
        if push:
            enqueue_all(changed)
    announce_person_changed_after_commit(row.user_id for row in changed)
    return people


def unread_rows(people: set[int], happened: Happened) -> list[Notification]:
    """Return each person's unread notification with this key, locked. Add those that are missing, without actors.

    Another transaction can mark a notification as read after the INSERT has found it and before it is locked. It is
    then missing among the locked rows, and added in the next attempt.
    """
    rows: dict[int, Notification] = {}
    while missing := sorted(people - rows.keys()):
        Notification.objects.bulk_create([new_row(user_id, happened) for user_id in missing], ignore_conflicts=True)
        locked = Notification.objects.unread().with_key(happened.key).filter(user__in=missing).locked()
        rows |= {row.user_id: row for row in locked}
    return list(rows.values())


def new_row(user_id: int, happened: Happened) -> Notification:
    return Notification(
        user_id=user_id,
        kind=happened.kind,
        key=happened.key,
        entry_id=happened.entry_id,
        club_id=happened.club_id,
        data=dict(happened.data),
        at=happened.at,
    )


def add_actor(rows: list[Notification], happened: Happened) -> list[Notification]:
    """Add the actor to these notifications, which are locked. Return those that this has changed."""
    ids = [row.pk for row in rows]
    if happened.actor_id is None:
        Notification.objects.filter(pk__in=ids).update(at=happened.at, data=dict(happened.data))
        return rows
    actors = NotificationActor.objects.filter(notification__in=ids, actor=happened.actor_id)
    repeated = set(actors.values_list("notification", flat=True))
    NotificationActor.objects.bulk_create(
        NotificationActor(notification=row, actor_id=happened.actor_id, at=happened.at, times=happened.times or 1)
        for row in rows
        if row.pk not in repeated
    )
    new = set(ids) - repeated
    Notification.objects.filter(pk__in=new).update(count=F("count") + 1, at=happened.at)
    if repeated and happened.kind in COUNTED_EACH_TIME:
        times = happened.times or F("times") + 1
        actors.filter(notification__in=repeated).update(times=times, at=happened.at)
        Notification.objects.filter(pk__in=repeated).update(at=happened.at)
        new |= repeated
    return [row for row in rows if row.pk in new]


def take_back(user_id: int, key: str, actor_id: int) -> None:
    """Take back what the actor has done once, such as one cheer or one of several replies, whether read or not.

    Delete the notification if no actor is left. Do nothing if there is no notification: it may be too old.
    """
    with transaction.atomic():
        rows = [row.pk for row in Notification.objects.of(user_id).with_key(key).locked()]
        of_actor = NotificationActor.objects.filter(notification__in=rows, actor=actor_id)
        newest = of_actor.order_by("-notification").first()
        if newest is None:
            return
        if newest.times > 1:
            NotificationActor.objects.filter(pk=newest.pk).update(times=F("times") - 1)
        else:
            remove_actors(of_actor.filter(pk=newest.pk))
    announce_person_changed_after_commit([user_id])


def set_times(user_id: int, key: str, actor_id: int, times: int) -> bool:
    """Set how often the actor has done what the person's unread notification with this key is about.

    With 0, take it back altogether. Return False if there is no unread notification with this key.
    """
    with transaction.atomic():
        rows = [row.pk for row in Notification.objects.of(user_id).unread().with_key(key).locked()]
        of_actor = NotificationActor.objects.filter(notification__in=rows, actor=actor_id)
        if times:
            of_actor.update(times=times)
        else:
            remove_actors(of_actor)
    if rows:
        announce_person_changed_after_commit([user_id])
    return bool(rows)


def remove_actors(actors: QuerySet[NotificationActor]) -> set[int]:
    """Remove actors from their notifications, and delete the notifications that have no actor left. Return the people
    who had them.

    Count the remaining actors again, in a number of queries that does not depend on how many there are. Needs a
    transaction.
    """
    rows = list(Notification.objects.filter(pk__in=list(actors.values_list("notification", flat=True))).locked())
    ids = [row.pk for row in rows]
    actors.filter(notification__in=ids).delete()
    remaining = NotificationActor.objects.filter(notification=OuterRef("pk")).values("notification")
    left = Notification.objects.filter(pk__in=ids, actors__isnull=False)
    kept = set(left.values_list("pk", flat=True))
    Notification.objects.filter(pk__in=kept).update(
        count=Subquery(remaining.annotate(n=Count("pk")).values("n"), output_field=IntegerField()),
        at=Subquery(remaining.annotate(newest=Max("at")).values("newest")),
    )
    gone = set(ids) - kept
    if gone:
        take_back_all(gone)
        Notification.objects.filter(pk__in=gone).delete()
    return {row.user_id for row in rows}
