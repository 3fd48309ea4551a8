"""The words of notifications, and the names that their reader sees."""

import pytest

from strava_live.accounts.models import User
from strava_live.clubs.models import Club, Membership
from strava_live.feed.models import Entry
from strava_live.notifications.models import Answer, Notification
from strava_live.notifications.newest import encoded
from strava_live.notifications.noting import note
from strava_live.social.posts import post
from strava_live.visibility import ShownAs
from tests.notifications.noted import cheered, people_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry(club: Club, captain: User) -> Entry:
    return post(captain.pk, club.pk, "Who is coming?")


def said(user: User) -> list[str]:
    notes = list(Notification.objects.of(user.pk).with_words().newest_first())
    return [one["says"] for one in encoded(user.pk, notes)]


def shown_as(club: Club, user: User, how: str) -> None:
    Membership.objects.filter(club=club, user=user).update(shown_as=how)


def test_cheers_are_grouped(club: Club, captain: User, entry: Entry) -> None:
    fans = people_in(club, 5)
    expected = [
        "Ana B. cheered your post",
        "Ben B. and Ana B. cheered your post",
        "Cleo B. and 2 others cheered your post",
        "Dora B. and 3 others cheered your post",
        "Emil B. and 4 others cheered your post",
    ]
    for fan, words in zip(fans, expected, strict=True):
        cheered(entry, fan)
        assert said(captain) == [words]


def test_names_are_those_that_the_reader_sees_now(club: Club, captain: User, entry: Entry) -> None:
    ana, ben = people_in(club, 2)
    cheered(entry, ana)
    shown_as(club, ana, ShownAs.HIDDEN)
    assert said(captain) == ["A member cheered your post"]
    [shape] = encoded(captain.pk, list(Notification.objects.with_words()))
    assert shape["actors"] == [{"id": None, "name": "a member"}]
    cheered(entry, ben)
    assert said(captain) == ["Ben B. and a member cheered your post"]
    shown_as(club, ben, ShownAs.HIDDEN)
    assert said(captain) == ["2 members cheered your post"]
    shown_as(club, ana, ShownAs.FULL)
    User.objects.filter(pk=ana.pk).update(display_name="Ana Winter")
    assert said(captain) == ["Ana Winter and a member cheered your post"]


def test_name_of_another_club_does_not_reveal_a_hidden_member(club: Club, captain: User, entry: Entry) -> None:
    [ana] = people_in(club, 1)
    other = Club.objects.create(slug="joggers", name="Joggers")
    Membership.objects.create(club=other, user=captain)
    Membership.objects.create(club=other, user=ana, shown_as=ShownAs.FULL)
    shown_as(club, ana, ShownAs.HIDDEN)
    cheered(entry, ana)
    note(captain.pk, "message", f"message.{ana.pk}", actor_id=ana.pk)
    assert said(captain) == ["Ana Berg sent you a message", "A member cheered your post"]


def test_name_of_a_club_that_the_reader_is_not_in_is_not_shown(club: Club, captain: User) -> None:
    [ana] = people_in(club, 1)
    elsewhere = Club.objects.create(slug="joggers", name="Joggers")
    Membership.objects.create(club=elsewhere, user=ana, shown_as=ShownAs.FULL)
    note(captain.pk, "message", f"message.{ana.pk}", actor_id=ana.pk)
    assert said(captain) == ["Ana B. sent you a message"]
    Membership.objects.filter(club=club, user=ana).delete()
    assert said(captain) == ["A member sent you a message"]


@pytest.mark.parametrize(
    ("kind", "data", "words"),
    [
        ("milestone", {"count": 50, "event_name": "Bushy parkrun"}, "Ana B. cheered your 50th parkrun"),
        ("parkrun", {"count": 3, "junior": True, "event_name": "X"}, "Ana B. cheered your 3rd junior parkrun"),
        ("parkrun", {"count": None, "event_name": "Bushy parkrun"}, "Ana B. cheered your Bushy parkrun"),
        ("history", {"count": 3, "since": 2024}, "Ana B. cheered your earlier parkruns"),
        ("joined", {}, "Ana B. welcomed you to the club"),
    ],
)
def test_words_name_the_entry(
    kind: str, data: dict[str, object], words: str, club: Club, captain: User, entry: Entry
) -> None:
    Entry.objects.filter(pk=entry.pk).update(kind=kind, data=data)
    cheered(Entry.objects.get(pk=entry.pk), *people_in(club, 1))
    assert said(captain) == [words]


def test_words_and_pages_of_the_other_kinds(club: Club, captain: User, entry: Entry) -> None:
    [ana] = people_in(club, 1)
    note(captain.pk, "mention", "mention.1", actor_id=ana.pk, entry=entry)
    for _ in range(2):
        note(captain.pk, "reply", "reply.1", actor_id=ana.pk, entry=entry)
        note(captain.pk, "message", f"message.{ana.pk}", actor_id=ana.pk)
    for number, answer in enumerate(Answer):
        note(captain.pk, "answer", f"answer.{number}", actor_id=ana.pk, club_id=club.pk, data={"answer": answer})
    notes = list(Notification.objects.with_words().order_by("pk"))
    assert [(one["says"], one["url"]) for one in encoded(captain.pk, notes)] == [
        ("Ana B. mentioned you in a post", f"/clubs/striders/#entry-{entry.pk}"),
        ("Ana B. replied to your post", f"/clubs/striders/#entry-{entry.pk}"),
        ("Ana B. sent you 2 messages", f"/messages/{ana.pk}/"),
        ("Striders has accepted your request to join", "/clubs/striders/"),
        ("Striders has declined your request to join", "/"),
        ("The captains of Striders have hidden the post you reported", "/clubs/striders/"),
        ("The captains of Striders have read your report and kept the post", "/clubs/striders/"),
    ]
