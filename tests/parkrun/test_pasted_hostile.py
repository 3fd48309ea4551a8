"""Hostile text is read in time proportional to its length, not to its square."""

import time
from collections.abc import Callable
from datetime import date

import pytest

from strava_live.parkrun.pasted.reading import read_results

TODAY = date(2026, 11, 20)


def cost(text: str) -> float:
    began = time.process_time()
    read_results(text, today=TODAY)
    return time.process_time() - began


@pytest.mark.parametrize(
    "hostile",
    [
        lambda size: "thanks for volunteering 01/06/2024\n" + " " * size + "x",
        lambda size: "your time 1 01/06/2024\n" + "\t" * size + "x results",
        lambda size: "01/06/2024 a" + " " * size + "b",
        lambda size: "01/06/2024 a" + ",;|" * (size // 3) + "b",
    ],
    ids=["thanks", "your time", "blanks", "separators"],
)
def test_ten_times_the_blanks_cost_less_than_a_hundred_times(hostile: Callable[[int], str]) -> None:
    few = max(min(cost(hostile(2_000)) for _ in range(3)), 0.0005)
    many = min(cost(hostile(20_000)) for _ in range(3))

    assert many < 40 * few
