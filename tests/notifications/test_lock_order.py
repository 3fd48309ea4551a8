"""A person marks all notifications as read while another person's change takes some of them back: no deadlock."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections

from strava_live.accounts.models import User
from strava_live.clubs.founding import found_club_at
from strava_live.clubs.models import Club, Membership
from strava_live.feed.models import Entry
from strava_live.lifecycle.erasure import erase
from strava_live.membership.leaving import leave
from strava_live.membership.sharing import share
from strava_live.muting.choices import mute
from strava_live.notifications.models import Notification
from strava_live.notifications.noting import note
from strava_live.notifications.reading import mark_read
from strava_live.social.cheers import cheer
from strava_live.social.posts import delete_post, post
from strava_live.visibility import ShownAs
from tests.clubs.runs import ran
from tests.patience import PATIENCE_S
from tests.waiting_locks import waiting_locks

pytestmark = pytest.mark.django_db(transaction=True)


class ReadMeanwhile:
    """Marks all notifications of a person as read, in another thread, right after the first of them are locked."""

    def __init__(self, reader: User) -> None:
        self.reader_id = reader.pk
        self.read: list[int] = []
        self.reading = threading.Thread(target=self.mark)

    def mark(self) -> None:
        try:
            self.read.append(mark_read(self.reader_id, all_of_them=True))
        finally:
            connections.close_all()

    def __call__(self, execute: Any, sql: str, *how: Any) -> Any:
        done = execute(sql, *how)
        if 'FROM "strava_live_notification"' in sql and "FOR UPDATE" in sql and not self.reading.ident:
            self.reading.start()
            self.wait_until_read_or_waiting()
        return done

    def wait_until_read_or_waiting(self) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while self.reading.is_alive() and not waiting_locks():
            assert time.monotonic() < deadline
            time.sleep(0.01)


def while_reading(reader: User, change: Callable[[], object]) -> None:
    """Make a change, during which all notifications of `reader` are marked as read."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    meanwhile = ReadMeanwhile(reader)
    with connection.execute_wrapper(meanwhile):
        change()
    meanwhile.reading.join(PATIENCE_S)
    assert len(meanwhile.read) == 1


@pytest.fixture
def clubs(captain: User, athlete: User) -> list[Club]:
    """Two clubs with two people. In each, the athlete has cheered and then mentioned the captain, and the captain the
    athlete. What happened in the second club is older."""
    clubs = [found_club_at(slug, slug, time_zone="UTC", captain=captain) for slug in ("striders", "harriers")]
    for club in clubs[::-1]:
        Membership.objects.create(club=club, user=athlete)
        for one, other, name in ((captain, athlete, "Carol D."), (athlete, captain, "Alva B.")):
            cheer(other.pk, club.pk, post(one.pk, club.pk, "Coffee?").pk)
            post(other.pk, club.pk, f"Hello @{name}")
    note(captain.pk, "message", f"message.{athlete.pk}", actor_id=athlete.pk)
    return clubs


def test_member_leaves(clubs: list[Club], captain: User, athlete: User) -> None:
    while_reading(captain, lambda: leave(clubs[0].pk, athlete.pk))
    assert set(Notification.objects.of(captain.pk).values_list("club", flat=True)) == {clubs[1].pk, None}


@pytest.mark.parametrize("reads_own", [False, True])
def test_account_is_deleted(clubs: list[Club], captain: User, athlete: User, reads_own: bool) -> None:
    while_reading(athlete if reads_own else captain, lambda: erase(athlete))
    assert not Notification.objects.exists()


def test_muted_member_shows_the_name_and_stops_sharing(
    clubs: list[Club], captain: User, athlete: User, clubmate: User
) -> None:
    """Older than the athlete's cheer, a reply to their parkrun mentions the reader."""
    club = clubs[1]
    Membership.objects.create(club=club, user=clubmate)
    ran(athlete, 1)
    share(club.pk, athlete.pk, parkruns=True, shown_as=ShownAs.HIDDEN)
    run = Entry.objects.get(club=club, kind=Entry.Kind.PARKRUN)
    mark_read(captain.pk, all_of_them=True)
    post(clubmate.pk, club.pk, "Fast! @Carol D.", reply_to=run.pk)
    cheer(athlete.pk, club.pk, post(captain.pk, club.pk, "Cake?").pk)
    mute(captain.pk, athlete.pk)
    while_reading(captain, lambda: share(club.pk, athlete.pk, parkruns=False, shown_as=ShownAs.FULL))
    assert set(Notification.objects.of(captain.pk).values_list("club", flat=True)) == {clubs[0].pk, None}


def test_post_is_deleted_with_a_reply_that_was_answered_before(clubs: list[Club], captain: User, athlete: User) -> None:
    """The reader is mentioned in the post after a mention in a reply to it."""
    entry = post(athlete.pk, clubs[0].pk, "Tea?")
    post(athlete.pk, clubs[0].pk, "Or coffee, @Carol D.?", reply_to=entry.pk)
    note(captain.pk, "mention", f"mention.{entry.pk}", actor_id=athlete.pk, entry=entry)
    while_reading(captain, lambda: delete_post(athlete.pk, entry.pk))
    assert not Notification.objects.with_key(f"mention.{entry.pk}").exists()
