"""Migration 0017 converts the reasons of stored activities to codes, and back to sentences."""

from importlib import import_module
from typing import Any

import pytest
from django.utils import timezone

from strava_live.accounts.models import User
from tests.migration_steps import migrate_to, migrate_to_newest

BEFORE, AFTER = "0016_failure_kinds", "0017_reason_codes"
STARTED = {"code": "started", "announced": "09:00", "minutes": 2, "on": "saturday"}
ROWS: list[tuple[list[Any], list[Any]]] = [
    # the sentences before, the codes after
    (
        ["140 m from the Bushy start", "Started 2 minutes after 9:00 on a Saturday", "5.02 km"],
        [
            {"code": "near_event", "event": "Bushy", "metres": 140},
            STARTED,
            {"code": "right_length", "distance_m": 5020},
        ],
    ),
    (
        ["1.4 km from the Long Eaton start: too far away", "On a Monday, when there's no junior parkrun"],
        [
            {"code": "far_from_event", "event": "Long Eaton", "metres": 1400},
            {"code": "not_held", "on": "monday", "junior": True},
        ],
    ),
    (
        ["“parkrun”, which you removed, was the parkrun that day"],
        [{"code": "other_was_parkrun", "activity": "parkrun", "removed": True}],
    ),
    (["You said it wasn't a parkrun"], [{"code": "athlete_said_no"}]),
    (
        ["Because of the moon", ""],
        [{"code": "as_written", "text": "Because of the moon"}, {"code": "as_written", "text": ""}],
    ),
    ([], []),
]
EARLIER_ROWS: list[tuple[list[str], list[Any], list[str]]] = [
    # the sentences of an earlier version, the codes, today's sentences
    (
        ["140 m from Bushy start", "started 2 minutes after 9:00 on a Saturday"],
        [{"code": "near_event", "event": "Bushy", "metres": 140}, STARTED],
        ["140 m from the Bushy start", "Started 2 minutes after 9:00 on a Saturday"],
    ),
    (
        ["on a Saturday, at an hour that it does not tell", "flagged at Strava"],
        [{"code": "start_hidden", "on": "saturday"}, {"code": "flagged"}],
        ["On a Saturday, start time hidden", "Flagged on Strava"],
    ),
    (
        ["on a Saturday, at an hour that it does not tell", "typed in by hand"],
        [{"code": "start_typed", "on": "saturday"}, {"code": "typed_in"}],
        ["On a Saturday", "Typed in by hand"],
    ),
    (
        ["an ebike ride: cannot be a parkrun"],
        [{"code": "wrong_sport", "sport": "EBikeRide"}],
        ["An ebike ride, so it can't be a parkrun"],
    ),
    (
        ["on a Friday, when there is no parkrun", "took 2:30:00: perhaps the watch ran on"],
        [{"code": "not_held", "on": "friday", "junior": False}, {"code": "took_long", "elapsed_s": 9000}],
        ["On a Friday, when there's no parkrun", "Took 2:30:00: perhaps the watch was left running"],
    ),
    (
        ["Bushy has not been on parkrun's list since 2026-02-01"],
        [{"code": "event_closed", "event": "Bushy", "since": "2026-02-01"}],
        ["Bushy has been off parkrun's list since 1 February 2026"],
    ),
    (
        ["you said that it was Bushy"],
        [{"code": "athlete_named_event", "event": "Bushy"}],
        ["You said it was Bushy"],
    ),
]


def store(activities: Any, athlete: User, rows: list[list[Any]]) -> None:
    now = timezone.now()
    for strava_id, reasons in enumerate(rows, start=1):
        activities.create(
            athlete_id=athlete.pk,
            strava_id=strava_id,
            start=now,
            wall_clock="2026-11-21T09:02:13",
            utc_offset_s=0,
            distance_m=5020,
            moving_s=1500,
            elapsed_s=1500,
            visibility="everyone",
            mark=strava_id,
            seen_at=now,
            reasons=reasons,
        )


def stored(models: Any) -> list[Any]:
    return list(models.get_model("strava_live", "Activity").objects.order_by("pk").values_list("reasons", flat=True))


@pytest.mark.once
@pytest.mark.django_db(transaction=True)
def test_migration_converts_reasons_to_codes_and_back(athlete: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module(f"strava_live.migrations.{AFTER}"), "ROWS_PER_BATCH", 3)
    before = [[*sentences] for sentences, _ in ROWS] + [[*sentences] for sentences, _, _ in EARLIER_ROWS]
    codes = [codes for _, codes in ROWS] + [codes for _, codes, _ in EARLIER_ROWS]
    partly = ["5.02 km", STARTED]  # as a migration leaves it that was cut off, and a process of the old version
    try:
        store(migrate_to(BEFORE).get_model("strava_live", "Activity").objects, athlete, [*before, partly])

        after = stored(migrate_to(AFTER))
        back = stored(migrate_to(BEFORE))

        assert after == [*codes, [{"code": "right_length", "distance_m": 5020}, STARTED]]
        today = [sentences for sentences, _ in ROWS] + [sentences for _, _, sentences in EARLIER_ROWS]
        assert back == [*today, ["5.02 km", "Started 2 minutes after 9:00 on a Saturday"]]
    finally:
        migrate_to_newest()
