"""What can be wrong with what an athlete says about a parkrun."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from strava_live.parkrun.pasted.cells import LARGEST_POSITION
from strava_live.parkrun.statements import LONGEST_NOTE, Statement, clean_note, faults_of

SATURDAY, SUNDAY, WEDNESDAY = date(2024, 6, 1), date(2024, 6, 2), date(2024, 6, 5)
TODAY = date(2024, 6, 8)
RAN = Statement(how="run", volunteered=False, official_time_s=1471, position=12, note="With the dog")
HELPED = Statement(how="", volunteered=True)


def faults(said: Statement, day: date | None = SATURDAY, *, junior: bool | None = False, **context: Any) -> Any:
    return faults_of(said, day=day, today=TODAY, junior=junior, **context)


@pytest.mark.parametrize("said", [RAN, HELPED, replace(HELPED, how="walk"), replace(RAN, position=LARGEST_POSITION)])
def test_possible_statement_has_no_faults(said: Statement) -> None:
    assert faults(said) == {}


@pytest.mark.parametrize(
    ("day", "junior", "sentence"),
    [
        (date(2024, 6, 9), True, "That date is in the future."),
        (date(2004, 9, 25), False, "The first parkrun was on 2 October 2004."),
        (WEDNESDAY, False, "5 June 2024 was a Wednesday, when there's no parkrun."),
        (SATURDAY, True, "1 June 2024 was a Saturday, when there's no junior parkrun."),
    ],
)
def test_day_without_a_parkrun(day: date, junior: bool, sentence: str) -> None:
    assert faults(HELPED, day, junior=junior) == {"day": sentence}


@pytest.mark.parametrize("day", [None, SATURDAY, SUNDAY, WEDNESDAY])
def test_days_and_junior_times_are_not_judged_without_an_event(day: date | None) -> None:
    assert faults(replace(RAN, official_time_s=600), day, junior=None) == {}


@pytest.mark.parametrize(
    ("said", "field", "sentence"),
    [
        (Statement(how="", volunteered=False), "how", "Did you run, walk or volunteer?"),
        (replace(HELPED, official_time_s=1471), "how", "You can only have a time if you ran or walked."),
        (replace(RAN, official_time_s=600), "official_time_s", "10:00 can't be a parkrun time."),
        (replace(RAN, official_time_s=10**30), "official_time_s", "can't be a parkrun time."),
        (replace(RAN, position=0), "position", "A position is a number from 1 to 99,999."),
        (replace(RAN, position=LARGEST_POSITION + 1), "position", "A position is a number from 1 to 99,999."),
        (replace(RAN, note="x" * (LONGEST_NOTE + 1)), "note", "A note has at most 500 characters."),
    ],
)
def test_field_that_cannot_be_right(said: Statement, field: str, sentence: str) -> None:
    found = faults(said)

    assert list(found) == [field]
    assert found[field].endswith(sentence)


def test_athlete_with_an_activity_ran_or_walked() -> None:
    sentence = "Your activity shows that you took part. Did you run or walk?"
    assert faults(HELPED, recorded=True) == {"how": sentence}
    assert faults(RAN, recorded=True) == {}


def test_note_keeps_line_breaks_and_loses_what_is_invisible() -> None:
    assert clean_note(" One\r\nTwo\u202e\ud800\0 \n") == "One\nTwo"
