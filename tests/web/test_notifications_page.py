"""/notifications/, its forms, and the counts in the header of every page."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from strava_live.accounts.models import User
from strava_live.clubs.models import Club
from strava_live.notifications.models import Notification
from strava_live.notifications.noting import note
from strava_live.notifications.reading import unread_of
from strava_live.social.posts import post
from tests.clubs.visits import as_
from tests.notifications.noted import cheered, people_in

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def messages_to(user: User, count: int, *, first: int = 0) -> None:
    """Note messages of so many people, each of whom makes a notification."""
    people = User.objects.bulk_create(User(username=f"friend-{number}") for number in range(first, first + count))
    for one in people:
        note(user.pk, "message", f"message.{one.pk}", actor_id=one.pk)


def test_page_lists_the_newest_first_and_marks_one_as_read(club: Club, captain: User) -> None:
    entry = post(captain.pk, club.pk, "Who is coming?")
    cheered(entry, *people_in(club, 2))
    note(captain.pk, "message", "message.1", actor_id=User.objects.get(username="ana").pk)
    browser = as_(captain)
    text = browser.get("/notifications/").content.decode()
    assert text.index("Ana B. sent you a message") < text.index("Ben B. and Ana B. cheered your post")
    one = Notification.objects.get(kind="cheer")
    there = f"/clubs/striders/#entry-{entry.pk}"
    answer = browser.post("/notifications/read/", {"id": one.pk, "next": there})
    assert (answer.status_code, answer["Location"], unread_of(captain.pk)) == (302, there, 1)
    answer = browser.post("/notifications/read/", {"all": "yes"})
    assert (answer["Location"], unread_of(captain.pk)) == ("/notifications/", 0)
    assert "Mark all as read" not in browser.get("/notifications/").content.decode().split("<main", 1)[1]


@pytest.mark.parametrize(
    "form", [{}, {"id": "x"}, {"id": "9" * 30}, {"id": "1" * 18}, {"next": "https://evil.example"}]
)
def test_wrong_forms_change_nothing(form: dict[str, str], captain: User, clubmate: User) -> None:
    messages_to(captain, 1)
    browser = as_(captain)
    assert browser.post("/notifications/read/", form)["Location"] == "/notifications/"
    as_(clubmate).post("/notifications/read/", {"id": Notification.objects.get().pk, "all": "yes"})
    assert unread_of(captain.pk) == 1


def test_empty_page_says_what_will_be_here(captain: User) -> None:
    assert "Nothing here yet" in as_(captain).get("/notifications/").content.decode()


def test_pages_lead_to_older_ones(captain: User) -> None:
    messages_to(captain, 40)
    browser = as_(captain)
    first = browser.get("/notifications/")
    assert len(first.context["notifications"]) == 30
    older = browser.get(f"/notifications/?cursor={first.context['older']}")
    assert (len(older.context["notifications"]), older.context["older"]) == (10, "")
    assert browser.get("/notifications/?cursor=nonsense").status_code == 404


@pytest.mark.parametrize(("count", "shown"), [(0, ""), (3, "3"), (99, "99"), (100, "99+")])
def test_header_counts_what_is_unread(count: int, shown: str, captain: User) -> None:
    messages_to(captain, count)
    page = as_(captain).get("/settings/").content.decode()
    badge = page.split("data-notifications-count", 1)[1]
    assert badge.startswith(f">{shown}<" if shown else " hidden>0<")
    assert "data-messages-count hidden>0<" in page


def test_stranger_has_no_header_socket(client: Client) -> None:
    page = client.get("/").content.decode()
    assert "js/header" not in page
    assert "data-notes-menu" not in page


def test_header_costs_one_query(captain: User) -> None:
    messages_to(captain, 5)
    with CaptureQueriesContext(connection) as queries:
        as_(captain).get("/settings/")
    assert sum('"strava_live_notification"' in query["sql"] for query in queries) == 1


def test_number_of_queries_does_not_grow(captain: User) -> None:
    browser, counts = as_(captain), []
    for first, count in ((0, 1), (1, 25)):
        messages_to(captain, count, first=first)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get("/notifications/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
