"""Claim the rows that are due in the outbox, and decide for each: send it, put it off, or end it unsent."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.crypto import constant_time_compare

from strava_live.accounts.encryption import UnreadableSecret
from strava_live.accounts.models import User
from strava_live.leases import Lease
from strava_live.notifications.muted import from_muted_people
from strava_live.notifications.push_choices import choices_of
from strava_live.notifications.push_messages import Sentence
from strava_live.notifications.push_models import OutgoingPush, PushSubscription
from strava_live.notifications.push_outbox import closing
from strava_live.notifications.push_words import sentences_of
from strava_live.notifications.quiet_hours import quiet_until
from strava_live.push_client.subscription import PushTarget
from strava_live.time_zones import zone_or_utc

State = OutgoingPush.PushState
AT_ONCE_A_PERSON = 20
"""The most rows of one person that are claimed together. They are sent one after the other."""


@dataclass(slots=True)
class PushDevice:
    """A subscribed browser, with its secrets decrypted."""

    subscription_id: int
    target: PushTarget = field(repr=False)
    last_ok_at: datetime | None


@dataclass(slots=True)
class ForPerson:
    """The claimed rows of one person that are to be sent, and what is needed for that."""

    user_id: int
    pushes: list[OutgoingPush]
    devices: list[PushDevice]
    sentences: dict[int, Sentence]
    """The words of each notification, by its id. Empty if the devices are to show only the kind."""


def claim_pushes(lease: Lease, *, people: int, busy: Collection[int], now: datetime) -> list[ForPerson]:
    """Claim what is due for up to `people` people, and return what is to be sent.

    Put off what is due in quiet hours, and end what is not to be sent. `busy` are people to whom this process is
    already sending. The number of queries grows only with the number of people whose devices show names, and of
    different ends of quiet hours.
    """
    due = OutgoingPush.objects.claimable(now=now, busy=busy).values_list("pk", "user")
    ids = chosen(due[: people * AT_ONCE_A_PERSON], people)
    if not ids or not OutgoingPush.lease.claim(OutgoingPush.objects.live().filter(pk__in=ids), lease, now=now):
        return []
    claimed = OutgoingPush.objects.leased_by(lease.owner).filter(pk__in=ids)
    rows = list(
        claimed.select_related("notification__club", "notification__entry", "user__notification_choices").order_by(
            "due_at", "pk"
        )
    )
    devices = devices_of({row.user_id: row.user for row in rows})
    muted = from_muted_people(row.notification.pk for row in rows if row.notification and row.notification.count)
    left: dict[tuple[tuple[str, object], ...], list[int]] = {}
    for row in rows:
        if changes := decide(row, devices.get(row.user_id, []), muted, now=now):
            left.setdefault(changes, []).append(row.pk)
    for changes, pks in left.items():
        OutgoingPush.lease.release(OutgoingPush.objects.filter(pk__in=pks), lease.owner, **dict(changes))
    left_ids = {pk for pks in left.values() for pk in pks}
    return grouped([row for row in rows if row.pk not in left_ids], devices)


def chosen(due: Iterable[tuple[int, int]], people: int) -> list[int]:
    """Return the ids of the rows of the first `people` people."""
    ids: dict[int, list[int]] = {}
    for pk, user_id in due:
        if user_id in ids or len(ids) < people:
            ids.setdefault(user_id, []).append(pk)
    return [pk for of_person in ids.values() for pk in of_person[:AT_ONCE_A_PERSON]]


def devices_of(users: dict[int, User]) -> dict[int, list[PushDevice]]:
    """Return the devices of these users. Leave out those that were signed in before the password was changed."""
    found: dict[int, list[PushDevice]] = {}
    hashes = {pk: user.get_session_auth_hash() for pk, user in users.items() if user.is_active}
    for row in PushSubscription.objects.reachable().filter(user__in=hashes).order_by("pk"):
        if not constant_time_compare(row.session_hash, hashes[row.user_id]):
            continue
        try:
            target = PushTarget(row.endpoint.reveal(), row.p256dh.reveal(), row.auth.reveal())
        except UnreadableSecret:  # manage.py doctor reports it
            continue
        found.setdefault(row.user_id, []).append(PushDevice(row.pk, target, row.last_ok_at))
    return found


def decide(
    push: OutgoingPush, devices: Sequence[PushDevice], muted: Collection[int], *, now: datetime
) -> tuple[tuple[str, object], ...]:
    """Return what is to be written to a row that is not to be sent now. Return () if it is to be sent.

    `muted` are the ids that `from_muted_people` returns.
    """
    if push.state == State.CLOSING:
        return ()
    choices = choices_of(push.user)
    if push.notification is None or push.notification.read_at is not None:
        return tuple(closing(now).items()) if push.shown_on else (("state", State.TAKEN_BACK),)
    if not devices or push.notification.pk in muted or not choices.wants(push.notification.kind):
        return (("state", State.NOT_WANTED),)
    if until := quiet_until(now, zone_or_utc(push.user.time_zone), choices.quiet_from, choices.quiet_until):
        return (("due_at", until),)
    return ()


def grouped(pushes: Sequence[OutgoingPush], devices: dict[int, list[PushDevice]]) -> list[ForPerson]:
    people: dict[int, list[OutgoingPush]] = {}
    for push in pushes:
        people.setdefault(push.user_id, []).append(push)
    return [ForPerson(user_id, rows, devices.get(user_id, []), sentences_for(rows)) for user_id, rows in people.items()]


def sentences_for(pushes: Sequence[OutgoingPush]) -> dict[int, Sentence]:
    """Return the words of a person's notifications. Return {} if their devices are to show only the kind."""
    user = pushes[0].user
    if not choices_of(user).show_text:
        return {}
    return sentences_of(user.pk, [push.notification for push in pushes if push.notification])
