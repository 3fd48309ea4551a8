"""The texts of an activity, and of a list without activities."""

from datetime import UTC, datetime
from typing import Any

import pytest

from strava_live.activities.models import Activity
from strava_live.web.activity_words import activity_words, empty_list_words, remove_all_heading
from strava_live.web.words import quantity

PAGE = {"choice": "saved", "before": "", "year": "", "some_saved": False, "parkruns_to_save": 0}


@pytest.mark.parametrize(
    ("page", "heading", "action"),
    [
        ({"before": "1,1", "year": "2026"}, "That's the end of the list", "newest"),
        ({"year": "2026"}, "Nothing from 2026", "any_year"),
        ({"choice": "unsaved", "some_saved": True}, "Everything is saved", ""),
        ({"choice": "unsaved"}, "Nothing imported yet", "import"),
        ({"choice": "parkruns", "parkruns_to_save": 3}, "No parkruns saved", "save_parkruns"),
        ({"choice": "saved", "parkruns_to_save": 3}, "No activities saved", "save_parkruns"),
        ({"choice": "parkruns"}, "No parkruns yet", "import"),
        ({"choice": "saved"}, "Nothing saved yet", "import"),
        ({"choice": "all", "parkruns_to_save": 3}, "Nothing imported yet", "import"),
    ],
)
def test_empty_list_words(page: dict[str, Any], heading: str, action: str) -> None:
    words = empty_list_words(PAGE | page)

    assert (words.heading, words.action) == (heading, action)


@pytest.mark.parametrize(
    ("hidden", "when", "after"),
    [
        (False, "Saturday 7 November 2026, 09:02 local time", ["Trail run"]),
        (True, "Saturday 7 November 2026", ["Start time hidden", "Trail run"]),
    ],
)
def test_start_of_an_activity(hidden: bool, when: str, after: list[str]) -> None:
    start = datetime(2026, 11, 7, 9, 2, tzinfo=UTC)
    activity = Activity(
        start=start,
        wall_clock="2026-11-07T09:02:00",
        hidden_start=hidden,
        elapsed_s=1,
        moving_s=1,
        sport_type="TrailRun",
    )

    words = activity_words(activity)

    assert (words.when, words.after_when) == (when, after)


def test_remove_all_heading() -> None:
    assert [remove_all_heading(count) for count in (0, 1, 1312)] == [
        "Nothing to remove",
        "Remove your saved activity?",
        "Remove all 1,312 saved activities?",
    ]


def test_quantity() -> None:
    assert [quantity(count, "run", "runs") for count in (0, 1, 1312)] == ["0 runs", "1 run", "1,312 runs"]
