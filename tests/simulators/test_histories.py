"""Histories: reproducible, plausible, and labelled for judging the parkrun rules."""

import functools
import math
import time
from collections import Counter
from datetime import UTC, date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from simulators.strava.activity import Activity, summary, zone_label
from simulators.strava.cast import CAST
from simulators.strava.diary import Habits
from simulators.strava.events import CROWDED, Event, all_events, five_k_events
from simulators.strava.histories import histories, history, some_habits
from simulators.strava.routes import METRES_PER_DEGREE, Point, encode
from simulators.strava.special_days import is_event_day
from strava_live.polyline import decode

UNTIL = 1_795_000_000  # 2026-11-18
SEED = int(time.time())
COUNTRIES = {"AU", "AT", "CA", "DK", "FI", "DE", "IE", "IT", "JP", "LT", "MY"}
COUNTRIES |= {"NL", "NZ", "NO", "PL", "SG", "ZA", "NA", "SZ", "SE", "GB", "US"}


@pytest.fixture(autouse=True)
def _tell_seed() -> None:
    print(f"seed {SEED}")  # noqa: T201 - needed to reproduce a failure


@functools.cache
def lives() -> list[tuple[Habits, list[Activity]]]:
    return list(histories(seed=SEED, athletes=40, until=UNTIL))


@functools.cache
def many() -> list[Activity]:
    return [activity for _, lived in lives() for activity in lived]


def metres(one: Point, other: Point) -> float:
    east = (one[1] - other[1]) * math.cos(math.radians(one[0]))
    return math.hypot(one[0] - other[0], east) * METRES_PER_DEGREE


def of_kind(why: str) -> list[Activity]:
    return [activity for activity in many() if activity.label.why == why]


def minutes_late(activity: Activity, event: Event) -> float:
    local = datetime.fromtimestamp(activity.start, ZoneInfo(event.zone))
    return (activity.start - event.start_on(local.date())) / 60


def test_history_is_the_same_for_the_same_seed() -> None:
    habits = some_habits(7, seed=3, until=UNTIL, years=2)
    one, other = (history(habits, seed=3, until=UNTIL) for _ in range(2))
    assert [summary(activity, precise=True) for activity in one] == [summary(each, precise=True) for each in other]
    assert history(habits, seed=4, until=UNTIL) != one


def test_history_grows_without_changing() -> None:
    habits = some_habits(7, seed=3, until=UNTIL, years=2)
    before = history(habits, seed=3, until=UNTIL - 40 * 86_400)
    after = history(habits, seed=3, until=UNTIL)
    assert len(after) > len(before)
    assert {activity.id for activity in before} <= {activity.id for activity in after}


def test_history_has_no_activity_that_is_not_uploaded_yet() -> None:
    assert all(activity.start + activity.elapsed_time <= activity.uploaded <= UNTIL for activity in many())


def test_histories_share_no_ids() -> None:
    for part in CAST:
        lived = history(part.habits, seed=1, until=UNTIL, most=part.most)
        assert len({activity.id for activity in lived}) == len(lived)
        assert lived == sorted(lived, key=lambda one: (one.start, one.id), reverse=True)


def test_two_hundred_athletes_are_generated() -> None:
    total = sum(len(lived) for _, lived in histories(seed=1, athletes=200, until=UNTIL, years=1))
    assert total > 10_000


def test_clear_parkruns_are_clear() -> None:
    clear = [activity for activity in many() if activity.label.parkrun and activity.label.clear]
    assert len(clear) > 500
    for activity in clear:
        event = all_events()[activity.label.event or ""]
        local = datetime.fromtimestamp(activity.start, ZoneInfo(event.zone))
        assert activity.route
        assert is_event_day(event.country, local.date())
        assert -1 <= minutes_late(activity, event) < 7
        assert 4850 <= activity.distance <= 5190
        assert metres(activity.route.start, event.place) < 280
        assert activity.sport_type in ("Run", "TrailRun", "Walk")
        odd = (activity.hidden_start, activity.hidden_map, activity.manual, activity.trainer, activity.zone_label)
        assert not any(odd)
        assert event.slug not in CROWDED


def test_activities_labelled_as_no_parkrun_cannot_be_one() -> None:
    """Every activity of about 5 km on foot that starts at an event, on its day and in time, is labelled a parkrun."""
    events = five_k_events()
    checked = 0
    for activity in many():
        if activity.label.parkrun or activity.route is None or not 4400 < activity.distance < 5800:
            continue
        if activity.sport_type not in ("Run", "TrailRun", "Walk", "Hike") or activity.trainer:
            continue
        near = [event for event in events if metres(activity.route.start, event.place) < 2500]
        day = datetime.fromtimestamp(activity.start, ZoneInfo(activity.zone)).date()
        for event in near:
            checked += 1
            in_time = -30 < minutes_late(activity, event) < 45
            assert not (in_time and is_event_day(event.country, day)), activity
    assert checked > 20


def test_every_kind_of_doubtful_and_similar_activity_occurs() -> None:
    kinds = Counter(activity.label.why for activity in many())
    assert kinds.keys() >= {
        "the start is hidden",
        "the map is hidden",
        "typed in by hand",
        "the same, by a second watch",
        "warm-up and parkrun in one recording",
        "an unknown zone",
        "a warm-up before the parkrun",
        "a cool-down after the parkrun",
        "on a treadmill",
        "a swim",
        "a ride",
        "on the track",
        "5 km at the right hour, kilometres from any event",
        "on the course, later that day",
        "on the course, on another day",
        "cycled at the event",
    }


def test_second_recording_names_the_first() -> None:
    known = {(activity.athlete_id, activity.id): activity for activity in many()}
    for double in of_kind("the same, by a second watch"):
        first = known[double.athlete_id, double.label.double_of or 0]
        assert first.start < double.start < double.start + double.elapsed_time < first.start + first.elapsed_time


def test_late_uploads_have_ids_out_of_order() -> None:
    """Ids follow the time of upload (to about a second), not the time of the run."""
    in_a_row = [two for _, lived in lives() for two in pairwise(sorted(lived, key=lambda one: one.id))]
    assert all(one.uploaded <= other.uploaded + 2 for one, other in in_a_row)
    assert sum(one.start > other.start for one, other in in_a_row) > 20


def test_manual_and_treadmill_have_no_place() -> None:
    for activity in of_kind("typed in by hand"):
        payload = summary(activity, precise=True)
        assert (payload["manual"], payload["start_latlng"], payload["upload_id"], payload["external_id"]) == (
            True,
            [],
            None,
            None,
        )
    assert all(activity.trainer for activity in of_kind("on a treadmill"))


def test_tourists_run_in_several_countries() -> None:
    tom = CAST[1]
    slugs = {one.label.event for one in history(tom.habits, seed=1, until=UNTIL) if one.label.parkrun}
    assert len({all_events()[slug].country for slug in slugs if slug}) >= 5


def test_extract_has_events_in_every_region() -> None:
    assert len(five_k_events()) >= 40
    countries = {event.country for event in five_k_events()}
    assert countries == COUNTRIES
    assert all(metres(event.home, other.place) > 3000 for event in five_k_events() for other in five_k_events())


@pytest.mark.parametrize(
    ("country", "day", "held"),
    [
        ("GB", date(2026, 11, 21), True),
        ("GB", date(2026, 11, 22), False),
        ("AT", date(2025, 1, 1), True),
        ("AU", date(2025, 12, 25), True),
        ("PL", date(2025, 12, 25), False),
        ("PL", date(2025, 12, 26), True),
        ("DK", date(2024, 5, 9), True),
        ("FI", date(2025, 5, 29), True),
        ("SE", date(2026, 5, 14), True),
        ("NL", date(2024, 5, 20), True),
        ("NL", date(2025, 6, 9), True),
        ("NL", date(2026, 5, 25), True),
        ("US", date(2024, 11, 28), True),
        ("US", date(2025, 11, 27), True),
        ("US", date(2026, 11, 26), True),
        ("US", date(2026, 11, 19), False),
        ("DE", date(2025, 10, 3), True),
        ("JP", date(2026, 5, 4), True),
        ("ZA", date(2026, 4, 27), True),
        ("AT", date(2025, 12, 25), False),
    ],
)
def test_event_days(country: str, day: date, held: bool) -> None:
    assert is_event_day(country, day) is held


@pytest.mark.parametrize(
    ("zone", "label"),
    [
        ("Australia/Brisbane", "(GMT+10:00) Australia/Brisbane"),
        ("America/New_York", "(GMT-05:00) America/New_York"),
        ("Europe/Dublin", "(GMT+00:00) Europe/Dublin"),
        ("Australia/Adelaide", "(GMT+09:30) Australia/Adelaide"),
        ("Pacific/Auckland", "(GMT+12:00) Pacific/Auckland"),
    ],
)
def test_zones_have_their_standard_offset(zone: str, label: str) -> None:
    assert zone_label(zone) == label


def test_polylines_decode_to_the_encoded_points() -> None:
    points = [(38.5, -120.2), (40.7, -120.95), (43.252, -126.453)]
    assert encode(points) == "_p~iF~ps|U_ulLnnqC_mqNvxq`@"
    assert list(decode(encode(points))) == points


def test_ids_exceed_32_bits_in_2014() -> None:
    [first, *_] = [activity for activity in many() if activity.start > datetime(2015, 1, 1, tzinfo=UTC).timestamp()]
    assert 2**32 < first.id < 2**53
