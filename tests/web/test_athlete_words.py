"""The texts of a member's page, and of a member in the list of clubmates."""

from datetime import date
from typing import Any

import pytest

from strava_live.membership.clubmates import Clubmate, MemberFigures
from strava_live.web.athlete_words import difference_words, earlier_count, empty_list_words, latest_words

TODAY = date(2026, 11, 21)


def member(**figures: Any) -> Clubmate:
    known = {"parkruns": 12, "juniors": 1, "events": 2, "latest": None, **figures}
    return Clubmate("Alva B.", 1, is_captain=False, shares=True, figures=MemberFigures(**known))


NOT_SHARING = Clubmate("Alva B.", 1, is_captain=False, shares=False)


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (member(latest=date(2026, 11, 1)), "last parkrun 1 Nov"),
        (member(latest=date(2025, 12, 25)), "last parkrun 25 Dec 2025"),
        (member(), ""),
        (NOT_SHARING, "not sharing parkruns"),
    ],
)
def test_latest_words(shown: Clubmate, words: str) -> None:
    assert latest_words(shown, TODAY) == words


def test_earlier_parkruns_are_those_that_are_not_listed() -> None:
    assert earlier_count(member(), listed=10) == 3
    assert earlier_count(member(parkruns=None, juniors=None), listed=10) == 0, "the first import is still running"


@pytest.mark.parametrize(
    ("shown", "is_me", "earlier", "heading"),
    [
        (NOT_SHARING, True, 0, "Nothing shared"),
        (NOT_SHARING, False, 0, "Nothing shared"),
        (member(parkruns=None), False, 0, "Still importing"),
        (member(), False, 1, "1 earlier parkrun"),
        (member(), False, 1312, "1,312 earlier parkruns"),
        (member(parkruns=0), False, 0, "No parkruns yet"),
    ],
)
def test_empty_list_words(shown: Clubmate, is_me: bool, earlier: int, heading: str) -> None:
    assert empty_list_words(shown, is_me=is_me, earlier=earlier)[0] == heading


def test_difference_words() -> None:
    assert difference_words(earlier=1, private=0).startswith("1 earlier parkrun is counted but not listed. Runs kept")
    assert difference_words(earlier=0, private=1) == (
        "1 of your parkruns is private on Strava. It counts in the feed but not here, so the two can differ."
    )
    assert difference_words(earlier=2, private=2) == (
        "2 earlier parkruns are counted but not listed. "
        "2 of your parkruns are private on Strava. They count in the feed but not here, so the two can differ."
    )
