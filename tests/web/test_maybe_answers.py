"""Answering maybes (activities that may be parkruns): several at once, or by choosing another event."""

from datetime import timedelta

import pytest
from django.test import Client

from strava_live.accounts.models import User
from strava_live.activities.models import Activity
from strava_live.parkrun.models import ParkrunEvent
from tests.web import kept
from tests.web.reading import said


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
def test_invalid_answer_changes_nothing(as_athlete: Client, athlete: User, form: dict[str, list[str]]) -> None:
    kept.maybe(athlete, 1)

    answer = as_athlete.post("/sync/maybes/", form, headers={"Accept": "application/json"})

    assert answer.status_code == 422
    assert answer.json()["message"]
    assert Activity.objects.undecided().count() == 1


def test_naming_another_event_returns_to_the_next_maybe(as_athlete: Client, athlete: User, events: None) -> None:
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


def test_an_own_event_is_not_kept_if_no_parkrun_was_held_that_day(
    as_athlete: Client, athlete: User, events: None
) -> None:
    tuesday = kept.NEWEST - timedelta(days=(kept.NEWEST.weekday() - 1) % 7)
    kept.maybe(athlete, 1, start=tuesday)

    answer = as_athlete.post("/activities/1/parkrun/", {"event": "Our own parkrun", "slug": "own"})

    assert answer.status_code == 422
    assert "There was no parkrun" in said(answer)
    assert not ParkrunEvent.objects.known_to(athlete.pk).filter(name__startswith="Our own").exists()


def test_correction_returns_only_to_pages_of_this_site(as_athlete: Client, athlete: User, events: None) -> None:
    kept.maybe(athlete, 1)

    assert "evil" not in said(as_athlete.get("/activities/1/parkrun/?next=//evil.example/"))
    answer = as_athlete.post("/activities/1/parkrun/", {"is": "none", "next": "https://evil.example/"})

    assert answer.headers["Location"] == "/activities/1/"
