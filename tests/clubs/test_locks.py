"""Locking the rows that a change of a membership needs."""

import pytest
from django.db import transaction

from strava_live.accounts.models import User
from strava_live.clubs.locks import locked_membership
from strava_live.clubs.members import NotAMember, member_of
from strava_live.clubs.models import Club, Membership
from strava_live.lifecycle.erasure import erase


@pytest.mark.django_db
def test_member_whose_account_is_deleted_meanwhile_is_no_member(club: Club, member: Membership, athlete: User) -> None:
    def find_then_erase(club_id: int, user_id: int) -> Membership:
        found = member_of(club_id, user_id)
        erase(athlete)
        return found

    with pytest.raises(NotAMember), transaction.atomic():
        locked_membership(club.pk, athlete.pk, find_then_erase)
