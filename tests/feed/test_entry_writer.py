"""A club's numbers of changes: without gaps and duplicates under concurrency, and announced after the commit."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from channels.layers import channel_layers, get_channel_layer
from django.db import connection, transaction

from strava_live.accounts.models import User
from strava_live.broadcast import club_group
from strava_live.clubs.models import Club, Membership
from strava_live.feed.entry_writer import entry_writers
from strava_live.feed.models import Entry
from strava_live.protocol import MOST_REPLAYED
from strava_live.social.cheers import cheer
from strava_live.social.posts import delete_post, post
from tests.feed.entries import is_sound, shown

WRITERS, POSTS = 8, 12


@pytest.fixture
def clubs(transactional_db: None) -> list[Club]:
    return [Club.objects.create(slug=slug, name=slug) for slug in ("striders", "joggers")]


def members(clubs: list[Club], count: int) -> list[User]:
    found = [User.objects.create(username=f"member{number}") for number in range(count)]
    Membership.objects.bulk_create(Membership(club=club, user=user) for club in clubs for user in found)
    return found


def write(clubs: list[Club], user: User) -> None:
    """Post to both clubs in turn, cheer for each post, and delete every third."""
    try:
        for number in range(POSTS):
            club = clubs[number % 2]
            entry = post(user.pk, club.pk, f"{user.username} {number}")
            cheer(user.pk, club.pk, entry.pk)
            if number % 3 == 0:
                delete_post(user.pk, entry.pk)
    finally:
        connection.close()


def test_concurrent_writers_leave_no_gap_and_no_duplicate(clubs: list[Club]) -> None:
    writers = members(clubs, WRITERS)
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(partial(write, clubs), writers))
    changes = sum(club.seq for club in Club.objects.all())
    removed = WRITERS * len(range(0, POSTS, 3))
    assert changes == WRITERS * POSTS * 2 + removed
    for club in clubs:
        assert is_sound(club)
    assert sum(len(shown(club)) for club in clubs) == WRITERS * POSTS - removed


def test_same_post_sent_several_times_at_once_becomes_one_entry(clubs: list[Club]) -> None:
    (author,) = members(clubs, 1)

    def send(_: int) -> int:
        try:
            return post(author.pk, clubs[0].pk, "Hello", "same").pk
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(send, range(6)))) == 1
    assert is_sound(clubs[0])


@pytest.fixture
def subscribed(club: Club) -> Iterator[None]:
    """Subscribe the channel "here" to the club's group."""
    layer = get_channel_layer()
    assert layer is not None
    async_to_sync(layer.group_add)(club_group(club.pk), "here")
    yield
    channel_layers.backends.clear()


def receive(count: int) -> list[dict[str, Any]]:
    layer = get_channel_layer()
    assert layer is not None
    return [async_to_sync(layer.receive)("here") for _ in range(count)]


@pytest.mark.django_db
def test_changes_are_announced_in_order_after_the_commit(
    club: Club, athlete: User, subscribed: None, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        entry = post(athlete.pk, club.pk, "One")
        post(athlete.pk, club.pk, "Two")
        delete_post(athlete.pk, entry.pk)
    events = receive(3)
    assert [event["type"] for event in events] == ["club.changes"] * 3
    news = [json.loads(one[1]) for event in events for one in event["changes"]]
    assert [message["type"] for message in news] == ["entry.added", "entry.added", "entry.removed"]
    assert [event["changes"][0][0] for event in events] == [1, 2, 3]


@pytest.mark.django_db
def test_too_many_changes_are_announced_as_a_reset(
    club: Club, athlete: User, subscribed: None, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic(), entry_writers([club.pk]) as writers:
        for number in range(MOST_REPLAYED + 1):
            writers[club.pk].add(
                kind=Entry.Kind.POST, key=str(number), athlete_id=athlete.pk, name="Alva", text=str(number)
            )
    (event,) = receive(1)
    assert (event["type"], event["seq"]) == ("club.reset", MOST_REPLAYED + 1)


@pytest.mark.django_db
def test_failed_transaction_uses_no_number(club: Club, athlete: User) -> None:
    def fail() -> None:
        with transaction.atomic(), entry_writers([club.pk]) as writers:
            writers[club.pk].add(kind=Entry.Kind.POST, key="one", athlete_id=athlete.pk, name="Alva", text="One")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert (Club.objects.get().seq, Entry.objects.count()) == (0, 0)
