"""Posts over the API: who may create and delete them, and what text they may have."""

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from strava_live.accounts.models import User
from strava_live.clubs.models import Club, Membership
from strava_live.feed.models import Entry
from strava_live.idempotency.models import AnsweredForm
from strava_live.social.posts import delete_post, post
from tests.api.client import ApiClient
from tests.api.shapes import checked_entries, checked_entry
from tests.feed.entries import is_sound

pytestmark = pytest.mark.django_db
POSTS = "clubs/striders/posts"


def posts(club: Club) -> list[str]:
    shown = Entry.objects.of_club(club.pk).not_removed().filter(kind=Entry.Kind.POST)
    return list(shown.order_by("pk").values_list("text", flat=True))


def test_post_is_answered_with_its_entry(write_token: str, club: Club, member: Membership) -> None:
    client = ApiClient(write_token)

    entry = checked_entry(client.post(POSTS, {"text": " Coffee?\r\n\u202e", "ref": "a1"}), 201)

    assert (entry["kind"], entry["text"], entry["data"]) == ("post", "Coffee?", {"ref": "a1"})
    assert (entry["athlete"], entry["cheered"]) == ({"id": member.user_id, "name": "Alva B."}, False)
    assert checked_entries(client.get("clubs/striders/entries"))["items"][0] == entry
    assert is_sound(club)


def test_post_with_the_same_ref_is_created_once(write_token: str, club: Club, member: Membership) -> None:
    client = ApiClient(write_token)
    first, again = (checked_entry(client.post(POSTS, {"text": text, "ref": "a1"}), 201) for text in ("One", "Two"))
    assert (first, posts(club)) == (again, ["One"])

    client.put(f"entries/{first['id']}/cheer")
    assert checked_entry(client.post(POSTS, {"text": "One", "ref": "a1"}), 201)["cheered"] is True

    delete_post(member.user_id, first["id"])
    answer = client.post(POSTS, {"text": "One", "ref": "a1"})
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_entry")


def test_post_over_the_rate_waits(
    write_token: str, club: Club, member: Membership, few_posts: None, limit_clock: dict[str, float]
) -> None:
    client = ApiClient(write_token)
    for number in range(20):
        client.post(POSTS, {"text": "Coffee?", "ref": f"r{number}"}, key=f"k{number}")
    refused = client.post(POSTS, {"text": "Coffee?", "ref": "r20"}, key="k20")
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert ("a lot of posts" in refused.json()["message"], refused.headers["Retry-After"]) == (True, "10")
    again = [client.post(POSTS, {"text": "Coffee?", "ref": "r1"}, key=key) for key in ("k1", "other")]
    assert [answer.status_code for answer in again] == [201, 201]
    limit_clock["now"] += 10
    assert client.post(POSTS, {"text": "Coffee?", "ref": "r20"}, key="k20").status_code == 201


def test_post_with_a_key_is_announced_once(
    write_token: str, club: Club, member: Membership, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    client = ApiClient(write_token)
    announced = []
    for _ in range(2):
        with django_capture_on_commit_callbacks() as callbacks:
            checked_entry(client.post(POSTS, {"text": "Coffee?"}, key="k"), 201)
        announced.append(len(callbacks))

    assert (announced, posts(club)) == ([1, 0], ["Coffee?"])


def test_repeated_key_answers_with_the_post_as_it_is_by_then(write_token: str, club: Club, member: Membership) -> None:
    client, body = ApiClient(write_token), {"text": "My secret"}
    entry = checked_entry(client.post(POSTS, body, key="k"), 201)
    client.patch(f"posts/{entry['id']}", {"text": "Edited"})
    assert checked_entry(client.post(POSTS, body, key="k"), 201)["text"] == "Edited"

    delete_post(member.user_id, entry["id"])
    again = client.post(POSTS, body, key="k")

    assert (again.status_code, again.json()["code"], posts(club)) == (404, "unknown_entry", [])
    assert not [row for row in AnsweredForm.objects.all() if "secret" in row.body]


@pytest.mark.parametrize("text", ["", " \n", "\u202e\u200b", "x" * 1001])
def test_unsuitable_text_is_refused(write_token: str, club: Club, member: Membership, text: str) -> None:
    answer = ApiClient(write_token).post(POSTS, {"text": text})

    assert (answer.status_code, answer.json()["code"], posts(club)) == (422, "bad_post", [])


def test_invalid_fields_are_named(write_token: str, club: Club, member: Membership) -> None:
    answer = ApiClient(write_token).post(POSTS, {"text": None, "ref": "a\nb"})

    assert (answer.status_code, answer.json()["code"]) == (422, "bad_message")
    assert set(answer.json()["fields"]) == {"text", "ref"}


def test_only_a_member_with_a_token_that_may_write_posts(
    read_token: str, write_token: str, club: Club, athlete: User, other_club: Club
) -> None:
    Membership.objects.create(club=club, user=athlete, state=Membership.MemberState.ASKING)

    answers = [ApiClient(write_token).post(f"clubs/{slug}/posts", {"text": "Hi"}) for slug in ("striders", "other")]
    answers += [ApiClient(secret).post(POSTS, {"text": "Hi"}) for secret in (read_token, "")]

    assert [answer.json()["code"] for answer in answers] == ["not_found", "not_found", "wrong_scope", "not_signed_in"]
    assert Entry.objects.filter(kind=Entry.Kind.POST).count() == 0


def test_author_deletes_a_post_and_other_members_cannot(
    write_token: str, club: Club, member: Membership, captain: User, other_club: Club, stranger: User
) -> None:
    mine, captains = post(member.user_id, club.pk, "Mine"), post(captain.pk, club.pk, "Captain's")
    elsewhere = post(stranger.pk, other_club.pk, "Elsewhere")
    joined = Entry.objects.of_club(club.pk).get(kind=Entry.Kind.JOINED)
    client = ApiClient(write_token)

    answer = client.delete(f"posts/{mine.pk}")
    assert (answer.status_code, answer.content, posts(club)) == (204, b"", ["Captain's"])

    refused = [client.delete(f"posts/{entry.pk}") for entry in (mine, captains, elsewhere, joined)]
    assert [(answer.status_code, answer.json()["code"]) for answer in refused] == [
        (404, "unknown_entry"),
        (403, "not_allowed"),
        (404, "unknown_entry"),
        (404, "unknown_entry"),
    ]
    assert posts(club) == ["Captain's"]
    assert posts(other_club) == ["Elsewhere"]


def test_captain_deletes_a_members_post(write_token: str, club: Club, member: Membership, captain: User) -> None:
    entry = post(captain.pk, club.pk, "Captain's")
    Membership.objects.filter(pk=member.pk).update(role=Membership.Role.CAPTAIN)

    assert ApiClient(write_token).delete(f"posts/{entry.pk}").status_code == 204
    assert posts(club) == []
