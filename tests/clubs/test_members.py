"""Joining, sharing, leaving, being removed: what becomes of the membership, the feed and the sockets."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from strava_live.accounts.models import User
from strava_live.broadcast import member_target, screen_target
from strava_live.clubs.captains import LastCaptain, NotACaptain, NotAMember, make_captain, step_down
from strava_live.clubs.keys import invite, put_up_screen, revoke_invitation
from strava_live.clubs.models import Club, Invitation, Membership
from strava_live.feed.members import (
    NoInvitation,
    approve,
    join,
    keep_profile,
    leave,
    refuse,
    remove_member,
    share,
)
from strava_live.feed.models import Entry
from strava_live.feed.posts import post
from strava_live.lifecycle.erasure import erase
from tests.clubs.evictions import Evictions
from tests.clubs.runs import ran, watched

pytestmark = pytest.mark.django_db


def told(club: Club) -> list[tuple[str, str]]:
    """Kind and name of what the feed shows, in the order of coming."""
    rows = Entry.objects.of_club(club.pk).there().order_by("first_seq")
    return [(str(entry.kind), entry.name) for entry in rows]


def test_joining_shares_nothing_unless_it_is_said(club: Club, code: str, athlete: User) -> None:
    ran(athlete, 1)

    member = join(athlete.pk, code, parkruns=False)

    assert (member.state, member.role, member.shares_parkruns, member.shown_as) == ("active", "member", False, "short")
    assert member.consented_at is not None
    assert told(club) == [("joined", "Alva B.")]


def test_joining_and_sharing_tells_the_parkruns_of_a_week(club: Club, code: str, athlete: User) -> None:
    ran(athlete, 1)
    ran(athlete, 30)

    join(athlete.pk, code, parkruns=True, shown_as="full")

    assert sorted(told(club)) == [("history", "Alva Berg"), ("joined", "Alva Berg"), ("parkrun", "Alva Berg")]


def test_who_has_no_name_is_called_by_their_username_however_long(club: Club, code: str) -> None:
    join(User.objects.create_user("a" * 150).pk, code, parkruns=False, shown_as="full")

    assert told(club) == [("joined", "a" * 150)]


def test_joining_twice_is_joining_once(club: Club, code: str, athlete: User) -> None:
    first = join(athlete.pk, code, parkruns=True, shown_as="full")

    again = join(athlete.pk, invite(club.pk).secret.reveal(), parkruns=False)

    assert again.pk == first.pk
    assert (again.shares_parkruns, again.shown_as, again.consented_at) == (True, "full", first.consented_at)
    assert told(club) == [("joined", "Alva Berg")]


def test_code_opens_its_own_club_alone(club: Club, code: str, other_club: Club, athlete: User) -> None:
    join(athlete.pk, code, parkruns=False)

    assert Club.objects.of(athlete.pk).get() == club


def test_code_that_is_none_any_more_lets_nobody_in(club: Club, athlete: User) -> None:
    expired = invite(club.pk, lasts=timedelta(hours=1)).secret.reveal()
    revoked = invite(club.pk)
    revoke_invitation(club.pk, revoked.pk)

    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        for code in (expired, revoked.secret.reveal(), "nonsense", "", "\ud800"):
            with pytest.raises(NoInvitation):
                join(athlete.pk, code, parkruns=True)

    assert not Membership.objects.of(athlete.pk).exists()


def test_asking_is_not_being_in(club: Club, athlete: User, captain: User) -> None:
    ran(athlete, 1)
    code = invite(club.pk, needs_approval=True).secret.reveal()

    member = join(athlete.pk, code, parkruns=True)
    join(athlete.pk, code, parkruns=True, shown_as="full")

    assert member.state == "asking"
    assert told(club) == []
    assert not Club.objects.of(athlete.pk).exists()

    approve(club.pk, athlete.pk, by=captain.pk)

    assert Club.objects.of(athlete.pk).get() == club
    assert told(club) == [("joined", "Alva Berg"), ("parkrun", "Alva Berg")]
    with pytest.raises(NotAMember):
        approve(club.pk, athlete.pk, by=captain.pk)


def test_who_asks_and_gets_an_open_invitation_is_in(club: Club, code: str, athlete: User) -> None:
    join(athlete.pk, invite(club.pk, needs_approval=True).secret.reveal(), parkruns=True)

    assert join(athlete.pk, code, parkruns=False).state == "active"
    assert not Membership.objects.get(user=athlete).shares_parkruns


def test_refused_may_ask_again(club: Club, athlete: User, captain: User) -> None:
    code = invite(club.pk, needs_approval=True).secret.reveal()
    join(athlete.pk, code, parkruns=True)

    refuse(club.pk, athlete.pk, by=captain.pk)

    assert not Membership.objects.of(athlete.pk).exists()
    with pytest.raises(NotAMember):
        refuse(club.pk, athlete.pk, by=captain.pk)
    assert join(athlete.pk, code, parkruns=True).state == "asking"


def test_what_is_shared_appears_and_disappears_at_once(club: Club, member: Membership, athlete: User) -> None:
    ran(athlete, 1)
    watched(athlete, 2, 7, visibility="only_me")
    watched(athlete, 3, 8, visibility="followers_only")

    share(club.pk, athlete.pk, parkruns=True)
    assert told(club) == [("joined", "Alva B."), ("parkrun", "Alva B.")]

    share(club.pk, athlete.pk, parkruns=True, shown_as="hidden")
    assert told(club) == [("joined", ""), ("parkrun", "")]

    share(club.pk, athlete.pk, parkruns=False)
    assert told(club) == [("joined", "")]
    member.refresh_from_db()
    assert (member.shares_parkruns, member.shown_as) == (False, "hidden")


def test_consent_is_dated(club: Club, member: Membership, athlete: User) -> None:
    later = timezone.now() + timedelta(days=3)

    with time_machine.travel(later, tick=False):
        share(club.pk, athlete.pk, parkruns=True)

    assert Membership.objects.get(pk=member.pk).consented_at == later


def test_one_club_sees_what_it_was_told_and_no_other(
    club: Club, member: Membership, other_club: Club, athlete: User
) -> None:
    ran(athlete, 1)
    join(athlete.pk, invite(other_club.pk).secret.reveal(), parkruns=True, shown_as="full")

    assert told(club) == [("joined", "Alva B.")]
    assert told(other_club) == [("joined", "Alva Berg"), ("parkrun", "Alva Berg")]


def test_new_name_changes_what_has_been_told(club: Club, member: Membership, athlete: User) -> None:
    post(athlete.pk, club.pk, "Coffee?")
    athlete.display_name = "Alva Lund"

    keep_profile(athlete, "display_name")

    assert told(club) == [("joined", "Alva L."), ("post", "Alva L.")]
    assert User.objects.get(pk=athlete.pk).display_name == "Alva Lund"


def test_profile_that_is_kept_leaves_alone_what_changed_beside_it(athlete: User) -> None:
    read_before = User.objects.get(pk=athlete.pk)
    User.objects.filter(pk=athlete.pk).update(is_active=False, password="another")

    read_before.display_name = "Alva Lund"
    keep_profile(read_before, "display_name")

    athlete.refresh_from_db()
    assert (athlete.display_name, athlete.is_active, athlete.password) == ("Alva Lund", False, "another")


def test_profile_of_who_was_deleted_brings_nobody_back(athlete: User) -> None:
    read_before = User.objects.get(pk=athlete.pk)
    erase(athlete)

    with pytest.raises(User.DoesNotExist):
        keep_profile(read_before, "display_name")

    assert not User.objects.filter(pk=read_before.pk).exists()


def test_leaving_takes_everything_along_and_shows_out(
    club: Club, athlete: User, stays: Entry, django_capture_on_commit_callbacks: Any
) -> None:
    evictions = Evictions()

    with django_capture_on_commit_callbacks(execute=True):
        leave(club.pk, athlete.pk)

    assert told(club) == [("post", "Carol D.")]
    assert Entry.objects.get(pk=stays.pk).cheers == 0
    assert evictions.sent() == [(member_target(club.pk, athlete.pk), 4403)]
    with pytest.raises(NotAMember):
        leave(club.pk, athlete.pk)


def test_who_left_may_join_again(club: Club, member: Membership, code: str, athlete: User) -> None:
    leave(club.pk, athlete.pk)

    join(athlete.pk, code, parkruns=False)

    assert told(club) == [("joined", "Alva B.")]


def test_who_asks_may_think_better_of_it(club: Club, athlete: User) -> None:
    join(athlete.pk, invite(club.pk, needs_approval=True).secret.reveal(), parkruns=True)

    leave(club.pk, athlete.pk)

    assert not Membership.objects.of(athlete.pk).exists()


def test_last_captain_hands_on_before_leaving(club: Club, member: Membership, athlete: User, captain: User) -> None:
    for deed in (leave, step_down):
        with pytest.raises(LastCaptain):
            deed(club.pk, captain.pk)

    make_captain(club.pk, athlete.pk, by=captain.pk)
    leave(club.pk, captain.pk)

    assert Membership.objects.captains().in_club(club.pk).get().user == athlete


def test_captain_steps_down_when_there_is_another(club: Club, member: Membership, athlete: User, captain: User) -> None:
    make_captain(club.pk, athlete.pk, by=captain.pk)
    make_captain(club.pk, athlete.pk, by=captain.pk)

    step_down(club.pk, captain.pk)

    assert not Membership.objects.get(user=captain).is_captain
    with pytest.raises(NotACaptain):
        step_down(club.pk, captain.pk)


def test_last_of_all_closes_the_club(club: Club, captain: User, django_capture_on_commit_callbacks: Any) -> None:
    post(captain.pk, club.pk, "Nobody here")
    invite(club.pk)
    screen, evictions = put_up_screen(club.pk), Evictions()

    with django_capture_on_commit_callbacks(execute=True):
        leave(club.pk, captain.pk)

    assert not Club.objects.exists()
    assert not Entry.objects.exists()
    assert not Invitation.objects.exists()
    assert (screen_target(screen.pk), 4403) in evictions.sent()


def test_club_that_an_operator_looks_after_stays_without_members(athlete: User) -> None:
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

    assert told(club) == []
    assert not Club.objects.of(athlete.pk).exists()
    assert evictions.sent() == [(member_target(club.pk, athlete.pk), 4403)]
    with pytest.raises(NotAMember):
        remove_member(club.pk, athlete.pk, by=captain.pk)


def test_only_captains_of_this_club_decide(
    club: Club, member: Membership, clubmate: User, athlete: User, captain: User, stranger: User, other_club: Club
) -> None:
    join(clubmate.pk, invite(club.pk, needs_approval=True).secret.reveal(), parkruns=False)

    for by in (athlete.pk, stranger.pk, clubmate.pk):
        for deed, whom in ((remove_member, captain), (make_captain, athlete), (approve, clubmate), (refuse, clubmate)):
            with pytest.raises(NotACaptain):
                deed(club.pk, whom.pk, by=by)

    assert Membership.objects.in_club(club.pk).active().count() == 2


@pytest.mark.parametrize("nobody", [0, -1, 2**62])
def test_nobody_is_no_member(club: Club, captain: User, nobody: int) -> None:
    for deed in (
        lambda: remove_member(club.pk, nobody, by=captain.pk),
        lambda: make_captain(club.pk, nobody, by=captain.pk),
        lambda: approve(club.pk, nobody, by=captain.pk),
        lambda: share(club.pk, nobody, parkruns=True),
        lambda: leave(nobody, captain.pk),
    ):
        with pytest.raises(NotAMember):
            deed()
