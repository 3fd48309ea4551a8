"""Cheers: one for each member and entry, counted in the entry."""

import pytest
from django.utils import timezone

from strava_live.accounts.models import User
from strava_live.clubs.models import Club, Membership
from strava_live.feed.models import Cheer, Entry
from strava_live.notifications.reading import unread_of
from strava_live.social.cheers import cheer, uncheer
from strava_live.social.posts import PostIsHidden, UnknownEntry, post
from tests.feed.entries import is_sound

pytestmark = pytest.mark.django_db


def test_cheer_counts_once_and_can_be_taken_back(club: Club, athlete: User, clubmate: User) -> None:
    entry = post(athlete.pk, club.pk, "Hello")
    for verb, cheers, seq in ((cheer, 1, 2), (cheer, 1, 2), (uncheer, 0, 3), (uncheer, 0, 3)):
        verb(clubmate.pk, club.pk, entry.pk)
        entry.refresh_from_db()
        assert (entry.cheers, entry.seq, Cheer.objects.count()) == (cheers, seq, cheers)
    assert is_sound(club)


def test_cheer_that_comes_and_goes_is_not_notified_without_end(club: Club, athlete: User, clubmate: User) -> None:
    """Otherwise one clubmate could make the phone of another show notification after notification."""
    entry = post(athlete.pk, club.pk, "Hello")
    noted = []
    for _ in range(5):
        cheer(clubmate.pk, club.pk, entry.pk)
        noted.append(unread_of(athlete.pk))
        uncheer(clubmate.pk, club.pk, entry.pk)
    assert noted == [1, 1, 1, 0, 0]


def test_hidden_post_takes_no_new_cheer_and_gives_old_ones_back(club: Club, athlete: User, clubmate: User) -> None:
    entry = post(athlete.pk, club.pk, "Rude")
    cheer(clubmate.pk, club.pk, entry.pk)
    Entry.objects.filter(pk=entry.pk).update(hidden_at=timezone.now())
    with pytest.raises(PostIsHidden, match="A captain has hidden this post"):
        cheer(athlete.pk, club.pk, entry.pk)
    assert uncheer(clubmate.pk, club.pk, entry.pk).cheers == 0
    assert Cheer.objects.count() == 0


def test_entry_of_another_club_cannot_be_cheered(club: Club, athlete: User) -> None:
    other = Club.objects.create(slug="joggers", name="Joggers")
    Membership.objects.create(club=other, user=athlete)
    elsewhere = post(athlete.pk, other.pk, "Hello")
    with pytest.raises(UnknownEntry):
        cheer(athlete.pk, club.pk, elsewhere.pk)


def test_stranger_cannot_cheer(club: Club, athlete: User, stranger: User) -> None:
    entry = post(athlete.pk, club.pk, "Hello")
    Membership.objects.create(club=club, user=stranger, state=Membership.MemberState.ASKING)
    with pytest.raises(UnknownEntry):
        cheer(stranger.pk, club.pk, entry.pk)
    assert Cheer.objects.count() == 0
