"""What a club sees follows the member's choice at once."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from strava_live.accounts.models import User
from strava_live.clubs.keys import invite
from strava_live.clubs.models import Club, Membership
from strava_live.membership.joining import join
from strava_live.membership.sharing import share
from tests.clubs.runs import ran, watched
from tests.membership.entries import entries_of

pytestmark = pytest.mark.django_db


def test_parkruns_appear_and_disappear_with_consent_at_once(club: Club, member: Membership, athlete: User) -> None:
    ran(athlete, 1)
    watched(athlete, 2, 7, visibility="only_me")
    watched(athlete, 3, 8, visibility="followers_only")

    share(club.pk, athlete.pk, parkruns=True)
    assert entries_of(club) == [("joined", "Alva B."), ("parkrun", "Alva B.")]

    share(club.pk, athlete.pk, parkruns=True, shown_as="hidden")
    assert entries_of(club) == [("joined", ""), ("parkrun", "")]

    share(club.pk, athlete.pk, parkruns=False)
    assert entries_of(club) == [("joined", "")]
    member.refresh_from_db()
    assert (member.shares_parkruns, member.shown_as) == (False, "hidden")


def test_consent_is_dated(club: Club, member: Membership, athlete: User) -> None:
    later = timezone.now() + timedelta(days=3)

    with time_machine.travel(later, tick=False):
        share(club.pk, athlete.pk, parkruns=True)

    assert Membership.objects.get(pk=member.pk).consented_at == later


def test_each_club_sees_only_what_is_shared_with_it(
    club: Club, member: Membership, other_club: Club, athlete: User
) -> None:
    ran(athlete, 1)
    join(athlete.pk, invite(other_club.pk).secret.reveal(), parkruns=True, shown_as="full")

    assert entries_of(club) == [("joined", "Alva B.")]
    assert entries_of(other_club) == [("joined", "Alva Berg"), ("parkrun", "Alva Berg")]
