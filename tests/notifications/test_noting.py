"""A notification joins the unread one with the same key, and can be taken back."""

from functools import partial

import pytest

from strava_live.accounts.models import User
from strava_live.clubs.models import Club
from strava_live.feed.models import Entry
from strava_live.muting.choices import block, mute, unmute
from strava_live.notifications.models import CaptainsAnswer, Notification, NotificationActor
from strava_live.notifications.noting import note, note_all, take_back
from strava_live.notifications.reading import mark_read, unread_of
from strava_live.social.posts import post
from tests import people
from tests.notifications.noted import cheer_key, cheered, noted, people_in, uncheered
from tests.together import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry(club: Club, captain: User) -> Entry:
    return post(captain.pk, club.pk, "Who is coming?")


def test_five_cheers_make_one_notification_and_two_can_be_taken_back(club: Club, captain: User, entry: Entry) -> None:
    fans = people_in(club, 5)
    cheered(entry, *fans)
    assert noted(captain) == [("cheer", 5, False)]
    uncheered(entry, fans[4], fans[0])
    assert noted(captain) == [("cheer", 3, False)]
    newest = NotificationActor.objects.latest("at")
    assert (newest.actor_id, newest.at) == (fans[3].pk, Notification.objects.get().at)


def test_last_cheer_taken_back_takes_the_notification(club: Club, captain: User, entry: Entry) -> None:
    fans = people_in(club, 2)
    cheered(entry, *fans)
    uncheered(entry, *fans)
    uncheered(entry, *fans)
    assert noted(captain) == []


def test_same_cheer_noted_twice_counts_once(club: Club, captain: User, entry: Entry) -> None:
    [fan] = people_in(club, 1)
    cheered(entry, fan)
    at = Notification.objects.get().at
    cheered(entry, fan)
    assert noted(captain) == [("cheer", 1, False)]
    assert Notification.objects.get().at == at


def test_cheer_after_reading_begins_a_new_notification(club: Club, captain: User, entry: Entry) -> None:
    first, second = people_in(club, 2)
    cheered(entry, first)
    assert mark_read(captain.pk, all_of_them=True) == 1
    cheered(entry, second)
    assert noted(captain) == [("cheer", 1, False), ("cheer", 1, True)]
    uncheered(entry, first)
    assert noted(captain) == [("cheer", 1, False)]


def test_one_of_two_replies_taken_back_leaves_the_other(club: Club, captain: User, entry: Entry) -> None:
    [fan] = people_in(club, 1)
    for _ in range(2):
        note(captain.pk, "reply", f"reply.{entry.pk}", actor_id=fan.pk, entry=entry)
    take_back(captain.pk, f"reply.{entry.pk}", fan.pk)
    assert noted(captain) == [("reply", 1, False)]
    take_back(captain.pk, f"reply.{entry.pk}", fan.pk)
    assert noted(captain) == []


def test_nothing_is_noted_for_oneself(captain: User, entry: Entry, club: Club) -> None:
    [fan] = people_in(club, 1)
    cheered(entry, captain)
    note_all([captain.pk, fan.pk], "mention", "mention.1", actor_id=captain.pk, entry=entry)
    assert (noted(captain), noted(fan)) == ([], [("mention", 1, False)])


def test_muted_and_blocked_people_are_not_noted(club: Club, captain: User, entry: Entry) -> None:
    muted, blocked, reader = people_in(club, 3)
    mute(captain.pk, muted.pk)
    block(captain.pk, blocked.pk)
    cheered(entry, muted, blocked)
    note_all([captain.pk, reader.pk], "mention", "mention.1", actor_id=muted.pk, entry=entry)
    assert (noted(captain), noted(reader)) == ([], [("mention", 1, False)])
    unmute(captain.pk, muted.pk)
    cheered(entry, muted)
    assert noted(captain) == [("cheer", 1, False)]


def test_answer_of_captains_has_no_actor(club: Club, captain: User, clubmate: User) -> None:
    data = {"answer": CaptainsAnswer.JOIN_ACCEPTED}
    for _ in range(2):
        note(clubmate.pk, "answer", f"answer.join.{club.pk}", actor_id=captain.pk, club_id=club.pk, data=data)
    assert noted(clubmate) == [("answer", 0, False)]
    assert Notification.objects.get().data == data


def test_noting_costs_the_same_for_many(
    club: Club, captain: User, entry: Entry, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    fans = people_in(club, 8)
    note_all([fans[0].pk], "mention", "mention.0", actor_id=captain.pk, entry=entry)
    for turn, count in enumerate((1, 8)):
        with django_assert_num_queries(9):  # type: ignore[operator]  # two of them are a savepoint
            ids = [one.pk for one in fans[:count]]
            note_all(ids, "mention", f"mention.{turn + 1}", actor_id=captain.pk, entry=entry)
    assert Notification.objects.count() == 10


def test_ids_and_keys_of_others_change_nothing(club: Club, captain: User, entry: Entry) -> None:
    [fan] = people_in(club, 1)
    cheered(entry, fan)
    ids = [Notification.objects.get().pk]
    assert mark_read(fan.pk, ids=ids) + mark_read(fan.pk, key=cheer_key(entry)) + mark_read(captain.pk) == 0
    assert unread_of(captain.pk) == 1
    assert mark_read(captain.pk, ids=[*ids, 10**12]) == 1
    assert mark_read(captain.pk, ids=ids) == 0
    assert unread_of(captain.pk) == 0


def test_key_marks_one_notification_as_read(club: Club, captain: User, entry: Entry) -> None:
    [fan] = people_in(club, 1)
    cheered(entry, fan)
    note(captain.pk, "message", f"message.{fan.pk}", actor_id=fan.pk)
    assert mark_read(captain.pk, key=f"message.{fan.pk}") == 1
    assert noted(captain) == [("message", 1, True), ("cheer", 1, False)]


def cheer_in(club: Club, user: User, key: str, by: User) -> None:
    note(user.pk, "cheer", key, actor_id=by.pk, club_id=club.pk)


@pytest.mark.django_db(transaction=True)
def test_concurrent_notes_join_one_notification() -> None:
    club = Club.objects.create(slug="striders", name="Striders")
    captain = people.captain()
    fans = people_in(club, 6)
    for turn in range(6):
        key = f"cheer.{turn}"
        together(*[partial(cheer_in, club, captain, key, fan) for fan in fans])
        assert noted(captain)[0] == ("cheer", 6, False)
    together(*[partial(take_back, captain.pk, "cheer.0", fan.pk) for fan in fans[:4]])
    assert min(noted(captain)) == ("cheer", 2, False)


@pytest.mark.django_db(transaction=True)
def test_notes_survive_being_read_meanwhile() -> None:
    club = Club.objects.create(slug="striders", name="Striders")
    captain = people.captain()
    fans = people_in(club, 4)
    for turn in range(6):
        key = f"cheer.{turn}"
        notes = [partial(cheer_in, club, captain, key, fan) for fan in fans]
        together(*notes, *[partial(mark_read, captain.pk, all_of_them=True)] * 2)
        of_turn = Notification.objects.with_key(key)
        actors = NotificationActor.objects.filter(notification__in=of_turn).values_list("actor", flat=True)
        assert sum(row.count for row in of_turn) == len(actors)
        assert sorted(actors) == sorted(fan.pk for fan in fans)
