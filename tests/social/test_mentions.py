"""Mentions: which names are found in a text, and what the post says after a member was renamed, hidden or left."""

import pytest

from strava_live.accounts.models import User
from strava_live.clubs.models import Club, Membership
from strava_live.feed.encoding import for_members, for_screens
from strava_live.feed.models import Entry, Mention
from strava_live.membership.leaving import leave
from strava_live.membership.names import save_profile
from strava_live.membership.sharing import share
from strava_live.social.mentions import MANY_MENTIONS, members_named
from strava_live.social.post_text import BadPost
from strava_live.social.posts import edit_post, post

pytestmark = pytest.mark.django_db


def add_member(club: Club, username: str, name: str, shown_as: str = "full") -> User:
    user = User.objects.create_user(username, display_name=name)
    Membership.objects.create(club=club, user=user, shown_as=shown_as)
    return user


def said(entry: Entry) -> tuple[str, list[int]]:
    """Return the text that members read, and the ids of those whom the post mentions."""
    shown = for_members(Entry.objects.get(pk=entry.pk))
    return shown["text"], [one["id"] for one in shown["data"].get("mentions", [])]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("typed", "read", "found"),
    [
        ("Well done @bruno c.!", "Well done @Bruno C.!", True),
        ("@BRUNO C. @Bruno C.", "@Bruno C. @Bruno C.", True),
        ("Mail me@Bruno C.", "Mail me@Bruno C.", False),
        ("@Bruno C.x", "@Bruno C.x", False),
        ("@Bru\u200bno C.", "@Bruno C.", False),
        ("@[2] and @[] and @[[", "@[2] and @[] and @[[", False),
        ("@[2] @Bruno C. @[", "@[2] @Bruno C. @[", True),
        ("<script>@Bruno C.</script>", "<script>@Bruno C.</script>", True),
        ("\u202e@Bruno C.", "@Bruno C.", True),
    ],
)
def test_names_are_found_as_the_club_shows_them(
    club: Club, athlete: User, clubmate: User, typed: str, read: str, found: bool
) -> None:
    found = found or "\u200b" in typed  # the zero-width character is removed before names are looked for
    entry = post(athlete.pk, club.pk, typed)
    assert said(entry) == (read, [clubmate.pk] if found else [])
    assert "mentions" not in for_screens(entry)["data"]
    assert for_screens(entry)["text"] == read


def test_longest_name_wins_and_two_of_one_name_are_told_apart_by_id(club: Club, athlete: User) -> None:
    ana, anabel = add_member(club, "ana", "Ana"), add_member(club, "ana2", "Ana Lee")
    twin = add_member(club, "ana3", "Ana")
    assert said(post(athlete.pk, club.pk, "@Ana Lee @Ana"))[1] == [anabel.pk]
    assert said(post(athlete.pk, club.pk, "@Ana @Ana", mentions=[twin.pk, ana.pk])) == ("@Ana @Ana", [twin.pk, ana.pk])
    entry = post(athlete.pk, club.pk, "@Ana", mentions=[twin.pk])
    edit_post(athlete.pk, entry.pk, "Hello @Ana")
    assert said(entry) == ("Hello @Ana", [twin.pk])


def test_hidden_members_strangers_and_unknown_ids_are_not_mentioned(club: Club, athlete: User, stranger: User) -> None:
    hidden = add_member(club, "hidden", "Hilda Moss", "hidden")
    picked = [hidden.pk, stranger.pk, 10**17]
    entry = post(athlete.pk, club.pk, "@Hilda Moss @Hilda M. @Stefan E. @a member", mentions=picked)
    assert said(entry) == ("@Hilda Moss @Hilda M. @Stefan E. @a member", [])
    assert Mention.objects.count() == 0


def test_a_thousand_mentions_are_refused_in_words(club: Club, athlete: User) -> None:
    add_member(club, "al", "A")
    assert len(said(post(athlete.pk, club.pk, "@A " * 20))[1]) == 1
    with pytest.raises(BadPost, match=MANY_MENTIONS[:20]):
        post(athlete.pk, club.pk, "@A " * 21)
    with pytest.raises(BadPost):
        post(athlete.pk, club.pk, "@A " * 333)


def test_rename_hiding_and_leaving_change_the_post(club: Club, athlete: User, clubmate: User) -> None:
    entry = post(athlete.pk, club.pk, "Thanks @Bruno C., see you")

    clubmate.display_name = "Beppo Costa"
    save_profile(clubmate, "display_name")
    assert said(entry) == ("Thanks @Beppo C., see you", [clubmate.pk])

    share(club.pk, clubmate.pk, parkruns=False, shown_as="hidden")
    assert said(entry) == ("Thanks @a member, see you", [])
    share(club.pk, clubmate.pk, parkruns=False, shown_as="full")
    assert said(entry) == ("Thanks @Beppo Costa, see you", [clubmate.pk])

    leave(club.pk, clubmate.pk)
    assert said(entry) == ("Thanks @a member, see you", [])
    row = Entry.objects.get(pk=entry.pk)
    assert f"[{clubmate.pk}]" not in row.text
    assert Mention.objects.count() == 0


def test_completion_offers_visible_members_by_the_beginning_of_a_word(club: Club, athlete: User) -> None:
    for number in range(9):
        add_member(club, f"kim{number}", f"Kim Park{number}")
    add_member(club, "hidden", "Kim Hidden", "hidden")
    assert [one["name"] for one in members_named(club.pk, "park3", without=athlete.pk)] == ["Kim Park3"]
    assert len(members_named(club.pk, "KIM", without=athlete.pk)) == 8
    assert members_named(club.pk, "hid", without=athlete.pk) == []
    assert members_named(club.pk, "alva", without=athlete.pk) == []
