"""The texts of /parkruns/: the badges of a parkrun, and the visits to an event."""

from datetime import date

import pytest

from strava_live.parkrun.counting import CountedParkrun, VisitedEvent
from strava_live.parkrun.models import ParkrunEvent
from strava_live.parkrun.result_models import ParkrunResult
from strava_live.web.parkrun_words import ParkrunRow, event_words

RESULT = ParkrunResult(event=ParkrunEvent(series=ParkrunEvent.Series.FIVE_K), day=date(2026, 11, 21))


@pytest.mark.parametrize(
    ("number", "volunteered", "badges"),
    [
        (CountedParkrun(12, first_here=False, best=None), None, ["your 12th"]),
        (CountedParkrun(50, first_here=False, best="ever"), None, ["Your 50th!", "PB"]),
        (CountedParkrun(2, first_here=False, best="event"), None, ["your 2nd", "PB here"]),
        (CountedParkrun(3, first_here=True, best=None), 7, ["your 3rd", "volunteered", "first time here"]),
        (None, 25, ["volunteered: your 25th time!"]),
        (None, None, []),
    ],
)
def test_badges(number: CountedParkrun | None, volunteered: int | None, badges: list[str]) -> None:
    assert [badge.words for badge in ParkrunRow(RESULT, number, volunteered).badges] == badges


@pytest.mark.parametrize(
    ("times", "volunteered", "best_s", "words"),
    [
        (12, 3, 1471, "12×, volunteered 3× · 24:31"),
        (1, 0, None, "1×"),
        (0, 2, None, "volunteered 2×"),
    ],
)
def test_event_words(times: int, volunteered: int, best_s: int | None, words: str) -> None:
    event = VisitedEvent(
        event="bushy", event_name="Bushy", junior=False, times=times, volunteered=volunteered, best_s=best_s
    )
    assert event_words(event) == words
