"""Titles: what they say about parkrun, in any script and case."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strava_live.parkrun.titles import NO_CLUES, folded, read_title


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
