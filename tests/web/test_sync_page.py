"""/sync/ over HTTP: what it shows, and that its forms do without a socket what the socket does."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from strava_live.accounts.models import StravaConnection, User
from strava_live.activities.models import Activity
from strava_live.sync.models import SyncRun
from strava_live.sync.snapshot import hello_for
from strava_live.web.sync_figures import bars, sentence_of, share_read
from tests.web import kept
from tests.web.reading import said

EARLIER = datetime(2026, 1, 1, tzinfo=UTC)


def run_of(athlete: User, **fields: Any) -> SyncRun:
    return SyncRun.objects.create(athlete=athlete, **{"strava_id": 7, "started_at": timezone.now(), **fields})


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

    assert "Connect Strava first" in page
    assert shown_parts(page) == ["connect"]


def test_start_waits_for_whoever_takes_runs_up(as_athlete: Client, athlete: User) -> None:
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

    assert "An import is already running" in page
    assert SyncRun.objects.count() == 1


def test_cancel_ends_a_run_that_nobody_holds(as_athlete: Client, athlete: User, stranger: User) -> None:
    kept.connected(athlete)
    theirs = run_of(stranger)
    as_athlete.post("/sync/start/")

    as_athlete.post("/sync/cancel/")

    assert SyncRun.objects.of(athlete.pk).get().state == "cancelled"
    theirs.refresh_from_db()
    assert (theirs.state, theirs.cancel_asked) == ("waiting", False)
    assert "You stopped at" in shown(as_athlete.get("/sync/").content.decode())


def test_rows_go_on_below_the_last_one(as_athlete: Client, athlete: User, stranger: User) -> None:
    for number in range(1, 6):
        kept.activity(athlete, number)
    kept.activity(stranger, 3)

    items = as_athlete.get("/sync/rows/?before=2").json()["items"]

    assert [item["strava_id"] for item in items] == [3, 4, 5]
    assert as_athlete.get("/sync/rows/?before=5").json() == {"items": []}
    assert as_athlete.get("/sync/rows/?before=99").json() == {"items": []}


def test_page_begins_with_the_newest_fifty_and_further_ones_follow(as_athlete: Client, athlete: User) -> None:
    """A phone on a slow line waits for every row of the page, and scrolls to few of them."""
    kept.connected(athlete)
    for number in range(1, 61):
        kept.activity(athlete, number)

    page = as_athlete.get("/sync/")

    assert [row.strava_id for row in page.context["rows"]] == list(range(1, 51))
    assert [item["strava_id"] for item in page.context["data"]["items"]] == list(range(1, 51))
    assert page.context["data"]["complete"] is False
    assert "These are the newest 50." in said(page)
    further = as_athlete.get("/sync/rows/?before=50").json()["items"]
    assert [item["strava_id"] for item in further] == list(range(51, 61))


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
    years = bars([{"year": 2024, "all": 10, "parkruns": 5}, {"year": 2022, "all": 5, "parkruns": 0}], this_year=2026)

    assert [(one["year"], one["height"], one["parkrun_height"]) for one in years if one] == [
        (2024, 100, 50),
        (2023, 0, 0),
        (2022, 50, 0),
    ]


def test_long_gaps_and_wrong_clocks_do_not_widen_the_bars() -> None:
    """A watch that thinks it is 2076, one that thinks it is 1980, and a pause of nine years."""
    counts = {"all": 1, "parkruns": 1}

    years = bars([{"year": year, **counts} for year in (2076, 2026, 2023, 2013, 1980)], this_year=2026)

    assert [one and one["year"] for one in years] == [2026, 2025, 2024, 2023, None, 2013, None, 1980]
    assert years[0]
    assert years[0]["words"] == "2026: 1 activity, 1 parkrun"
    assert bars([{"year": 2076, **counts}], this_year=2026) == []


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"state": "running"}, "Importing your runs"),
        ({"state": "waiting", "wait_reason": "rate_limit"}, "Strava's limit reached"),
        ({"state": "waiting", "wait_reason": "strava_down"}, "Strava isn't answering"),
        ({"state": "finished"}, "All done"),
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

    assert len(many) == len(few) == len(set(many)) == 14, "\n".join(many)


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


def refused(athlete: User, connection: StravaConnection, *, since: timedelta) -> SyncRun:
    """A run that failed because Strava refused the key, so long before the connection was made."""
    failure = {"error_code": "reconnect_needed", "error_message": "Strava no longer lets us.", "next_step": "Connect."}
    return run_of(athlete, state="failed", ended_at=connection.connected_at - since, **failure)


def test_new_connection_after_a_refused_key_carries_on(as_athlete: Client, athlete: User) -> None:
    connection = kept.connected(athlete)
    for number in range(1, 4):
        kept.activity(athlete, number)
    refused(athlete, connection, since=timedelta(minutes=1))

    answer = as_athlete.get("/sync/")

    page = answer.content.decode()
    assert shown_parts(page) == ["reconnected", "start"]
    assert 'Your <span data-slot="kept">3 activities</span> are still here.' in " ".join(shown(page).split())
    assert answer.context["data"]["begin"] is True


def test_refused_key_says_connect_and_that_nothing_is_lost(as_athlete: Client, athlete: User) -> None:
    connection = kept.connected(athlete)
    connection.trouble = "reconnect_needed"
    connection.save()
    kept.activity(athlete, 1)
    refused(athlete, connection, since=-timedelta(minutes=1))

    answer = as_athlete.get("/sync/")

    assert shown_parts(answer.content.decode()) == ["connect"]
    assert "1 activity</span> is still here" in answer.content.decode()
    assert answer.context["data"]["begin"] is False


@pytest.mark.parametrize(
    ("run", "begins"),
    [
        (None, True),
        ({"strava_id": 8, "state": "finished"}, True),
        ({"strava_id": 8, "state": "running"}, False),
        ({"state": "cancelled", "ended_at": EARLIER}, False),
        ({"state": "finished", "ended_at": EARLIER}, True),  # disconnected since, and connected again
        ({"state": "finished", "ended_at": EARLIER, "until": date(2020, 1, 1)}, False),
        ({"state": "failed", "ended_at": EARLIER, "error_code": "strava_down"}, False),
    ],
)
def test_first_import_of_a_strava_account_begins_by_itself(
    as_athlete: Client, athlete: User, run: dict[str, Any] | None, begins: bool
) -> None:
    kept.connected(athlete)
    if run is not None:
        run_of(athlete, **run)

    assert as_athlete.get("/sync/").context["data"]["begin"] is begins
    assert not SyncRun.objects.exclude(state__in=[run["state"]] if run else []).exists(), "a GET starts nothing"


def test_nothing_begins_by_itself_without_permission(as_athlete: Client, athlete: User) -> None:
    kept.connected(athlete, scopes="read")

    answer = as_athlete.get("/sync/")

    assert answer.context["data"]["begin"] is False
    assert "We can't see your activities yet" in shown(answer.content.decode())


def test_stopped_import_can_be_carried_on_or_new_runs_looked_for(as_athlete: Client, athlete: User) -> None:
    connection = kept.connected(athlete)
    connection.synced_until = datetime(2026, 11, 21, 12, tzinfo=UTC)
    connection.save()
    oldest = datetime(2018, 5, 9, 8, tzinfo=UTC)
    run_of(athlete, state="cancelled", oldest=oldest, found=1, ended_at=timezone.now())

    page = as_athlete.get("/sync/").content.decode()

    assert offers(page) == {
        "Carry on from May 2018": ("", "2018-05-10"),
        "Look for new runs": ("2026-11-07", ""),
        "Import everything again": ("", ""),
    }
    assert 'You stopped at <span data-slot="checked">1 activity</span>' in page


def test_first_visit_offers_one_button(as_athlete: Client, athlete: User) -> None:
    kept.connected(athlete)

    assert offers(as_athlete.get("/sync/").content.decode()) == {"Import from Strava": ("", "")}


def test_last_import_has_its_words_right(as_athlete: Client, athlete: User) -> None:
    kept.connected(athlete)
    run_of(athlete, state="finished", found=1439, saved=1, ended_at=datetime(2026, 11, 21, 9, 30, tzinfo=UTC))

    assert "1,439 activities checked, 1 new parkrun, 21 November, " in as_athlete.get("/sync/").content.decode()


def test_hidden_start_has_no_time(as_athlete: Client, athlete: User) -> None:
    kept.connected(athlete)
    kept.maybe(athlete, 1, start=kept.NEWEST, hidden_start=True, event_name="Bushy")

    answer = as_athlete.get("/sync/")

    assert answer.context["first_facts"] == "Sat 14 November 2026 · Start time hidden · 5.02 km · 26:11 · Bushy"
    assert answer.context["data"]["figures"]["maybes"][0]["hidden_start"] is True


def test_several_maybes_are_answered_together_and_undone(as_athlete: Client, athlete: User, events: None) -> None:
    for number in range(1, 4):
        kept.maybe(athlete, number, event_slug="bushy", event_name="Bushy")
    kept.connected(athlete)
    page = as_athlete.get("/sync/")
    assert page.context["alike_words"] == "3 like this at Bushy"
    assert said(page).count('name="strava_id"') == 3

    answer = as_athlete.post("/sync/maybes/", {"answer": "save", "strava_id": ["1", "2", "3"]}, follow=True)
    assert answer.redirect_chain == [("/sync/#maybes", 302)]
    assert "Saved: 3 activities." in said(answer)
    assert set(Activity.objects.values_list("state", flat=True)) == {"saved"}

    undone = as_athlete.post(
        "/sync/maybes/", {"answer": "undo", "strava_id": ["1", "2"]}, headers={"Accept": "application/json"}
    )
    assert (undone.status_code, undone.json()["count"]) == (200, 2)
    assert sorted(Activity.objects.undecided().values_list("strava_id", flat=True)) == [1, 2]


@pytest.mark.parametrize(
    "form", [{}, {"answer": "save"}, {"answer": "forget", "strava_id": ["1"]}, {"answer": "save", "strava_id": ["x"]}]
)
def test_answer_that_makes_no_sense_changes_nothing(
    as_athlete: Client, athlete: User, form: dict[str, list[str]]
) -> None:
    kept.maybe(athlete, 1)

    answer = as_athlete.post("/sync/maybes/", form, headers={"Accept": "application/json"})

    assert answer.status_code == 422
    assert answer.json()["message"]
    assert Activity.objects.undecided().count() == 1


def test_skipped_maybes_are_followed_by_older_ones(as_athlete: Client, athlete: User) -> None:
    for number in range(1, 31):
        kept.maybe(athlete, number)

    first = as_athlete.get("/sync/figures/").json()["maybes"]
    following = as_athlete.get(f"/sync/figures/?after={first[-1]['strava_id']}").json()["maybes"]

    assert [item["strava_id"] for item in (*first, *following)] == list(range(1, 31))


@pytest.mark.parametrize(
    ("first", "joined", "share"),
    [(10, None, 0.5), (None, 10, 0.5), (10, 20, 0.5), (5, 20, 0.25), (None, None, None), (None, 4, None)],
)
def test_progress_is_measured_by_what_is_known_of_the_beginning(
    first: int | None, joined: int | None, share: float | None
) -> None:
    """By the oldest activity that was known before, or else by the day on which the athlete joined Strava."""
    now = timezone.now()
    run = SyncRun(started_at=now, oldest=now - timedelta(days=5))
    known = {"first": first, "joined": joined}
    figures = {name: days and (now - timedelta(days=days)).isoformat() for name, days in known.items()}

    assert share_read(run, figures) == (share if share is None else pytest.approx(share))


OFFER = re.compile(
    r'data-offer="[a-z]+">.*?name="since" value="([^"]*)".*?name="until" value="([^"]*)".*?>([^<>]+)</button>',
    re.DOTALL,
)


def offers(page: str) -> dict[str, tuple[str, str]]:
    """The buttons that start an import, and the days of each."""
    return {label: (since, until) for since, until, label in OFFER.findall(panel_of(page))}


PART = re.compile(r'<div[^>]* data-part="([a-z_]+)"( hidden)?>|<div data-part="([a-z_]+)"( hidden)?>')


def shown_parts(page: str) -> list[str]:
    """The names of the panel's parts that are not hidden."""
    return [found[1] or found[3] for found in PART.finditer(panel_of(page)) if not (found[2] or found[4])]


def shown(page: str) -> str:
    """The words of the panel's parts that are not hidden."""
    parts = panel_of(page).split("<div data-part=")[1:]
    return unescape(" ".join(part for part in parts if " hidden>" not in part.split("\n")[0]))


def panel_of(page: str) -> str:
    return page.split("data-panel data-open>")[1].split("</section>", maxsplit=1)[0]
