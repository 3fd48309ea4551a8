"""/parkruns/import/: previews the results in a pasted text or a file, and saves them only after a confirmation."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from strava_live.accounts.models import User
from strava_live.activities.athlete_state import current_mark
from strava_live.parkrun.result_models import ImportDraft, ParkrunResult
from strava_live.sync.decisions import record_parkrun_at
from tests.parkrun import pasted_texts as texts
from tests.web import kept
from tests.web.listening import Listener
from tests.web.reading import said


def paste(client: Client, text: str) -> Any:
    return client.post("/parkruns/import/", {"text": text})


def confirm(client: Client, **ticked: str) -> Any:
    return client.post("/parkruns/import/confirm/", {"token": ImportDraft.objects.get().token, **ticked})


def test_table_is_previewed_and_saved_once_confirmed(as_athlete: Client, athlete: User, today: None) -> None:
    User.objects.filter(pk=athlete.pk).update(parkrun_id="1234567")

    assert paste(as_athlete, texts.TABLE).headers["Location"] == "/parkruns/import/preview/"
    preview = said(as_athlete.get("/parkruns/import/preview/"))
    assert "3 new" in preview
    assert "Are these yours?" not in preview
    assert not ParkrunResult.objects.exists()
    assert confirm(as_athlete).headers["Location"] == "/parkruns/"
    assert ParkrunResult.objects.filter(athlete=athlete, source="imported").count() == 3


def test_ambiguous_dates_are_asked_about(as_athlete: Client, athlete: User, today: None) -> None:
    paste(as_athlete, texts.table("Bushy Park\t6/1/2024\t1\t2\t24:31"))

    asked = said(as_athlete.get("/parkruns/import/preview/"))
    assert "Day or month first?" in asked
    assert ">6 January 2024<" in asked
    assert ">1 June 2024<" in asked
    assert confirm(as_athlete).headers["Location"] == "/parkruns/import/preview/"
    assert not ParkrunResult.objects.exists()

    preview = said(as_athlete.get("/parkruns/import/preview/", {"dates": "month"}))
    assert "1 Jun 2024" in preview
    assert confirm(as_athlete, dates="month").headers["Location"] == "/parkruns/"
    assert str(ParkrunResult.objects.get().day) == "2024-06-01"


def test_file_is_read_like_pasted_text(as_athlete: Client, today: None) -> None:
    file = SimpleUploadedFile("results.csv", texts.CSV.encode())

    assert as_athlete.post("/parkruns/import/", {"file": file}).status_code == 302
    confirm(as_athlete)

    assert ParkrunResult.objects.count() == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Paste your results, or choose a file."),
        ("the quick brown fox\n" * 20, "Nothing here looks like parkrun results"),
        ("a\0b", "Null characters are not allowed."),
        ("x" * 1_000_001, "That's more than 1 MB"),
        (texts.long_table(5_001), "That's more than 5,000 lines."),
    ],
    ids=["nothing", "garbage", "NUL", "1 MB", "5,001 rows"],
)
def test_unreadable_text_shows_an_explanation(as_athlete: Client, today: None, text: str, words: str) -> None:
    answer = paste(as_athlete, text)

    assert answer.status_code == 422
    assert words in said(answer)
    assert not ImportDraft.objects.exists()
    assert not ParkrunResult.objects.exists()


TOO_LARGE = "x" * 3_000_000
"""A text that is larger than what Django reads of a form."""


@pytest.mark.parametrize("kind", ["multipart", "application/x-www-form-urlencoded"])
def test_too_large_paste_is_refused_on_the_page(as_athlete: Client, today: None, kind: str) -> None:
    if kind == "multipart":
        answer = paste(as_athlete, TOO_LARGE)
    else:
        answer = as_athlete.post("/parkruns/import/", f"text={TOO_LARGE}", content_type=kind)

    assert answer.status_code == 422
    assert "Your results: That's more than 1 MB. Paste only the results table." in said(answer)
    assert 'name="csrfmiddlewaretoken"' in said(answer)
    assert not ImportDraft.objects.exists()


def test_paste_needs_a_csrf_token(client: Client, athlete: User, today: None) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(athlete)
    strict.get("/parkruns/import/")
    token = strict.cookies["csrftoken"].value
    form = {"text": texts.TABLE, "csrfmiddlewaretoken": token}

    assert strict.post("/parkruns/import/", {"text": texts.TABLE}).status_code == 403
    assert strict.post("/parkruns/import/", form, headers={"origin": "https://evil.example"}).status_code == 403
    assert not ImportDraft.objects.exists()
    assert strict.post("/parkruns/import/", form).status_code == 302
    assert client.post("/parkruns/import/", {"text": TOO_LARGE}).status_code == 302  # signed out


def test_imported_times_are_announced_to_the_athletes_sockets(as_athlete: Client, athlete: User, today: None) -> None:
    start = datetime(2024, 6, 1, 8, 1, tzinfo=UTC)
    kept.activity(athlete, 1, start=start)
    record_parkrun_at(athlete.pk, 1, "bushy")
    mark = current_mark(athlete.pk)
    listener = Listener(athlete.pk)

    paste(as_athlete, texts.CSV)
    confirm(as_athlete)

    (message,), marks = listener.frame()
    assert (message["type"], marks) == ("activities.found", (mark, mark + 1))
    assert [(item["strava_id"], item["parkrun"]["time_s"]) for item in message["items"]] == [(1, 1471)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (texts.TABLE[: texts.TABLE.index("\t88")], "No time on this line. Is it complete?"),
        (texts.TABLE.replace("25/05/2024", "31/02/2024"), "There's no 31 February 2024"),
        (texts.TABLE.replace("25/05/2024", "31/05/2031"), "31 May 2031 is in the future"),
        (texts.TABLE.replace("New Farm", "Bushhy"), "Which events are these?"),
        (texts.TABLE.replace("01/06/2024", "05/06/2024").replace("25/", "22/"), "Most of these dates aren't Saturdays"),
        (texts.long_table(5_000), "Showing the first 100 of"),
    ],
    ids=["half a table", "31 February", "the future", "unknown event", "no Saturdays", "5,000 rows"],
)
def test_preview_shows_the_plan_and_saves_nothing(as_athlete: Client, today: None, text: str, words: str) -> None:
    assert paste(as_athlete, text).status_code == 302

    assert words in said(as_athlete.get("/parkruns/import/preview/"))
    assert not ParkrunResult.objects.exists()


def test_table_of_another_athlete_needs_a_confirmation(as_athlete: Client, athlete: User, today: None) -> None:
    User.objects.filter(pk=athlete.pk).update(parkrun_id="42")
    paste(as_athlete, texts.TABLE)

    preview = said(as_athlete.get("/parkruns/import/preview/"))
    refused = confirm(as_athlete)

    assert "These are A1234567's results (Alva BERG). You are A42." in preview
    assert refused.status_code == 422
    assert "Tick the box to say these results are yours" in said(refused)
    assert not ParkrunResult.objects.exists()
    assert confirm(as_athlete, mine="on").status_code == 302
    assert ParkrunResult.objects.count() == 3


def test_event_that_was_chosen_is_imported(as_athlete: Client, today: None) -> None:
    paste(as_athlete, texts.table("Bushhy\t1 June 2024\t1\t2\t24:31"))

    confirm(as_athlete, **{"event-0": "bushy"})

    assert ParkrunResult.objects.get().event.slug == "bushy"


def test_confirming_again_or_with_another_token_changes_nothing(as_athlete: Client, today: None) -> None:
    paste(as_athlete, texts.CSV)
    wrong = as_athlete.post("/parkruns/import/confirm/", {"token": "another"})
    token = ImportDraft.objects.get().token
    first, again = (as_athlete.post("/parkruns/import/confirm/", {"token": token}) for _ in range(2))

    assert [answer.status_code for answer in (wrong, first, again)] == [302] * 3
    assert ParkrunResult.objects.count() == 3


def test_pasted_text_is_escaped(as_athlete: Client, today: None) -> None:
    paste(as_athlete, texts.table("<b>Bushy</b>\t31/02/2024\t1\t2\t24:31", "<i>x</i>\t01/06/2024\t1\t2\t24:31"))

    preview = said(as_athlete.get("/parkruns/import/preview/"))

    assert "<b>" not in preview
    assert "<i>" not in preview


@pytest.mark.django_db(transaction=True)
def test_simultaneous_confirmations_import_once(athlete: User, events: None) -> None:
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
