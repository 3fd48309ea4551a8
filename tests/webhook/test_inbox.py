"""Storing events: once each, only those of connected athletes and of our subscription."""

from collections.abc import Callable

import pytest
from pytest_django import DjangoAssertNumQueries

from strava_live.accounts.models import User
from strava_live.webhook.inbox import Fate, Receipt, store_events
from strava_live.webhook.models import StravaEvent, WebhookSubscription
from tests.together import at_once, together
from tests.web.kept import connected
from tests.webhook.strava_events import ACTIVITY, OWNER, SUBSCRIPTION, signed_event

pytestmark = pytest.mark.django_db


def test_event_of_a_connected_athlete_is_stored(athlete: User) -> None:
    connected(athlete, strava_id=OWNER)
    one = signed_event(aspect_type="update", updates={"title": "Bushy"})

    assert store_events([one]) == [Receipt(Fate.STORED, athlete.pk)]

    row = StravaEvent.objects.get()
    assert (row.athlete, row.about, row.object_id, row.aspect) == (athlete, "activity", ACTIVITY, "update")
    assert (row.updates, row.event_time, row.signature) == ({"title": "Bushy"}, one.event.event_time, "unsigned")
    assert (row.digest, row.handled_at, row.outcome, row.tries) == (one.event.digest, None, "", 0)
    assert row in StravaEvent.objects.due(now=row.received_at)


def test_copy_is_stored_once(athlete: User) -> None:
    connected(athlete, strava_id=OWNER)
    one = signed_event(event_time=1764170000)

    assert store_events([one, one]) == [Receipt(Fate.STORED, athlete.pk)] * 2
    assert store_events([signed_event(event_time=1764170000)]) == [Receipt(Fate.COPY)]
    assert StravaEvent.objects.count() == 1


def test_copy_of_a_handled_event_is_ignored(athlete: User) -> None:
    connected(athlete, strava_id=OWNER)
    store_events([signed_event(event_time=1764170000)])
    row = StravaEvent.objects.get()
    row.handled_at, row.outcome = row.received_at, StravaEvent.Outcome.STORED
    row.save()

    assert store_events([signed_event(event_time=1764170000)]) == [Receipt(Fate.COPY)]
    assert not StravaEvent.objects.waiting().exists()


def test_event_of_an_unknown_owner_is_not_stored(athlete: User, clubmate: User) -> None:
    connected(athlete, strava_id=OWNER)
    connected(clubmate, strava_id=OWNER + 1)
    owners = [OWNER + 2, OWNER, OWNER + 3, OWNER + 1]

    receipts = store_events([signed_event(owner_id=owner) for owner in owners])

    assert receipts == [
        Receipt(Fate.UNKNOWN_OWNER),
        Receipt(Fate.STORED, athlete.pk),
        Receipt(Fate.UNKNOWN_OWNER),
        Receipt(Fate.STORED, clubmate.pk),
    ]
    assert StravaEvent.objects.count() == 2


def test_event_of_another_subscription_is_not_stored_once_ours_is_known(athlete: User) -> None:
    connected(athlete, strava_id=OWNER)

    assert store_events([signed_event(subscription_id=5, object_id=1)])[0].fate == Fate.STORED

    WebhookSubscription.objects.create(strava_id=SUBSCRIPTION, callback_url="https://club.example.org/")

    assert store_events([signed_event(subscription_id=5)]) == [Receipt(Fate.OTHER_SUBSCRIPTION)]
    assert store_events([signed_event()]) == [Receipt(Fate.STORED, athlete.pk)]


def test_new_events_of_a_batch_with_copies_are_stored(athlete: User) -> None:
    connected(athlete, strava_id=OWNER)
    first, second, third = (signed_event(object_id=number, event_time=1764170000 - number) for number in (1, 2, 3))
    store_events([second])

    receipts = store_events([first, second, third])

    assert [receipt.fate for receipt in receipts] == [Fate.STORED, Fate.COPY, Fate.STORED]
    assert list(StravaEvent.objects.order_by("pk").values_list("object_id", flat=True)) == [2, 3, 1], "oldest first"


def test_number_of_queries_does_not_grow_with_the_events(
    athlete: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    connected(athlete, strava_id=OWNER)
    store_events([signed_event(object_id=1000)])

    with django_assert_num_queries(4) as few:
        store_events([signed_event(object_id=number) for number in range(1, 3)])
    with django_assert_num_queries(4) as many:
        store_events([signed_event(object_id=number) for number in range(3, 203)])
    with django_assert_num_queries(2):
        store_events([signed_event(owner_id=number) for number in range(1, 200)])

    assert len(few) == len(many)


@pytest.mark.django_db(transaction=True)
def test_copies_stored_by_four_threads_at_once_are_one_row(athlete: User) -> None:
    connected(athlete, strava_id=OWNER)
    events = [signed_event(object_id=number, event_time=1764170000) for number in range(1, 60)]

    batches = [events, events[::-1], events[30:] + events[:30], events[::2] + events[1::2]]
    together(*[lambda batch=batch: store_events(batch) for batch in batches])

    assert StravaEvent.objects.count() == len(events)


@pytest.mark.django_db(transaction=True)
def test_one_event_stored_eight_times_at_once_is_one_row(athlete: User) -> None:
    connected(athlete, strava_id=OWNER)
    one = signed_event()

    fates = {receipt.fate for receipts in at_once(8, lambda: store_events([one])) for receipt in receipts}

    assert fates <= {Fate.STORED, Fate.COPY}
    assert StravaEvent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_account_that_is_deleted_meanwhile_does_not_lose_the_events_of_others(
    athlete: User, clubmate: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected(athlete, strava_id=OWNER)
    connected(clubmate, strava_id=OWNER + 1)
    events = [signed_event(owner_id=OWNER), signed_event(owner_id=OWNER + 1)]
    delete_before_insert(monkeypatch, athlete)

    assert store_events(events) == [Receipt(Fate.UNKNOWN_OWNER), Receipt(Fate.STORED, clubmate.pk)]


def delete_before_insert(monkeypatch: pytest.MonkeyPatch, user: User) -> None:
    """Delete an account in the moment before the next events are inserted."""
    insert: Callable[..., object] = StravaEvent.objects.bulk_create

    def delete_and_insert(*args: object, **options: object) -> object:
        user.delete()
        monkeypatch.undo()
        return insert(*args, **options)

    monkeypatch.setattr(
        type(StravaEvent.objects), "bulk_create", lambda _, *args, **options: delete_and_insert(*args, **options)
    )
