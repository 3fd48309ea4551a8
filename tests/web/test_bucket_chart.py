"""The chart of a Property's numbers: its scale, its labels, and the lines that are drawn."""

import math
import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strava_live.web.bucket_chart import HEIGHT, MOST_DOTS, WIDTH, Chart, Point, chart_of, moment_words

LONDON = ZoneInfo("Europe/London")
NINE = int(datetime(2026, 11, 21, 9, tzinfo=UTC).timestamp()) * 1000
MINUTE, DAY = 60_000, 86_400_000


def chart(points: list[Point]) -> Chart:
    drawn = chart_of("Count", points, LONDON)
    assert drawn is not None
    return drawn


def values(*numbers: float, step: int = MINUTE) -> list[Point]:
    return [(NINE + place * step, number) for place, number in enumerate(numbers)]


def places(line: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", line)]


@pytest.mark.parametrize(
    ("numbers", "labels"),
    [
        ((0, 100), ["100", "75", "50", "25", "0"]),
        ((3, 97), ["100", "75", "50", "25", "0"]),
        ((60, 97), ["100", "90", "80", "70", "60"]),
        ((-5, 5), ["5", "2.5", "0", "-2.5", "-5"]),
        ((5000, 5020), ["5,020", "5,015", "5,010", "5,005", "5,000"]),
        ((0.1, 0.3), ["0.3", "0.2", "0.1", "0"]),
        ((7, 7), ["8", "7.5", "7", "6.5", "6"]),
        ((0, 0), ["1", "0.5", "0", "-0.5", "-1"]),
    ],
)
def test_scale_has_round_numbers(numbers: tuple[float, ...], labels: list[str]) -> None:
    drawn = chart(values(*numbers))

    assert drawn.value_labels == labels
    assert (drawn.grid[0], drawn.grid[-1], len(drawn.grid)) == (0, HEIGHT, len(labels))


def test_line_goes_from_edge_to_edge() -> None:
    drawn = chart(values(0, 100, 50))

    assert places(drawn.line) == [(0, HEIGHT), (WIDTH / 2, 0), (WIDTH, HEIGHT / 2)]
    assert drawn.area == f"{drawn.line}V{HEIGHT}H0Z"
    assert [(dot.x, dot.y) for dot in drawn.dots] == places(drawn.line)
    assert drawn.dots[1].words == "21 Nov 2026, 09:01: 100"


def test_single_value_is_in_the_middle() -> None:
    drawn = chart(values(5))

    assert places(drawn.line)[0][0] == WIDTH / 2
    assert drawn.time_labels == ["21 Nov 2026, 09:00"]
    assert drawn.words == "1 value on 21 Nov 2026, 09:00: 5."


def test_no_values_have_no_chart() -> None:
    assert chart_of("Count", [], LONDON) is None


@pytest.mark.parametrize(
    "numbers",
    [
        (-1.7e308, 1.7e308),
        (1.79e308,),
        (-1.79e308,),
        (0, 5e-324),
        (1e300, math.nextafter(1e300, math.inf)),
        (10**18, 10**18 + 1),
    ],
)
def test_numbers_that_cannot_be_drawn_have_no_chart(numbers: tuple[float, ...]) -> None:
    assert chart_of("Count", values(*numbers), LONDON) is None


@pytest.mark.parametrize(
    ("step", "labels"),
    [
        (30 * MINUTE, ["21 Nov, 09:00", "21 Nov, 09:30", "21 Nov, 10:00"]),
        (10 * DAY, ["21 Nov 2026", "1 Dec 2026", "11 Dec 2026"]),
        (700 * DAY, ["Nov 2026", "Oct 2028", "Sep 2030"]),
    ],
)
def test_time_labels_are_as_exact_as_needed(step: int, labels: list[str]) -> None:
    assert chart(values(1, 2, 3, step=step)).time_labels == labels


def test_times_are_in_the_persons_zone() -> None:
    assert moment_words(NINE, ZoneInfo("Australia/Brisbane")) == "21 Nov 2026, 19:00"
    assert moment_words(NINE + 5_000, LONDON) == "21 Nov 2026, 09:00:05"
    assert moment_words(NINE + 7, LONDON) == "21 Nov 2026, 09:00:00.007"


def test_words_say_what_the_chart_shows() -> None:
    assert chart(values(5.5, 1234, 3)).words == (
        "3 values from 21 Nov 2026, 09:00 to 21 Nov 2026, 09:02. Lowest 3, highest 1,234."
    )


def test_many_values_are_thinned_without_losing_a_peak() -> None:
    points = values(*(number % 10 for number in range(50_000)))
    points[31_337] = (points[31_337][0], 400.0)

    drawn = chart(points)

    assert drawn.dots == []
    assert len(places(drawn.line)) <= 4 * (WIDTH + 1)
    assert min(y for _, y in places(drawn.line)) == 0
    assert len(chart(points[:MOST_DOTS]).dots) == MOST_DOTS


NUMBERS = st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.integers(-(10**18), 10**18))


@given(st.lists(NUMBERS, min_size=1, max_size=20))
def test_every_value_is_inside_the_picture(numbers: list[float]) -> None:
    drawn = chart_of("Count", values(*numbers), LONDON)

    if drawn is None:
        spread, largest = max(numbers) - min(numbers), max(map(abs, numbers))
        assert spread > 1e300 or largest > 1e308 or 0 < largest < 1e-300 or 0 < spread < 1e-11 * largest
        return
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in places(drawn.line))
    assert 2 <= len(drawn.value_labels) <= 12
