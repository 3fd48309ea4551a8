"""The words of an activity's row."""

import pytest

from strava_live.activities.items import item_of
from strava_live.activities.models import Activity
from strava_live.activities.wording import sport_words

FOUND = {
    "strava_id": 1,
    "utc_offset_s": 0,
    "wall_clock": "2026-11-21T09:02:00",
    "elapsed_s": 1471,
    "distance_m": 5021.0,
}


@pytest.mark.parametrize(("strava", "words"), [("TrailRun", "Trail run"), ("Run", "Run"), ("", "")])
def test_sport_is_shown_in_words(strava: str, words: str) -> None:
    assert sport_words(strava) == words


@pytest.mark.parametrize(
    ("fields", "facts"),
    [
        ({"sport_type": "TrailRun"}, "5.02 km · 24:31 · Trail run"),
        ({"sport_type": "Yoga", "distance_m": 0.0, "elapsed_s": 3600}, "1:00:00 · Yoga"),
    ],
)
def test_item_carries_its_facts(fields: dict[str, object], facts: str) -> None:
    assert item_of(Activity(**FOUND | fields))["facts"] == facts


@pytest.mark.parametrize(
    ("parkrun", "state", "event_name", "badge"),
    [
        ("", "found", "", None),
        ("sure", "saved", "Bushy parkrun", ("sure", "Bushy parkrun")),
        ("sure", "dismissed", "", ("sure", "parkrun")),
        ("maybe", "found", "Bushy parkrun", ("maybe", "maybe Bushy parkrun")),
        ("maybe", "found", "", ("maybe", "maybe a parkrun")),
        ("maybe", "saved", "Bushy parkrun", ("sure", "Bushy parkrun")),
        ("maybe", "dismissed", "Bushy parkrun", None),
    ],
)
def test_item_carries_its_badge(parkrun: str, state: str, event_name: str, badge: tuple[str, str] | None) -> None:
    item = item_of(Activity(**FOUND | {"parkrun": parkrun, "state": state, "event_name": event_name}))

    assert item["badge"] == (badge and {"status": badge[0], "words": badge[1]})
