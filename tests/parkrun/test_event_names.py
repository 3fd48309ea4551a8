"""Events by the whole names that tables and athletes use."""

from dataclasses import replace

import pytest

from strava_live.parkrun.atlas import Atlas
from strava_live.parkrun.catalogue import catalogue
from strava_live.parkrun.event_names import EventNames

pytestmark = pytest.mark.usefixtures("events")


def test_name_of_several_events_gives_all_of_them() -> None:
    one = next(iter(catalogue.atlas().near((51.41, -0.33), within_m=2_000))).event
    namesake = replace(one, slug="bushy-2", country="AU", name="Another parkrun")
    names = EventNames(Atlas([one, namesake]))

    assert {event.slug for event in names.named(one.short_name)} == {one.slug, "bushy-2"}
    assert names.named("Another parkrun") == [namesake]


def test_every_event_is_found_by_its_name_in_tables() -> None:
    names = EventNames(catalogue.atlas())

    for event in catalogue.atlas().events:
        series = " Juniors" if event.junior and "unior" not in event.short_name else ""
        assert names.named(f"{event.short_name}{series}") == [event], event.name
