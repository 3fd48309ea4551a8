"""The words of reasons."""

from datetime import time

from strava_live.parkrun.wording import rough_distance, sport_with_article, start_text


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
