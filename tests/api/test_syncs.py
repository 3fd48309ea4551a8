"""The API's imports: list and read them, start and stop one."""

from datetime import date

import pytest
from django.utils import timezone

from strava_live.accounts.models import StravaConnection, User
from strava_live.protocol import RunShape
from strava_live.protocol.api_athlete import RunsPage
from strava_live.protocol.api_common import PAGE_SIZE
from strava_live.sync.models import SyncRun
from tests.api.client import ApiClient
from tests.api.shapes import faults_in, read_answer
from tests.sync.runs import sync_run_of
from tests.web import kept


@pytest.fixture
def connected(athlete: User) -> User:
    kept.connected(athlete)
    return athlete


def ended(athlete: User, **different: object) -> SyncRun:
    fields: dict[str, object] = {"state": "finished", "started_at": timezone.now(), "ended_at": timezone.now()}
    return SyncRun.objects.create(athlete=athlete, strava_id=7, **fields | different)


def refusal(client: ApiClient, body: object = None) -> tuple[int, str]:
    answer = client.post("syncs", body)
    return answer.status_code, answer.json()["code"]


def test_list_has_the_imports_that_the_person_has_started(read_token: str, athlete: User, stranger: User) -> None:
    older, newer = ended(athlete, found=12), ended(athlete, since=date(2026, 11, 1))
    ended(athlete, reason="routine")
    ended(athlete, kind="activities", reason="webhook")
    ended(stranger)

    page = read_answer(ApiClient(read_token).get("syncs"), RunsPage)

    assert page == {"items": [newer.wire(), older.wire()], "next": None, "previous": None}


def test_pages_lead_forward_and_back(read_token: str, athlete: User) -> None:
    runs = [ended(athlete).pk for _ in range(PAGE_SIZE + 1)]
    client = ApiClient(read_token)

    first = read_answer(client.get("syncs"), RunsPage)
    second = read_answer(client.browser.get(first["next"], headers=client.headers), RunsPage)
    back = read_answer(client.browser.get(second["previous"], headers=client.headers), RunsPage)

    assert [run["id"] for run in (*first["items"], *second["items"])] == runs[::-1]
    assert back["items"] == first["items"]


def test_run_of_another_person_or_of_the_site_is_404(write_token: str, athlete: User, stranger: User) -> None:
    client = ApiClient(write_token)
    theirs, routine = ended(stranger), ended(athlete, reason="routine", state="waiting", ended_at=None)
    for run in (theirs, routine):
        for answer in (client.get(f"syncs/{run.pk}"), client.post(f"syncs/{run.pk}/cancel")):
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")

    assert not SyncRun.objects.filter(cancel_asked=True).exists()


def test_import_without_a_body_reads_the_whole_history(write_token: str, connected: User) -> None:
    client = ApiClient(write_token)

    run = read_answer(client.post("syncs"), RunShape, status=201)

    assert (run["state"], run["reason"], run["since"], run["until"]) == ("waiting", "asked", None, None)
    assert run == read_answer(client.get(f"syncs/{run['id']}"), RunShape)


def test_import_of_some_days(write_token: str, connected: User) -> None:
    run = read_answer(
        ApiClient(write_token).post("syncs", {"since": "2026-11-01", "until": None}), RunShape, status=201
    )

    assert (run["since"], run["until"]) == ("2026-11-01", None)
    assert SyncRun.objects.get().since == date(2026, 11, 1)


@pytest.mark.parametrize(
    "body",
    [
        {"since": "2026-02-30"},
        {"until": "1999-12-31"},
        {"since": "9999-12-31"},
        {"since": "2026-11-02", "until": "2026-11-01"},
    ],
)
def test_days_that_cannot_be_imported_are_refused(write_token: str, connected: User, body: dict[str, str]) -> None:
    assert faults_in(ApiClient(write_token).post("syncs", body), code="bad_dates") == {}
    assert not SyncRun.objects.exists()


@pytest.mark.parametrize("body", [{"since": 20261101}, {"until": ["2026-11-01"]}])
def test_fields_of_another_type_are_named(write_token: str, connected: User, body: dict[str, object]) -> None:
    assert list(faults_in(ApiClient(write_token).post("syncs", body))) == list(body)


def test_import_that_cannot_start_is_409(write_token: str, athlete: User) -> None:
    client = ApiClient(write_token)
    assert refusal(client) == (409, "not_connected")
    kept.connected(athlete, scopes="read")
    assert refusal(client) == (409, "scope_missing")
    StravaConnection.objects.update(trouble="reconnect_needed")
    assert refusal(client) == (409, "reconnect_needed")
    StravaConnection.objects.update(trouble="", scopes="read,activity:read")
    client.post("syncs")
    assert refusal(client) == (409, "already_running")


def test_one_key_starts_one_import(write_token: str, connected: User) -> None:
    client = ApiClient(write_token)
    first = client.post("syncs", {"since": "2026-11-01"}, key="k1")
    SyncRun.objects.update(state="finished", ended_at=timezone.now())

    again = client.post("syncs", {"since": "2026-11-01"}, key="k1")
    other = client.post("syncs", {}, key="k1")

    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert other.json()["code"] == "key_reused"
    assert SyncRun.objects.count() == 1


def test_key_of_a_refused_import_can_be_used_again(write_token: str, athlete: User) -> None:
    client = ApiClient(write_token)
    assert client.post("syncs", key="k1").status_code == 409
    kept.connected(athlete)

    assert client.post("syncs", key="k1").status_code == 201


def test_start_waits_for_an_import_that_is_stopping(
    write_token: str, connected: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopping = sync_run_of(connected)
    SyncRun.objects.update(cancel_asked=True)

    async def end(_: int) -> None:
        await SyncRun.objects.filter(pk=stopping.pk).aupdate(state="cancelled", lease_owner="")

    monkeypatch.setattr("strava_live.sync.start_and_stop.wait_until_stopped", end)

    assert ApiClient(write_token).post("syncs", key="k1").status_code == 201


def test_waiting_import_ends_at_once_and_a_running_one_when_its_process_stops_it(
    write_token: str, connected: User
) -> None:
    client = ApiClient(write_token)
    waiting = client.post("syncs").json()
    stopped = read_answer(client.post(f"syncs/{waiting['id']}/cancel"), RunShape)
    running = sync_run_of(connected)
    asked = read_answer(client.post(f"syncs/{running.pk}/cancel", key="k1"), RunShape)

    assert (stopped["state"], asked["state"]) == ("cancelled", "running")
    assert SyncRun.objects.get(pk=running.pk).cancel_asked


def test_import_that_has_ended_stays_as_it_is(write_token: str, connected: User) -> None:
    run, live = ended(connected), sync_run_of(connected)

    assert read_answer(ApiClient(write_token).post(f"syncs/{run.pk}/cancel"), RunShape) == run.wire()
    live.refresh_from_db()
    assert (live.state, live.cancel_asked) == ("running", False)
