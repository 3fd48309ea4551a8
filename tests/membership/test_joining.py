"""Join with an open invitation, with one that needs approval, and with codes that do not work."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from strava_live.accounts.models import User
from strava_live.clubs.keys import invite, revoke_invitation
from strava_live.clubs.members import NotAMember
from strava_live.clubs.models import Club, Membership
from strava_live.membership.joining import NoInvitation, approve, join, refuse
from tests.clubs.runs import ran
from tests.membership.entries import entries_of

pytestmark = pytest.mark.django_db


def test_joining_shares_nothing_by_default(club: Club, code: str, athlete: User) -> None:
    ran(athlete, 1)

    member = join(athlete.pk, code, parkruns=False)

    assert (member.state, member.role, member.shares_parkruns, member.shown_as) == ("active", "member", False, "short")
    assert member.consented_at is not None
    assert entries_of(club) == [("joined", "Alva B.")]


def test_joining_and_sharing_adds_the_parkruns_of_a_week(club: Club, code: str, athlete: User) -> None:
    ran(athlete, 1)
    ran(athlete, 30)

    join(athlete.pk, code, parkruns=True, shown_as="full")

    assert sorted(entries_of(club)) == [("history", "Alva Berg"), ("joined", "Alva Berg"), ("parkrun", "Alva Berg")]


def test_member_without_a_name_is_shown_by_their_username(club: Club, code: str) -> None:
    join(User.objects.create_user("a" * 150).pk, code, parkruns=False, shown_as="full")

    assert entries_of(club) == [("joined", "a" * 150)]


def test_joining_twice_changes_nothing(club: Club, code: str, athlete: User) -> None:
    first = join(athlete.pk, code, parkruns=True, shown_as="full")

    again = join(athlete.pk, invite(club.pk).secret.reveal(), parkruns=False)

    assert again.pk == first.pk
    assert (again.shares_parkruns, again.shown_as, again.consented_at) == (True, "full", first.consented_at)
    assert entries_of(club) == [("joined", "Alva Berg")]


def test_code_admits_to_its_own_club_only(club: Club, code: str, other_club: Club, athlete: User) -> None:
    join(athlete.pk, code, parkruns=False)

    assert Club.objects.of(athlete.pk).get() == club


def test_expired_revoked_or_unknown_code_admits_no_one(club: Club, athlete: User) -> None:
    expired = invite(club.pk, lasts=timedelta(hours=1)).secret.reveal()
    revoked = invite(club.pk)
    revoke_invitation(club.pk, revoked.pk)

    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        for code in (expired, revoked.secret.reveal(), "nonsense", "", "\ud800"):
            with pytest.raises(NoInvitation):
                join(athlete.pk, code, parkruns=True)

    assert not Membership.objects.of(athlete.pk).exists()


def test_request_to_join_becomes_a_membership_only_when_approved(club: Club, athlete: User, captain: User) -> None:
    ran(athlete, 1)
    code = invite(club.pk, needs_approval=True).secret.reveal()

    member = join(athlete.pk, code, parkruns=True)
    join(athlete.pk, code, parkruns=True, shown_as="full")

    assert member.state == "asking"
    assert entries_of(club) == []
    assert not Club.objects.of(athlete.pk).exists()

    approve(club.pk, athlete.pk, by=captain.pk)

    assert Club.objects.of(athlete.pk).get() == club
    assert entries_of(club) == [("joined", "Alva Berg"), ("parkrun", "Alva Berg")]
    with pytest.raises(NotAMember):
        approve(club.pk, athlete.pk, by=captain.pk)


def test_open_invitation_admits_a_person_who_has_asked_to_join(club: Club, code: str, athlete: User) -> None:
    join(athlete.pk, invite(club.pk, needs_approval=True).secret.reveal(), parkruns=True)

    assert join(athlete.pk, code, parkruns=False).state == "active"
    assert not Membership.objects.get(user=athlete).shares_parkruns


def test_refused_person_can_ask_again(club: Club, athlete: User, captain: User) -> None:
    code = invite(club.pk, needs_approval=True).secret.reveal()
    join(athlete.pk, code, parkruns=True)

    refuse(club.pk, athlete.pk, by=captain.pk)

    assert not Membership.objects.of(athlete.pk).exists()
    with pytest.raises(NotAMember):
        refuse(club.pk, athlete.pk, by=captain.pk)
    assert join(athlete.pk, code, parkruns=True).state == "asking"
