"""Direct messages over the API: sending, reading and deleting, and who does not learn of them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from strava_live.accounts.models import User
from strava_live.api_tokens.models import ApiToken
from strava_live.api_tokens.tokens import make_token
from strava_live.clubs.models import Club, Membership
from strava_live.idempotency.models import AnsweredForm
from strava_live.lifecycle.erasure import erase
from strava_live.messages.models import DirectMessage
from strava_live.messages.reading import unread_of
from strava_live.messages.sending import send_message
from strava_live.visibility import ShownAs
from tests.api.client import ApiClient
from tests.messages.soundness import is_sound

pytestmark = pytest.mark.django_db


@pytest.fixture
def friend(club: Club, member: Membership, clubmate: User) -> User:
    Membership.objects.create(club=club, user=clubmate)
    return clubmate


def client_of(user: User) -> ApiClient:
    return ApiClient(make_token(user.pk, name="Test", scope=ApiToken.Scope.WRITE)[1])


def test_a_message_is_sent_listed_read_and_deleted(write_token: str, athlete: User, friend: User) -> None:
    mine, theirs = ApiClient(write_token), client_of(friend)
    sent = mine.post("messages", {"to": friend.pk, "text": " Lift?\r\n", "ref": "a1"}).json()
    again = mine.post("messages", {"to": friend.pk, "text": "Lift?", "ref": "a1"})
    assert (sent["text"], sent["ref"], sent["mine"], sent["with"], sent["name"]) == (
        *("Lift?", "a1", True, friend.pk, "Bruno C."),
    )
    assert (again.status_code, again.json()) == (201, sent)

    for page in (theirs.get("messages").json(), theirs.get(f"messages?with={athlete.pk}").json()):
        (got,) = page["items"]
        assert (got["id"], got["mine"], got["with"], got["name"], page["unread"]) == (
            *(sent["id"], False, athlete.pk, "Alva B.", 1),
        )
        assert "ref" not in got
    assert theirs.post("messages/read", {"id": sent["id"]}).json() == {"unread": 0}
    assert theirs.delete(f"messages/{sent['id']}").status_code == 404
    assert mine.delete(f"messages/{sent['id']}").status_code == 204
    (emptied,) = theirs.get("messages").json()["items"]
    assert (emptied["text"], emptied["deleted"]) == ("", True)
    assert is_sound()


def test_a_message_with_a_key_is_sent_once(write_token: str, friend: User) -> None:
    client = ApiClient(write_token)
    first, again = (client.post("messages", {"to": friend.pk, "text": "Hi"}, key="k") for _ in range(2))
    assert (first.json(), DirectMessage.objects.count()) == (again.json(), 1)
    assert again.headers["Idempotency-Replayed"] == "true"


def test_a_repeated_key_brings_no_deleted_text_back(write_token: str, friend: User) -> None:
    client, body = ApiClient(write_token), {"to": friend.pk, "text": "Our secret", "ref": "a1"}
    sent = client.post("messages", body, key="k").json()
    client.delete(f"messages/{sent['id']}")

    again, by_ref = (client.post("messages", body, key=key) for key in ("k", ""))

    assert (again.status_code, again.json()) == (201, sent | {"text": "", "deleted": True})
    assert again.content == by_ref.content
    assert DirectMessage.objects.written().count() == 1
    assert not [row for row in AnsweredForm.objects.all() if "secret" in row.body]


def test_a_repeated_key_does_not_name_a_former_member(write_token: str, friend: User) -> None:
    client, body = ApiClient(write_token), {"to": friend.pk, "text": "Hi"}
    sent = client.post("messages", body, key="k").json()
    erase(friend)

    assert client.post("messages", body, key="k").json() == sent | {"with": None, "name": "a former member"}
    assert not [row for row in AnsweredForm.objects.all() if "Bruno" in row.body]


def test_pages_of_a_conversation_and_of_all(write_token: str, athlete: User, friend: User, captain: User) -> None:
    for number in range(25):
        send_message(athlete.pk, friend.pk, f"a{number}")
        send_message(friend.pk, athlete.pk, f"b{number}")
        send_message(captain.pk, athlete.pk, f"c{number}")
    client = ApiClient(write_token)
    for query, count in (({}, 75), ({"with": friend.pk}, 50)):
        page = client.get("messages", **query).json()  # type: ignore[arg-type]
        found = page["items"]
        while page["next"]:
            page = client.follow(page["next"]).json()
            found += page["items"]
        assert [one["id"] for one in found] == sorted((one["id"] for one in found), reverse=True)
        assert len(found) == count


@pytest.mark.parametrize("text", ["", " \n", "\u202e\u200b", "x" * 2001])
def test_unsuitable_text_is_refused(write_token: str, friend: User, text: str) -> None:
    answer = ApiClient(write_token).post("messages", {"to": friend.pk, "text": text})
    assert (answer.status_code, answer.json()["code"], DirectMessage.objects.count()) == (422, "bad_text", 0)


def test_oneself_a_stranger_a_hidden_person_and_an_unknown_id_are_alike(
    write_token: str, athlete: User, friend: User, stranger: User
) -> None:
    Membership.objects.of(friend.pk).update(shown_as=ShownAs.HIDDEN)
    client, answers, queries = ApiClient(write_token), [], []
    client.get("me")  # notes that the token was used today
    for user_id in (athlete.pk, stranger.pk, friend.pk, 987_654):
        with CaptureQueriesContext(connection) as counted:
            listed, sent = (
                client.get(f"messages?with={user_id}"),
                client.post("messages", {"to": user_id, "text": "Hello"}),
            )
        answers += [(listed.status_code, listed.content), (sent.status_code, sent.content)]
        queries.append(len(counted))
    assert set(answers) == {(404, answers[0][1])}
    assert len(set(queries)) == 1
    too_long = client.post("messages", {"to": 10**29, "text": "Hello"})
    assert (too_long.status_code, set(too_long.json()["fields"])) == (422, {"to"})


def test_a_captain_learns_nothing_of_the_messages_of_members(
    write_token: str, athlete: User, friend: User, captain: User
) -> None:
    sent = send_message(athlete.pk, friend.pk, "Between us")
    client = client_of(captain)
    assert client.get("messages").json() == {"items": [], "next": None, "previous": None, "unread": 0}
    assert client.get("messages", conversation=sent.conversation_id).json()["items"] == []
    assert client.get(f"messages?with={athlete.pk}").json()["items"] == []
    unknown = [client.delete(f"messages/{sent.pk + more}") for more in (0, 1)]
    unknown += [client.post("messages/read", {"id": sent.pk + more}) for more in (0, 1)]
    assert {(one.status_code, one.content) for one in unknown} == {(404, unknown[0].content)}
    assert unread_of(friend.pk) == 1


def test_writing_is_refused_in_words(write_token: str, club: Club, athlete: User, friend: User) -> None:
    client = ApiClient(write_token)
    Membership.objects.of(athlete.pk).update(shown_as=ShownAs.HIDDEN)
    answer = client.post("messages", {"to": friend.pk, "text": "Hello"})
    assert (answer.status_code, answer.json()["code"]) == (403, "cannot_write")
    assert "Show your name" in answer.json()["message"]


def test_the_thirty_first_message_in_a_minute_waits(
    write_token: str, athlete: User, friend: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("site_config.cache.microseconds", lambda: 1)  # on a slow machine places would come free
    for _ in range(30):
        send_message(athlete.pk, friend.pk, "Hello")
    answer = ApiClient(write_token).post("messages", {"to": friend.pk, "text": "Hello"})
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_requests")
    assert "a lot of messages" in answer.json()["message"]
    assert 1 <= int(answer.headers["Retry-After"]) <= 2
