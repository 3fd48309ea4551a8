"""Activities, single and in pages: their order, short pages, scopes, and the peculiarities of the payload."""

import time
from typing import Any

import pytest

from simulators.process import StandIn
from simulators.strava.routes import apart
from strava_live.polyline import decode
from tests.simulators.application import Application, error
from tests.simulators.callback import until

LISTED = "athlete/activities"


def starts(page: list[dict[str, Any]]) -> list[str]:
    return [one["start_date"] for one in page]


def test_activities_are_newest_first_unless_only_after_is_given(
    application: Application, strava: StandIn, athlete_id: int, token: str
) -> None:
    known = strava.activities(athlete_id)
    low, high = known[20]["start"], known[5]["start"]
    newest_first = [one["id"] for one in known]
    assert [one["id"] for one in application.page(token, per_page=200)] == newest_first
    assert [one["id"] for one in application.page(token, per_page=200, before=high)] == newest_first[6:]
    assert [one["id"] for one in application.page(token, per_page=200, after=low)] == newest_first[:20][::-1]
    assert [one["id"] for one in application.page(token, per_page=200, after=low, before=high)] == newest_first[6:20]


def test_pages_have_30_activities_by_default_and_200_at_most(application: Application, strava: StandIn) -> None:
    athlete_id = strava.add_athlete(activities=450)
    token = strava.grant(athlete_id)["access_token"]
    lengths = [len(application.page(token, per_page=1000, page=page)) for page in (1, 2, 3, 4)]
    assert lengths == [200, 200, 50, 0]
    assert len(application.page(token)) == 30


def test_hidden_activities_shorten_pages(application: Application, strava: StandIn) -> None:
    athlete_id = strava.add_athlete(activities=600, withheld=[[0, 10], [200, 400]])
    token = strava.grant(athlete_id)["access_token"]
    lengths = [len(application.page(token, per_page=200, page=page)) for page in (1, 2, 3)]
    assert lengths == [190, 0, 200]


def test_withheld_share_is_about_as_specified(strava: StandIn) -> None:
    athlete_id = strava.add_athlete(activities=3000, withheld_share=0.15)
    assert len(strava.activities(athlete_id)) == 3000
    assert 2450 <= len(strava.given_ids(athlete_id)) <= 2650


def test_after_in_the_future_is_refused(application: Application, token: str) -> None:
    answer = application.get(token, LISTED, after=int(time.time() * 1000))
    assert error(answer) == (400, "Bad Request", "Application", "after", "future")
    assert error(application.get(token, LISTED, before="soon"))[2:] == ("Application", "before", "invalid")


def test_missing_scope_is_named(application: Application, strava: StandIn, athlete_id: int) -> None:
    token = strava.grant(athlete_id, "read")["access_token"]
    expected = (401, "Authorization Error", "AccessToken", "activity:read_permission", "missing")
    assert error(application.get(token, LISTED)) == expected
    assert application.get(token, "athlete").status_code == 200


def test_only_me_activities_need_read_all(
    application: Application, strava: StandIn, athlete_id: int, token: str
) -> None:
    hidden = strava.activities(athlete_id)[3]["id"]
    strava.change_activity(hidden, visibility="only_me")
    everything = strava.grant(athlete_id, "read,activity:read_all")["access_token"]
    assert hidden not in {one["id"] for one in application.page(token)}
    assert application.get(token, f"activities/{hidden}").status_code == 404
    [shown] = [one for one in application.page(everything) if one["id"] == hidden]
    assert (shown["private"], shown["visibility"]) == (True, "only_me")


def test_coordinates_are_rounded_without_read_all(
    application: Application, strava: StandIn, athlete_id: int, token: str
) -> None:
    everything = strava.grant(athlete_id, "read,activity:read_all")["access_token"]
    rounded, exact = application.page(token)[0], application.page(everything)[0]
    assert rounded["start_latlng"] == [round(number, 2) for number in exact["start_latlng"]]
    assert rounded["start_latlng"] != exact["start_latlng"]
    assert next(decode(exact["map"]["summary_polyline"])) == pytest.approx(exact["start_latlng"], abs=1e-5)
    strava.settings(round_coordinates=False)
    assert application.page(token)[0]["start_latlng"] == exact["start_latlng"]


def test_payload_has_every_field_and_an_id_beyond_32_bits(application: Application, token: str) -> None:
    first = application.page(token)[0]
    assert set(first) == set(FIELDS.split())
    assert first["id"] > 2**32


def test_local_time_has_a_wrong_z_and_zones_have_their_standard_offset(
    application: Application, strava: StandIn
) -> None:
    athlete_id = strava.add_athlete(activities=1, event="edinburgh")
    summer = 1_782_000_000  # 2026-06-21T00:00:00Z
    strava.add_activity(athlete_id, start=summer)
    token = strava.grant(athlete_id)["access_token"]
    [activity] = [one for one in application.page(token) if one["start_date"] == "2026-06-21T00:00:00Z"]
    assert activity["start_date_local"] == "2026-06-21T01:00:00Z"
    assert activity["timezone"] == "(GMT+00:00) Europe/London"
    assert activity["utc_offset"] == 3600.0


@pytest.mark.parametrize("by_true_start", [True, False])
def test_hidden_start_is_a_second_after_local_midnight(
    application: Application, strava: StandIn, by_true_start: bool
) -> None:
    athlete_id = strava.add_athlete(activities=9, hidden_starts=[2], by_true_start=by_true_start, event="newfarm")
    token = strava.grant(athlete_id)["access_token"]
    [(position, hidden)] = [
        (position, one)
        for position, one in enumerate(application.page(token))
        if one["start_date_local"].endswith("T00:00:01Z")
    ]
    assert hidden["start_date"].endswith("T14:00:01Z")
    assert hidden["name"] == "Run 3"
    assert (position == 2) or not by_true_start
    order = starts(application.page(token))
    assert by_true_start or order == sorted(order, reverse=True)


def test_several_activities_can_share_a_second(application: Application, strava: StandIn) -> None:
    athlete_id = strava.add_athlete(activities=300, same_second=[[20, 270]])
    token = strava.grant(athlete_id)["access_token"]
    pages = [application.page(token, per_page=200, page=page) for page in (1, 2)]
    assert len({one["id"] for page in pages for one in page}) == 300
    assert len({one["start_date"] for page in pages for one in page}) == 51


def test_hidden_map_has_no_polyline_and_no_places(
    application: Application, strava: StandIn, athlete_id: int, token: str
) -> None:
    activity_id = strava.activities(athlete_id)[0]["id"]
    strava.change_activity(activity_id, hidden_map=True)
    activity = application.page(token)[0]
    assert (activity["map"]["summary_polyline"], activity["start_latlng"], activity["end_latlng"]) == ("", [], [])


def test_trimmed_map_begins_and_ends_outside_the_privacy_zone(
    application: Application, strava: StandIn, athlete_id: int, token: str
) -> None:
    activity_id = strava.finish_parkrun(athlete_id)["id"]
    whole = application.get(token, f"activities/{activity_id}").json()
    strava.change_activity(activity_id, trimmed_m=200)
    shown = application.get(token, f"activities/{activity_id}").json()
    line = list(decode(whole["map"]["summary_polyline"]))
    kept = list(decode(shown["map"]["summary_polyline"]))
    first = line.index(kept[0])
    assert line[first : first + len(kept)] == kept
    for end, others in ((line[0], kept[:1]), (line[-1], kept[-1:]), (kept[0], line[:1]), (kept[-1], line[-1:])):
        assert all(apart(end, other) > 200 for other in others)
    assert shown["start_latlng"] == [round(number, 2) for number in kept[0]]
    strava.change_activity(activity_id, ends_hidden=True)
    [listed] = [one for one in application.page(token, per_page=200) if one["id"] == activity_id]
    assert (listed["start_latlng"], listed["end_latlng"]) == ([], [])
    assert listed["map"]["summary_polyline"] == shown["map"]["summary_polyline"]


def test_trimming_more_than_the_route_leaves_no_map(
    application: Application, strava: StandIn, athlete_id: int, token: str
) -> None:
    activity_id = strava.finish_parkrun(athlete_id, trimmed_m=2000)["id"]
    payload = application.get(token, f"activities/{activity_id}").json()
    assert (payload["map"]["summary_polyline"], payload["start_latlng"]) == ("", [])


@pytest.mark.parametrize("listed", [True, False])
def test_new_activity_is_not_found_for_a_while(
    application: Application, strava: StandIn, athlete_id: int, token: str, listed: bool
) -> None:
    strava.settings(not_found_ms=3_600_000, listed_at_once=listed)
    activity_id = strava.add_activity(athlete_id)
    assert application.get(token, f"activities/{activity_id}").status_code == 404
    assert (activity_id in [one["id"] for one in application.page(token)]) is listed
    strava.settings(not_found_ms=1)
    activity_id = strava.add_activity(athlete_id)
    until(lambda: application.get(token, f"activities/{activity_id}").status_code == 200)
    assert activity_id in [one["id"] for one in application.page(token)]


def test_single_activity_has_more_fields(
    application: Application, strava: StandIn, athlete_id: int, token: str
) -> None:
    activity_id = strava.activities(athlete_id)[0]["id"]
    detail = application.get(token, f"activities/{activity_id}").json()
    assert detail["resource_state"] == 3
    assert detail["map"]["polyline"]
    assert {"description", "calories", "best_efforts", "splits_metric", "laps"} <= set(detail)


def test_activity_of_a_different_athlete_or_an_unknown_id_is_not_found(
    application: Application, strava: StandIn, token: str
) -> None:
    other = strava.activities(strava.add_athlete(activities=1))[0]["id"]
    for activity_id in (other, 1, "x"):
        answer = application.get(token, f"activities/{activity_id}")
        assert error(answer) == (404, "Record Not Found", "Activity", "", "not found")


def test_streams_are_keyed_by_type_and_have_no_limit_headers(
    application: Application, strava: StandIn, athlete_id: int, token: str
) -> None:
    path = f"activities/{strava.activities(athlete_id)[0]['id']}/streams"
    answer = application.get(token, path, keys="time,latlng,watts", key_by_type="true")
    streams = answer.json()
    assert set(streams) == {"time", "latlng", "distance"}
    detail = application.get(token, path.removesuffix("/streams")).json()
    assert [tuple(one) for one in streams["latlng"]["data"]] == list(decode(detail["map"]["polyline"]))
    assert len(streams["time"]["data"]) == len(streams["latlng"]["data"]) == streams["time"]["original_size"]
    assert "X-RateLimit-Usage" not in answer.headers
    assert application.get(token, path, keys="time").status_code == 400


def test_athlete_shows_more_with_the_profile_scope(
    application: Application, strava: StandIn, athlete_id: int, token: str
) -> None:
    summary = application.get(token, "athlete").json()
    whole = strava.grant(athlete_id, "read,profile:read_all")["access_token"]
    detailed = application.get(whole, "athlete").json()
    assert (summary["resource_state"], detailed["resource_state"]) == (2, 3)
    assert summary["profile"] == "avatar/athlete/large.png"
    assert "email" not in detailed
    assert set(detailed) > set(summary)


def test_club_endpoints_are_gone(application: Application, token: str) -> None:
    assert application.get(token, "clubs/1").status_code == 200
    assert error(application.get(token, "clubs/1/activities")) == (
        404,
        "Record Not Found",
        "resource",
        "path",
        "invalid",
    )
    for gone in ("members", "admins"):
        expected = (401, "Authorization Error", "Application", "internal", "invalid")
        assert error(application.get(token, f"clubs/1/{gone}")) == expected


def test_activities_are_added_and_deleted_after_every_page(
    application: Application, strava: StandIn, athlete_id: int, token: str
) -> None:
    before = strava.given_ids(athlete_id)
    strava.churn(athlete_id, add=2, remove=3)
    for _ in range(3):
        application.page(token, per_page=5)
    strava.churn(athlete_id)
    churned = strava.churned(athlete_id)
    assert (len(churned["added"]), len(churned["removed"])) == (6, 9)
    assert strava.given_ids(athlete_id) == (before | set(churned["added"])) - set(churned["removed"])


FIELDS = (
    "resource_state athlete name distance moving_time elapsed_time total_elevation_gain type sport_type workout_type "
    "id start_date start_date_local timezone utc_offset location_city location_state location_country "
    "achievement_count kudos_count comment_count athlete_count photo_count map trainer commute manual private "
    "visibility flagged gear_id start_latlng end_latlng average_speed max_speed average_cadence has_heartrate "
    "average_heartrate max_heartrate heartrate_opt_out display_hide_heartrate_option elev_high elev_low upload_id "
    "upload_id_str external_id from_accepted_tag pr_count total_photo_count has_kudoed suffer_score device_name "
    "hide_from_home"
)
