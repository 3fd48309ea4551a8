"""Store Strava's events, many in one transaction.

Copies are left out, as are events about people who are not connected here, and events of another subscription.
"""

from collections.abc import Container, Mapping, Sequence
from enum import Enum, auto
from typing import NamedTuple

from django.db import IntegrityError
from django.utils import timezone

from strava_live.accounts.models import StravaConnection
from strava_live.webhook.models import StravaEvent, WebhookSubscription
from strava_live.webhook.payload import ReceivedEvent


class Fate(Enum):
    """What was done with a received event."""

    STORED = auto()
    COPY = auto()
    """The event was stored before."""
    UNKNOWN_OWNER = auto()
    """The event's athlete is not connected here."""
    OTHER_SUBSCRIPTION = auto()
    """The event belongs to another subscription than the stored one."""


class SignedEvent(NamedTuple):
    """A received event, and how it was signed."""

    event: ReceivedEvent
    signature: StravaEvent.Signature


class Receipt(NamedTuple):
    fate: Fate
    athlete_id: int | None = None
    """The user to whom a stored event belongs."""


def store_events(received: Sequence[SignedEvent]) -> list[Receipt]:
    """Store the events in one transaction. Return a receipt for each, in the same order.

    If a new event has copies in the same call, all of them get STORED. So can copies that two processes store at the
    same moment.
    """
    try:
        return try_to_store(received)
    except IntegrityError:  # an account was deleted after its connection was read
        return try_to_store(received)


def try_to_store(received: Sequence[SignedEvent]) -> list[Receipt]:
    subscription = WebhookSubscription.objects.values_list("strava_id", flat=True).first()
    owners = {one.event.owner_id for one in received}
    athletes = dict(StravaConnection.objects.filter(strava_id__in=owners).values_list("strava_id", "user_id"))
    fates = [fate_of(one.event, subscription, athletes) for one in received]
    stored = insert_new([one for one, fate in zip(received, fates, strict=True) if fate is Fate.STORED], athletes)
    return [
        Receipt(fate, athletes[one.event.owner_id])
        if fate is Fate.STORED and one.event.digest in stored
        else Receipt(Fate.COPY if fate is Fate.STORED else fate)
        for one, fate in zip(received, fates, strict=True)
    ]


def fate_of(event: ReceivedEvent, subscription: int | None, athletes: Container[int]) -> Fate:
    """Return the fate of an event that is not a copy.

    While no subscription is stored, events of every subscription are accepted.
    """
    if subscription is not None and event.subscription_id != subscription:
        return Fate.OTHER_SUBSCRIPTION
    return Fate.STORED if event.owner_id in athletes else Fate.UNKNOWN_OWNER


def insert_new(received: Sequence[SignedEvent], athletes: Mapping[int, int]) -> set[str]:
    """Store the events that were not stored before. Return their digests."""
    rows = {one.event.digest: row_for(one, athletes[one.event.owner_id]) for one in received}
    if not rows:
        return set()
    known = set(StravaEvent.objects.filter(digest__in=rows).values_list("digest", flat=True))
    # All processes insert in this order. In different orders, two that insert the same events could deadlock.
    new = sorted(
        (row for row in rows.values() if row.digest not in known), key=lambda row: (row.event_time, row.digest)
    )
    StravaEvent.objects.bulk_create(new, ignore_conflicts=True)
    return {row.digest for row in new}


def row_for(one: SignedEvent, athlete_id: int) -> StravaEvent:
    event, now = one.event, timezone.now()
    return StravaEvent(
        athlete_id=athlete_id,
        digest=event.digest,
        about=event.about,
        object_id=event.object_id,
        aspect=event.aspect,
        updates=event.updates,
        event_time=event.event_time,
        received_at=now,
        next_try_at=now,
        signature=one.signature,
    )
