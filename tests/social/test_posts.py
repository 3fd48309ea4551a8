"""Posts: what text they may have, that a repeated one is created once, and who may delete them."""

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from strava_live.accounts.models import User
from strava_live.clubs.founding import found_club_at
from strava_live.clubs.models import Club, Membership
from strava_live.feed.encoding import for_members
from strava_live.feed.models import MAX_POST, Cheer, Entry
from strava_live.social.cheers import cheer
from strava_live.social.post_text import BadPost
from strava_live.social.posts import (
    NotYours,
    PostIsHidden,
    UnknownEntry,
    add_post,
    delete_post,
    post,
    post_key,
)
from tests.feed.entries import is_sound, shown
from tests.invisible_texts import INVISIBLE

pytestmark = pytest.mark.django_db


def test_successive_empty_lines_become_one(club: Club, athlete: User) -> None:
    entry = post(athlete.pk, club.pk, "one\ntwo\n\nthree\r\n \r\n\u3164\t\r\nfour" + "\n" * 2000 + "five\n\n\n")
    assert entry.text == "one\ntwo\n\nthree\n\nfour\n\nfive"


def test_post_with_the_same_ref_is_created_once(club: Club, athlete: User, clubmate: User) -> None:
    first, again = (post(athlete.pk, club.pk, " Coffee? \r\n\x00", "r1") for _ in range(2))
    other = post(clubmate.pk, club.pk, "Yes", "r1")
    assert first.pk == again.pk != other.pk
    assert [(entry.text, entry.name) for entry in shown(club)] == [("Coffee?", "Alva B."), ("Yes", "Bruno C.")]
    assert is_sound(club)


@pytest.mark.parametrize("text", ["", "  \n ", "\u202e\u200b", "x" * (MAX_POST + 1), *INVISIBLE])
def test_unsuitable_text_is_refused(club: Club, athlete: User, text: str) -> None:
    with pytest.raises(BadPost):
        post(athlete.pk, club.pk, text)
    assert shown(club) == []


@pytest.mark.parametrize(
    "text", ["👩\u200d👩\u200d👧" + "x" * (MAX_POST - 5), "🏴\U000e0067\U000e0062\U000e007f", "\U0001fae8"]
)
def test_longest_post_and_every_emoji_are_stored(club: Club, athlete: User, text: str) -> None:
    assert post(athlete.pk, club.pk, text).text == text


def test_control_characters_become_spaces_or_vanish(club: Club, athlete: User) -> None:
    assert post(athlete.pk, club.pk, "a\tb\nc\U000e0067\ufdd0").text == "a b\nc"


def test_only_the_author_or_a_captain_deletes_a_post(club: Club, athlete: User, clubmate: User, captain: User) -> None:
    entry = post(athlete.pk, club.pk, "Mine")
    with pytest.raises(NotYours):
        delete_post(clubmate.pk, entry.pk)
    with pytest.raises(UnknownEntry):
        delete_post(captain.pk, entry.pk)
    Membership.objects.create(club=club, user=captain, role=Membership.Role.CAPTAIN)
    delete_post(captain.pk, entry.pk)
    with pytest.raises(UnknownEntry):
        delete_post(athlete.pk, entry.pk)
    assert shown(club) == []
    assert is_sound(club)


def test_deleted_post_keeps_no_personal_data(club: Club, athlete: User, clubmate: User) -> None:
    entry = post(athlete.pk, club.pk, "Secret", "r1")
    cheer(clubmate.pk, club.pk, entry.pk)
    delete_post(athlete.pk, entry.pk)
    row = Entry.objects.values().get()
    assert {name: row[name] for name in ("athlete_id", "name", "text", "data", "cheers")} == {
        "athlete_id": None,
        "name": "",
        "text": "",
        "data": {},
        "cheers": 0,
    }
    assert row["key"] == post_key(athlete.pk, "r1")
    assert post(athlete.pk, club.pk, "Secret", "r1").removed
    assert Cheer.objects.count() == 0


def test_stranger_cannot_post(club: Club, stranger: User) -> None:
    Membership.objects.create(club=club, user=stranger, state=Membership.MemberState.ASKING)
    with pytest.raises(UnknownEntry):
        post(stranger.pk, club.pk, "Hi")
    assert shown(club) == []


def test_reply_goes_to_the_entry_above_and_is_removed_with_it(club: Club, athlete: User, clubmate: User) -> None:
    above = post(athlete.pk, club.pk, "Coffee?")
    reply = post(clubmate.pk, club.pk, "Yes", reply_to=above.pk)
    second = post(athlete.pk, club.pk, "Good", reply_to=reply.pk)
    assert [for_members(one).get("reply_to") for one in (above, reply, second)] == [None, above.pk, above.pk]
    cheer(athlete.pk, club.pk, reply.pk)

    delete_post(athlete.pk, above.pk)

    assert shown(club) == []
    assert Cheer.objects.count() == 0
    assert is_sound(club)
    assert list(Entry.objects.of_club(club.pk).order_by("seq").values_list("pk", flat=True)) == [
        above.pk,
        reply.pk,
        second.pk,
    ]


def test_deleted_reply_leaves_the_entry_and_the_other_replies(club: Club, athlete: User, clubmate: User) -> None:
    above = post(athlete.pk, club.pk, "Coffee?")
    reply, other = (post(clubmate.pk, club.pk, text, reply_to=above.pk) for text in ("Yes", "No"))
    delete_post(clubmate.pk, reply.pk)
    assert [entry.pk for entry in shown(club)] == [above.pk, other.pk]


def test_reply_to_what_is_not_there_is_refused(club: Club, athlete: User, captain: User) -> None:
    other = found_club_at("harriers", "Harriers", time_zone="UTC", captain=captain)
    elsewhere, removed = post(captain.pk, other.pk, "Elsewhere"), post(athlete.pk, club.pk, "Gone")
    delete_post(athlete.pk, removed.pk)
    for entry_id in (elsewhere.pk, removed.pk, 10**18):
        with pytest.raises(UnknownEntry):
            post(athlete.pk, club.pk, "Hello", reply_to=entry_id)
    assert shown(club) == []


def test_reply_to_a_hidden_post_is_refused_in_words(club: Club, athlete: User) -> None:
    above = post(athlete.pk, club.pk, "Rude")
    reply = post(athlete.pk, club.pk, "More", reply_to=above.pk)
    Entry.objects.filter(pk=above.pk).update(hidden_at=timezone.now())
    for entry in (above, reply):
        with pytest.raises(PostIsHidden, match="A captain has hidden this post"):
            post(athlete.pk, club.pk, "Hello", reply_to=entry.pk)


def test_posting_costs_the_same_queries_in_a_full_club(
    club: Club, athlete: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    above = post(athlete.pk, club.pk, "Coffee?")
    for number in range(30):
        member = User.objects.create_user(f"member-{number}", display_name=f"Member Number{number}")
        Membership.objects.create(club=club, user=member, shown_as="full")
        add_post(athlete.pk, club.pk, f"Hello @Member Number{number}", reply_to=above.pk)
    everyone = " ".join(f"@member number{number}" for number in range(20))
    with django_assert_num_queries(19):
        post(athlete.pk, club.pk, everyone, reply_to=above.pk)
    with django_assert_num_queries(7):
        post(athlete.pk, club.pk, "Hello")


def test_text_of_a_million_characters_is_refused_before_each_is_looked_at(club: Club, athlete: User) -> None:
    with pytest.raises(BadPost, match="That's 1,000,000 characters"):
        post(athlete.pk, club.pk, " " * 1_000_000)
