"""The API's parkruns: list them, add, change and remove one."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
import time_machine

from strava_live.accounts.models import User
from strava_live.activities.models import Activity
from strava_live.parkrun.result_models import ParkrunResult, StartingNumbers
from strava_live.protocol.api_athlete import ResultShape, ResultsPage
from strava_live.protocol.api_common import PAGE_SIZE
from strava_live.sync.results_by_hand import add_own_event
from tests.api.client import ApiClient
from tests.api.shapes import faults_in, read_answer
from tests.clubs.runs import event, ran, watched
from tests.together import together
from tests.web import kept
from tests.web.listening import Listener

NEW = {"event": "bushy", "date": "2024-06-01", "how": "run", "official_time_s": 1471, "position": 12, "note": "Muddy"}


@pytest.fixture
def today(events: None) -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 20, 12, tzinfo=UTC), tick=False):
        yield


def test_list_counts_the_persons_own_parkruns(read_token: str, athlete: User, stranger: User) -> None:
    StartingNumbers.objects.create(athlete=athlete, parkruns=47, volunteered=9)
    first = ran(athlete, 30, official_time_s=1600)
    second = ran(athlete, 20, official_time_s=1500, position=212, note="With the dog")
    helped = ran(athlete, 10, how="", official_time_s=None, volunteered=True)
    recorded = watched(athlete, 3, 77)
    ran(stranger, 3)

    page = read_answer(ApiClient(read_token).get("parkruns"), ResultsPage)

    assert [item["id"] for item in page["items"]] == [recorded.pk, helped.pk, second.pk, first.pk]
    assert [item["count"] for item in page["items"]] == [50, None, 49, 48]
    assert [item["best"] for item in page["items"]] == [None, None, "ever", None]
    assert [item["first_here"] for item in page["items"]] == [False, False, False, True]
    assert [item["how"] for item in page["items"]] == ["run", None, "run", "run"]
    assert [item["volunteer_count"] for item in page["items"]] == [None, 10, None, None]
    assert page["items"][2] == {
        "id": second.pk,
        "event": "bushy",
        "event_name": "Bushy parkrun",
        "date": second.day.isoformat(),
        "junior": False,
        "how": "run",
        "volunteered": False,
        "time_s": 1500,
        "official_time_s": 1500,
        "position": 212,
        "note": "With the dog",
        "count": 49,
        "first_here": False,
        "best": "ever",
        "volunteer_count": None,
        "source": "typed",
        "strava_id": None,
        "url": None,
    }
    shown = page["items"][0]
    assert (shown["time_s"], shown["official_time_s"], shown["source"]) == (1571, None, "recognised")
    assert (shown["strava_id"], shown["url"]) == (77, "https://www.strava.com/activities/77")


def test_pages_lead_forward_and_back(read_token: str, athlete: User) -> None:
    for days_ago in range(PAGE_SIZE + 2):
        ran(athlete, days_ago)
    client = ApiClient(read_token)

    first = read_answer(client.get("parkruns"), ResultsPage)
    second = read_answer(client.browser.get(first["next"], headers=client.headers), ResultsPage)
    back = read_answer(client.browser.get(second["previous"], headers=client.headers), ResultsPage)

    assert [item["count"] for item in (*first["items"], *second["items"])] == list(range(PAGE_SIZE + 2, 0, -1))
    assert back["items"] == first["items"]
    assert (first["previous"], second["next"]) == (None, None)


def test_parkrun_is_added(write_token: str, athlete: User, today: None) -> None:
    client = ApiClient(write_token)

    added = read_answer(client.post("parkruns", NEW), ResultShape, status=201)

    row = ParkrunResult.objects.get()
    assert (row.athlete, row.event.slug, row.source, row.how, row.note) == (athlete, "bushy", "typed", "run", "Muddy")
    assert (added["id"], added["count"], added["time_s"]) == (row.pk, 1, 1471)
    assert client.get("parkruns").json()["items"] == [added]


def test_volunteering_alone_is_added(write_token: str, athlete: User, today: None) -> None:
    new = {"event": "bushy-juniors", "date": "2024-06-02", "volunteered": True}

    added = read_answer(ApiClient(write_token).post("parkruns", new), ResultShape, status=201)

    assert (added["junior"], added["how"], added["count"], added["volunteer_count"]) == (True, None, None, 1)


def test_own_and_renamed_events_are_known(write_token: str, athlete: User, stranger: User) -> None:
    own, theirs = add_own_event(athlete.pk, "Atlantis"), add_own_event(stranger.pk, "Lemuria")
    renamed, client = event("bushy"), ApiClient(write_token)
    renamed.former_slugs = ["teddington"]
    renamed.save()

    assert client.post("parkruns", NEW | {"event": "teddington"}).json()["event"] == "bushy"
    assert client.post("parkruns", NEW | {"event": own.slug}).json()["event_name"] == "Atlantis parkrun"
    assert list(faults_in(client.post("parkruns", NEW | {"event": theirs.slug}))) == ["event"]


def test_known_parkrun_is_409(write_token: str, athlete: User, today: None) -> None:
    client = ApiClient(write_token)
    client.post("parkruns", NEW)

    answer = client.post("parkruns", NEW | {"official_time_s": 1500})

    assert (answer.status_code, answer.json()["code"]) == (409, "already_there")
    assert ParkrunResult.objects.get().official_time_s == 1471


def test_one_key_adds_one_parkrun(write_token: str, athlete: User, today: None) -> None:
    client = ApiClient(write_token)
    first, again = client.post("parkruns", NEW, key="k1"), client.post("parkruns", NEW, key="k1")

    assert (again.status_code, again.content) == (201, first.content)
    assert client.post("parkruns", NEW | {"note": "Dry"}, key="k1").json()["code"] == "key_reused"
    assert ParkrunResult.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ({"event": "atlantis"}, {"event": "We don't know an event with this slug."}),
        ({"how": None}, {"how": "You can only have a time if you ran or walked."}),
        ({"how": None, "official_time_s": None}, {"how": "Did you run, walk or volunteer?"}),
        ({"official_time_s": 600}, {"official_time_s": "10:00 can't be a parkrun time."}),
        ({"position": 0}, {"position": "A position is a number from 1 to 99,999."}),
        ({"position": 10**30}, {"position": "A position is a number from 1 to 99,999."}),
        ({"note": "x" * 501}, {"note": "A note has at most 500 characters."}),
    ],
)
def test_impossible_parkrun_is_refused(
    write_token: str, today: None, wrong: dict[str, object], fields: dict[str, str]
) -> None:
    assert faults_in(ApiClient(write_token).post("parkruns", NEW | wrong)) == fields
    assert not ParkrunResult.objects.exists()


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("2024-06-31", "Write a date as YYYY-MM-DD."),
        ("", "When was it?"),
        ("2026-11-21", "That date is in the future."),
        ("2004-09-25", "The first parkrun was on 2 October 2004."),
        ("2024-06-05", "5 June 2024 was a Wednesday, when there's no parkrun."),
    ],
)
def test_day_without_a_parkrun_is_refused(write_token: str, today: None, day: str, sentence: str) -> None:
    answer = ApiClient(write_token).post("parkruns", NEW | {"date": day})

    assert faults_in(answer, code="bad_dates") == {"date": sentence}
    assert answer.json()["message"] == sentence


def test_today_is_the_day_in_the_persons_zone(write_token: str, athlete: User, today: None) -> None:
    client, saturday = ApiClient(write_token), NEW | {"date": "2026-11-21"}
    assert client.post("parkruns", saturday).status_code == 422
    User.objects.filter(pk=athlete.pk).update(time_zone="Pacific/Kiritimati")

    assert client.post("parkruns", saturday).status_code == 201


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ({"how": "swim"}, ["how"]),
        ({"volunteered": "yes"}, ["volunteered"]),
        ({"official_time_s": 1471.5, "position": "12"}, ["official_time_s", "position"]),
        ({"official_time_s": -1}, ["official_time_s"]),
        ({"event": None}, ["event"]),
        ({"date": 20240601}, ["date"]),
    ],
)
def test_fields_of_another_type_are_named(
    write_token: str, today: None, wrong: dict[str, object], fields: list[str]
) -> None:
    assert sorted(faults_in(ApiClient(write_token).post("parkruns", NEW | wrong))) == fields


def test_change_keeps_what_it_leaves_out(write_token: str, athlete: User) -> None:
    row, client = ran(athlete, 3, position=12, note="Muddy"), ApiClient(write_token)

    changed = read_answer(client.patch(f"parkruns/{row.pk}", {"how": "walk", "official_time_s": 3301}), ResultShape)
    cleared = read_answer(client.patch(f"parkruns/{row.pk}", {"position": None, "note": " "}), ResultShape)

    assert (changed["how"], changed["time_s"], changed["position"], changed["note"]) == ("walk", 3301, 12, "Muddy")
    assert (cleared["how"], cleared["time_s"], cleared["position"], cleared["note"]) == ("walk", 3301, None, "")


def test_changes_of_different_fields_at_once_both_stay(
    transactional_db: None, write_token: str, athlete: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes have two write queues, so nothing but the athlete's lock is between these requests."""
    monkeypatch.setattr("strava_live.web.writing.keys_of", lambda *_: [])
    row = ran(athlete, 3)

    for number in range(1, 6):
        bodies: list[dict[str, object]] = [{"position": number}, {"note": str(number)}]
        together(*[partial(ApiClient(write_token).patch, f"parkruns/{row.pk}", body) for body in bodies])
        row.refresh_from_db()
        assert (row.position, row.note) == (number, str(number))


def test_change_of_a_recorded_parkrun_is_announced(write_token: str, athlete: User) -> None:
    row = watched(athlete, 3, 77)
    client, sockets = ApiClient(write_token), Listener(athlete.pk)

    changed = read_answer(client.patch(f"parkruns/{row.pk}", {"official_time_s": 1499}), ResultShape)

    (message,), _ = sockets.frame()
    assert (changed["time_s"], changed["how"], changed["source"]) == (1499, "run", "typed")
    assert message["items"][0]["parkrun"]["time_s"] == 1499


def test_change_without_fields_changes_nothing(write_token: str, athlete: User) -> None:
    row = watched(athlete, 3, 77)

    unchanged = read_answer(ApiClient(write_token).patch(f"parkruns/{row.pk}", {"event": "newfarm"}), ResultShape)

    assert (unchanged["source"], unchanged["event"]) == ("recognised", "bushy")


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"how": None}, {"how": "You can only have a time if you ran or walked."}),
        ({"how": None, "official_time_s": None}, {"how": "Did you run, walk or volunteer?"}),
        ({"official_time_s": 1}, {"official_time_s": "0:01 can't be a parkrun time."}),
    ],
)
def test_impossible_change_is_refused(
    write_token: str, athlete: User, body: dict[str, Any], fields: dict[str, str]
) -> None:
    row = ran(athlete, 3)

    assert faults_in(ApiClient(write_token).patch(f"parkruns/{row.pk}", body)) == fields
    row.refresh_from_db()
    assert (row.how, row.official_time_s) == ("run", 1500)


def test_person_with_an_activity_took_part(write_token: str, athlete: User) -> None:
    row = watched(athlete, 3, 77)
    answer = ApiClient(write_token).patch(f"parkruns/{row.pk}", {"how": None, "volunteered": True})

    assert list(faults_in(answer)) == ["how"]


def test_parkrun_is_removed_with_its_activity(write_token: str, athlete: User, events: None) -> None:
    row, client = watched(athlete, 3, 77), ApiClient(write_token)

    answer = client.delete(f"parkruns/{row.pk}")

    assert (answer.status_code, answer.content) == (204, b"")
    assert not ParkrunResult.objects.exists()
    assert Activity.objects.get().parkrun == ""
    assert client.delete(f"parkruns/{row.pk}").json()["code"] == "unknown_result"


def test_parkrun_of_another_person_is_404(write_token: str, stranger: User) -> None:
    row, client = ran(stranger, 3), ApiClient(write_token)

    for answer in (client.patch(f"parkruns/{row.pk}", {"note": "Mine"}), client.delete(f"parkruns/{row.pk}")):
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_result")
    assert ParkrunResult.objects.get().note == ""


def test_number_of_queries_does_not_grow_with_the_list(
    read_token: str, athlete: User, django_assert_num_queries: Any
) -> None:
    client = ApiClient(read_token)
    for days_ago in range(3):
        ran(athlete, days_ago)
        kept.activity(athlete, days_ago + 1)
    client.get("parkruns")  # notes the day of the token's last use
    with django_assert_num_queries(4):
        client.get("parkruns")

    for days_ago in range(3, 40):
        ran(athlete, days_ago)
    with django_assert_num_queries(4):
        client.get("parkruns")
