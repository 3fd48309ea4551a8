"""Migrations that convert stored English: 0016 the errors of runs to kinds, 0017 the reasons of activities to codes.

Both are tested on one way from the newest migration to 0017 and back to 0015, because each step takes a good part of a
second.
"""

from importlib import import_module
from typing import Any

import pytest
from django.utils import timezone

from strava_live.accounts.models import User
from tests.migration_steps import migrate_to, put_back_afterwards

SENTENCES, KINDS, CODES = "0015_athlete_state", "0016_failure_kinds", "0017_reason_codes"
ERRORS = {
    # code, sentence → kind
    ("reconnect_needed", "Strava no longer lets us read your activities."): "reconnect_needed",
    ("reconnect_needed", "This site can no longer read its key to your Strava."): "tokens_unreadable",
    ("scope_missing", "You have not allowed this site to see your activities on Strava."): "scope_missing",
    ("strava_inactive", "Strava has switched this site off for everyone."): "strava_inactive",
    ("strava_down", "Strava isn't answering right now."): "strava_down",
    ("strava_down", "Strava gave an answer that this site does not understand."): "unexpected_answer",
    ("strava_down", "We couldn't understand Strava's answer."): "unexpected_answer",
    ("strava_down", "Something went wrong here during your import."): "unexpected_failure",
    ("strava_down", "Something went wrong here while your Strava was being read."): "unexpected_failure",
    ("", ""): "",
}
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


def store_runs(models: Any, athlete: User) -> None:
    for code, message in ERRORS:
        models.get_model("strava_live", "SyncRun").objects.create(
            athlete_id=athlete.pk,
            strava_id=1,
            state="failed" if code else "finished",
            started_at=timezone.now(),
            error_code=code,
            error_message=message,
        )


def stored_errors(models: Any, *columns: str) -> list[tuple[str, ...]]:
    return list(models.get_model("strava_live", "SyncRun").objects.order_by("pk").values_list(*columns))


def store_activities(models: Any, athlete: User, rows: list[list[Any]]) -> None:
    now = timezone.now()
    for strava_id, reasons in enumerate(rows, start=1):
        models.get_model("strava_live", "Activity").objects.create(
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


def stored_reasons(models: Any) -> list[Any]:
    return list(models.get_model("strava_live", "Activity").objects.order_by("pk").values_list("reasons", flat=True))


@pytest.mark.once
@pytest.mark.django_db(transaction=True)
def test_migrations_convert_errors_and_reasons_and_convert_them_back(
    athlete: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    latest = import_module(f"strava_live.migrations.{KINDS}").SENTENCES
    monkeypatch.setattr(import_module(f"strava_live.migrations.{CODES}"), "ROWS_PER_BATCH", 3)
    before = [[*sentences] for sentences, _ in ROWS] + [[*sentences] for sentences, _, _ in EARLIER_ROWS]
    codes = [codes for _, codes in ROWS] + [codes for _, codes, _ in EARLIER_ROWS]
    partly = ["5.02 km", STARTED]  # as a migration leaves it that was cut off, and a process of the old version
    with put_back_afterwards():
        store_runs(migrate_to(SENTENCES), athlete)
        with_kinds = migrate_to(KINDS)
        kinds = stored_errors(with_kinds, "failure_kind")
        store_activities(with_kinds, athlete, [*before, partly])

        after = stored_reasons(migrate_to(CODES))
        back = stored_reasons(migrate_to(KINDS))
        errors_back = stored_errors(migrate_to(SENTENCES), "error_code", "error_message")

    assert kinds == [(kind,) for kind in ERRORS.values()]
    assert errors_back == [(code, latest[kind][0] if kind else "") for (code, _), kind in ERRORS.items()]
    assert after == [*codes, [{"code": "right_length", "distance_m": 5020}, STARTED]]
    today = [sentences for sentences, _ in ROWS] + [sentences for _, _, sentences in EARLIER_ROWS]
    assert back == [*today, ["5.02 km", "Started 2 minutes after 9:00 on a Saturday"]]
