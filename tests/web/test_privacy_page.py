"""The privacy page states for how long this site really keeps data, and what for."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from strava_live.idempotency.models import KEPT_FOR

pytestmark = pytest.mark.django_db


def row(page: str, beginning: str) -> list[str]:
    """Return the cells of a row of the table: what, what for, how long, who can see it."""
    rows = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in page.split("<tr>")]
    (found,) = [cells for cells in rows if cells and cells[0].startswith(beginning)]
    return found


def test_default_values_are_stated(client: Client) -> None:
    page = client.get("/privacy/").text

    assert row(page, "Activities imported")[2] == "a week after Strava last sent them"
    assert row(page, "What Strava tells us")[2].startswith("30 days after")
    assert row(page, "Your imports")[2].startswith("90 days")
    assert row(page, "Everything that came from Strava")[2].startswith("deleted as soon as Strava has confirmed it")
    assert "under “My Apps”. We then delete everything that came from Strava." in page


def test_values_of_the_settings_are_stated(client: Client, settings: Settings) -> None:
    settings.RETENTION_FOUND_DAYS = 1
    settings.RETENTION_EVENTS_DAYS = 3
    settings.RETENTION_RUNS_DAYS = 45
    settings.RETENTION_REVOKED_DAYS = 14
    page = client.get("/privacy/").text

    assert row(page, "Activities imported")[2] == "1 day after Strava last sent them"
    assert row(page, "What Strava tells us")[2].startswith("3 days after")
    assert row(page, "Your imports")[2].startswith("45 days")
    assert "deleted after 14 days" in row(page, "Everything that came from Strava")[2]
    assert "we delete everything that came from Strava after 14 days." in page


def test_answers_to_programs_are_kept_for_as_long_as_stated(client: Client) -> None:
    assert row(client.get("/privacy/").text, "Answers to your own programs")[2] == "24 hours"
    assert timedelta(hours=24) == KEPT_FOR


def test_each_kind_of_data_says_what_it_is_for(client: Client) -> None:
    page = client.get("/privacy/").text
    body = page.split("<tbody>")[1].split("</tbody>")[0]

    for cells in (re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in body.split("<tr>")[1:]):
        assert len(cells) == 4
        assert all(cell.strip() for cell in cells), cells


def test_my_strava_states_how_long_unsaved_activities_stay(as_athlete: Client, settings: Settings) -> None:
    settings.RETENTION_FOUND_DAYS = 3

    assert "Unsaved activities are deleted after 3 days." in as_athlete.get("/sync/").text
