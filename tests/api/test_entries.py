"""A club's entries over the API: pages, changes since a position, and cheers."""

import pytest
from django.db import transaction

from strava_live.accounts.models import User
from strava_live.clubs.models import Club, Membership
from strava_live.feed.entry_writer import entry_writers
from strava_live.feed.models import Cheer, Entry
from strava_live.membership.sharing import share
from strava_live.protocol import MOST_REPLAYED, Position
from strava_live.social.cheers import cheer
from strava_live.social.moderation import hide_post
from strava_live.social.posts import delete_post, post
from tests.api.client import ApiClient
from tests.api.shapes import checked_entries, checked_entry, texts
from tests.clubs.runs import watched

pytestmark = pytest.mark.django_db
ENTRIES = "clubs/striders/entries"


def position(club: Club) -> str:
    club.refresh_from_db()
    return str(Position(club.seq, club.epoch))


def write_posts(club: Club, author: User, count: int) -> None:
    with transaction.atomic(), entry_writers([club.pk]) as writers:
        for number in range(count):
            key = f"post.{number}"
            writers[club.pk].add(kind=Entry.Kind.POST, key=key, athlete_id=author.pk, name="", text=str(number))


# --- GET entries


def test_list_has_the_newest_first_and_says_for_which_the_caller_cheers(
    read_token: str, club: Club, captains_post: Entry
) -> None:
    page = checked_entries(ApiClient(read_token).get(ENTRIES))

    assert [(entry["kind"], entry["cheered"]) for entry in page["items"]] == [
        ("post", True),
        ("post", False),
        ("parkrun", False),
        ("joined", False),
    ]
    assert (page["next"], page["previous"], page["complete"]) == (None, None, True)
    assert f"{page['epoch']}:{page['seq']}" == position(club)


def test_entry_of_a_member_without_a_name_has_neither_id_nor_link(
    read_token: str, club: Club, member: Membership, clubmate: User
) -> None:
    Membership.objects.create(club=club, user=clubmate)
    watched(clubmate, 1, 5)
    share(club.pk, clubmate.pk, parkruns=True, shown_as="hidden")

    entry = checked_entries(ApiClient(read_token).get(ENTRIES))["items"][0]

    assert (entry["kind"], entry["athlete"], entry["data"]["url"]) == ("parkrun", None, None)


def test_pages_lead_to_the_oldest_entry_and_back(read_token: str, club: Club, member: Membership) -> None:
    write_posts(club, member.user, 119)
    client = ApiClient(read_token)

    pages = [checked_entries(client.get(ENTRIES))]
    while pages[-1]["next"]:
        pages.append(checked_entries(client.follow(pages[-1]["next"])))

    assert [len(page["items"]) for page in pages] == [50, 50, 20]
    assert [text for page in pages for text in texts(page)][:-1] == [str(number) for number in reversed(range(119))]
    back = [checked_entries(client.follow(pages[2]["previous"]))]
    back.append(checked_entries(client.follow(back[0]["previous"])))
    assert [page["items"] for page in back] == [pages[1]["items"], pages[0]["items"]]
    assert back[1]["previous"] is None


def test_changes_since_a_position_are_those_that_a_hello_replays(
    read_token: str, club: Club, member: Membership, captain: User
) -> None:
    first, second = (post(captain.pk, club.pk, text) for text in ("one", "two"))
    before = position(club)
    third = post(captain.pk, club.pk, "three")
    cheer(member.user_id, club.pk, first.pk)
    delete_post(captain.pk, second.pk)

    page = checked_entries(ApiClient(read_token).get(ENTRIES, after=before))

    assert [(entry["id"], entry.get("cheered")) for entry in page["items"]] == [
        (third.pk, False),
        (first.pk, True),
        (second.pk, None),
    ]
    assert page["items"][2] == {"id": second.pk, "seq": page["seq"], "removed": True}
    assert (page["next"], page["previous"], page["complete"]) == (None, None, True)
    assert f"{page['epoch']}:{page['seq']}" == position(club)
    nothing = checked_entries(ApiClient(read_token).get(ENTRIES, after=position(club)))
    assert (nothing["items"], nothing["seq"], nothing["complete"]) == ([], page["seq"], True)


@pytest.mark.parametrize("after", ["99", "another:1", "x", "", "-1", "1:"])
def test_position_that_cannot_be_followed_gets_the_newest_page(
    read_token: str, club: Club, member: Membership, after: str
) -> None:
    write_posts(club, member.user, 51)
    client = ApiClient(read_token)

    page = checked_entries(client.get(ENTRIES, after=after))

    assert (page["complete"], texts(page)) == (False, [str(number) for number in reversed(range(1, 51))])
    older = checked_entries(client.follow(page["next"]))
    assert (older["complete"], texts(older)[:-1]) == (True, ["0"])


def test_more_changes_than_are_replayed_get_the_newest_page(read_token: str, club: Club, member: Membership) -> None:
    before, after_one = f"{club.epoch}:1", f"{club.epoch}:2"
    write_posts(club, member.user, MOST_REPLAYED + 1)
    client = ApiClient(read_token)

    assert len(checked_entries(client.get(ENTRIES, after=after_one))["items"]) == MOST_REPLAYED
    page = checked_entries(client.get(ENTRIES, after=before))
    assert (page["complete"], len(page["items"])) == (False, 50)


# --- Cheers


def test_cheer_and_taking_it_back_answer_with_the_entry_and_count_once(
    write_token: str, club: Club, member: Membership, captain: User
) -> None:
    entry, client = post(captain.pk, club.pk, "Yes"), ApiClient(write_token)
    path = f"entries/{entry.pk}/cheer"

    cheered = [checked_entry(client.put(path)) for _ in range(2)]
    assert [(one["cheers"], one["cheered"], one["seq"]) for one in cheered] == [(1, True, entry.seq + 1)] * 2
    assert Cheer.objects.get().user == member.user

    taken_back = [checked_entry(client.delete(path)) for _ in range(2)]
    assert [(one["cheers"], one["cheered"], one["seq"]) for one in taken_back] == [(0, False, entry.seq + 2)] * 2
    assert taken_back[1] == checked_entries(client.get(ENTRIES))["items"][0]


def test_hidden_post_cannot_be_cheered_for(write_token: str, club: Club, member: Membership, captain: User) -> None:
    entry, client = post(member.user_id, club.pk, "Rude"), ApiClient(write_token)
    hide_post(captain.pk, entry.pk)
    refused, taken_back = client.put(f"entries/{entry.pk}/cheer"), client.delete(f"entries/{entry.pk}/cheer")
    assert (refused.status_code, refused.json()["code"], taken_back.status_code) == (409, "post_hidden", 200)
    assert refused.json()["message"] == "A captain has hidden this post."


def test_entry_that_is_removed_or_of_another_club_cannot_be_cheered_for(
    write_token: str, club: Club, member: Membership, captain: User, other_club: Club, stranger: User
) -> None:
    removed, elsewhere = post(captain.pk, club.pk, "Yes"), post(stranger.pk, other_club.pk, "Hello")
    delete_post(captain.pk, removed.pk)
    client = ApiClient(write_token)

    for entry_id in (removed.pk, elsewhere.pk, 2**62):
        for answer in (client.put(f"entries/{entry_id}/cheer"), client.delete(f"entries/{entry_id}/cheer")):
            assert (answer.status_code, answer.json()["code"]) == (404, "unknown_entry")
    assert Cheer.objects.count() == 0


def test_cheer_needs_a_token_that_may_write(read_token: str, club: Club, captains_post: Entry) -> None:
    path = f"entries/{captains_post.pk}/cheer"

    answers = [ApiClient(read_token).delete(path), ApiClient().delete(path)]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (403, "wrong_scope"),
        (401, "not_signed_in"),
    ]
    assert Cheer.objects.count() == 1
