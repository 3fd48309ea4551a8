"""Founding a club, and the addresses it may have."""

import pytest

from strava_live.accounts.models import User
from strava_live.clubs.founding import BadSlug, found_club, found_club_at
from strava_live.clubs.models import Club, Membership

pytestmark = pytest.mark.django_db


def test_founder_becomes_captain_and_shares_nothing(captain: User) -> None:
    club = found_club("Hillside Harriers", time_zone="Europe/London", captain=captain)

    member = Membership.objects.get(club=club)
    assert (club.slug, club.name, club.time_zone) == ("hillside-harriers", "Hillside Harriers", "Europe/London")
    assert (member.user, member.is_captain, member.shares_parkruns, member.consented_at) == (captain, True, False, None)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Hillside Harriers", "hillside-harriers"),
        ("Café  —  Été!", "cafe-ete"),
        ("New", "new-club"),
        ("東京ランナーズ", "club"),
        ("__", "club"),
        ("x" * 80, "x" * 44),
        ("a_-b", "a-b"),
    ],
)
def test_address_is_made_from_the_name(captain: User, name: str, slug: str) -> None:
    assert found_club(name, time_zone="UTC", captain=captain).slug == slug


def test_clubs_with_one_name_get_different_addresses(captain: User) -> None:
    slugs = [found_club("Striders", time_zone="UTC", captain=captain).slug for _ in range(3)]

    assert slugs == ["striders", "striders-2", "striders-3"]


@pytest.mark.parametrize("slug", ["new", "", "Striders", "a b", "a/b", "-a", "a-", "é", "x" * 51, "striders"])
def test_invalid_or_taken_address_is_refused(club: Club, slug: str) -> None:
    with pytest.raises(BadSlug, match=r"cannot be a club's address|already"):
        found_club_at(slug, "Any", time_zone="UTC")

    assert list(Club.objects.all()) == [club]
