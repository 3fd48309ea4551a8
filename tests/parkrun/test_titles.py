"""Titles, the words of reasons, and the first point of a route."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.strava.routes import encode
from strava_live.parkrun.geometry import first_point, is_rounded, metres_between
from strava_live.parkrun.titles import NO_CLUES, folded, read_title
from strava_live.parkrun.wording import rough_distance, sport_with_article, start_text
from tests.parkrun.recorded import event


@pytest.mark.parametrize(
    "title", ["Parkrun", "my 50th PARKRUN", "#bushyparkrun", "par\u200dkrun", "ПАРКРАН", "パークラン"]
)
def test_title_says_parkrun_in_any_script_and_case(title: str) -> None:
    assert read_title(title).parkrun


@pytest.mark.parametrize("title", ["", "Morning Run", "Parking", "Lunch Walk", "公园", "🏃", "\ud800"])
def test_title_without_parkrun_has_no_clues(title: str) -> None:
    assert read_title(title) == NO_CLUES


def test_park_run_in_two_words_is_a_clue_of_its_own() -> None:
    assert read_title("Park Run").park_run
    assert not read_title("Park Run").parkrun
    assert not read_title("Parkrun").park_run


@pytest.mark.parametrize(
    "title", ["(not)parkrun", "Not parkrun", "Missed parkrun", "no parkrun today", "instead of parkrun", "Freedom run"]
)
def test_title_says_that_it_was_not_a_parkrun(title: str) -> None:
    assert read_title(title).denied


@pytest.mark.parametrize("title", ["parkrun #50", "Not my best parkrun", "No 50 at Bushy parkrun", "Notable parkrun"])
def test_title_with_not_or_no_may_still_say_parkrun(title: str) -> None:
    assert not read_title(title).denied


@pytest.mark.parametrize(
    "title", ["Jog to parkrun", "Home from parkrun", "parkrun cool-down", "parkrun warm up", "Einlaufen, parkrun"]
)
def test_title_mentions_the_time_before_or_after_parkrun(title: str) -> None:
    assert read_title(title).before_or_after


@given(st.text())
def test_any_title_can_be_read(title: str) -> None:
    read_title(title)
    assert folded(folded(title)) == folded(title)


coordinates = st.tuples(st.floats(-89.9, 89.9), st.floats(-179.9, 179.9))


@given(coordinates, coordinates)
def test_first_point_of_an_encoded_route(first: tuple[float, float], second: tuple[float, float]) -> None:
    found = first_point(encode([first, second]))

    if found is None:
        assert round(first[0], 5) == round(first[1], 5) == 0
    else:
        assert metres_between(found, first) < 1.5


@given(st.text())
def test_first_point_of_any_text_is_a_place_or_none(text: str) -> None:
    found = first_point(text)

    assert found is None or (abs(found[0]) <= 90 and abs(found[1]) <= 180)


def test_coordinates_with_two_decimals_are_rounded() -> None:
    bushy = event("bushy")

    assert is_rounded((51.41, -0.34))
    assert is_rounded((51.4, -0.0))
    assert not is_rounded((51.41, -0.335791))
    assert not is_rounded((bushy.latitude, bushy.longitude))


def test_words_of_reasons() -> None:
    nine = time(9)
    assert [rough_distance(metres) for metres in (0, 4, 144, 994, 1040, 2000)] == [
        "0 m",
        "0 m",
        "140 m",
        "990 m",
        "1.0 km",
        "2.0 km",
    ]
    assert [start_text(late, nine) for late in (0, -59, 61, 150, -3660)] == [
        "Started at 9:00",
        "Started at 9:00",
        "Started 1 minute after 9:00",
        "Started 2 minutes after 9:00",
        "Started 1 hour 1 minute before 9:00",
    ]
    assert [sport_with_article(name) for name in ("Ride", "MountainBikeRide", "AlpineSki")] == [
        "A ride",
        "A mountain bike ride",
        "An alpine ski",
    ]
