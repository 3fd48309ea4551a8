"""/parkruns/: the parkruns of the signed-in person, and forms for adding, changing and removing them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from strava_live.accounts.models import User
from strava_live.activities.models import Activity
from strava_live.parkrun.models import ParkrunEvent
from strava_live.parkrun.result_models import ParkrunResult, StartingNumbers
from strava_live.parkrun.statements import Statement
from strava_live.sync.decisions import record_parkrun_at
from strava_live.sync.results_by_hand import add_own_event, add_result
from tests.web import kept
from tests.web.listening import Listener
from tests.web.reading import said

pytestmark = pytest.mark.once

DAY = date(2024, 6, 1)
RAN = Statement(how="run", volunteered=False, official_time_s=1471)
NEW = {"event": "Bushy Park", "day": "2024-06-01", "how": "run", "official_time": "24:31", "position": "12", "note": ""}


def event(slug: str = "bushy") -> ParkrunEvent:
    return ParkrunEvent.objects.get(slug=slug)


def a_run(athlete: User, strava_id: int = 7) -> Activity:
    start = datetime(2024, 6, 1, 8, 1, tzinfo=UTC)
    return kept.activity(athlete, strava_id, start=start, wall_clock="2024-06-01T09:01:00", utc_offset_s=3600)


@pytest.mark.parametrize(
    "path",
    [
        "/parkruns/",
        "/parkruns/add/",
        "/parkruns/start/",
        "/parkruns/events/",
        "/parkruns/import/",
        "/parkruns/import/preview/",
        "/parkruns/import/confirm/",
        "/parkruns/1/",
        "/parkruns/1/remove/",
        "/activities/1/parkrun/",
    ],
)
def test_signed_out_visitors_are_sent_to_sign_in(client: Client, db: None, path: str) -> None:
    for answer in (client.get(path), client.post(path)):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/accounts/login/")


def test_page_without_parkruns_says_where_they_come_from(as_athlete: Client) -> None:
    answer = as_athlete.get("/parkruns/")

    assert answer.status_code == 200
    assert "No parkruns yet" in said(answer)


def test_page_shows_count_next_milestone_and_best(as_athlete: Client, athlete: User, events: None) -> None:
    StartingNumbers.objects.create(athlete=athlete, parkruns=47)
    for week, time_s in enumerate((1500, 1471, 1490)):
        add_result(athlete.pk, event(), DAY + timedelta(weeks=week), replace(RAN, official_time_s=time_s))

    answer = as_athlete.get("/parkruns/")

    assert answer.context["ladders"][0].count == 50
    assert (answer.context["ladders"][0].to_go, answer.context["ladders"][0].next) == (50, 100)
    assert answer.context["best_time"] == "24:31"
    assert "Your 50th!" in said(answer)
    assert ">PB<" in said(answer)


def test_number_of_queries_does_not_grow_with_the_list(as_athlete: Client, athlete: User, events: None) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            as_athlete.get("/parkruns/")
        return len(captured)

    add_result(athlete.pk, event(), DAY, RAN)
    few = queries()
    for week in range(1, 60):
        add_result(athlete.pk, event("newfarm"), DAY + timedelta(weeks=week), RAN)

    assert queries() == few <= 7


def test_pages_follow_each_other_without_gap_or_double(as_athlete: Client, athlete: User, events: None) -> None:
    for week in range(60):
        add_result(athlete.pk, event(), DAY - timedelta(weeks=week), RAN)
        add_result(athlete.pk, event("newfarm"), DAY - timedelta(weeks=week), RAN)

    seen, path = [], "/parkruns/"
    while path:
        answer = as_athlete.get(path)
        seen += [row.result.pk for row in answer.context["rows"]]
        path = f"/parkruns/?before={answer.context['older']}" if answer.context["older"] else ""

    assert len(seen) == len(set(seen)) == 120


@pytest.mark.parametrize("before", ["x", "2024-06-01", "2024-06-01,x", "2024-06-01,-1", f"2024-06-01,{10**30}"])
def test_invalid_cursor_is_404(as_athlete: Client, before: str) -> None:
    assert as_athlete.get("/parkruns/", {"before": before}).status_code == 404


def test_parkrun_is_added_by_hand(as_athlete: Client, athlete: User, today: None) -> None:
    answer = as_athlete.post("/parkruns/add/", NEW)

    row = ParkrunResult.objects.get()
    assert answer.status_code == 302
    assert (row.athlete, row.event.slug, row.day, row.official_time_s, row.position, row.source) == (
        athlete,
        "bushy",
        DAY,
        1471,
        12,
        "typed",
    )


def test_adding_a_known_parkrun_redirects_to_it(as_athlete: Client, athlete: User, today: None) -> None:
    row = add_result(athlete.pk, event(), DAY, RAN)

    assert as_athlete.post("/parkruns/add/", NEW).headers["Location"] == f"/parkruns/{row.pk}/"
    assert ParkrunResult.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"event": ""}, "Which event was it?"),
        ({"event": "Atlantis"}, "We don't know that event. Check the spelling or choose below."),
        ({"event": "x", "slug": "own"}, "An event's name has 3 to 60 characters"),
        ({"event": "1234", "slug": "own"}, "An event's name has 3 to 60 characters"),
        ({"event": "parkrun", "slug": "own"}, "An event's name has 3 to 60 characters"),
        ({"event": "x" * 200}, "at most 120 characters"),
        ({"event": "a\0b"}, "Null characters are not allowed"),
        ({"day": "2024-02-31"}, "Enter a valid date"),
        ({"day": "2024-06-05"}, "5 June 2024 was a Wednesday, when there's no parkrun."),
        ({"day": "2026-11-21"}, "That date is in the future."),
        ({"day": "2004-09-25"}, "The first parkrun was on 2 October 2004."),
        ({"how": "no"}, "You can only have a time if you ran or walked."),
        ({"how": "no", "official_time": ""}, "Did you run, walk or volunteer?"),
        ({"how": "swim"}, "Select a valid choice"),
        ({"official_time": "soon"}, "“soon” isn't a valid time"),
        ({"official_time": "2:10"}, "2:10 can't be a parkrun time."),
        ({"position": "0"}, "greater than or equal to 1"),
        ({"note": "x" * 501}, "at most 500 characters"),
    ],
)
def test_invalid_parkrun_shows_an_explanation(
    as_athlete: Client, today: None, wrong: dict[str, str], words: str
) -> None:
    answer = as_athlete.post("/parkruns/add/", NEW | wrong)

    assert answer.status_code == 422
    assert words in said(answer)
    assert not ParkrunResult.objects.exists()


def test_misspelt_event_is_suggested_and_can_be_chosen(as_athlete: Client, today: None) -> None:
    offered = as_athlete.post("/parkruns/add/", NEW | {"event": "Bushhy"})
    taken = as_athlete.post("/parkruns/add/", NEW | {"event": "Bushhy", "slug": "bushy"})

    assert 'value="bushy"' in said(offered)
    assert taken.status_code == 302
    assert ParkrunResult.objects.get().event.slug == "bushy"


def test_unlisted_event_can_be_added_as_ones_own(as_athlete: Client, athlete: User, today: None) -> None:
    new = NEW | {"event": "Atlantis"}
    asked = as_athlete.post("/parkruns/add/", new)
    added = as_athlete.post("/parkruns/add/", new | {"slug": "own"})
    again = as_athlete.post("/parkruns/add/", NEW | {"event": "atlantis parkrun", "day": "2024-06-08"})

    assert "Add “Atlantis” as my own event" in said(asked)
    assert (added.status_code, again.status_code) == (302, 302)
    assert {row.event.name for row in ParkrunResult.objects.of(athlete.pk)} == {"Atlantis parkrun"}
    assert ">Atlantis parkrun<" in said(as_athlete.get("/parkruns/"))


def test_name_of_a_listed_event_is_never_ones_own(as_athlete: Client, today: None) -> None:
    assert as_athlete.post("/parkruns/add/", NEW | {"slug": "own"}).status_code == 302
    assert ParkrunResult.objects.get().event.slug == "bushy"


def test_closed_event_can_be_entered(as_athlete: Client, today: None) -> None:
    answer = as_athlete.post("/parkruns/add/", NEW | {"event": "Montsouris", "day": "2019-06-01"})

    assert answer.status_code == 302
    assert ParkrunResult.objects.get().event.name == "parkrun de Montsouris"


def test_day_that_is_special_elsewhere_can_be_entered(as_athlete: Client, today: None) -> None:
    assert as_athlete.post("/parkruns/add/", NEW | {"event": "Neckarau", "day": "2025-12-25"}).status_code == 302


def test_earlier_parkruns_alone_show_their_count(as_athlete: Client, athlete: User) -> None:
    StartingNumbers.objects.create(athlete=athlete, parkruns=99)

    answer = as_athlete.get("/parkruns/")

    assert "No parkruns yet" not in said(answer)
    assert '<span class="bib-number">99</span>' in said(answer)
    assert "<strong>1 to go</strong> to your 100th" in said(answer)


def test_names_of_events_are_completed(as_athlete: Client, client: Client, athlete: User, events: None) -> None:
    add_own_event(athlete.pk, "Bushranger")

    def names(text: str) -> list[str]:
        return [event["name"] for event in as_athlete.get("/parkruns/events/", {"q": text}).json()["events"]]

    assert names("bush")[0] == "Bushranger parkrun"
    assert {"Bushy parkrun", "Bushy junior parkrun"} <= {*names("bush")}
    assert len(names("park")) == 8
    assert names("") == names("no such event") == []
    assert names("Łódź") == names("lodz") != []
    assert 'data-event-names="/parkruns/events/"' in said(as_athlete.get("/parkruns/add/"))


def test_parkrun_is_changed(as_athlete: Client, athlete: User, today: None) -> None:
    row = add_result(athlete.pk, event(), DAY, RAN)

    answer = as_athlete.post(f"/parkruns/{row.pk}/", {"how": "walk", "volunteered": "on", "official_time": "55:01"})

    row.refresh_from_db()
    assert answer.status_code == 302
    assert (row.how, row.volunteered, row.official_time_s, row.position) == ("walk", True, 3301, None)


def test_changed_official_time_is_announced_to_the_athletes_sockets(
    as_athlete: Client, athlete: User, stranger: User, today: None
) -> None:
    activity = a_run(athlete)
    record_parkrun_at(athlete.pk, activity.strava_id, "bushy")
    mine, theirs = Listener(athlete.pk), Listener(stranger.pk)

    as_athlete.post(f"/parkruns/{ParkrunResult.objects.get().pk}/", {"how": "run", "official_time": "24:31"})

    activity.refresh_from_db()
    (message,), marks = mine.frame()
    assert (message["type"], message["items"][0]["strava_id"]) == ("activities.found", activity.strava_id)
    assert message["items"][0]["parkrun"]["time_s"] == 1471
    assert marks == (activity.mark - 1, activity.mark)
    with pytest.raises(TimeoutError):
        theirs.frame(within_s=0.2)


def test_removed_parkrun_is_announced_with_its_mark(as_athlete: Client, athlete: User, events: None) -> None:
    activity = a_run(athlete)
    record_parkrun_at(athlete.pk, activity.strava_id, "bushy")
    listener = Listener(athlete.pk)

    as_athlete.post(f"/parkruns/{ParkrunResult.objects.get().pk}/remove/")

    activity.refresh_from_db()
    (message,), marks = listener.frame()
    assert (message["type"], message["item"]["parkrun"]) == ("activity.saved", None)
    assert marks == (activity.mark - 1, activity.mark)


def test_removing_asks_for_confirmation(as_athlete: Client, athlete: User, events: None) -> None:
    row = add_result(athlete.pk, event(), DAY, RAN)

    assert as_athlete.get(f"/parkruns/{row.pk}/remove/").status_code == 200
    assert ParkrunResult.objects.count() == 1
    assert as_athlete.post(f"/parkruns/{row.pk}/remove/").status_code == 302
    assert ParkrunResult.objects.count() == 0


def test_removing_marks_the_activity_as_no_parkrun(as_athlete: Client, athlete: User, events: None) -> None:
    activity = a_run(athlete)
    record_parkrun_at(athlete.pk, activity.strava_id, "bushy")

    as_athlete.post(f"/parkruns/{ParkrunResult.objects.get().pk}/remove/")

    activity.refresh_from_db()
    assert not ParkrunResult.objects.exists()
    assert (activity.parkrun, activity.settled) == ("", True)


def test_parkruns_of_others_are_404(as_athlete: Client, clubmate: User, today: None) -> None:
    row = add_result(clubmate.pk, event(), DAY, RAN)
    activity = a_run(clubmate)

    for path in (f"/parkruns/{row.pk}/", f"/parkruns/{row.pk}/remove/", f"/activities/{activity.strava_id}/parkrun/"):
        assert as_athlete.get(path).status_code == 404
        assert as_athlete.post(path, NEW | {"is": "none"}).status_code == 404
    assert ParkrunResult.objects.filter(pk=row.pk, official_time_s=1471).exists()


def test_starting_numbers_are_saved_or_refused_with_an_explanation(as_athlete: Client, athlete: User) -> None:
    wrong = as_athlete.post("/parkruns/start/", {"parkruns": "-1", "juniors": "0", "volunteered": "99999"})
    right = as_athlete.post("/parkruns/start/", {"parkruns": "40", "juniors": "0", "volunteered": "3"})

    assert (wrong.status_code, right.status_code) == (422, 302)
    assert "That's too many: the most is 5,000." in said(wrong)
    kept = StartingNumbers.objects.get(athlete=athlete)
    assert (kept.parkruns, kept.volunteered) == (40, 3)


def test_verdict_of_an_activity_is_corrected(as_athlete: Client, athlete: User, events: None) -> None:
    path = f"/activities/{a_run(athlete).strava_id}/parkrun/"
    listener = Listener(athlete.pk)

    assert as_athlete.get(path).status_code == 200
    assert as_athlete.post(path, {"event": "Atlantis"}).status_code == 422
    assert as_athlete.post(path, {"event": "Bushy Park"}).status_code == 302
    assert ParkrunResult.objects.get().event.slug == "bushy"
    assert as_athlete.post(path, {"event": "Atlantis", "slug": "own"}).status_code == 302
    assert ParkrunResult.objects.get().event.name == "Atlantis parkrun"
    assert as_athlete.post(path, {"is": "none"}).status_code == 302
    assert not ParkrunResult.objects.exists()
    for event in ("bushy", ParkrunEvent.objects.own(athlete.pk).get().slug, None):
        (message,), marks = listener.frame()
        assert (message["item"]["parkrun"] or {}).get("event") == event
        assert marks == (message["mark"] - 1, message["mark"])
