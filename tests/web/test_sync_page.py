"""/sync/ over HTTP: what it shows, and that its forms do without a socket what the socket does."""

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from strava_live.accounts.models import User
from strava_live.activities.models import Activity
from strava_live.sync.models import SyncRun
from strava_live.sync.snapshot import hello_for
from strava_live.web.sync_page import bars, sentence_of
from tests.web import kept
from tests.web.reading import said


def run_of(athlete: User, **fields: Any) -> SyncRun:
    return SyncRun.objects.create(athlete=athlete, strava_id=7, **{"started_at": timezone.now(), **fields})


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/sync/", "/sync/rows/?before=1", "/sync/figures/", "/sync/start/", "/sync/cancel/"])
def test_sync_sends_the_signed_out_to_sign_in(client: Client, path: str) -> None:
    for answer in (client.get(path), client.post(path)):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/accounts/login/")


def test_nothing_changes_on_get(as_athlete: Client, athlete: User) -> None:
    kept.connected(athlete)

    assert as_athlete.get("/sync/start/").status_code == 405
    assert as_athlete.get("/sync/cancel/").status_code == 405
    assert as_athlete.post("/sync/").status_code == 405
    assert not SyncRun.objects.exists()


def test_forms_want_the_token(athlete: User) -> None:
    kept.connected(athlete)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(athlete)

    assert strict.post("/sync/start/").status_code == 403
    assert strict.post("/sync/cancel/").status_code == 403
    assert not SyncRun.objects.exists()


def test_without_strava_the_page_shows_how_to_connect(as_athlete: Client, athlete: User) -> None:
    page = as_athlete.get("/sync/").content.decode()

    assert "First, connect Strava" in page
    assert "/sync/start/" not in page


def test_start_waits_for_whoever_takes_runs_up(as_athlete: Client, athlete: User) -> None:
    kept.connected(athlete)

    answer = as_athlete.post("/sync/start/", {"since": "2020-03-01", "until": "2020-03-31"})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/sync/")
    run = SyncRun.objects.get()
    assert (run.athlete, run.state, str(run.since), str(run.until)) == (athlete, "waiting", "2020-03-01", "2020-03-31")
    assert "You are next in line" in shown(as_athlete.get("/sync/").content.decode())


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ({"since": "soon"}, "A day is written as YYYY-MM-DD."),
        ({"since": "2020-02-02", "until": "2020-02-01"}, "The first day lies after the last."),
        ({"until": "2999-01-01"}, "That day has not come yet."),
    ],
)
def test_impossible_days_are_answered_in_words(
    as_athlete: Client, athlete: User, days: dict[str, str], words: str
) -> None:
    kept.connected(athlete)

    page = as_athlete.post("/sync/start/", days, follow=True).content.decode()

    assert words in page
    assert not SyncRun.objects.exists()


def test_second_start_shows_the_run_there_is(as_athlete: Client, athlete: User) -> None:
    kept.connected(athlete)
    as_athlete.post("/sync/start/")

    page = as_athlete.post("/sync/start/", follow=True).content.decode()

    assert "A sync is already running" in page
    assert SyncRun.objects.count() == 1


def test_cancel_ends_a_run_that_nobody_holds(as_athlete: Client, athlete: User, stranger: User) -> None:
    kept.connected(athlete)
    theirs = run_of(stranger)
    as_athlete.post("/sync/start/")

    as_athlete.post("/sync/cancel/")

    assert SyncRun.objects.of(athlete.pk).get().state == "cancelled"
    theirs.refresh_from_db()
    assert (theirs.state, theirs.cancel_asked) == ("waiting", False)
    assert "You stopped it" in shown(as_athlete.get("/sync/").content.decode())


def test_rows_go_on_below_the_last_one(as_athlete: Client, athlete: User, stranger: User) -> None:
    for number in range(1, 6):
        kept.activity(athlete, number)
    kept.activity(stranger, 3)

    items = as_athlete.get("/sync/rows/?before=2").json()["items"]

    assert [item["strava_id"] for item in items] == [3, 4, 5]
    assert as_athlete.get("/sync/rows/?before=5").json() == {"items": []}
    assert as_athlete.get("/sync/rows/?before=99").json() == {"items": []}


@pytest.mark.parametrize("wrong", ["", "x", "-1", "0", "1.5", "9" * 30, "٣"])
def test_rows_below_no_number_are_refused_in_words(as_athlete: Client, wrong: str) -> None:
    answer = as_athlete.get("/sync/rows/", {"before": wrong})

    assert answer.status_code == 422
    assert answer.json()["message"]


def test_page_shows_the_newest_and_only_mine(as_athlete: Client, athlete: User, stranger: User) -> None:
    kept.connected(athlete)
    kept.parkrun(athlete, 1, name="<script>alert(1)</script>")
    kept.activity(athlete, 2)
    kept.activity(stranger, 3, name="Somebody else's")

    answer = as_athlete.get("/sync/")
    page = answer.content.decode()

    assert page.index("&lt;script&gt;alert(1)") < page.index("Run 2")
    assert "<script>alert" not in page
    assert "Somebody else" not in page
    assert [row.strava_id for row in answer.context["rows"]] == [1, 2]
    assert "no-store" in answer.headers["Cache-Control"]


def test_figures_count_what_is_a_parkrun(as_athlete: Client, athlete: User) -> None:
    kept.parkrun(athlete, 1)
    kept.parkrun(athlete, 2, event_slug="cassiobury")
    kept.parkrun(athlete, 3, state="dismissed")
    kept.maybe(athlete, 4)
    kept.maybe(athlete, 5, state="saved", settled=True)
    kept.maybe(athlete, 6, state="dismissed", settled=True)
    kept.activity(athlete, 700, sport_type="Ride")

    figures = as_athlete.get("/sync/figures/").json()

    summary = figures["summary"]
    assert (summary["activities"], summary["runs"], summary["parkruns"], summary["events"]) == (7, 6, 3, 2)
    assert [item["strava_id"] for item in figures["maybes"]] == [4]
    assert summary["maybes"] == 1
    assert summary["years"] == [{"year": 2026, "all": 6, "parkruns": 3}, {"year": 2024, "all": 1, "parkruns": 0}]
    assert figures["sentence"] == "6 runs since 2026, 3 of them parkruns at 2 events."


def test_sentence_has_its_words_right() -> None:
    many = {"runs": 1312, "since": 2016, "parkruns": 214, "events": 31}

    assert sentence_of(many) == "1,312 runs since 2016, 214 of them parkruns at 31 events."
    assert sentence_of(many | {"runs": 1, "parkruns": 1, "events": 1}) == (
        "1 run since 2016, 1 of them a parkrun at 1 event."
    )
    assert sentence_of(many | {"parkruns": 0, "events": 0}) == "1,312 runs since 2016."
    assert sentence_of(many | {"runs": 0}) == "No runs yet."


def test_bars_leave_no_year_out() -> None:
    years = bars([{"year": 2024, "all": 10, "parkruns": 5}, {"year": 2022, "all": 5, "parkruns": 0}])

    assert [(one["year"], one["height"], one["parkrun_height"]) for one in years] == [
        (2024, 100, 50),
        (2023, 0, 0),
        (2022, 50, 0),
    ]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"state": "running"}, "Reading your Strava"),
        ({"state": "waiting", "wait_reason": "rate_limit"}, "Strava asks for a pause"),
        ({"state": "waiting", "wait_reason": "strava_down"}, "Strava is not answering"),
        ({"state": "finished"}, "All read"),
        ({"state": "cancelled"}, "Stopped"),
        (
            {
                "state": "failed",
                "error_code": "strava_inactive",
                "error_message": "Switched off.",
                "next_step": "Wait.",
            },
            "Switched off.",
        ),
    ],
)
def test_page_says_how_the_run_stands(as_athlete: Client, athlete: User, fields: dict[str, str], words: str) -> None:
    kept.connected(athlete)
    run_of(athlete, **fields)

    answer = as_athlete.get("/sync/")

    assert words in shown(answer.content.decode())
    assert answer.context["data"]["run"]["state"] == fields["state"]


def test_wait_and_failure_are_told_to_whoever_comes_later(athlete: User) -> None:
    until = timezone.now().replace(microsecond=0) + timedelta(minutes=3)

    waiting = run_of(athlete, state="waiting", wait_reason="rate_limit", wait_until=until).wire()
    failed = SyncRun(started_at=until, state="failed", error_code="c", error_message="m", next_step="n").wire()

    assert waiting["waiting"] == {"until": until.strftime("%Y-%m-%dT%H:%M:%SZ"), "reason": "rate_limit"}
    assert waiting["failure"] is None
    assert failed["failure"] == {"code": "c", "message": "m", "next_step": "n"}


def test_progress_is_known_for_a_window_only(as_athlete: Client, athlete: User) -> None:
    kept.connected(athlete)
    now = timezone.now()
    run = run_of(athlete, state="running", started_at=now, oldest=now - timedelta(days=5))
    assert as_athlete.get("/sync/").context["share_read"] is None

    run.after = now - timedelta(days=10)
    run.save()

    assert as_athlete.get("/sync/").context["share_read"] == pytest.approx(0.5)


def queries_of(client: Client, path: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return [query["sql"] for query in captured.captured_queries]


def test_page_asks_everything_once_however_much_there_is(as_athlete: Client, athlete: User) -> None:
    kept.connected(athlete)
    run_of(athlete, state="finished")
    kept.maybe(athlete, 1)
    few = queries_of(as_athlete, "/sync/")
    for number in range(2, 130):
        kept.maybe(athlete, number)

    many = queries_of(as_athlete, "/sync/")

    assert len(many) == len(few) == len(set(many)) == 12, "\n".join(many)


def test_rows_come_without_their_routes(as_athlete: Client, athlete: User) -> None:
    """Most of what a row weighs, and no list of the sync draws them."""
    kept.connected(athlete)
    for number in range(1, 20):
        kept.maybe(athlete, number)

    hello_for(athlete.pk, 0)
    for path in ("/sync/", "/sync/rows/?before=5", "/sync/figures/"):
        assert not [sql for sql in queries_of(as_athlete, path) if "polyline" in sql]
    with CaptureQueriesContext(connection) as captured:
        assert len(hello_for(athlete.pk, 0).items) == 19
    assert "polyline" not in str(captured.captured_queries)


def test_maybe_can_be_another_event_and_leads_back_to_the_next(as_athlete: Client, athlete: User, events: None) -> None:
    saturday = kept.NEWEST - timedelta(days=7)
    kept.maybe(athlete, 1, start=saturday, event_name="Bushy parkrun", event_slug="bushy")
    kept.maybe(athlete, 2, start=saturday - timedelta(days=7))
    link = '<a data-slot="event" href="/activities/1/parkrun/?next=/sync/%23maybes">Another event…</a>'
    kept.connected(athlete)
    assert link in said(as_athlete.get("/sync/"))

    asked = said(as_athlete.get("/activities/1/parkrun/?next=/sync/%23maybes"))
    assert asked.count('<input type="hidden" name="next" value="/sync/#maybes">') == 2
    wrong = as_athlete.post("/activities/1/parkrun/", {"event": "Atlantis", "next": "/sync/#maybes"})
    assert (wrong.status_code, said(wrong).count('name="next" value="/sync/#maybes"')) == (422, 2)
    answer = as_athlete.post("/activities/1/parkrun/", {"event": "Wimbledon Common", "next": "/sync/#maybes"})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/sync/#maybes")
    assert Activity.objects.get(strava_id=1).event_slug == "wimbledon"
    assert as_athlete.get("/sync/").context["first_maybe"].strava_id == 2


def test_correction_leads_to_no_foreign_page(as_athlete: Client, athlete: User, events: None) -> None:
    kept.maybe(athlete, 1)

    assert "evil" not in said(as_athlete.get("/activities/1/parkrun/?next=//evil.example/"))
    answer = as_athlete.post("/activities/1/parkrun/", {"is": "none", "next": "https://evil.example/"})

    assert answer.headers["Location"] == "/activities/1/"


def shown(page: str) -> str:
    """The words of the panel's parts that are not hidden."""
    panel = page.split("data-panel>")[1].split("</section>", maxsplit=1)[0]
    parts = panel.split("<div data-part=")[1:]
    return unescape(" ".join(part for part in parts if " hidden>" not in part.split("\n")[0]))
