"""The texts of the page My Strava."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from strava_live.accounts.models import User
from strava_live.web.sync_words import summary_sentence, year_bars
from tests.web import kept
from tests.web.sync_panel import run_of


def test_summary_sentence() -> None:
    many = {"runs": 1312, "since": 2016, "parkruns": 214, "events": 31}

    assert summary_sentence(many) == "1,312 runs since 2016, 214 of them parkruns at 31 events."
    assert summary_sentence(many | {"parkruns": 0, "events": 0}) == "1,312 runs since 2016."
    assert summary_sentence(many | {"runs": 0}) == "No runs yet."


@pytest.mark.parametrize(
    ("runs", "parkruns", "events", "sentence"),
    [
        (1, 0, 0, "1 run in 2026."),
        (1, 1, 1, "1 run in 2026, a parkrun."),
        (2, 1, 1, "2 runs since 2026, 1 of them a parkrun."),
        (2, 2, 1, "2 runs since 2026, both parkruns at one event."),
        (3, 2, 2, "3 runs since 2026, 2 of them parkruns at 2 events."),
        (3, 3, 2, "3 runs since 2026, all of them parkruns at 2 events."),
        (3, 2, 0, "3 runs since 2026, 2 of them parkruns."),
    ],
)
def test_summary_sentence_of_few_runs(runs: int, parkruns: int, events: int, sentence: str) -> None:
    summary = {"runs": runs, "since": 2026, "parkruns": parkruns, "events": events}

    assert summary_sentence(summary) == sentence


def test_bars_include_years_without_activities() -> None:
    years = year_bars(
        [{"year": 2024, "all": 10, "parkruns": 5}, {"year": 2022, "all": 5, "parkruns": 0}], this_year=2026
    )

    assert [(one["year"], one["height"], one["parkrun_height"]) for one in years if one] == [
        (2024, 100, 50),
        (2023, 0, 0),
        (2022, 50, 0),
    ]


def test_long_gaps_and_wrong_clocks_do_not_widen_the_bars() -> None:
    """The activities come from watches set to 2076 and 1980 too, and there is a gap of nine years."""
    counts = {"all": 1, "parkruns": 1}

    years = year_bars([{"year": year, **counts} for year in (2076, 2026, 2023, 2013, 1980)], this_year=2026)

    assert [one and one["year"] for one in years] == [2026, 2025, 2024, 2023, None, 2013, None, 1980]
    assert years[0]
    assert years[0]["words"] == "2026: 1 activity, 1 parkrun"
    assert year_bars([{"year": 2076, **counts}], this_year=2026) == []


def test_last_import_words(as_athlete: Client, athlete: User) -> None:
    kept.connected(athlete)
    run_of(athlete, state="finished", found=1439, saved=1, ended_at=datetime(2026, 11, 21, 9, 30, tzinfo=UTC))

    page = as_athlete.get("/sync/")

    assert '<span data-slot="result">1,439 activities checked, 1 new parkrun</span>' in page.content.decode()
    assert page.context["ended"].startswith("21 November, ")
    assert page.context["data"]["run"]["result"] == "1,439 activities checked, 1 new parkrun"


def test_hidden_start_has_no_time(as_athlete: Client, athlete: User) -> None:
    kept.connected(athlete)
    kept.maybe(athlete, 1, start=kept.NEWEST, hidden_start=True, event_name="Bushy")

    answer = as_athlete.get("/sync/")

    assert answer.context["first_facts"] == "Sat 14 November 2026 · Start time hidden · 5.02 km · 26:11 · Bushy"
    [maybe] = answer.context["data"]["figures"]["maybes"]
    assert maybe["question"] == answer.context["first_facts"]
