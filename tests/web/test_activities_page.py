"""/activities/: the athlete's own activities, newest first, and a page for each."""

from datetime import timedelta

import pytest
from django.test import Client

from strava_live.accounts.models import User
from strava_live.activities.models import Activity
from strava_live.activities.route import route_path
from tests.web import kept
from tests.web.reading import said

pytestmark = pytest.mark.once


def test_activity_of_another_athlete_is_404(as_athlete: Client, stranger: User) -> None:
    kept.parkrun(stranger, 1)

    assert as_athlete.get("/activities/1/").status_code == 404
    for path in ("/activities/1/save/", "/activities/1/unsave/"):
        assert as_athlete.post(path).status_code == 404
    as_athlete.post("/activities/unsave-all/", {"confirm": "yes"})

    assert Activity.objects.get().state == "saved"
    assert "Run 1" not in as_athlete.get("/activities/?show=all").content.decode()


@pytest.mark.parametrize("strava_id", ["0", "1", str(2**63 - 1), str(2**63), "9" * 40])
def test_unknown_activity_is_404(as_athlete: Client, strava_id: str) -> None:
    assert as_athlete.get(f"/activities/{strava_id}/").status_code == 404
    assert as_athlete.post(f"/activities/{strava_id}/save/").status_code == 404


@pytest.mark.parametrize(("show", "buttons"), [("all", 2), ("parkruns", 2), ("saved", 1)])
def test_list_has_buttons_for_selected_activities(as_athlete: Client, athlete: User, show: str, buttons: int) -> None:
    kept.parkrun(athlete, 1)

    page = said(as_athlete.get(f"/activities/?show={show}"))

    assert '<input type="checkbox" name="strava_id" value="1" form="selection">' in page
    assert page.count(" selected</button>") == buttons


def test_pages_show_each_activity_once_while_others_are_added(as_athlete: Client, athlete: User) -> None:
    same = kept.NEWEST - timedelta(days=30)
    for number in range(1, 121):
        kept.parkrun(athlete, number, **({"start": same} if 20 < number < 90 else {}))
    path, seen = "/activities/", list[int]()
    while path:
        answer = as_athlete.get(path)
        seen += [row.strava_id for row in answer.context["rows"]]
        kept.parkrun(athlete, 1000 + len(seen), start=kept.NEWEST + timedelta(days=len(seen)))
        older = answer.context["older"]
        path = f"/activities/{older}" if older else ""

    assert sorted(seen) == list(range(1, 121))


def test_pages_have_links_both_ways_and_show_their_position(as_athlete: Client, athlete: User) -> None:
    for number in range(1, 121):
        kept.parkrun(athlete, number)
    first = as_athlete.get("/activities/?show=all&year=2026")
    second = as_athlete.get(f"/activities/{first.context['older']}")
    third = as_athlete.get(f"/activities/{second.context['older']}")

    assert ["1–50 of 120" in said(first), "51–100 of 120" in said(second), "101–120 of 120" in said(third)] == [
        True
    ] * 3
    back = as_athlete.get(f"/activities/{third.context['newer']}")
    assert [row.strava_id for row in back.context["rows"]] == [row.strava_id for row in second.context["rows"]]
    assert second.context["newer"] == back.context["newer"] == "?show=all&year=2026"
    assert (first.context["newer"], third.context["older"]) == ("", "")


def test_list_can_be_filtered_by_year(as_athlete: Client, athlete: User) -> None:
    for number, year in ((1, 2076), (2, 2026), (3, 2026), (4, 2009)):
        kept.parkrun(athlete, number, start=kept.NEWEST.replace(year=year) - timedelta(days=number))
    kept.activity(athlete, 5, start=kept.NEWEST.replace(year=2012))

    page = as_athlete.get("/activities/?year=2026")
    assert [row.strava_id for row in page.context["rows"]] == [2, 3]
    assert [year for year, *_ in page.context["years"]] == ["2076", "2026", "2009"]
    assert [count for _, count, *_ in page.context["choices"]] == [2, 2, 0, 2]
    assert "2012" in [year for year, *_ in as_athlete.get("/activities/?show=all").context["years"]]
    none = as_athlete.get("/activities/?year=2012")
    assert "Nothing from 2012" in said(none)
    assert '<a href="?show=saved&amp;year=2012" aria-current="true">2012</a>' in said(none)


def test_list_can_be_filtered_by_state(as_athlete: Client, athlete: User) -> None:
    kept.parkrun(athlete, 1)
    kept.activity(athlete, 2, state="saved")
    kept.activity(athlete, 3)
    kept.parkrun(athlete, 4, state="dismissed")

    def ids(show: str) -> list[int]:
        return [row.strava_id for row in as_athlete.get(f"/activities/?show={show}").context["rows"]]

    assert ids("saved") == [1, 2]
    assert ids("parkruns") == [1]
    assert ids("unsaved") == [3, 4]
    assert ids("all") == [1, 2, 3, 4]


def test_rows_show_the_local_start_time_unless_it_is_hidden(as_athlete: Client, athlete: User) -> None:
    kept.activity(athlete, 1, wall_clock="2026-11-13T07:03:09", utc_offset_s=36000, zone="Australia/Brisbane")
    kept.activity(athlete, 2, wall_clock="2026-11-12T00:00:01", hidden_start=True)

    page = said(as_athlete.get("/activities/?show=all"))

    assert "<span>07:03</span> · <span>5.02 km</span>" in page
    assert "<span>Start time hidden</span> · <span>5.02 km</span>" in page
    assert "00:00" not in page
    alone = said(as_athlete.get("/activities/2/"))
    assert '<time datetime="2026-11-12">Thursday 12 November 2026</time> · Start time hidden · Run' in alone


def test_answered_maybe_has_no_maybe_badge(as_athlete: Client, athlete: User) -> None:
    for number, state in enumerate(("found", "saved", "dismissed"), start=1):
        kept.maybe(athlete, number, state=state, event_name="Bushy parkrun")

    rows = as_athlete.get("/activities/?show=all").context["rows"]

    assert [row.parkrun for row in rows] == ["maybe", "sure", ""]
    assert said(as_athlete.get("/activities/?show=all")).count("maybe Bushy parkrun") == 1
    for number, heading in ((1, "Why this may be a parkrun"), (2, "Why we weren't sure")):
        assert heading in said(as_athlete.get(f"/activities/{number}/"))


@pytest.mark.parametrize(
    "query",
    [
        "year=x",
        "year=26",
        "year=20261",
        "year=%D9%A2%D9%A0%D9%A2%D9%A6",
        "show=x",
        "before=x",
        "before=1",
        "before=1,x",
        "before=1,-1",
        f"before={'9' * 30},1",
        "before=1,2,3",
    ],
)
def test_invalid_filter_or_cursor_is_404(as_athlete: Client, query: str) -> None:
    assert as_athlete.get(f"/activities/?{query}").status_code == 404


@pytest.mark.parametrize("show", ["saved", "parkruns", "unsaved", "all"])
def test_empty_list_links_to_the_import(as_athlete: Client, show: str) -> None:
    assert "Import from Strava" in as_athlete.get(f"/activities/?show={show}").content.decode()


def test_page_of_a_parkrun_shows_its_details(as_athlete: Client, athlete: User) -> None:
    kept.parkrun(athlete, 1, name="<b>Bold</b>", device_name="Garmin Forerunner 255", elapsed_s=3725)

    page = as_athlete.get("/activities/1/").content.decode()

    assert "&lt;b&gt;Bold&lt;/b&gt;" in page
    for words in (
        "Bushy parkrun",
        "140 m from the Bushy start",
        "Friday 13 November 2026, 09:00 local time",
        "5.02 km",
        "1:02:05",
        "25:00",
        "Garmin Forerunner 255",
        'href="https://www.strava.com/activities/1"',
        "View on Strava",
    ):
        assert words in page
    assert f'd="{route_path(kept.ROUTE)}"' in page


def test_device_of_another_maker_is_named(as_athlete: Client, athlete: User) -> None:
    kept.activity(athlete, 1, device_name="COROS PACE 3")

    assert "Recorded with COROS PACE 3" in said(as_athlete.get("/activities/1/"))


def test_page_without_a_route_says_so(as_athlete: Client, athlete: User) -> None:
    kept.activity(athlete, 1, polyline="", distance_m=0.0)

    page = as_athlete.get("/activities/1/").content.decode()

    assert "No route from Strava" in page
    assert "0.00 km" not in page
