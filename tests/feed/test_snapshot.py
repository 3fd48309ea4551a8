"""Snapshots and replays: nothing missing, nothing twice, and nothing of removed entries."""

import json
from typing import Any, NamedTuple

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from strava_live.accounts.models import User
from strava_live.clubs.models import Club
from strava_live.feed.encoding import for_members, removed_entry
from strava_live.feed.entry_writer import entry_writers
from strava_live.feed.hello import EncodedHello
from strava_live.feed.models import Entry
from strava_live.feed.snapshot import changes_since, club_states, member_hellos, screen_hello
from strava_live.protocol import MOST_REPLAYED, VERSION, FeedHello, HelloEntry, Json, Position, frame
from strava_live.protocol.examples import WATCHING
from strava_live.social.cheers import cheer
from strava_live.social.posts import add_post, delete_post, post

pytestmark = pytest.mark.django_db


class Snapshot(NamedTuple):
    seq: int
    entries: list[Json]
    complete: bool


def read(encoded: EncodedHello) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(encoded.payload(WATCHING))
    return message


def hello(club: Club, user: User, after: int | None = None, epoch: str = "") -> Snapshot:
    club.refresh_from_db()
    position = None if after is None else Position(after, epoch)
    message = read(member_hellos(club, position, [user.pk])[user.pk])
    return Snapshot(message["seq"], message["entries"], message["complete"])


def test_new_client_gets_the_newest_fifty_oldest_first(club: Club, athlete: User) -> None:
    for number in range(60):
        add_post(athlete.pk, club.pk, str(number))
    snapshot = hello(club, athlete)
    assert [entry["text"] for entry in snapshot.entries] == [str(number) for number in range(10, 60)]
    assert (snapshot.seq, snapshot.complete) == (60, True)


def test_returning_client_gets_each_changed_entry_once_as_it_is_now(club: Club, athlete: User, clubmate: User) -> None:
    first, second, third = (post(athlete.pk, club.pk, text) for text in ("one", "two", "three"))
    cheer(clubmate.pk, club.pk, first.pk)
    cheer(athlete.pk, club.pk, first.pk)
    delete_post(athlete.pk, second.pk)

    snapshot = hello(club, clubmate, after=2)

    assert [entry["seq"] for entry in snapshot.entries] == [3, 5, 6]
    assert snapshot.entries[0]["id"] == third.pk
    assert (snapshot.entries[1]["cheers"], snapshot.entries[1]["cheered"]) == (2, True)
    assert snapshot.entries[2] == {"id": second.pk, "seq": 6, "removed": True}
    assert (snapshot.seq, snapshot.complete) == (6, True)
    assert hello(club, clubmate, after=6).entries == []


@pytest.mark.parametrize("after", [99, 2**62])
def test_number_ahead_of_the_club_gets_the_newest_as_incomplete(club: Club, athlete: User, after: int) -> None:
    post(athlete.pk, club.pk, "one")
    snapshot = hello(club, athlete, after=after)
    assert ([entry["text"] for entry in snapshot.entries], snapshot.seq, snapshot.complete) == (["one"], 1, False)


def test_too_many_changes_to_replay_are_incomplete(club: Club, athlete: User) -> None:
    with transaction.atomic(), entry_writers([club.pk]) as writers:
        for number in range(MOST_REPLAYED + 1):
            key = f"post.{number}"
            writers[club.pk].add(kind=Entry.Kind.POST, key=key, athlete_id=athlete.pk, name="", text=str(number))
    assert hello(club, athlete, after=0).complete is False
    assert len(hello(club, athlete, after=1).entries) == MOST_REPLAYED
    assert changes_since(club.pk, 0) is None


def test_empty_feed_is_complete(club: Club, athlete: User) -> None:
    for after in (None, 0):
        snapshot = hello(club, athlete, after)
        assert (snapshot.entries, snapshot.seq, snapshot.complete) == ([], 0, True)


def test_feed_whose_last_entry_was_removed_after_the_club_was_read_has_the_number_of_the_removal(
    club: Club, athlete: User, clubmate: User
) -> None:
    entry = post(athlete.pk, club.pk, "one")
    club.refresh_from_db()
    cheer(clubmate.pk, club.pk, entry.pk)
    delete_post(athlete.pk, entry.pk)

    assert (club.seq, read(screen_hello(club, None))["seq"]) == (1, 3)


def test_screen_gets_neither_cheered_nor_an_athletes_id(club: Club, athlete: User) -> None:
    post(athlete.pk, club.pk, "one")
    club.refresh_from_db()
    entry = read(screen_hello(club, None))["entries"][0]
    assert entry["athlete"] == {"name": "Alva B."}
    assert "cheered" not in entry


def test_hub_fills_a_gap_with_added_changed_and_removed_entries(club: Club, athlete: User, clubmate: User) -> None:
    first, second = (post(athlete.pk, club.pk, text) for text in ("one", "two"))
    post(athlete.pk, club.pk, "three")
    cheer(clubmate.pk, club.pk, first.pk)
    delete_post(athlete.pk, second.pk)

    news = changes_since(club.pk, 2)

    assert news is not None
    assert [one.seq for one in news] == [3, 4, 5]
    assert [json.loads(one.members)["type"] for one in news] == ["entry.added", "entry.changed", "entry.removed"]
    assert "cheered" not in json.loads(news[1].members)["entry"]
    assert club_states([club.pk, 0]) == {club.pk: (5, club.epoch, 0)}


def test_number_of_another_epoch_gets_the_newest_as_incomplete(club: Club, athlete: User) -> None:
    for number in range(3):
        post(athlete.pk, club.pk, str(number))

    assert hello(club, athlete, 2, club.epoch).complete is True
    assert [entry["seq"] for entry in hello(club, athlete, 2, club.epoch).entries] == [3]
    snapshot = hello(club, athlete, 2, "another")
    assert ([entry["seq"] for entry in snapshot.entries], snapshot.seq, snapshot.complete) == ([1, 2, 3], 3, False)


def test_hello_in_parts_equals_the_message_encoded_at_once(club: Club, athlete: User, clubmate: User) -> None:
    """Byte for byte, with a club name and posts that contain JSON punctuation and non-ASCII characters."""
    Club.objects.update(name='"entries":[] \\ Läufer \N{RUNNER}')
    posts = [post(athlete.pk, club.pk, f'{number} "}},{{" \u2028 \N{RUNNER}') for number in range(4)]
    cheer(clubmate.pk, club.pk, posts[1].pk)
    delete_post(athlete.pk, posts[2].pk)
    club.refresh_from_db()
    rows = list(Entry.objects.of_club(club.pk).changed_since(0))

    for viewer, cheered in ((athlete, set[int]()), (clubmate, {posts[1].pk})):
        payload = member_hellos(club, Position(0), [athlete.pk, clubmate.pk])[viewer.pk].payload(WATCHING)
        entries: list[HelloEntry] = [
            removed_entry(row) if row.removed else {**for_members(row), "cheered": row.pk in cheered} for row in rows
        ]
        assert payload.decode() == frame([whole(club, json.loads(payload)["server_time"], entries).wire()])


def whole(club: Club, server_time: str, entries: list[HelloEntry]) -> FeedHello:
    return FeedHello(
        protocol=VERSION,
        server_time=server_time,
        club={"slug": club.slug, "name": club.name, "time_zone": club.time_zone},
        epoch=club.epoch,
        seq=club.seq,
        entries=entries,
        complete=True,
        watching=WATCHING,
    )


def test_viewers_with_the_same_cheers_share_one_encoding(
    club: Club, athlete: User, clubmate: User, captain: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    posts = [post(athlete.pk, club.pk, text) for text in ("one", "two")]
    cheer(clubmate.pk, club.pk, posts[0].pk)
    club.refresh_from_db()

    with django_assert_num_queries(2):
        hellos = member_hellos(club, Position(0), [athlete.pk, clubmate.pk, captain.pk])

    assert hellos[athlete.pk] is hellos[captain.pk]
    assert hellos[athlete.pk] is not hellos[clubmate.pk]
    assert hellos[athlete.pk].entries[0] is hellos[clubmate.pk].entries[0]
    assert [entry["cheered"] for entry in read(hellos[clubmate.pk])["entries"]] == [False, True]


def test_states_of_all_clubs_are_read_in_one_query(
    club: Club, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    other = Club.objects.create(slug="other", name="Other", seq=7, evictions=3)
    with django_assert_num_queries(1):
        assert club_states([club.pk, other.pk]) == {club.pk: (0, club.epoch, 0), other.pk: (7, other.epoch, 3)}
    assert club.epoch != other.epoch
