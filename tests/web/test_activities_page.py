"""/activities/: mine alone, newest first, saved and taken back by hand."""

from datetime import timedelta
from html import unescape

import pytest
from django.test import Client

from strava_live.accounts.models import User
from strava_live.activities.garmin import garmin_attribution
from strava_live.activities.models import Activity
from strava_live.activities.route import points_of, route_path
from strava_live.web.activity_words import spaced
from tests.web import kept
from tests.web.listening import Listener
from tests.web.reading import said

CHANGES = ["/activities/1/save/", "/activities/1/unsave/"]
SELECTED = ["/activities/save-selected/", "/activities/unsave-selected/"]
OTHERS = ["/activities/save-parkruns/", "/activities/undo/", "/activities/hide-undo/", "/activities/1/undo/"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/activities/", "/activities/1/", "/activities/unsave-all/", *CHANGES, *SELECTED, *OTHERS]
)
def test_activities_send_the_signed_out_to_sign_in(client: Client, path: str, athlete: User) -> None:
    kept.activity(athlete, 1)

    for answer in (client.get(path), client.post(path, {"confirm": "yes", "strava_id": "1"})):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/accounts/login/")
    assert Activity.objects.get().state == "found"


def test_somebody_elses_activity_is_not_there(as_athlete: Client, stranger: User) -> None:
    kept.parkrun(stranger, 1)

    assert as_athlete.get("/activities/1/").status_code == 404
    for path in CHANGES:
        assert as_athlete.post(path).status_code == 404
    as_athlete.post("/activities/unsave-all/", {"confirm": "yes"})

    assert Activity.objects.get().state == "saved"
    assert "Run 1" not in as_athlete.get("/activities/?show=all").content.decode()


@pytest.mark.parametrize("strava_id", ["0", "1", str(2**63 - 1), str(2**63), "9" * 40])
def test_activity_that_is_not_there_is_404(as_athlete: Client, strava_id: str) -> None:
    assert as_athlete.get(f"/activities/{strava_id}/").status_code == 404
    assert as_athlete.post(f"/activities/{strava_id}/save/").status_code == 404


def test_changes_are_posts_with_the_token(athlete: User, as_athlete: Client) -> None:
    kept.activity(athlete, 1)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(athlete)

    for path in (*CHANGES, *SELECTED, *OTHERS):
        assert as_athlete.get(path).status_code == 405
        assert strict.post(path, {"strava_id": "1"}).status_code == 403
    assert strict.post("/activities/unsave-all/", {"confirm": "yes"}).status_code == 403
    assert Activity.objects.get().state == "found"


def test_saving_and_taking_back(as_athlete: Client, athlete: User) -> None:
    kept.activity(athlete, 1)

    answer = as_athlete.post("/activities/1/save/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/activities/1/")
    assert Activity.objects.get().state == "saved"

    as_athlete.post("/activities/1/unsave/")
    assert Activity.objects.get().state == "dismissed"


@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [
        ("/sync/#maybes", "/sync/#maybes"),
        ("/activities/?show=all", "/activities/?show=all"),
        ("https://evil.example/", "/activities/1/"),
        ("//evil.example/", "/activities/1/"),
        ("/\\evil.example/", "/activities/1/"),
        ("javascript:alert(1)", "/activities/1/"),
        ("", "/activities/1/"),
    ],
)
def test_way_back_stays_on_the_site(as_athlete: Client, athlete: User, asked: str, leads_to: str) -> None:
    kept.activity(athlete, 1)

    assert as_athlete.post("/activities/1/save/", {"next": asked}).headers["Location"] == leads_to


def test_removing_all_asks_first_and_says_how_many(as_athlete: Client, athlete: User) -> None:
    for number in range(1, 4):
        kept.parkrun(athlete, number)
    kept.activity(athlete, 4)

    for answer in (as_athlete.get("/activities/unsave-all/"), as_athlete.post("/activities/unsave-all/")):
        assert "Remove all 3 saved activities?" in answer.content.decode()
    assert Activity.objects.saved().count() == 3

    answer = as_athlete.post("/activities/unsave-all/", {"confirm": "yes"}, follow=True)

    assert "Removed 3 activities." in answer.content.decode()
    assert sorted(Activity.objects.values_list("strava_id", "state")) == [
        (1, "dismissed"),
        (2, "dismissed"),
        (3, "dismissed"),
        (4, "found"),
    ]


def test_what_is_done_here_is_told_to_the_athletes_sockets(as_athlete: Client, athlete: User, stranger: User) -> None:
    kept.activity(athlete, 1)
    kept.parkrun(athlete, 2)
    mine, theirs = Listener(athlete.pk), Listener(stranger.pk)

    as_athlete.post("/activities/1/save/")
    as_athlete.post("/activities/unsave-all/", {"confirm": "yes"})

    told, marks = mine.frame()
    assert ([message["type"] for message in told], marks) == (["activity.saved"], (2, 3))
    told, marks = mine.frame()
    assert ([message["type"] for message in told], marks) == (["activity.unsaved"] * 2, (3, 5))
    with pytest.raises(TimeoutError):
        theirs.frame(within_s=0.2)


def select(client: Client, verb: str, *ids: object, **more: str) -> tuple[int, str]:
    """The answer's status, and the words on the page it leads to."""
    answer = client.post(f"/activities/{verb}-selected/", {"strava_id": [str(one) for one in ids], **more})
    return answer.status_code, unescape(said(client.get(answer.headers["Location"])))


def states() -> dict[int, str]:
    return dict(Activity.objects.values_list("strava_id", "state"))


def test_several_are_saved_and_removed_at_once(as_athlete: Client, athlete: User) -> None:
    for number in range(1, 5):
        kept.activity(athlete, number)
    listener = Listener(athlete.pk)

    status, page = select(as_athlete, "save", 1, 2, 3, next="/activities/?show=all")
    assert (status, "Saved 3 activities." in page) == (302, True)
    status, page = select(as_athlete, "unsave", 3)
    assert (status, "Removed “Run 3”." in page) == (302, True)

    assert states() == {1: "saved", 2: "saved", 3: "dismissed", 4: "found"}
    assert [message["item"]["strava_id"] for message in listener.frame()[0]] == [1, 2, 3]
    assert [message["item"]["strava_id"] for message in listener.frame()[0]] == [3]


def test_selection_leads_back_to_its_page_and_nowhere_else(as_athlete: Client, athlete: User) -> None:
    kept.activity(athlete, 1)
    for named, leads_to in (
        ("/activities/?show=all&before=5,1", "/activities/?show=all&before=5,1"),
        ("https://evil.example/", "/activities/"),
    ):
        answer = as_athlete.post("/activities/save-selected/", {"strava_id": "1", "next": named})
        assert answer.headers["Location"] == leads_to


@pytest.mark.parametrize(
    "ids", [[], ["x", "-1", "", "1.5", "٣", "9" * 19, "9" * 30, "9" * 5000], ["4"], list(range(1, 202))], ids=str
)
@pytest.mark.parametrize("verb", ["save", "unsave"])
def test_selection_that_is_none_of_theirs_changes_nothing_and_says_so(
    as_athlete: Client, athlete: User, stranger: User, verb: str, ids: list[object]
) -> None:
    kept.activity(athlete, 1)
    kept.activity(stranger, 4)

    status, page = select(as_athlete, verb, *ids)

    assert status == 302
    sentences = ("Nothing is selected", f"Skipped {len(ids)} that", "You can select up to 200 at once")
    assert any(sentence in page for sentence in sentences)
    assert set(states().values()) == {"found"}


def test_what_is_not_theirs_is_left_out_and_the_rest_is_done(as_athlete: Client, athlete: User, stranger: User) -> None:
    kept.activity(athlete, 1)
    kept.activity(stranger, 4)

    _, page = select(as_athlete, "save", 1, 1, 4, "x")

    assert "Saved 1 activity." in page
    assert "Skipped 2 that are not in your activities." in page
    assert states() == {1: "saved", 4: "found"}


def test_removal_is_undone_from_the_next_page_and_after_a_reload(as_athlete: Client, athlete: User) -> None:
    for number in range(1, 4):
        kept.parkrun(athlete, number)
    as_athlete.post("/activities/unsave-all/", {"confirm": "yes"})
    for path in ("/activities/", "/activities/", "/activities/1/"):
        assert "Removed 3 activities." in said(as_athlete.get(path))
    form = {"removal": as_athlete.get("/activities/").context["removal"].pk, "next": "/activities/?show=all"}

    page = said(as_athlete.post("/activities/undo/", form, follow=True))

    assert "Restored 3 activities." in page
    assert "Removed 3" not in page
    assert set(states().values()) == {"saved"}
    assert "There is nothing left to undo." in said(as_athlete.post("/activities/undo/", form, follow=True))


def test_one_removal_is_named_hidden_and_put_back(as_athlete: Client, athlete: User) -> None:
    kept.parkrun(athlete, 1)
    kept.maybe(athlete, 2)
    as_athlete.post("/activities/1/unsave/")
    assert "Removed “Run 1”." in said(as_athlete.get("/activities/"))
    as_athlete.post("/activities/2/unsave/")
    page = as_athlete.get("/activities/")
    assert "Dismissed “Run 2”." in said(page)

    as_athlete.post("/activities/hide-undo/", {"removal": page.context["removal"].pk})
    assert "Removed “Run 1”." in said(as_athlete.get("/activities/"))
    as_athlete.post("/activities/1/undo/")

    assert states() == {1: "saved", 2: "dismissed"}
    assert as_athlete.get("/activities/").context["removal"] is None


def test_undo_is_told_to_the_athletes_sockets(as_athlete: Client, athlete: User) -> None:
    kept.parkrun(athlete, 1)
    as_athlete.post("/activities/1/unsave/")
    listener = Listener(athlete.pk)

    as_athlete.post("/activities/1/undo/")

    (message,), _ = listener.frame()
    assert (message["type"], message["item"]["state"]) == ("activity.saved", "saved")


@pytest.mark.parametrize("form", [{}, {"removal": "x"}, {"removal": "-1"}, {"removal": "9" * 40}], ids=str)
@pytest.mark.parametrize("path", ["/activities/undo/", "/activities/hide-undo/"])
def test_undo_of_nothing_changes_nothing(as_athlete: Client, athlete: User, path: str, form: dict[str, str]) -> None:
    kept.parkrun(athlete, 1)
    as_athlete.post("/activities/1/unsave/")

    assert as_athlete.post(path, form).headers["Location"] == "/activities/"
    assert states() == {1: "dismissed"}
    assert as_athlete.get("/activities/").context["removal"] is not None


def test_all_parkruns_are_saved_in_one_go(as_athlete: Client, athlete: User) -> None:
    for number in range(1, 4):
        kept.parkrun(athlete, number)
    kept.activity(athlete, 4)
    as_athlete.post("/activities/unsave-all/", {"confirm": "yes"})
    assert "(3 not saved)" in said(as_athlete.get("/activities/"))

    assert "(3 not saved)" in said(as_athlete.get("/sync/"))
    page = said(as_athlete.post("/activities/save-parkruns/", follow=True))
    assert "Saved 3 parkruns." in page
    assert "Save all parkruns" not in page
    assert states() == {1: "saved", 2: "saved", 3: "saved", 4: "found"}
    again = said(as_athlete.post("/activities/save-parkruns/", {"next": "/sync/"}, follow=True))
    assert "All your parkruns are saved already." in again


@pytest.mark.parametrize(("show", "buttons"), [("all", 2), ("parkruns", 2), ("saved", 1)])
def test_list_offers_what_can_be_done_with_several(as_athlete: Client, athlete: User, show: str, buttons: int) -> None:
    kept.parkrun(athlete, 1)

    page = said(as_athlete.get(f"/activities/?show={show}"))

    assert '<input type="checkbox" name="strava_id" value="1" form="selection">' in page
    assert page.count(" selected</button>") == buttons


def test_list_pages_by_key_and_shows_each_once(as_athlete: Client, athlete: User) -> None:
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


def test_pages_lead_back_and_say_where_they_stand(as_athlete: Client, athlete: User) -> None:
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


def test_years_are_offered_and_shown_alone(as_athlete: Client, athlete: User) -> None:
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


def test_list_shows_what_was_chosen(as_athlete: Client, athlete: User) -> None:
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


def test_rows_say_when_it_started_by_the_clock_there(as_athlete: Client, athlete: User) -> None:
    kept.activity(athlete, 1, wall_clock="2026-11-13T07:03:09", utc_offset_s=36000, zone="Australia/Brisbane")
    kept.activity(athlete, 2, wall_clock="2026-11-12T00:00:01", hidden_start=True)

    page = said(as_athlete.get("/activities/?show=all"))

    assert "<span>07:03</span> · <span>5.02 km</span>" in page
    assert "<span>Start time hidden</span> · <span>5.02 km</span>" in page
    assert "00:00" not in page
    alone = said(as_athlete.get("/activities/2/"))
    assert '<time datetime="2026-11-12">Thursday 12 November 2026</time> · Start time hidden · Run' in alone


def test_maybe_that_was_answered_is_no_maybe_any_more(as_athlete: Client, athlete: User) -> None:
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
def test_wrong_place_in_the_list_is_404(as_athlete: Client, query: str) -> None:
    assert as_athlete.get(f"/activities/?{query}").status_code == 404


@pytest.mark.parametrize("show", ["saved", "parkruns", "unsaved", "all"])
def test_empty_list_says_what_would_fill_it(as_athlete: Client, show: str) -> None:
    assert "Import from Strava" in as_athlete.get(f"/activities/?show={show}").content.decode()


def test_page_of_a_parkrun_shows_all_of_it(as_athlete: Client, athlete: User) -> None:
    kept.parkrun(athlete, 1, name="<b>Bold</b>", device_name="Garmin Forerunner 255", elapsed_s=3725)

    page = as_athlete.get("/activities/1/").content.decode()

    assert "&lt;b&gt;Bold&lt;/b&gt;" in page
    for words in (
        "Bushy parkrun",
        "140 m from Bushy start",
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


@pytest.mark.parametrize(
    ("device_name", "words"),
    [
        ("Garmin Forerunner 255", "Garmin Forerunner 255"),
        ("Garmin  fēnix 8 ", "Garmin fēnix 8"),
        ("Garmin", "Garmin"),
        ("Garminator", ""),
        ("Apple Watch by Garmin", ""),
        ("", ""),
    ],
)
def test_garmin_devices_are_named_as_garmin_asks(device_name: str, words: str) -> None:
    assert garmin_attribution(device_name) == words


def test_other_devices_are_named_too(as_athlete: Client, athlete: User) -> None:
    kept.activity(athlete, 1, device_name="COROS PACE 3")

    assert "Recorded with COROS PACE 3" in said(as_athlete.get("/activities/1/"))


def test_page_without_a_route_says_so(as_athlete: Client, athlete: User) -> None:
    kept.activity(athlete, 1, polyline="", distance_m=0.0)

    page = as_athlete.get("/activities/1/").content.decode()

    assert "No route from Strava" in page
    assert "0.00 km" not in page


def test_points_are_those_of_googles_example() -> None:
    assert points_of(kept.ROUTE) == [(38.5, -120.2), (40.7, -120.95), (43.252, -126.453)]


def test_route_fills_its_square_with_north_up() -> None:
    path = route_path(kept.ROUTE)
    points = [tuple(map(float, point.split())) for point in path.removeprefix("M").split("L")]

    assert len(points) == 3
    assert all(0 <= number <= 100 for point in points for number in point)
    assert {0, 100} <= {number for point in points for number in point}
    assert points[0][1] > points[1][1] > points[2][1]  # it goes north
    assert points[0][0] > points[1][0] > points[2][0]  # and west


@pytest.mark.parametrize("polyline", ["", "_p~iF~ps|U", "_p~iF", "?", "~~~~", "\x00"])
def test_route_of_next_to_nothing_is_none(polyline: str) -> None:
    assert route_path(polyline) == ""


def test_route_on_one_spot_is_drawn_somewhere() -> None:
    assert route_path("_p~iF~ps|U??") == "M50.0 50.0L50.0 50.0"


def test_long_route_is_thinned_and_keeps_its_end() -> None:
    steps = "_p~iF~ps|U" + "_ibE?" * 999

    assert route_path(steps, most=60).count("L") <= 61
    assert route_path(steps, most=60).endswith(route_path(steps).rsplit("L", 1)[1])


@pytest.mark.parametrize(("strava", "words"), [("TrailRun", "Trail run"), ("Run", "Run"), ("", "")])
def test_sport_is_shown_in_words(strava: str, words: str) -> None:
    assert spaced(strava) == words
