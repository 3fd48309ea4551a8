"""The table of the pandemic is well formed and raises no doubt before and after it."""

from datetime import date

import pytest

from strava_live.parkrun.pandemic import CLOSED_FROM, HELD, may_be_suspended
from strava_live.parkrun.zones import STATES
from tests.parkrun.recorded import atlas

PLACES = sorted({(event.country, event.region) for event in atlas().events})


@pytest.mark.parametrize("place", HELD, ids=lambda place: place or "elsewhere")
def test_spans_are_in_order_and_only_the_last_is_open(place: str) -> None:
    spans = HELD[place]

    days = [day for span in spans for day in span]
    assert days == sorted(days)
    assert CLOSED_FROM.get(place[:2], CLOSED_FROM[""]) < spans[0].first
    assert all(day.weekday() == 5 for day in days if day != date.max)
    assert [span.last for span in spans].count(date.max) == (0 if place in ("FR", "RU") else 1)


def test_every_named_state_exists() -> None:
    named = {tuple(place.split("/")) for place in HELD if "/" in place}

    assert all(region in STATES.get(country, {}) or (country, region) in PLACES for country, region in named)


def test_no_doubt_before_and_after_the_pandemic() -> None:
    assert not [place for place in PLACES if may_be_suspended(date(2020, 2, 1), *place)]
    assert not [place for place in PLACES if may_be_suspended(date(2022, 8, 20), *place)]
    assert all(may_be_suspended(date(2020, 5, 16), *place) for place in PLACES)
