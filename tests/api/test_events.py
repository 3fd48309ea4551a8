"""The API's parkrun events: near a place, by name, and all of them."""

from typing import Any

import pytest

from strava_live.accounts.models import User
from strava_live.protocol.api_athlete import EventsPage
from strava_live.protocol.api_common import PAGE_SIZE
from strava_live.sync.results_by_hand import add_own_event
from tests.api.client import ApiClient
from tests.api.shapes import faults_in, read_answer
from tests.clubs.runs import event

BUSHY = "51.41,-0.3366"


@pytest.fixture
def client(read_token: str, events: None) -> ApiClient:
    return ApiClient(read_token)


def slugs(client: ApiClient, **query: Any) -> list[str]:
    return [one["slug"] for one in read_answer(client.get("events", **query), EventsPage)["items"]]


def follow(client: ApiClient, direction: str, **query: Any) -> list[list[str]]:
    """Follow `next` or `previous` to the end. Return the slugs of each page."""
    page = read_answer(client.get("events", **query), EventsPage)
    pages = [[one["slug"] for one in page["items"]]]
    while page[direction]:
        page = read_answer(client.browser.get(page[direction], headers=client.headers), EventsPage)
        pages.append([one["slug"] for one in page["items"]])
    return pages


def test_nearest_events_have_their_distance(client: ApiClient) -> None:
    page = read_answer(client.get("events", near=BUSHY), EventsPage)

    first, second = page["items"][:2]
    assert len(page["items"]) == PAGE_SIZE
    assert (page["next"], page["previous"]) == (None, None)
    assert (first["slug"], first["name"], first["country"]) == ("bushy", "Bushy parkrun", "GB")
    assert (first["time_zone"], first["starts"], first["junior"]) == ("Europe/London", "09:00", False)
    assert 0 < first["distance_m"] < 200 < second["distance_m"]


def test_events_are_found_by_name(client: ApiClient, athlete: User, stranger: User) -> None:
    own = add_own_event(athlete.pk, "Bushranger")
    add_own_event(stranger.pk, "Bushwhacker")

    page = read_answer(client.get("events", q="bush"), EventsPage)

    assert page["items"][0] == {
        "slug": own.slug,
        "name": "Bushranger parkrun",
        "short_name": "Bushranger parkrun",
        "country": None,
        "region": None,
        "latitude": None,
        "longitude": None,
        "junior": False,
        "time_zone": None,
        "starts": None,
        "closed_on": None,
        "distance_m": None,
    }
    assert {"bushy", "bushy-juniors"} <= {one["slug"] for one in page["items"]}
    assert all("bush" in one["name"].lower() for one in page["items"])
    assert len(slugs(client, q="park")) == PAGE_SIZE
    assert slugs(client, q="no such event") == []


def test_names_and_a_place_together_keep_the_nearest_matches(client: ApiClient) -> None:
    assert slugs(client, q="bushy", near=BUSHY) == ["bushy", "bushy-juniors", "bushydublin"]
    assert slugs(client, q="bushy", near="53.3,-6.3")[0] == "bushydublin"


@pytest.mark.parametrize(
    "near", ["x", "51.41", "51.41,", "51.41,-0.33,2", "nan,0", "0,inf", "91,0", "0,-181", "1e400,0"]
)
def test_place_that_is_none_is_refused(client: ApiClient, near: str) -> None:
    assert list(faults_in(client.get("events", near=near))) == ["near"]


def test_all_events_are_listed_by_slug_forward_and_back(read_token: str, athlete: User, stranger: User) -> None:
    listed = [event(f"park{number}").slug for number in range(2 * PAGE_SIZE)]
    own = add_own_event(athlete.pk, "Atlantis").slug
    add_own_event(stranger.pk, "Lemuria")
    expected, client = sorted([own, *listed]), ApiClient(read_token)

    forward = follow(client, "next")
    back = follow(client, "previous", cursor="before.~")

    assert [slug for page in forward for slug in page] == expected
    assert [slug for page in reversed(back) for slug in page] == expected
    assert [len(page) for page in forward] == [len(page) for page in back] == [PAGE_SIZE, PAGE_SIZE, 1]


def test_pages_beyond_both_ends_lead_back_to_all_events(client: ApiClient) -> None:
    after = read_answer(client.get("events", cursor="after.~"), EventsPage)
    before = read_answer(client.get("events", cursor="before.0"), EventsPage)
    first, last = (slugs(client, cursor=cursor) for cursor in ("", "before.~"))

    assert (after["items"], after["next"], before["items"], before["previous"]) == ([], None, [], None)
    for address, expected in ((after["previous"], last), (before["next"], first)):
        page = read_answer(client.browser.get(address, headers=client.headers), EventsPage)
        assert [one["slug"] for one in page["items"]] == expected


def test_cursor_that_is_none_is_refused(client: ApiClient) -> None:
    assert list(faults_in(client.get("events", cursor="bushy"))) == ["cursor"]
