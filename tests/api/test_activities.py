"""The API's activities: list and read them, save and dismiss one."""

from datetime import UTC, datetime
from typing import Any

import pytest

from strava_live.accounts.models import User
from strava_live.activities.items import item_of
from strava_live.activities.models import Activity
from strava_live.parkrun.result_models import ParkrunResult
from strava_live.protocol import ItemShape
from strava_live.protocol.api_athlete import ItemsPage
from strava_live.protocol.api_common import PAGE_SIZE
from strava_live.sync.snapshot import rows_for_lists
from tests.api.client import ApiClient
from tests.api.shapes import faults_in, read_answer
from tests.clubs.runs import ran
from tests.web import kept
from tests.web.listening import Listener


def ids(client: ApiClient, **query: Any) -> list[int]:
    return [item["strava_id"] for item in read_answer(client.get("activities", **query), ItemsPage)["items"]]


def walk(client: ApiClient, address: str, direction: str) -> list[int]:
    """Follow `next` or `previous` from this page to the end. Return the activities of all pages."""
    seen: list[int] = []
    while address:
        page = read_answer(client.browser.get(address, headers=client.headers), ItemsPage)
        seen += [item["strava_id"] for item in page["items"]]
        address = page[direction] or ""
    return seen


def test_list_has_the_persons_own_activities_newest_first(read_token: str, athlete: User, stranger: User) -> None:
    for strava_id in (2, 1, 3):
        kept.activity(athlete, strava_id)
    kept.activity(athlete, 4, visibility="gone")
    kept.activity(stranger, 5)

    page = read_answer(ApiClient(read_token).get("activities"), ItemsPage)

    assert page["items"] == [item_of(row) for row in rows_for_lists(athlete.pk).newest_first()]
    assert [item["strava_id"] for item in page["items"]] == [1, 2, 3]
    assert (page["next"], page["previous"]) == (None, None)


def test_pages_lead_forward_and_back(read_token: str, athlete: User) -> None:
    for strava_id in range(1, 2 * PAGE_SIZE + 4):
        kept.activity(athlete, strava_id, state="saved")
    client = ApiClient(read_token)

    first = client.get("activities", state="saved").json()
    last = client.browser.get(
        client.browser.get(first["next"], headers=client.headers).json()["next"], headers=client.headers
    )

    assert "state=saved" in first["next"]
    assert walk(client, "/api/v1/activities?state=saved", "next") == list(range(1, 2 * PAGE_SIZE + 4))
    back = walk(client, last.json()["previous"], "previous")
    assert sorted(back) == list(range(1, 2 * PAGE_SIZE + 1))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"state": "found"}, [1, 4]),
        ({"state": "saved"}, [2]),
        ({"state": "dismissed"}, [3]),
        ({"parkrun": "sure"}, [2, 3]),
        ({"parkrun": "maybe"}, [4]),
        ({"parkrun": "no"}, [1]),
        ({"parkrun": "sure", "state": "saved"}, [2]),
        ({"state": "saved", "parkrun": "no"}, []),
    ],
)
def test_list_is_filtered(read_token: str, athlete: User, query: dict[str, Any], expected: list[int]) -> None:
    kept.activity(athlete, 1)
    kept.parkrun(athlete, 2)
    kept.parkrun(athlete, 3, state="dismissed")
    kept.maybe(athlete, 4)

    assert ids(ApiClient(read_token), **query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"since": "2026-11-07"}, [1]),
        ({"until": "2026-11-05"}, [3]),
        ({"since": "2026-11-06", "until": "2026-11-06"}, [2]),
        ({"since": "0001-01-01", "until": "9999-12-31"}, [1, 2, 3]),
        ({"since": "9999-12-31"}, []),
        ({"since": "", "until": ""}, [1, 2, 3]),
    ],
)
def test_days_are_those_of_the_clock_where_the_activity_started(
    read_token: str, athlete: User, query: dict[str, Any], expected: list[int]
) -> None:
    starts = [
        (1, datetime(2026, 11, 6, 20, 0, tzinfo=UTC), "2026-11-07T09:00:00"),  # in Auckland
        (2, datetime(2026, 11, 7, 9, 59, 59, tzinfo=UTC), "2026-11-06T23:59:59"),  # in Hawaii
        (3, datetime(2026, 11, 5, 9, 0, tzinfo=UTC), "2026-11-05T09:00:00"),
    ]
    for strava_id, start, wall_clock in starts:
        kept.activity(athlete, strava_id, start=start, wall_clock=wall_clock)

    assert sorted(ids(ApiClient(read_token), **query)) == expected


@pytest.mark.parametrize(
    "query", [{"since": "2026-02-30"}, {"until": "soon"}, {"since": "2026-11-07", "until": "2026-11-06"}]
)
def test_days_that_make_no_range_are_refused(read_token: str, query: dict[str, Any]) -> None:
    assert faults_in(ApiClient(read_token).get("activities", **query), code="bad_dates") == {}


@pytest.mark.parametrize(
    ("query", "field"), [({"state": "lost"}, "state"), ({"parkrun": ""}, "parkrun"), ({"cursor": "before.x"}, "cursor")]
)
def test_invalid_parameters_are_named(read_token: str, query: dict[str, Any], field: str) -> None:
    assert list(faults_in(ApiClient(read_token).get("activities", **query))) == [field]


def test_one_activity(read_token: str, athlete: User) -> None:
    kept.parkrun(athlete, 17)

    item = read_answer(ApiClient(read_token).get("activities/17"), ItemShape)

    assert (item["strava_id"], item["state"], item["parkrun"]["event"]) == (17, "saved", "bushy")


@pytest.mark.parametrize("path", ["activities/18", "activities/18/saved"])
def test_activity_of_another_person_is_404(write_token: str, stranger: User, path: str) -> None:
    kept.activity(stranger, 18)
    client = ApiClient(write_token)
    answers = [client.get(path)] if path == "activities/18" else [client.post(path), client.delete(path)]

    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_activity")
    assert Activity.objects.get().state == "found"


def test_number_that_fits_no_column_is_422(read_token: str) -> None:
    assert list(faults_in(ApiClient(read_token).get(f"activities/{2**63}"))) == ["strava_id"]


def test_activity_is_saved_dismissed_and_announced(write_token: str, athlete: User, events: None) -> None:
    kept.parkrun(athlete, 7, state="found")
    client, sockets = ApiClient(write_token), Listener(athlete.pk)

    saved = read_answer(client.post("activities/7/saved"), ItemShape)
    announced, _ = sockets.frame()
    results = ParkrunResult.objects.count()
    dismissed = read_answer(client.delete("activities/7/saved"), ItemShape)
    announced += sockets.frame()[0]

    assert (saved["state"], dismissed["state"]) == ("saved", "dismissed")
    assert (results, ParkrunResult.objects.count()) == (1, 0)
    assert [message["type"] for message in announced] == ["activity.saved", "activity.unsaved"]


def test_saving_again_with_the_same_key_gives_the_first_answer(write_token: str, athlete: User) -> None:
    kept.activity(athlete, 7)
    client = ApiClient(write_token)
    first = client.post("activities/7/saved", key="k1")
    client.delete("activities/7/saved")

    again = client.post("activities/7/saved", key="k1")

    assert (again.content, again.headers["Idempotency-Replayed"]) == (first.content, "true")
    assert Activity.objects.get().state == "dismissed"


def test_official_time_is_shown(read_token: str, athlete: User) -> None:
    result = ran(athlete, 3, official_time_s=1499)
    ParkrunResult.objects.filter(pk=result.pk).update(activity=kept.parkrun(athlete, 9))

    assert read_answer(ApiClient(read_token).get("activities/9"), ItemShape)["parkrun"]["time_s"] == 1499
