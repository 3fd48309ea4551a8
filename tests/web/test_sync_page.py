"""The page My Strava (/sync/) over HTTP, and its forms, which do the same as commands on the socket."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from strava_live.accounts.models import User
from strava_live.sync.models import SyncRun
from tests.web import kept
from tests.web.sync_panel import run_of, shown

pytestmark = pytest.mark.once


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/sync/", "/sync/rows/?before=1", "/sync/figures/", "/sync/start/", "/sync/cancel/"])
def test_signed_out_visitors_are_sent_to_sign_in(client: Client, path: str) -> None:
    for answer in (client.get(path), client.post(path)):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/accounts/login/")


def test_get_starts_and_stops_nothing(as_athlete: Client, athlete: User) -> None:
    kept.connected(athlete)

    assert as_athlete.get("/sync/start/").status_code == 405
    assert as_athlete.get("/sync/cancel/").status_code == 405
    assert as_athlete.post("/sync/").status_code == 405
    assert not SyncRun.objects.exists()


def test_forms_need_a_csrf_token(athlete: User) -> None:
    kept.connected(athlete)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(athlete)

    assert strict.post("/sync/start/").status_code == 403
    assert strict.post("/sync/cancel/").status_code == 403
    assert not SyncRun.objects.exists()


def test_started_run_waits_for_a_worker(as_athlete: Client, athlete: User) -> None:
    kept.connected(athlete)

    answer = as_athlete.post("/sync/start/", {"since": "2020-03-01", "until": "2020-03-31"})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/sync/")
    run = SyncRun.objects.get()
    assert (run.athlete, run.state, str(run.since), str(run.until)) == (athlete, "waiting", "2020-03-01", "2020-03-31")
    assert "You're next" in shown(as_athlete.get("/sync/").content.decode())


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ({"since": "soon"}, "Write a date as YYYY-MM-DD."),
        ({"since": "2020-02-02", "until": "2020-02-01"}, "The first day is after the last."),
        ({"until": "2999-01-01"}, "That date is in the future."),
    ],
)
def test_invalid_days_show_an_explanation(as_athlete: Client, athlete: User, days: dict[str, str], words: str) -> None:
    kept.connected(athlete)

    page = as_athlete.post("/sync/start/", days, follow=True).content.decode()

    assert words in page
    assert not SyncRun.objects.exists()


def test_second_start_shows_the_current_run(as_athlete: Client, athlete: User) -> None:
    kept.connected(athlete)
    as_athlete.post("/sync/start/")

    page = as_athlete.post("/sync/start/", follow=True).content.decode()

    assert "An import is already running" in page
    assert SyncRun.objects.count() == 1


def test_cancel_ends_a_run_without_a_lease(as_athlete: Client, athlete: User, stranger: User) -> None:
    kept.connected(athlete)
    theirs = run_of(stranger)
    as_athlete.post("/sync/start/")

    as_athlete.post("/sync/cancel/")

    assert SyncRun.objects.of(athlete.pk).get().state == "cancelled"
    theirs.refresh_from_db()
    assert (theirs.state, theirs.cancel_asked) == ("waiting", False)
    assert "You stopped at" in shown(as_athlete.get("/sync/").content.decode())


def test_rows_continue_after_the_last_one(as_athlete: Client, athlete: User, stranger: User) -> None:
    for number in range(1, 6):
        kept.activity(athlete, number)
    kept.activity(stranger, 3)

    items = as_athlete.get("/sync/rows/?before=2").json()["items"]

    assert [item["strava_id"] for item in items] == [3, 4, 5]
    assert as_athlete.get("/sync/rows/?before=5").json() == {"items": []}
    assert as_athlete.get("/sync/rows/?before=99").json() == {"items": []}


def test_page_begins_with_the_newest_fifty_and_further_ones_follow(as_athlete: Client, athlete: User) -> None:
    """A phone with a slow connection waits for every row of the page, but shows few of them."""
    kept.connected(athlete)
    for number in range(1, 61):
        kept.activity(athlete, number)

    page = as_athlete.get("/sync/")

    assert [row.strava_id for row in page.context["rows"]] == list(range(1, 51))
    assert [item["strava_id"] for item in page.context["data"]["items"]] == list(range(1, 51))
    assert page.context["data"]["complete"] is False
    assert "These are the newest 50." in page.content.decode()
    further = as_athlete.get("/sync/rows/?before=50").json()["items"]
    assert [item["strava_id"] for item in further] == list(range(51, 61))


@pytest.mark.parametrize("wrong", ["", "x", "-1", "0", "1.5", "9" * 30, "٣"])
def test_rows_after_an_invalid_id_are_refused_with_an_explanation(as_athlete: Client, wrong: str) -> None:
    answer = as_athlete.get("/sync/rows/", {"before": wrong})

    assert answer.status_code == 422
    assert answer.json()["message"]


def test_page_shows_the_athletes_own_activities_newest_first(as_athlete: Client, athlete: User, stranger: User) -> None:
    kept.connected(athlete)
    kept.parkrun(athlete, 1, name="<script>alert(1)</script>")
    kept.activity(athlete, 2)
    kept.activity(stranger, 3, name="A stranger's run")

    answer = as_athlete.get("/sync/")
    page = answer.content.decode()

    assert page.index("&lt;script&gt;alert(1)") < page.index("Run 2")
    assert "<script>alert" not in page
    assert "A stranger's run" not in page
    assert [row.strava_id for row in answer.context["rows"]] == [1, 2]
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"state": "running"}, "Importing your runs"),
        ({"state": "waiting", "wait_reason": "rate_limit"}, "Strava's limit reached"),
        ({"state": "waiting", "wait_reason": "strava_down"}, "Strava isn't answering"),
        ({"state": "finished"}, "All done"),
        ({"state": "cancelled"}, "Stopped"),
        (
            {"state": "failed", "failure_kind": "strava_inactive"},
            "Strava has switched this site off for everyone.",
        ),
    ],
)
def test_page_shows_the_state_of_the_run(as_athlete: Client, athlete: User, fields: dict[str, str], words: str) -> None:
    kept.connected(athlete)
    run_of(athlete, **fields)

    answer = as_athlete.get("/sync/")

    assert words in shown(answer.content.decode())
    assert answer.context["data"]["run"]["state"] == fields["state"]


def test_run_carries_its_wait_and_its_failure(athlete: User) -> None:
    until = timezone.now().replace(microsecond=0) + timedelta(minutes=3)

    waiting = run_of(athlete, state="waiting", wait_reason="rate_limit", wait_until=until).wire()
    failed = SyncRun(started_at=until, state="failed", failure_kind="strava_down").wire()

    assert waiting["waiting"] == {"until": until.strftime("%Y-%m-%dT%H:%M:%SZ"), "reason": "rate_limit"}
    assert waiting["failure"] is None
    assert failed["failure"] == {
        "code": "strava_down",
        "message": "Strava isn't answering right now.",
        "next_step": "Try again later.",
    }
