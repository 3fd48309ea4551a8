"""/parkruns/: only for who is signed in, only about themself; importing says in words what it makes of a text."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from strava_live.accounts.models import User
from strava_live.activities.models import Activity
from strava_live.parkrun.catalogue import catalogue
from strava_live.parkrun.models import ParkrunEvent
from strava_live.parkrun.result_models import ImportDraft, ParkrunResult, StartingNumbers
from strava_live.parkrun.results import Statement, add_result
from strava_live.sync.choose import was_parkrun_at
from tests.parkrun import pasted_texts as texts

DAY = date(2024, 6, 1)
RAN = Statement(how="run", volunteered=False, official_time_s=1471)
NEW = {"event": "Bushy Park", "day": "2024-06-01", "how": "run", "official_time": "24:31", "position": "12", "note": ""}


@pytest.fixture
def events(db: None) -> Iterator[None]:
    call_command("load_parkrun_events", stdout=StringIO())
    catalogue.expire()
    yield
    catalogue.expire()  # what this test loaded is gone with it


@pytest.fixture
def today(events: None) -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 20, 12, tzinfo=UTC), tick=False):
        yield


def event(slug: str = "bushy") -> ParkrunEvent:
    return ParkrunEvent.objects.get(slug=slug)


def a_run(athlete: User, strava_id: int = 7) -> Activity:
    start = datetime(2024, 6, 1, 8, 1, tzinfo=UTC)
    return Activity.objects.create(
        athlete=athlete,
        strava_id=strava_id,
        name="Saturday",
        sport_type="Run",
        start=start,
        wall_clock="2024-06-01T09:01:00",
        utc_offset_s=3600,
        distance_m=5000,
        moving_s=1500,
        elapsed_s=1500,
        visibility="everyone",
        mark=1,
        seen_at=start,
    )


def paste(client: Client, text: str) -> Any:
    return client.post("/parkruns/import/", {"text": text})


def confirm(client: Client, **ticked: str) -> Any:
    return client.post("/parkruns/import/confirm/", {"token": ImportDraft.objects.get().token, **ticked})


def said(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


@pytest.mark.parametrize(
    "path",
    [
        "/parkruns/",
        "/parkruns/add/",
        "/parkruns/start/",
        "/parkruns/import/",
        "/parkruns/import/preview/",
        "/parkruns/import/confirm/",
        "/parkruns/1/",
        "/parkruns/1/remove/",
        "/activities/1/parkrun/",
    ],
)
def test_parkruns_send_the_signed_out_to_sign_in(client: Client, db: None, path: str) -> None:
    for answer in (client.get(path), client.post(path)):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/accounts/login/")


def test_page_without_parkruns_says_where_they_come_from(as_athlete: Client) -> None:
    answer = as_athlete.get("/parkruns/")

    assert answer.status_code == 200
    assert "No parkruns yet" in said(answer)


def test_page_tells_count_next_milestone_and_best(as_athlete: Client, athlete: User, events: None) -> None:
    StartingNumbers.objects.create(athlete=athlete, parkruns=47)
    for week, time_s in enumerate((1500, 1471, 1490)):
        add_result(athlete.pk, event(), DAY + timedelta(weeks=week), replace(RAN, official_time_s=time_s))

    answer = as_athlete.get("/parkruns/")

    assert answer.context["ladders"][0].count == 50
    assert (answer.context["ladders"][0].to_go, answer.context["ladders"][0].following) == (50, 100)
    assert answer.context["best_time"] == "24:31"
    assert "Your 50th!" in said(answer)
    assert "best ever" in said(answer)


def test_page_asks_the_same_few_questions_however_many_there_are(
    as_athlete: Client, athlete: User, events: None
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            as_athlete.get("/parkruns/")
        return len(captured)

    add_result(athlete.pk, event(), DAY, RAN)
    few = queries()
    for week in range(1, 60):
        add_result(athlete.pk, event("newfarm"), DAY + timedelta(weeks=week), RAN)

    assert queries() == few <= 6


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
def test_place_that_is_none_is_not_found(as_athlete: Client, before: str) -> None:
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


def test_adding_one_that_is_there_leads_to_it(as_athlete: Client, athlete: User, today: None) -> None:
    row = add_result(athlete.pk, event(), DAY, RAN)

    assert as_athlete.post("/parkruns/add/", NEW).headers["Location"] == f"/parkruns/{row.pk}/"
    assert ParkrunResult.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"event": ""}, "Which event was it?"),
        ({"event": "Atlantis"}, "There is no event of that name."),
        ({"event": "x" * 200}, "at most 120 characters"),
        ({"event": "a\0b"}, "Null characters are not allowed"),
        ({"day": "2024-02-31"}, "Enter a valid date"),
        ({"day": "2024-06-05"}, "5 June 2024 was a Wednesday: Bushy was not held."),
        ({"day": "2026-11-21"}, "That day is still to come."),
        ({"day": "2004-09-25"}, "The first parkrun was on 2 October 2004."),
        ({"how": "no"}, "Who has a time was on the course."),
        ({"how": "no", "official_time": ""}, "Say whether you ran, walked or volunteered."),
        ({"how": "swim"}, "Select a valid choice"),
        ({"official_time": "soon"}, "Soon is no time"),
        ({"official_time": "2:10"}, "2:10 cannot be the time of a parkrun."),
        ({"position": "0"}, "greater than or equal to 1"),
        ({"note": "x" * 501}, "at most 500 characters"),
    ],
)
def test_wrong_parkrun_is_answered_in_words(as_athlete: Client, today: None, wrong: dict[str, str], words: str) -> None:
    answer = as_athlete.post("/parkruns/add/", NEW | wrong)

    assert answer.status_code == 422
    assert words in said(answer)
    assert not ParkrunResult.objects.exists()


def test_misspelt_event_is_offered_and_taken_when_chosen(as_athlete: Client, today: None) -> None:
    offered = as_athlete.post("/parkruns/add/", NEW | {"event": "Bushhy"})
    taken = as_athlete.post("/parkruns/add/", NEW | {"event": "Bushhy", "slug": "bushy"})

    assert 'value="bushy"' in said(offered)
    assert taken.status_code == 302
    assert ParkrunResult.objects.get().event.slug == "bushy"


def test_parkrun_is_changed(as_athlete: Client, athlete: User, today: None) -> None:
    row = add_result(athlete.pk, event(), DAY, RAN)

    answer = as_athlete.post(f"/parkruns/{row.pk}/", {"how": "walk", "volunteered": "on", "official_time": "55:01"})

    row.refresh_from_db()
    assert answer.status_code == 302
    assert (row.how, row.volunteered, row.official_time_s, row.position) == ("walk", True, 3301, None)


def test_removing_asks_first(as_athlete: Client, athlete: User, events: None) -> None:
    row = add_result(athlete.pk, event(), DAY, RAN)

    assert as_athlete.get(f"/parkruns/{row.pk}/remove/").status_code == 200
    assert ParkrunResult.objects.count() == 1
    assert as_athlete.post(f"/parkruns/{row.pk}/remove/").status_code == 302
    assert ParkrunResult.objects.count() == 0


def test_removing_says_of_its_activity_that_it_was_none(as_athlete: Client, athlete: User, events: None) -> None:
    activity = a_run(athlete)
    was_parkrun_at(athlete.pk, activity.strava_id, "bushy")

    as_athlete.post(f"/parkruns/{ParkrunResult.objects.get().pk}/remove/")

    activity.refresh_from_db()
    assert not ParkrunResult.objects.exists()
    assert (activity.parkrun, activity.settled) == ("", True)


def test_parkruns_of_others_are_not_there(as_athlete: Client, clubmate: User, today: None) -> None:
    row = add_result(clubmate.pk, event(), DAY, RAN)
    activity = a_run(clubmate)

    for path in (f"/parkruns/{row.pk}/", f"/parkruns/{row.pk}/remove/", f"/activities/{activity.strava_id}/parkrun/"):
        assert as_athlete.get(path).status_code == 404
        assert as_athlete.post(path, NEW | {"is": "none"}).status_code == 404
    assert ParkrunResult.objects.filter(pk=row.pk, official_time_s=1471).exists()


def test_starting_numbers_are_kept_and_refused_in_words(as_athlete: Client, athlete: User) -> None:
    wrong = as_athlete.post("/parkruns/start/", {"parkruns": "-1", "juniors": "0", "volunteered": "99999"})
    right = as_athlete.post("/parkruns/start/", {"parkruns": "40", "juniors": "0", "volunteered": "3"})

    assert (wrong.status_code, right.status_code) == (422, 302)
    assert "Nobody has done that many" in said(wrong)
    kept = StartingNumbers.objects.get(athlete=athlete)
    assert (kept.parkruns, kept.volunteered) == (40, 3)


def test_activity_is_put_right(as_athlete: Client, athlete: User, events: None) -> None:
    path = f"/activities/{a_run(athlete).strava_id}/parkrun/"

    assert as_athlete.get(path).status_code == 200
    assert as_athlete.post(path, {"event": "Atlantis"}).status_code == 422
    assert as_athlete.post(path, {"event": "Bushy Park"}).status_code == 302
    assert ParkrunResult.objects.get().event.slug == "bushy"
    assert as_athlete.post(path, {"is": "none"}).status_code == 302
    assert not ParkrunResult.objects.exists()


# --- Importing


def test_table_is_previewed_and_kept_once_confirmed(as_athlete: Client, athlete: User, today: None) -> None:
    User.objects.filter(pk=athlete.pk).update(parkrun_id="1234567")

    assert paste(as_athlete, texts.TABLE).headers["Location"] == "/parkruns/import/preview/"
    preview = said(as_athlete.get("/parkruns/import/preview/"))
    assert "3 new" in preview
    assert "Are these yours?" not in preview
    assert not ParkrunResult.objects.exists()
    assert confirm(as_athlete).headers["Location"] == "/parkruns/"
    assert ParkrunResult.objects.filter(athlete=athlete, source="imported").count() == 3


def test_file_is_read_as_what_is_pasted(as_athlete: Client, today: None) -> None:
    file = SimpleUploadedFile("results.csv", texts.CSV.encode())

    assert as_athlete.post("/parkruns/import/", {"file": file}).status_code == 302
    confirm(as_athlete)

    assert ParkrunResult.objects.count() == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Paste your results, or choose a file."),
        ("the quick brown fox\n" * 20, "Nothing in it looks like parkrun results"),
        ("a\0b", "Null characters are not allowed."),
        ("x" * 1_000_001, "That is more than 1 MB"),
        (texts.long_table(5_001), "That is more than 5,000 lines."),
    ],
    ids=["nothing", "garbage", "NUL", "1 MB", "5,001 rows"],
)
def test_what_cannot_be_read_is_answered_in_words(as_athlete: Client, today: None, text: str, words: str) -> None:
    answer = paste(as_athlete, text)

    assert answer.status_code == 422
    assert words in said(answer)
    assert not ImportDraft.objects.exists()
    assert not ParkrunResult.objects.exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (texts.TABLE[: texts.TABLE.index("\t88")], "it tells no time: is the line whole?"),
        (texts.TABLE.replace("25/05/2024", "31/02/2024"), "there is no 31 February 2024"),
        (texts.TABLE.replace("25/05/2024", "31/05/2031"), "31 May 2031 is still to come"),
        (texts.TABLE.replace("New Farm", "Bushhy"), "Which events are these?"),
        (texts.TABLE.replace("01/06/2024", "05/06/2024").replace("25/", "22/"), "Most of these dates are no Saturdays"),
        (texts.long_table(5_000), "These are the first 100 of"),
    ],
    ids=["half a table", "31 February", "the future", "unknown event", "months first", "5,000 rows"],
)
def test_preview_says_what_it_makes_of_it_and_keeps_nothing(
    as_athlete: Client, today: None, text: str, words: str
) -> None:
    assert paste(as_athlete, text).status_code == 302

    assert words in said(as_athlete.get("/parkruns/import/preview/"))
    assert not ParkrunResult.objects.exists()


def test_table_of_another_needs_a_tick(as_athlete: Client, athlete: User, today: None) -> None:
    User.objects.filter(pk=athlete.pk).update(parkrun_id="42")
    paste(as_athlete, texts.TABLE)

    preview = said(as_athlete.get("/parkruns/import/preview/"))
    refused = confirm(as_athlete)

    assert "This is the table of A1234567 (Alva BERG), and you are A42." in preview
    assert refused.status_code == 422
    assert "Say that these results are yours" in said(refused)
    assert not ParkrunResult.objects.exists()
    assert confirm(as_athlete, mine="on").status_code == 302
    assert ParkrunResult.objects.count() == 3


def test_event_that_was_chosen_is_imported(as_athlete: Client, today: None) -> None:
    paste(as_athlete, texts.table("Bushhy\t01/06/2024\t1\t2\t24:31"))

    confirm(as_athlete, **{"event-0": "bushy"})

    assert ParkrunResult.objects.get().event.slug == "bushy"


def test_confirming_again_or_with_another_token_changes_nothing(as_athlete: Client, today: None) -> None:
    paste(as_athlete, texts.CSV)
    wrong = as_athlete.post("/parkruns/import/confirm/", {"token": "another"})
    token = ImportDraft.objects.get().token
    first, again = (as_athlete.post("/parkruns/import/confirm/", {"token": token}) for _ in range(2))

    assert [answer.status_code for answer in (wrong, first, again)] == [302] * 3
    assert ParkrunResult.objects.count() == 3


def test_what_is_pasted_is_never_markup(as_athlete: Client, today: None) -> None:
    paste(as_athlete, texts.table("<b>Bushy</b>\t31/02/2024\t1\t2\t24:31", "<i>x</i>\t01/06/2024\t1\t2\t24:31"))

    preview = said(as_athlete.get("/parkruns/import/preview/"))

    assert "<b>" not in preview
    assert "<i>" not in preview


@pytest.mark.django_db(transaction=True)
def test_confirming_twice_at_the_same_moment_keeps_everything_once(athlete: User, events: None) -> None:
    client = Client()
    client.force_login(athlete)
    paste(client, texts.CSV)
    token = ImportDraft.objects.get().token

    def press(_: int) -> int:
        pressing = Client()
        pressing.force_login(athlete)
        try:
            return pressing.post("/parkruns/import/confirm/", {"token": token}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(press, range(4)))

    assert answers == [302] * 4
    assert ParkrunResult.objects.count() == 3
