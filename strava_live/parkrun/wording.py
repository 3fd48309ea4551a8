"""The sentences of reasons: one template for each code, and the words of each parameter."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, time
from functools import lru_cache
from typing import Any

from strava_live.formats import (
    format_date,
    format_distance,
    format_duration,
    format_ordinal,
    format_sport,
    format_time,
)
from strava_live.parkrun.calendar import Occasion
from strava_live.parkrun.reasons import Code, Reason

SENTENCES: dict[str, str] = {
    Code.TREADMILL: "On a treadmill, so it can't be a parkrun",
    Code.WRONG_SPORT: "{sport}, so it can't be a parkrun",
    Code.NO_TIME: "No time",
    Code.TOO_FAST: "{distance_m} in {elapsed_s}: nobody is that fast",
    Code.NO_DISTANCE: "No distance",
    Code.TOO_LONG: "{distance_m}: too long for a {junior}parkrun",
    Code.TOO_SHORT: "{distance_m}: too short for a {junior}parkrun",
    Code.RIGHT_LENGTH: "{distance_m}",
    Code.RATHER_LONG: "{distance_m}, which is long for a parkrun",
    Code.RATHER_SHORT: "{distance_m}, which is short for a parkrun",
    Code.NEAR_EVENT: "{metres} from the {event} start",
    Code.NEAR_EVENT_ROUNDED: "About {metres} from the {event} start: Strava rounds the place",
    Code.FAR_FROM_EVENT: "{metres} from the {event} start: too far away",
    Code.NEAR_SECOND_EVENT: "{event} starts near there too",
    Code.NO_EVENT_NEAR: "No parkrun we know starts within {metres}",
    Code.NO_MAP: "No map, so we can't see where",
    Code.STARTED: "{start} on {on}",
    Code.STARTED_AT_OTHER_TIME: "{start} on {on}; we think {event} starts at {believed}",
    Code.STARTED_EARLY: "{start} on {on}, and was still going when it began",
    Code.STARTED_IN_NAMED_ZONE: "{start} on {on}, going by the time in {zone}",
    Code.START_HIDDEN: "On {on}, start time hidden",
    Code.START_TYPED: "On {on}",
    Code.EVENT_START_UNKNOWN: "On {on}; we don't know when {event} starts",
    Code.IN_THE_MORNING: "In the morning, on {on}",
    Code.NOT_IN_THE_MORNING: "Started at {at}, not in the morning",
    Code.NOT_HELD: "On {on}, when there's no {junior}parkrun",
    Code.EVENT_CLOSED: "{event} has been off parkrun's list since {since}",
    Code.PANDEMIC: "In the pandemic, when parkruns were suspended or only some were back",
    Code.TITLE_SAYS_PARKRUN: "The title says parkrun",
    Code.TITLE_DENIES_PARKRUN: "The title says it wasn't a parkrun",
    Code.JUNIOR: "A junior parkrun, counted separately",
    Code.TYPED_IN: "Typed in by hand",
    Code.FLAGGED: "Flagged on Strava",
    Code.UNUSUAL_SPORT: "{sport}: unusual",
    Code.NO_SPORT: "No sport: unusual",
    Code.TOOK_LONG: "Took {elapsed_s}: perhaps the watch was left running",
    Code.RECORDED_TWICE: "The same run as “{activity}”, recorded twice",
    Code.RECORDING_OF_REMOVED: "The same run as “{activity}”, which you removed",
    Code.OTHER_WAS_PARKRUN: "“{activity}”{removed} was the parkrun that day",
    Code.OTHER_IS_LIKELIER: "“{activity}”{removed} is more likely to have been the parkrun that day",
    Code.ATHLETE_SAID_NO: "You said it wasn't a parkrun",
    Code.ATHLETE_NAMED_EVENT: "You said it was {event}",
    Code.AS_WRITTEN: "{text}",
}
"""The template of each code. `{start}` is made of the parameters `minutes` and `announced`."""
NOT_USUALLY = ", when {unusual_at} isn't usually on"
"""Added to a reason about the day if parkruns are held on it elsewhere, or the title calls it special."""

OCCASIONS: dict[str, str] = {
    Occasion.MONDAY: "a Monday",
    Occasion.TUESDAY: "a Tuesday",
    Occasion.WEDNESDAY: "a Wednesday",
    Occasion.THURSDAY: "a Thursday",
    Occasion.FRIDAY: "a Friday",
    Occasion.SATURDAY: "a Saturday",
    Occasion.SUNDAY: "a Sunday",
    Occasion.NEW_YEAR: "New Year's Day",
    Occasion.CHRISTMAS: "Christmas Day",
    Occasion.FREEDOM_DAY: "27 April",
    Occasion.CANADA_DAY: "Canada Day",
    Occasion.GERMAN_UNITY_DAY: "3 October",
    Occasion.GREENERY_DAY: "Greenery Day",
    Occasion.MALAYSIA_DAY: "Malaysia Day",
    Occasion.SECOND_CHRISTMAS_DAY: "26 December",
    Occasion.SINGAPORE_DAY: "Singapore's National Day",
    Occasion.ASCENSION_DAY: "Ascension Day",
    Occasion.WHIT_MONDAY: "Whit Monday",
    Occasion.THANKSGIVING: "Thanksgiving",
    Occasion.SIMULATED: "a simulated Saturday",
}
"""The words of each occasion as they follow "on"."""


def nth_parkrun(data: Mapping[str, Any]) -> str:
    """Return "50th parkrun" or "3rd junior parkrun"."""
    return f"{format_ordinal(data['count'])} {'junior ' if data.get('junior') else ''}parkrun"


def sentence_of(reason: Reason) -> str:
    """Return the reason in English, without a full stop."""
    return fill_template(SENTENCES[reason.code], dict(reason.parameters))


def sentences_of(stored: Iterable[Mapping[str, Any] | str]) -> list[str]:
    """Return the sentences of the reasons that `Activity.reasons` stores."""
    # Every activity that a sync run sends has two or three reasons. Making a Reason of each would double the time.
    return [
        fill_template(SENTENCES[reason["code"]], reason)
        if isinstance(reason, dict) and reason["code"] in SENTENCES
        else sentence_of(Reason.from_stored(reason))
        for reason in stored
    ]


def fill_template(template: str, parameters: Mapping[str, Any]) -> str:
    words = {name: WORDS[name](value) if name in WORDS else value for name, value in parameters.items()}
    if "minutes" in parameters:
        words["start"] = start_text(parameters["minutes"], parameters["announced"])
    if "unusual_at" in parameters:
        template += NOT_USUALLY
    return template.format_map(words)


def rough_distance(metres: float) -> str:
    """Return a distance in words, such as "140 m" or "1.4 km"."""
    return f"{round(metres, -1):.0f} m" if metres < 995 else f"{metres / 1000:.1f} km"


def start_text(minutes: int, announced: str) -> str:
    """Compare a start with the announced one, as in "Started 2 minutes after 9:00"."""
    if not minutes:
        return f"Started at {time_text(announced)}"
    return f"Started {minutes_text(abs(minutes))} {'after' if minutes > 0 else 'before'} {time_text(announced)}"


def minutes_text(minutes: int) -> str:
    """Return minutes in words, such as "2 minutes" or "1 hour 5 minutes"."""
    parts = zip(divmod(minutes, 60), ("hour", "minute"), strict=True)
    return " ".join(f"{number} {unit}{'' if number == 1 else 's'}" for number, unit in parts if number)


@lru_cache(maxsize=1024)
def time_text(iso_time: str) -> str:
    """Return a stored time of day in words: "9:00" for 09:00."""
    return format_time(time.fromisoformat(iso_time))


def sport_with_article(sport_type: str) -> str:
    """Return Strava's name of a sport in words: "A mountain bike ride" for MountainBikeRide."""
    words = format_sport(sport_type)
    return f"{'An' if words[:1] in tuple('aeiou') else 'A'} {words}"


WORDS: dict[str, Callable[[Any], str]] = {
    "metres": rough_distance,
    "distance_m": format_distance,
    "elapsed_s": format_duration,
    "announced": time_text,
    "believed": time_text,
    "on": OCCASIONS.__getitem__,
    "since": lambda day: format_date(date.fromisoformat(day)),
    "sport": sport_with_article,
    "junior": lambda junior: "junior " if junior else "",
    "removed": lambda removed: ", which you removed," if removed else "",
}
"""How the value of a parameter is written. Parameters that are not here are names, written as they are."""
