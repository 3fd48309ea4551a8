"""Leaving and being removed: what happens to the membership, the feed, the sockets and the club."""

from typing import Any

import pytest

from strava_live.accounts.models import User
from strava_live.broadcast import member_target, screen_target
from strava_live.clubs.captains import LastCaptain, NotACaptain, make_captain, step_down
from strava_live.clubs.keys import invite, put_up_screen
from strava_live.clubs.members import NotAMember
from strava_live.clubs.models import Club, Invitation, Membership
from strava_live.feed.models import Cheer, Entry
from strava_live.membership.joining import join
from strava_live.membership.leaving import leave, remove_entries_of, remove_member
from strava_live.social.posts import post
from tests.clubs.evictions import Evictions
from tests.feed.entries import is_sound, shown
from tests.membership.entries import entries_of

pytestmark = pytest.mark.django_db


def test_leaving_removes_all_entries_and_closes_sockets(
    club: Club, athlete: User, captains_post: Entry, django_capture_on_commit_callbacks: Any
) -> None:
    evictions = Evictions()

    with django_capture_on_commit_callbacks(execute=True):
        leave(club.pk, athlete.pk)

    assert entries_of(club) == [("post", "Carol D.")]
    assert Entry.objects.get(pk=captains_post.pk).cheers == 0
    assert evictions.sent() == [(member_target(club.pk, athlete.pk), 4403)]
    with pytest.raises(NotAMember):
        leave(club.pk, athlete.pk)


def test_former_member_can_join_again(club: Club, member: Membership, code: str, athlete: User) -> None:
    leave(club.pk, athlete.pk)

    join(athlete.pk, code, parkruns=False)

    assert entries_of(club) == [("joined", "Alva B.")]


def test_request_to_join_can_be_withdrawn(club: Club, athlete: User) -> None:
    join(athlete.pk, invite(club.pk, needs_approval=True).secret.reveal(), parkruns=True)

    leave(club.pk, athlete.pk)

    assert not Membership.objects.of(athlete.pk).exists()


def test_last_captain_must_make_another_captain_before_leaving(
    club: Club, member: Membership, athlete: User, captain: User
) -> None:
    for change in (leave, step_down):
        with pytest.raises(LastCaptain):
            change(club.pk, captain.pk)

    make_captain(club.pk, athlete.pk, by=captain.pk)
    leave(club.pk, captain.pk)

    assert Membership.objects.captains().in_club(club.pk).get().user == athlete


def test_captain_can_step_down_if_there_is_another(
    club: Club, member: Membership, athlete: User, captain: User
) -> None:
    make_captain(club.pk, athlete.pk, by=captain.pk)
    make_captain(club.pk, athlete.pk, by=captain.pk)

    step_down(club.pk, captain.pk)

    assert not Membership.objects.get(user=captain).is_captain
    with pytest.raises(NotACaptain):
        step_down(club.pk, captain.pk)


def test_club_closes_when_its_last_member_leaves(
    club: Club, captain: User, django_capture_on_commit_callbacks: Any
) -> None:
    post(captain.pk, club.pk, "Only me")
    invite(club.pk)
    screen, evictions = put_up_screen(club.pk), Evictions()

    with django_capture_on_commit_callbacks(execute=True):
        leave(club.pk, captain.pk)

    assert not Club.objects.exists()
    assert not Entry.objects.exists()
    assert not Invitation.objects.exists()
    assert (screen_target(screen.pk), 4403) in evictions.sent()


def test_club_without_captains_stays_when_its_last_member_leaves(athlete: User) -> None:
    club = Club.objects.create(slug="operated", name="Operated")
    join(athlete.pk, invite(club.pk).secret.reveal(), parkruns=False)

    leave(club.pk, athlete.pk)

    assert Club.objects.get() == club


def test_captain_removes_a_member(
    club: Club, member: Membership, athlete: User, captain: User, django_capture_on_commit_callbacks: Any
) -> None:
    post(athlete.pk, club.pk, "Coffee?")
    evictions = Evictions()

    with django_capture_on_commit_callbacks(execute=True):
        remove_member(club.pk, athlete.pk, by=captain.pk)

    assert entries_of(club) == []
    assert not Club.objects.of(athlete.pk).exists()
    assert evictions.sent() == [(member_target(club.pk, athlete.pk), 4403)]
    with pytest.raises(NotAMember):
        remove_member(club.pk, athlete.pk, by=captain.pk)


def test_leaving_keeps_the_numbers_of_the_feed_sound(club: Club, athlete: User, captains_post: Entry) -> None:
    remove_entries_of(athlete.pk, club.pk)

    assert [(entry.text, entry.cheers) for entry in shown(club)] == [("Yes", 0)]
    assert Cheer.objects.count() == 0
    assert is_sound(club)
