"""Editing a post to the second, reporting it, and what captains do: hide, restore and keep."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from strava_live.accounts.models import User
from strava_live.clubs.captains import NotACaptain
from strava_live.clubs.models import Club, Membership
from strava_live.feed.encoding import for_members, for_screens
from strava_live.feed.models import Entry, Report
from strava_live.notifications.models import Notification
from strava_live.social.moderation import (
    count_reported,
    hidden_posts,
    hide_post,
    keep_post,
    report_post,
    reported_posts,
    restore_post,
)
from strava_live.social.post_text import BadPost
from strava_live.social.posts import (
    EDIT_FOR,
    NotTheAuthor,
    PostIsHidden,
    TooLateToEdit,
    UnknownEntry,
    delete_post,
    edit_post,
    post,
)
from tests.feed.entries import is_sound
from tests.notifications.pushes import states, subscribed

pytestmark = pytest.mark.django_db


@pytest.fixture
def leader(club: Club, captain: User) -> User:
    Membership.objects.create(club=club, user=captain, role=Membership.Role.CAPTAIN)
    return captain


def test_deleting_a_hidden_reply_takes_back_its_notification_only_once(
    club: Club, athlete: User, clubmate: User, leader: User
) -> None:
    """The notification about the author's other reply to the same post stays."""
    above = post(athlete.pk, club.pk, "Coffee?")
    reply, _ = [post(clubmate.pk, club.pk, text, reply_to=above.pk) for text in ("No", "Yes")]
    hide_post(leader.pk, reply.pk)
    delete_post(clubmate.pk, reply.pk)
    assert Notification.objects.of(athlete.pk).filter(kind="reply").count() == 1


def test_mention_of_the_person_who_is_answered_makes_no_second_notification(
    club: Club, athlete: User, clubmate: User
) -> None:
    reply = post(clubmate.pk, club.pk, "Yes", reply_to=post(athlete.pk, club.pk, "Coffee?").pk)
    name = Membership.objects.get(club=club, user=athlete).shown_name
    edited = edit_post(clubmate.pk, reply.pk, f"Yes @{name}")
    assert [one["id"] for one in edited.data["mentions"]] == [athlete.pk]
    assert list(Notification.objects.of(athlete.pk).values_list("kind", flat=True)) == ["reply"]


def test_author_edits_within_fifteen_minutes_to_the_second(club: Club, athlete: User, clubmate: User) -> None:
    entry = post(athlete.pk, club.pk, "Cofee?")
    with pytest.raises(NotTheAuthor):
        edit_post(clubmate.pk, entry.pk, "Tea")
    edit_post(athlete.pk, entry.pk, "Cofee?")
    assert "edited_at" not in for_members(Entry.objects.get(pk=entry.pk))
    Entry.objects.filter(pk=entry.pk).update(at=timezone.now() - EDIT_FOR + timedelta(seconds=20))
    shown = for_members(edit_post(athlete.pk, entry.pk, "Coffee?"))
    assert (shown["text"], "edited_at" in shown) == ("Coffee?", True)
    assert is_sound(club)
    Entry.objects.filter(pk=entry.pk).update(at=timezone.now() - EDIT_FOR - timedelta(seconds=1))
    with pytest.raises(TooLateToEdit, match="15 minutes"):
        edit_post(athlete.pk, entry.pk, "Tea?")
    for text in ("", "x" * 10_000_000):
        with pytest.raises(BadPost):
            edit_post(athlete.pk, entry.pk, text)
    delete_post(athlete.pk, entry.pk)
    with pytest.raises(UnknownEntry):
        edit_post(athlete.pk, entry.pk, "Tea?")


def test_hidden_post_shows_no_text_until_it_is_restored(
    club: Club, athlete: User, clubmate: User, leader: User
) -> None:
    entry = post(athlete.pk, club.pk, "Rude words @Bruno C.")
    with pytest.raises(NotACaptain):
        hide_post(clubmate.pk, entry.pk)

    hide_post(leader.pk, entry.pk)
    hide_post(leader.pk, entry.pk)

    for encode in (for_members, for_screens):
        shown = encode(Entry.objects.get(pk=entry.pk))
        assert (shown["text"], shown["hidden"]) == ("", True)
        assert "Rude" not in str(shown)
        assert "Bruno" not in str(shown)
    assert for_members(Entry.objects.get(pk=entry.pk))["says"] == "A captain has hidden this post."
    assert [one.text for one in hidden_posts(club.pk).posts] == ["Rude words @Bruno C."]
    for refused in (lambda: edit_post(athlete.pk, entry.pk, "x"), lambda: report_post(clubmate.pk, entry.pk)):
        with pytest.raises(PostIsHidden):
            refused()

    restore_post(leader.pk, entry.pk)
    assert for_members(Entry.objects.get(pk=entry.pk))["text"] == "Rude words @Bruno C."
    assert is_sound(club)


def test_member_reports_once_and_learns_what_the_captain_decides(
    club: Club, athlete: User, clubmate: User, leader: User, stranger: User
) -> None:
    entry = post(athlete.pk, club.pk, "Rude")
    with pytest.raises(UnknownEntry):
        report_post(stranger.pk, entry.pk)
    with pytest.raises(BadPost):
        report_post(clubmate.pk, entry.pk, "x" * 501)
    report_post(clubmate.pk, entry.pk, "It is rude")
    report_post(clubmate.pk, entry.pk, "Again")
    assert [one.reasons for one in reported_posts(club.pk).posts] == [["It is rude"]]
    assert count_reported(club.pk) == 1

    keep_post(leader.pk, entry.pk)

    assert Report.objects.get().outcome == Report.Decision.KEPT
    assert Notification.objects.get(user=clubmate).data == {"answer": "report_kept"}
    assert reported_posts(club.pk) == ([], 0)


def test_bell_forgets_a_reply_that_is_hidden_or_deleted(
    club: Club, athlete: User, clubmate: User, leader: User
) -> None:
    above = post(athlete.pk, club.pk, "Coffee?")
    first, second = (post(clubmate.pk, club.pk, f"{text} @Alva B.", reply_to=above.pk) for text in ("Yes", "No"))
    note = Notification.objects.get(user=athlete)
    assert (note.kind, note.actors.get().times) == ("reply", 2)
    hide_post(leader.pk, first.pk)
    assert Notification.objects.get(user=athlete).actors.get().times == 1
    delete_post(clubmate.pk, second.pk)
    assert not Notification.objects.filter(user=athlete).exists()


def test_long_lists_load_only_the_posts_that_are_shown(
    club: Club,
    athlete: User,
    clubmate: User,
    leader: User,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    monkeypatch.setattr("strava_live.social.moderation.MOST_LISTED", 3)
    posts = [post(athlete.pk, club.pk, f"Rude {number} @Bruno C.") for number in range(5)]
    for entry in [*posts[:0:-1], posts[0]]:
        report_post(clubmate.pk, entry.pk, f"{entry.text[:6]} is rude")
    report_post(leader.pk, posts[4].pk)
    with django_assert_num_queries(4):
        reported = reported_posts(club.pk)
    assert [(one.text, one.reasons) for one in reported.posts] == [
        ("Rude 4 @Bruno C.", ["Rude 4 is rude", ""]),
        ("Rude 3 @Bruno C.", ["Rude 3 is rude"]),
        ("Rude 2 @Bruno C.", ["Rude 2 is rude"]),
    ]
    assert reported.number == 5

    for entry in posts:
        hide_post(leader.pk, entry.pk)
    with django_assert_num_queries(2):
        hidden = hidden_posts(club.pk)
    assert [one.text for one in hidden.posts] == [f"Rude {number} @Bruno C." for number in (4, 3, 2)]
    assert (hidden.number, reported_posts(club.pk).number) == (5, 0)


def test_stranger_who_guesses_the_id_of_a_post_locks_no_club(
    club: Club, athlete: User, stranger: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Otherwise they could make all writes of a club wait."""
    entry = post(athlete.pk, club.pk, "Coffee?")
    for change in (lambda: edit_post(stranger.pk, entry.pk, "x"), lambda: delete_post(stranger.pk, entry.pk)):
        # The post, and the membership: no transaction begins, which would be a third query.
        with django_assert_num_queries(2), pytest.raises(UnknownEntry):
            change()


def test_restored_post_notifies_again_without_pushes(club: Club, athlete: User, clubmate: User, leader: User) -> None:
    for user in (athlete, leader):
        subscribed(user)
    above = post(athlete.pk, club.pk, "Coffee?")
    reply = post(clubmate.pk, club.pk, "Yes @Carol D.", reply_to=above.pk)
    for _ in range(2):
        hide_post(leader.pk, reply.pk)
        assert not Notification.objects.exists()
        for _ in range(2):
            restore_post(leader.pk, reply.pk)
        noted = Notification.objects.unread().order_by("user").values_list("user", "kind", "key", "count")
        assert list(noted) == [
            (athlete.pk, "reply", f"reply.{above.pk}", 1),
            (leader.pk, "mention", f"mention.{reply.pk}", 1),
        ]
    assert (states(athlete), states(leader)) == (["taken_back"], ["taken_back"])
    post(clubmate.pk, club.pk, "No", reply_to=above.pk)
    delete_post(clubmate.pk, reply.pk)
    assert Notification.objects.get().actors.get().times == 1


def test_reply_restored_below_a_hidden_post_is_not_noted_and_takes_nothing_back(
    club: Club, athlete: User, clubmate: User, leader: User
) -> None:
    above = post(athlete.pk, club.pk, "Rude")
    first = post(clubmate.pk, club.pk, "Yes", reply_to=above.pk)
    for entry in (first, above):
        hide_post(leader.pk, entry.pk)
    restore_post(leader.pk, first.pk)
    assert not Notification.objects.of(athlete.pk).exists()
    restore_post(leader.pk, above.pk)
    post(clubmate.pk, club.pk, "Well", reply_to=above.pk)
    delete_post(clubmate.pk, first.pk)
    assert Notification.objects.of(athlete.pk).get().kind == "reply"


def test_reason_of_a_million_characters_is_refused_before_each_is_looked_at(club: Club, athlete: User) -> None:
    with pytest.raises(BadPost, match="That's 1,000,000 characters"):
        report_post(athlete.pk, 1, "\u200b" * 1_000_000)
