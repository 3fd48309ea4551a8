"""How fast a member may post, and how often one member notifies the same person by posts."""

import pytest

from strava_live.accounts.models import User
from strava_live.clubs.models import Club, Membership
from strava_live.feed.encoding import for_members
from strava_live.feed.models import Entry
from strava_live.muting.choices import mute, unmute
from strava_live.notifications.models import Notification, NotificationActor
from strava_live.rate_limits import TooManyRequests
from strava_live.social.post_text import BadPost
from strava_live.social.posts import add_post, delete_post, edit_post, post
from tests.feed.entries import shown

pytestmark = pytest.mark.django_db


@pytest.fixture
def above(club: Club, athlete: User, limit_clock: dict[str, float]) -> Entry:
    return post(athlete.pk, club.pk, "Coffee?")


def replied(user: User) -> int:
    """Return how many replies the notifications of a person count."""
    of_user = NotificationActor.objects.filter(notification__user=user, notification__kind="reply")
    return sum(of_user.values_list("times", flat=True))


def mentioned(user: User) -> int:
    return Notification.objects.of(user.pk).filter(kind="mention").count()


def test_posts_at_once_then_one_after_another(
    club: Club, athlete: User, few_posts: None, limit_clock: dict[str, float]
) -> None:
    for number in range(20):
        with pytest.raises(BadPost):  # does not count
            post(athlete.pk, club.pk, "")
        post(athlete.pk, club.pk, "Hello", f"r{number}")
    for _ in range(2):
        with pytest.raises(TooManyRequests, match="a lot of posts") as refused:
            post(athlete.pk, club.pk, "Hello", "r20")
    assert refused.value.wait_s == 10
    limit_clock["now"] += 10
    post(athlete.pk, club.pk, "Hello", "r20")
    assert len(shown(club)) == 21


def test_post_that_is_sent_again_is_never_too_fast(club: Club, athlete: User, few_posts: None) -> None:
    posts = [post(athlete.pk, club.pk, "Hello", f"r{number}") for number in range(20)]
    delete_post(athlete.pk, posts[1].pk)
    assert [post(athlete.pk, club.pk, "Hello", f"r{number}").pk for number in range(20)] == [one.pk for one in posts]


def test_ten_replies_notify_and_then_one_every_five_minutes(
    club: Club, athlete: User, clubmate: User, above: Entry, limit_clock: dict[str, float]
) -> None:
    replies = [add_post(clubmate.pk, club.pk, f"Yes {number}", reply_to=above.pk) for number in range(12)]
    assert (len(shown(club)), replied(athlete)) == (13, 10)
    limit_clock["now"] += 300
    add_post(clubmate.pk, club.pk, "Yes", reply_to=above.pk)
    assert replied(athlete) == 11

    edit_post(clubmate.pk, replies[11].pk, "No")
    for reply in replies[10:]:
        delete_post(clubmate.pk, reply.pk)
    assert replied(athlete) == 11
    delete_post(clubmate.pk, replies[0].pk)
    assert replied(athlete) == 10


def test_ten_mentions_notify_each_person(
    club: Club, athlete: User, clubmate: User, captain: User, limit_clock: dict[str, float]
) -> None:
    Membership.objects.create(club=club, user=captain)
    posts = [add_post(athlete.pk, club.pk, "Hi @Bruno C.") for _ in range(12)]
    for _ in range(2):  # mentioning them again is another notification
        edit_post(athlete.pk, posts[0].pk, "Hi")
        edit_post(athlete.pk, posts[0].pk, "Hi @Bruno C.")
    add_post(athlete.pk, club.pk, "Hi @Bruno C. and @Carol D.")
    add_post(captain.pk, club.pk, "Hi @Bruno C.")
    assert (mentioned(clubmate), mentioned(captain)) == (9 + 1, 1)
    delete_post(athlete.pk, posts[11].pk)
    assert mentioned(clubmate) == 9 + 1


def test_what_a_member_writes_in_one_club_leaves_out_nothing_in_another(
    club: Club, athlete: User, clubmate: User, above: Entry
) -> None:
    """A missing notification would tell who the member without a name in the other club is."""
    other = Club.objects.create(slug="harriers", name="Harriers")
    Membership.objects.create(club=other, user=athlete)
    Membership.objects.create(club=other, user=clubmate, shown_as="hidden")
    there = post(athlete.pk, other.pk, "Tea?")
    for entry in (above, there):
        for _ in range(11):
            add_post(clubmate.pk, entry.club_id, "Yes", reply_to=entry.pk)
    assert replied(athlete) == 20


def test_reply_of_a_muted_member_takes_nothing_back(club: Club, athlete: User, clubmate: User, above: Entry) -> None:
    mute(athlete.pk, clubmate.pk)
    unnoted = post(clubmate.pk, club.pk, "Yes", reply_to=above.pk)
    unmute(athlete.pk, clubmate.pk)
    post(clubmate.pk, club.pk, "No", reply_to=above.pk)
    assert dict(for_members(unnoted)["data"]) == {"ref": ""}
    delete_post(clubmate.pk, unnoted.pk)
    assert replied(athlete) == 1
