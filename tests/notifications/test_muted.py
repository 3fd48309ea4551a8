"""Notifications from people who are muted or blocked: held back only where the reader sees the person's name."""

from collections.abc import Callable

import pytest

from strava_live.accounts.models import User
from strava_live.clubs.models import Club, Membership
from strava_live.feed.models import Entry
from strava_live.membership.sharing import share
from strava_live.notifications.models import Notification
from strava_live.notifications.newest import encoded
from strava_live.social.mutes import block_clubmate, mute_clubmate
from strava_live.social.posts import post
from strava_live.visibility import ShownAs
from tests.notifications.noted import cheered, noted, people_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry(club: Club, captain: User) -> Entry:
    return post(captain.pk, club.pk, "Who is coming?")


def sentences(user: User) -> list[str]:
    rows = Notification.objects.of(user.pk).with_words().newest_first()
    return [one["says"] for one in encoded(user.pk, list(rows))]


@pytest.mark.parametrize("hide", [mute_clubmate, block_clubmate])
@pytest.mark.parametrize("muted_first", [True, False])
def test_muting_one_member_after_another_names_no_hidden_author(
    club: Club, captain: User, entry: Entry, hide: Callable[[int, int], None], muted_first: bool
) -> None:
    """A reply without a name is notified whether its author is muted or not, and stays when they are muted later."""
    author, other = people_in(club, 2)
    Membership.objects.filter(user=author).update(shown_as=ShownAs.HIDDEN)
    if muted_first:
        hide(captain.pk, author.pk)
    post(author.pk, club.pk, "Me @Carol D.", reply_to=entry.pk)
    post(author.pk, club.pk, "And you, @Carol D.?")
    cheered(entry, author)
    before = sentences(captain)
    for one in (author, other):
        hide(captain.pk, one.pk)
    assert before == ["A member cheered your post", "A member mentioned you in a post", "A member replied to your post"]
    assert sentences(captain) == before


def test_muted_member_is_held_back_in_each_club_that_sees_the_name(club: Club, captain: User, entry: Entry) -> None:
    """Also if the member hides the name in another club that both are in."""
    [fan] = people_in(club, 1)
    elsewhere = Club.objects.create(slug="harriers", name="Harriers")
    Membership.objects.create(club=elsewhere, user=captain)
    Membership.objects.create(club=elsewhere, user=fan, shown_as=ShownAs.HIDDEN)
    mute_clubmate(captain.pk, fan.pk)
    post(fan.pk, club.pk, "Me", reply_to=entry.pk)
    assert noted(captain) == []
    post(fan.pk, elsewhere.pk, "Me, @Carol D.")
    assert sentences(captain) == ["A member mentioned you in a post"]


def test_group_of_people_keeps_its_hidden_ones(club: Club, captain: User, entry: Entry) -> None:
    hidden, shown, other = people_in(club, 3)
    Membership.objects.filter(user=hidden).update(shown_as=ShownAs.HIDDEN)
    cheered(entry, other, shown, hidden)
    assert sentences(captain) == ["Ben B. and 2 others cheered your post"]
    mute_clubmate(captain.pk, hidden.pk)
    assert sentences(captain) == ["Ben B. and 2 others cheered your post"]
    mute_clubmate(captain.pk, shown.pk)
    assert sentences(captain) == ["Cleo B. and a member cheered your post"]


def test_muted_member_who_shows_the_name_is_held_back_from_then_on(club: Club, captain: User, entry: Entry) -> None:
    """The club's page leaves out the member's posts from then on, too."""
    fan, other = people_in(club, 2)
    Membership.objects.filter(user__in=(fan, other)).update(shown_as=ShownAs.HIDDEN)
    mute_clubmate(captain.pk, fan.pk)
    cheered(entry, fan, other)
    share(club.pk, other.pk, parkruns=False, shown_as=ShownAs.FULL)
    assert sentences(captain) == ["Ben Berg and a member cheered your post"]
    share(club.pk, fan.pk, parkruns=False, shown_as=ShownAs.SHORT)
    assert sentences(captain) == ["Ben Berg cheered your post"]
    post(fan.pk, club.pk, "Me", reply_to=entry.pk)
    assert sentences(captain) == ["Ben Berg cheered your post"]
