"""The sentences of reasons, and the words in them."""

from importlib import import_module

import pytest

from strava_live.parkrun.calendar import Occasion
from strava_live.parkrun.reasons import Code, Parameter, Reason
from strava_live.parkrun.wording import (
    OCCASIONS,
    SENTENCES,
    rough_distance,
    sentence_of,
    sentences_of,
    sport_with_article,
    start_text,
)

START: dict[str, Parameter] = {"minutes": 2, "announced": "09:00", "on": "saturday"}
SAMPLES = [
    (Reason.of(Code.TREADMILL), "On a treadmill, so it can't be a parkrun"),
    (Reason.of(Code.WRONG_SPORT, sport="EBikeRide"), "An ebike ride, so it can't be a parkrun"),
    (Reason.of(Code.NO_TIME), "No time"),
    (Reason.of(Code.TOO_FAST, distance_m=5020, elapsed_s=600), "5.02 km in 10:00: nobody is that fast"),
    (Reason.of(Code.NO_DISTANCE), "No distance"),
    (Reason.of(Code.TOO_LONG, distance_m=10000, junior=False), "10.00 km: too long for a parkrun"),
    (Reason.of(Code.TOO_SHORT, distance_m=1690, junior=True), "1.69 km: too short for a junior parkrun"),
    (Reason.of(Code.RIGHT_LENGTH, distance_m=5020), "5.02 km"),
    (Reason.of(Code.RATHER_LONG, distance_m=5900), "5.90 km, which is long for a parkrun"),
    (Reason.of(Code.RATHER_SHORT, distance_m=4550), "4.55 km, which is short for a parkrun"),
    (Reason.of(Code.NEAR_EVENT, metres=140, event="Bushy"), "140 m from the Bushy start"),
    (
        Reason.of(Code.NEAR_EVENT_ROUNDED, metres=1000, event="Bushy"),
        "About 1.0 km from the Bushy start: Strava rounds the place",
    ),
    (Reason.of(Code.FAR_FROM_EVENT, metres=1400, event="Bushy"), "1.4 km from the Bushy start: too far away"),
    (Reason.of(Code.NEAR_SECOND_EVENT, event="Kingston"), "Kingston starts near there too"),
    (Reason.of(Code.NO_EVENT_NEAR, metres=2000), "No parkrun we know starts within 2.0 km"),
    (Reason.of(Code.NO_MAP), "No map, so we can't see where"),
    (Reason.of(Code.STARTED, **START), "Started 2 minutes after 9:00 on a Saturday"),
    (
        Reason.of(Code.STARTED, minutes=-61, announced="09:30", on="christmas", unusual_at="Haga"),
        "Started 1 hour 1 minute before 9:30 on Christmas Day, when Haga isn't usually on",
    ),
    (
        Reason.of(Code.STARTED_AT_OTHER_TIME, **START, event="Westerfolds", believed="08:00"),
        "Started 2 minutes after 9:00 on a Saturday; we think Westerfolds starts at 8:00",
    ),
    (
        Reason.of(Code.STARTED_EARLY, minutes=-12, announced="09:00", on="new_year"),
        "Started 12 minutes before 9:00 on New Year's Day, and was still going when it began",
    ),
    (
        Reason.of(Code.STARTED_IN_NAMED_ZONE, **START, zone="Europe/London"),
        "Started 2 minutes after 9:00 on a Saturday, going by the time in Europe/London",
    ),
    (Reason.of(Code.START_HIDDEN, on="freedom_day"), "On 27 April, start time hidden"),
    (Reason.of(Code.START_TYPED, on="saturday"), "On a Saturday"),
    (
        Reason.of(Code.START_TYPED, on="monday", unusual_at="Bushy"),
        "On a Monday, when Bushy isn't usually on",
    ),
    (
        Reason.of(Code.EVENT_START_UNKNOWN, on="saturday", event="Bushy"),
        "On a Saturday; we don't know when Bushy starts",
    ),
    (Reason.of(Code.IN_THE_MORNING, on="thanksgiving"), "In the morning, on Thanksgiving"),
    (Reason.of(Code.NOT_IN_THE_MORNING, at="15:00"), "Started at 15:00, not in the morning"),
    (Reason.of(Code.NOT_HELD, on="friday", junior=False), "On a Friday, when there's no parkrun"),
    (Reason.of(Code.NOT_HELD, on="saturday", junior=True), "On a Saturday, when there's no junior parkrun"),
    (
        Reason.of(Code.EVENT_CLOSED, event="Bushy", since="2026-02-01"),
        "Bushy has been off parkrun's list since 1 February 2026",
    ),
    (Reason.of(Code.PANDEMIC), "In the pandemic, when parkruns were suspended or only some were back"),
    (Reason.of(Code.TITLE_SAYS_PARKRUN), "The title says parkrun"),
    (Reason.of(Code.TITLE_DENIES_PARKRUN), "The title says it wasn't a parkrun"),
    (Reason.of(Code.JUNIOR), "A junior parkrun, counted separately"),
    (Reason.of(Code.TYPED_IN), "Typed in by hand"),
    (Reason.of(Code.FLAGGED), "Flagged on Strava"),
    (Reason.of(Code.UNUSUAL_SPORT, sport="Handcycle"), "A handcycle: unusual"),
    (Reason.of(Code.NO_SPORT), "No sport: unusual"),
    (Reason.of(Code.TOOK_LONG, elapsed_s=9000), "Took 2:30:00: perhaps the watch was left running"),
    (Reason.of(Code.RECORDED_TWICE, activity="Run {5}"), "The same run as “Run {5}”, recorded twice"),
    (Reason.of(Code.RECORDING_OF_REMOVED, activity="parkrun"), "The same run as “parkrun”, which you removed"),
    (Reason.of(Code.OTHER_WAS_PARKRUN, activity="parkrun", removed=False), "“parkrun” was the parkrun that day"),
    (
        Reason.of(Code.OTHER_IS_LIKELIER, activity="", removed=True),
        "“”, which you removed, is more likely to have been the parkrun that day",
    ),
    (Reason.of(Code.ATHLETE_SAID_NO), "You said it wasn't a parkrun"),
    (Reason.of(Code.ATHLETE_NAMED_EVENT, event="Bushy juniors"), "You said it was Bushy juniors"),
    (Reason.of(Code.AS_WRITTEN, text="Because of {this}"), "Because of {this}"),
]


@pytest.mark.parametrize(("reason", "sentence"), SAMPLES)
def test_sentence_of_a_reason(reason: Reason, sentence: str) -> None:
    assert sentence_of(reason) == sentence
    assert sentences_of([reason.stored()]) == [sentence]


@pytest.mark.parametrize(("reason", "sentence"), SAMPLES)
def test_migration_reads_and_writes_the_sentence_of_a_reason(reason: Reason, sentence: str) -> None:
    migration = import_module("strava_live.migrations.0017_reason_codes")

    assert migration.parse(sentence) == reason.stored()
    assert migration.render(reason.stored()) == sentence


def test_every_code_and_occasion_has_words() -> None:
    assert SENTENCES.keys() == set(Code) == {reason.code for reason, _ in SAMPLES}
    assert OCCASIONS.keys() == set(Occasion)


def test_words_of_reasons() -> None:
    assert [rough_distance(metres) for metres in (0, 4, 144, 994, 1040, 2000)] == [
        "0 m",
        "0 m",
        "140 m",
        "990 m",
        "1.0 km",
        "2.0 km",
    ]
    assert [start_text(minutes, "09:00") for minutes in (0, 1, 2, -61, 120)] == [
        "Started at 9:00",
        "Started 1 minute after 9:00",
        "Started 2 minutes after 9:00",
        "Started 1 hour 1 minute before 9:00",
        "Started 2 hours after 9:00",
    ]
    assert [sport_with_article(name) for name in ("Ride", "MountainBikeRide", "AlpineSki")] == [
        "A ride",
        "A mountain bike ride",
        "An alpine ski",
    ]
