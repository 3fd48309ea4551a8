"""What pages about parkruns need: the events, and a day on which the results of a test lie in the past."""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

from strava_live.parkrun.catalogue import catalogue


@pytest.fixture
def events(db: None) -> Iterator[None]:
    call_command("load_parkrun_events", stdout=StringIO())
    catalogue.expire()
    yield
    catalogue.expire()  # what this test loaded is gone with it


@pytest.fixture
def today(events: None) -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 20, 12, tzinfo=UTC), tick=False):
        yield
