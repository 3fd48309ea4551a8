"""Who may change a membership."""

import pytest

from strava_live.accounts.models import User
from strava_live.clubs.captains import NotACaptain, make_captain
from strava_live.clubs.keys import invite
from strava_live.clubs.members import NotAMember
from strava_live.clubs.models import Club, Membership
from strava_live.membership.joining import approve, join, refuse
from strava_live.membership.leaving import leave, remove_member
from strava_live.membership.sharing import share

pytestmark = pytest.mark.django_db


def test_only_captains_of_the_club_may_decide(
    club: Club, member: Membership, clubmate: User, athlete: User, captain: User, stranger: User, other_club: Club
) -> None:
    join(clubmate.pk, invite(club.pk, needs_approval=True).secret.reveal(), parkruns=False)

    for by in (athlete.pk, stranger.pk, clubmate.pk):
        for change, whom in (
            (remove_member, captain),
            (make_captain, athlete),
            (approve, clubmate),
            (refuse, clubmate),
        ):
            with pytest.raises(NotACaptain):
                change(club.pk, whom.pk, by=by)

    assert Membership.objects.in_club(club.pk).active().count() == 2


@pytest.mark.parametrize("unknown", [0, -1, 2**62])
def test_unknown_ids_are_not_members(club: Club, captain: User, unknown: int) -> None:
    for change in (
        lambda: remove_member(club.pk, unknown, by=captain.pk),
        lambda: make_captain(club.pk, unknown, by=captain.pk),
        lambda: approve(club.pk, unknown, by=captain.pk),
        lambda: share(club.pk, unknown, parkruns=True),
        lambda: leave(unknown, captain.pk),
    ):
        with pytest.raises(NotAMember):
            change()
