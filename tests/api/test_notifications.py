"""GET notifications and POST notifications/read."""

import pytest

from strava_live.accounts.models import User
from strava_live.clubs.models import Club, Membership
from strava_live.notifications.models import Notification
from strava_live.notifications.noting import note
from strava_live.notifications.reading import unread_of
from strava_live.social.posts import post
from tests.api.client import ApiClient
from tests.notifications.noted import cheered, people_in


@pytest.fixture
def noted(club: Club, member: Membership, athlete: User, captain: User) -> list[int]:
    """Two notifications of the athlete, a cheer and then a message, and one of the captain. Return the three ids."""
    [fan] = people_in(club, 1)
    cheered(post(athlete.pk, club.pk, "Coffee?"), fan)
    note(athlete.pk, "message", f"message.{fan.pk}", actor_id=fan.pk)
    cheered(post(captain.pk, club.pk, "Yes"), fan)
    return list(Notification.objects.order_by("pk").values_list("pk", flat=True))


def test_list_has_own_notifications_newest_first(noted: list[int], read_token: str) -> None:
    answer = ApiClient(read_token).get("notifications").json()
    assert [item["id"] for item in answer["items"]] == [noted[1], noted[0]]
    assert answer["items"][1]["says"] == "Ana B. cheered your post"
    assert (answer["unread"], answer["next"]) == (2, None)


def test_ids_mark_own_notifications_as_read(noted: list[int], athlete: User, captain: User, write_token: str) -> None:
    client = ApiClient(write_token)
    assert client.post("notifications/read", {"ids": [noted[0], noted[2], 10**15]}).json() == {"unread": 1}
    assert (unread_of(athlete.pk), unread_of(captain.pk)) == (1, 1)
    assert client.post("notifications/read", {}).json() == {"unread": 1}
    assert client.post("notifications/read", {"all": True}).json() == {"unread": 0}
    assert unread_of(captain.pk) == 1


@pytest.mark.parametrize("body", [{"ids": ["1"]}, {"ids": [0]}, {"ids": [1] * 201}, {"all": "yes"}, {"ids": None}])
def test_invalid_bodies_are_refused(body: object, noted: list[int], athlete: User, write_token: str) -> None:
    assert ApiClient(write_token).post("notifications/read", body).status_code == 422
    assert unread_of(athlete.pk) == 2


def test_reading_needs_a_token_that_may_write(noted: list[int], read_token: str) -> None:
    assert ApiClient(read_token).post("notifications/read", {"all": True}).status_code == 403
