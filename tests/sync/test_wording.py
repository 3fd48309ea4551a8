"""The sentences about a run."""

from datetime import UTC, datetime
from typing import Any

import pytest

from strava_live.sync.models import SyncRun
from strava_live.sync.wording import milestone_sentence

MARCH = datetime(2014, 3, 8, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"state": "running"}, "Importing your runs."),
        ({"state": "waiting", "wait_reason": "busy"}, "Your import starts as soon as there's room."),
        ({"state": "waiting", "wait_reason": "strava_down"}, "Strava isn't answering. We keep trying."),
        (
            {"state": "waiting", "wait_reason": "rate_limit"},
            "Strava's limit reached. Your import carries on by itself.",
        ),
        ({"state": "finished", "found": 1439, "saved": 1}, "All done: 1,439 activities, 1 new parkrun."),
        ({"state": "cancelled", "found": 1}, "Stopped at 1 activity. Everything imported so far stays."),
        ({"state": "failed"}, "The import stopped."),
    ],
)
def test_state_of_a_run(fields: dict[str, Any], sentence: str) -> None:
    assert SyncRun(started_at=MARCH, **fields).wire()["says"] == sentence


def test_counts_of_a_run() -> None:
    run = SyncRun(started_at=MARCH, state="running", found=1439, saved=52)
    assert run.words["progress"] == "1,439 activities, 52 parkruns."
    run.oldest = MARCH

    words = run.wire()
    assert words["progress"] == "1,439 activities, 52 parkruns, back to Mar 2014."
    assert words["checked"] == "1,439 activities"
    assert words["result"] == "1,439 activities checked, 52 new parkruns"
    assert words["milestone"] == "50 parkruns so far!"


def test_milestones_of_an_import() -> None:
    assert [milestone_sentence(count) for count in (0, 1, 9, 10, 1200)] == [
        "",
        "First parkrun found!",
        "First parkrun found!",
        "10 parkruns so far!",
        "1,000 parkruns so far!",
    ]
