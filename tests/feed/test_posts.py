"""Posts, cheers, names and leaving: each change has its number, and nobody does what is not theirs to do."""

import pytest

from strava_live.accounts.models import User
from strava_live.clubs.models import Club, Membership
from strava_live.feed.encoding import for_members, for_screens
from strava_live.feed.models import MAX_POST, Cheer, Entry
from strava_live.feed.posts import BadPost, NotYours, UnknownEntry, delete_post, post, post_key
from strava_live.membership.joining import add_joined_entry
from strava_live.membership.leaving import remove_entries_of
from strava_live.membership.names import rename_in_entries
from strava_live.social.cheers import cheer, uncheer
from tests.feed.conftest import is_sound, shown

pytestmark = pytest.mark.django_db
INVISIBLE = ["\u3164", "\u115f", "\u2800", "\u034f", "\ufe0f", "\U000e0101", "\u17b4", "\u200d \u200c", "\u3164\n "]


def test_empty_lines_are_one_at_most(club: Club, athlete: User) -> None:
    entry = post(athlete.pk, club.pk, "one\ntwo\n\nthree\r\n \r\n\u3164\t\r\nfour" + "\n" * 2000 + "five\n\n\n")
    assert entry.text == "one\ntwo\n\nthree\n\nfour\n\nfive"


def test_post_is_there_once_for_one_ref(club: Club, athlete: User, clubmate: User) -> None:
    first, again = (post(athlete.pk, club.pk, " Coffee? \r\n\x00", "r1") for _ in range(2))
    other = post(clubmate.pk, club.pk, "Yes", "r1")
    assert first.pk == again.pk != other.pk
    assert [(entry.text, entry.name) for entry in shown(club)] == [("Coffee?", "Alva B."), ("Yes", "Bruno C.")]
    assert is_sound(club)


@pytest.mark.parametrize("text", ["", "  \n ", "\u202e\u200b", "x" * (MAX_POST + 1), *INVISIBLE])
def test_what_cannot_be_posted_is_said_why(club: Club, athlete: User, text: str) -> None:
    with pytest.raises(BadPost):
        post(athlete.pk, club.pk, text)
    assert shown(club) == []


@pytest.mark.parametrize(
    "text", ["👩\u200d👩\u200d👧" + "x" * (MAX_POST - 5), "🏴\U000e0067\U000e0062\U000e007f", "\U0001fae8"]
)
def test_longest_post_and_every_emoji_are_kept(club: Club, athlete: User, text: str) -> None:
    assert post(athlete.pk, club.pk, text).text == text


def test_what_moves_the_pen_is_a_space(club: Club, athlete: User) -> None:
    assert post(athlete.pk, club.pk, "a\tb\nc\U000e0067\ufdd0").text == "a b\nc"


def test_only_author_or_captain_deletes(club: Club, athlete: User, clubmate: User, captain: User) -> None:
    entry = post(athlete.pk, club.pk, "Mine")
    with pytest.raises(NotYours):
        delete_post(clubmate.pk, entry.pk)
    with pytest.raises(UnknownEntry):
        delete_post(captain.pk, entry.pk)
    Membership.objects.create(club=club, user=captain, role=Membership.Role.CAPTAIN)
    delete_post(captain.pk, entry.pk)
    with pytest.raises(UnknownEntry):
        delete_post(athlete.pk, entry.pk)
    assert shown(club) == []
    assert is_sound(club)


def test_stranger_neither_posts_nor_cheers(club: Club, athlete: User, stranger: User) -> None:
    entry = post(athlete.pk, club.pk, "Hello")
    Membership.objects.create(club=club, user=stranger, state=Membership.State.ASKING)
    for deed in (lambda: post(stranger.pk, club.pk, "Hi"), lambda: cheer(stranger.pk, club.pk, entry.pk)):
        with pytest.raises(UnknownEntry):
            deed()
    assert (len(shown(club)), Cheer.objects.count()) == (1, 0)


def test_cheer_twice_is_once_and_taken_back_is_gone(club: Club, athlete: User, clubmate: User) -> None:
    entry = post(athlete.pk, club.pk, "Hello")
    for verb, cheers, seq in ((cheer, 1, 2), (cheer, 1, 2), (uncheer, 0, 3), (uncheer, 0, 3)):
        verb(clubmate.pk, club.pk, entry.pk)
        entry.refresh_from_db()
        assert (entry.cheers, entry.seq, Cheer.objects.count()) == (cheers, seq, cheers)
    assert is_sound(club)


def test_cheer_for_another_clubs_entry_is_unknown(club: Club, athlete: User) -> None:
    other = Club.objects.create(slug="joggers", name="Joggers")
    Membership.objects.create(club=other, user=athlete)
    elsewhere = post(athlete.pk, other.pk, "Hello")
    with pytest.raises(UnknownEntry):
        cheer(athlete.pk, club.pk, elsewhere.pk)


def test_new_name_is_new_everywhere_and_costs_a_number_each(club: Club, athlete: User, clubmate: User) -> None:
    mine, theirs = post(athlete.pk, club.pk, "One"), post(clubmate.pk, club.pk, "Two")
    User.objects.filter(pk=athlete.pk).update(display_name="Alva Maria Dahl")
    for _ in range(2):
        rename_in_entries(athlete.pk)
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.name, mine.seq, theirs.seq) == ("Alva D.", 3, 2)
    assert is_sound(club)


def test_leaving_removes_posts_and_cheers(club: Club, athlete: User, clubmate: User) -> None:
    add_joined_entry(Membership.objects.get(user=athlete))
    post(athlete.pk, club.pk, "Mine")
    theirs = post(clubmate.pk, club.pk, "Theirs")
    cheer(athlete.pk, club.pk, theirs.pk)
    remove_entries_of(athlete.pk, club.pk)
    assert [(entry.text, entry.cheers) for entry in shown(club)] == [("Theirs", 0)]
    assert Cheer.objects.count() == 0
    assert is_sound(club)


def test_removed_entry_keeps_nothing_of_anybody(club: Club, athlete: User, clubmate: User) -> None:
    entry = post(athlete.pk, club.pk, "Secret", "r1")
    cheer(clubmate.pk, club.pk, entry.pk)
    delete_post(athlete.pk, entry.pk)
    row = Entry.objects.values().get()
    assert {name: row[name] for name in ("athlete_id", "name", "text", "data", "cheers")} == {
        "athlete_id": None,
        "name": "",
        "text": "",
        "data": {},
        "cheers": 0,
    }
    assert row["key"] == post_key(athlete.pk, "r1")
    assert post(athlete.pk, club.pk, "Secret", "r1").removed
    assert Cheer.objects.count() == 0


def test_hidden_member_is_nobody_and_walls_lead_nowhere(club: Club, athlete: User) -> None:
    entry = Entry(
        pk=1, club=club, seq=1, first_seq=1, kind="parkrun", athlete=athlete, name="Alva B.", at=club.founded_at
    )
    entry.data = {"event_name": "Bushy parkrun", "time_s": 1500, "count": 3, "first_here": True, "best": "ever"}
    entry.data["url"] = "https://www.strava.com/activities/5"
    entry.data["device"] = "Garmin Forerunner 255"
    assert for_members(entry)["athlete"] == {"id": athlete.pk, "name": "Alva B."}
    assert for_members(entry)["text"] == (
        "At Bushy parkrun, Alva B. finished in 25:00: 3rd parkrun, first time there, PB."
    )
    assert for_screens(entry)["athlete"] == {"name": "Alva B."}
    assert "url" not in for_screens(entry)["data"]
    assert {shown["data"]["device"] for shown in (for_members(entry), for_screens(entry))} == {"Garmin Forerunner 255"}
    entry.name = ""
    for shown_to in (for_members(entry), for_screens(entry)):
        assert shown_to["athlete"] is None
        assert "a member finished" in shown_to["text"]
        assert not shown_to["data"].get("url")
        assert shown_to["data"]["device"] == "Garmin"  # not the one watch of its kind in the club
