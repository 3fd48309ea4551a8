"""Reading payloads: any JSON is accepted or raises UnexpectedAnswer."""

from contextlib import suppress
from dataclasses import FrozenInstanceError
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strava_live.strava.errors import UnexpectedAnswer
from strava_live.strava.payloads import (
    read_activity,
    read_athlete,
    read_grant,
    read_subscription,
    read_tokens,
)
from tests.strava.payloads import POLYLINE, summary

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
FIELDS = sorted(summary())
ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**400, -1, 0, 2**63, 2**31])
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(
        ["12.5", "nan", "-inf", "1e999", "", "2025-11-08", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00"]
    )
    | st.sampled_from(
        ["(GMT+10:00) Nowhere/Land", "(GMT-05:00)", "Europe/Amsterdam", "../../etc/passwd", "(GMT+99:99) \0"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


@given(
    changes=st.dictionaries(st.sampled_from(FIELDS), ODD, max_size=12),
    missing=st.sets(st.sampled_from(FIELDS), max_size=6),
)
def test_activity_raises_only_unexpected_answer(changes: dict[str, Any], missing: set[str]) -> None:
    data = {name: value for name, value in summary(**changes).items() if name not in missing}
    try:
        activity = read_activity(data)
    except UnexpectedAnswer:
        return
    assert 0 < activity.strava_id < 2**63
    assert activity.start.utcoffset() == timedelta(0)
    assert activity.start_local.tzinfo is None
    assert activity.latest_start >= activity.start
    assert 0 <= activity.distance_m < float("inf")
    assert 0 <= activity.elapsed_s < 2**31
    assert "\0" not in activity.name
    activity.name.encode()


@given(data=ODD | st.dictionaries(st.text(max_size=8), ODD))
def test_payloads_raise_only_unexpected_answer(data: Any) -> None:
    for read in (
        read_activity,
        read_athlete,
        read_subscription,
        lambda data: read_tokens(data, now=NOW),
        lambda data: read_grant(data, now=NOW),
    ):
        with suppress(UnexpectedAnswer):
            read(data)


def test_activity_of_a_real_summary() -> None:
    activity = read_activity(summary())
    assert activity.strava_id == 15_000_000_001
    assert activity.athlete_id == 900001
    assert activity.name == "Morning parkrun – überraschend schnell 🏃"
    assert activity.sport_type == "Run"
    assert activity.start == datetime(2025, 11, 7, 21, 2, tzinfo=UTC)
    assert activity.start_local == datetime(2025, 11, 8, 7, 2)  # noqa: DTZ001 - a wall clock
    assert (activity.zone, activity.utc_offset_s) == ("Australia/Brisbane", 36000)
    assert (activity.distance_m, activity.moving_s, activity.elapsed_s) == (5012.3, 1496, 1502)
    assert (activity.start_latlng, activity.polyline) == ((-27.467871, 153.051912), POLYLINE)
    assert (activity.device_name, activity.athlete_count) == ("Garmin Forerunner 255", 7)
    assert (activity.visibility, activity.private, activity.workout_type) == ("everyone", False, None)
    flags = (activity.manual, activity.trainer, activity.flagged, activity.hidden_start)
    assert flags == (False, False, False, False)


def test_activity_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        read_activity(summary()).name = "other"  # type: ignore[misc]


def test_activity_needs_only_an_id_and_a_start() -> None:
    activity = read_activity({"id": "15000000001", "start_date": "2025-11-08T08:02:00Z"})
    assert activity.strava_id == 15_000_000_001
    assert (activity.name, activity.sport_type, activity.zone, activity.utc_offset_s) == ("", "", "", 0)
    assert activity.start_local == datetime(2025, 11, 8, 8, 2)  # noqa: DTZ001 - a wall clock
    assert (activity.distance_m, activity.start_latlng, activity.polyline, activity.athlete_count) == (0.0, None, "", 1)
    assert activity.visibility == "followers_only", "an unknown visibility is not public"


@pytest.mark.parametrize(
    "data", [None, [], "x", {}, {"id": 1}, {"start_date": "2025-11-08T08:02:00Z"}, summary(id=0), summary(id=2**63)]
)
def test_activity_without_id_or_start_is_refused(data: Any) -> None:
    with pytest.raises(UnexpectedAnswer):
        read_activity(data)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"distance": "5012.3"}, {"distance_m": 5012.3}),
        ({"distance": None, "moving_time": "1496"}, {"distance_m": 0.0, "moving_s": 1496}),
        ({"distance": float("nan"), "elapsed_time": -3}, {"distance_m": 0.0, "elapsed_s": 0}),
        ({"map": None}, {"polyline": ""}),
        ({"map": {"summary_polyline": None}}, {"polyline": ""}),
        ({"map": {"id": "a1", "polyline": "abc", "summary_polyline": ""}}, {"polyline": "abc"}),
        ({"start_latlng": []}, {"start_latlng": None}),
        ({"start_latlng": None}, {"start_latlng": None}),
        ({"start_latlng": [0.0, 0.0]}, {"start_latlng": None}),
        ({"start_latlng": ["-27.47", "153.05"]}, {"start_latlng": (-27.47, 153.05)}),
        ({"start_latlng": [-127.47, 153.05]}, {"start_latlng": None}),
        ({"sport_type": "Padel"}, {"sport_type": "Padel"}),
        ({"sport_type": None, "type": "Run"}, {"sport_type": "Run"}),
        ({"name": None}, {"name": ""}),
        ({"name": "a\0b\ud800c"}, {"name": "a\ufffdb\ufffdc"}),
        ({"name": "x" * 300}, {"name": "x" * 255}),
        ({"private": True, "visibility": "everyone"}, {"visibility": "only_me", "private": True}),
        ({"private": "true"}, {"visibility": "only_me", "private": True}),
        ({"visibility": "someone_new"}, {"visibility": "followers_only"}),
        ({"workout_type": 1}, {"workout_type": 1}),
        ({"athlete_count": None}, {"athlete_count": 1}),
        (
            {"device_name": None, "external_id": None, "manual": True},
            {"device_name": "", "external_id": "", "manual": True},
        ),
        ({"trainer": True, "flagged": True}, {"trainer": True, "flagged": True}),
        ({"athlete": None}, {"athlete_id": None}),
    ],
)
def test_activity_accepts_odd_values(changes: dict[str, Any], expected: dict[str, Any]) -> None:
    activity = read_activity(summary(**changes))
    assert {name: getattr(activity, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("zone", "offset", "expected"),
    [
        ("(GMT-05:00) America/New_York", -14400.0, ("America/New_York", -14400)),
        ("(GMT-05:00) America/New_York", None, ("America/New_York", -14400)),
        ("(GMT+10:00) Queensland/Moreton", 36000, ("", 36000)),
        ("(GMT+05:30) Nowhere/Land", None, ("", -14400)),
        ("(GMT+10:00) ../../../etc/localtime", 0, ("", 0)),
        (None, "not a number", ("", -14400)),
        ("Europe/Amsterdam", 7200, ("Europe/Amsterdam", 7200)),
        ("", 10**9, ("", -14400)),
    ],
)
def test_zone_and_offset_from_the_first_readable_source(zone: Any, offset: Any, expected: tuple[str, int]) -> None:
    """In July New York is four hours behind; the offset in brackets is that of winter."""
    times = {"start_date": "2025-07-05T12:00:00Z", "start_date_local": "2025-07-05T08:00:00Z"}
    activity = read_activity(summary() | times | {"timezone": zone, "utc_offset": offset})
    assert (activity.zone, activity.utc_offset_s) == expected


def test_offset_in_brackets_is_used_last() -> None:
    activity = read_activity(summary(timezone="(GMT+05:30) Nowhere/Land", utc_offset=None, start_date_local=None))
    assert activity.utc_offset_s == 19800
    assert activity.start_local == activity.start.replace(tzinfo=None) + timedelta(hours=5, minutes=30)


@pytest.mark.parametrize("start", ["2025-11-07T14:00:01Z", "2025-11-08T00:00:01Z"])
def test_hidden_start_counts_as_the_end_of_its_local_day(start: str) -> None:
    activity = read_activity(summary(start_date=start, start_date_local="2025-11-08T00:00:01Z"))
    assert activity.hidden_start
    assert activity.latest_start == datetime(2025, 11, 8, 14, tzinfo=UTC)


def test_visible_start_is_the_latest_start() -> None:
    activity = read_activity(summary())
    assert activity.latest_start == activity.start


def test_athlete_of_a_summary() -> None:
    data = {"id": 12, "username": None, "firstname": "Ada", "lastname": "Byron", "profile": "https://example.org/a.jpg"}
    athlete = read_athlete(data)
    assert (athlete.strava_id, athlete.username, athlete.first_name, athlete.last_name) == (12, "", "Ada", "Byron")
    assert athlete.avatar_url == "https://example.org/a.jpg"


def test_athlete_without_a_picture() -> None:
    assert read_athlete({"id": 12, "profile": "avatar/athlete/large.png"}).avatar_url == ""


def test_tokens_are_not_in_their_repr() -> None:
    tokens = read_tokens({"access_token": "aaa111", "refresh_token": "rrr222", "expires_at": 1795186800}, now=NOW)
    assert tokens.expires_at == datetime(2026, 11, 20, 15, tzinfo=UTC)
    assert "aaa111" not in repr(tokens)
    assert "rrr222" not in repr(tokens)


@pytest.mark.parametrize(
    ("lifetime", "expected"),
    [
        ({"expires_in": 21600, "expires_at": 1}, NOW + timedelta(hours=6)),
        ({"expires_in": None, "expires_at": 1795186800}, datetime(2026, 11, 20, 15, tzinfo=UTC)),
        ({}, NOW + timedelta(hours=1)),
    ],
)
def test_lifetime_of_tokens(lifetime: dict[str, Any], expected: datetime) -> None:
    assert read_tokens({"access_token": "a", "refresh_token": "r"} | lifetime, now=NOW).expires_at == expected


def test_subscription_needs_an_id_only() -> None:
    assert read_subscription({"id": 7}).callback_url == ""
