"""Reasons for a judgement as codes and parameters. wording.py has their sentences in English.

Parameters are rounded as their sentence shows them (140 m, 5.02 km, full minutes). So a difference that no sentence
shows makes no new reason when an activity is judged again.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple, Self

Parameter = str | int | bool


class Code(StrEnum):
    """Every reason that the rules or an athlete can give. wording.py shows the parameters of each."""

    # What an activity is, at any place and time
    TREADMILL = "treadmill"
    WRONG_SPORT = "wrong_sport"
    NO_TIME = "no_time"
    TOO_FAST = "too_fast"
    NO_DISTANCE = "no_distance"
    TOO_LONG = "too_long"
    TOO_SHORT = "too_short"
    RIGHT_LENGTH = "right_length"
    RATHER_LONG = "rather_long"
    RATHER_SHORT = "rather_short"
    # Where it started
    NEAR_EVENT = "near_event"
    NEAR_EVENT_ROUNDED = "near_event_rounded"
    FAR_FROM_EVENT = "far_from_event"
    NEAR_SECOND_EVENT = "near_second_event"
    NO_EVENT_NEAR = "no_event_near"
    NO_MAP = "no_map"
    # On which day, and when it started
    STARTED = "started"
    STARTED_AT_OTHER_TIME = "started_at_other_time"
    STARTED_EARLY = "started_early"
    STARTED_IN_NAMED_ZONE = "started_in_named_zone"
    START_HIDDEN = "start_hidden"
    START_TYPED = "start_typed"
    EVENT_START_UNKNOWN = "event_start_unknown"
    IN_THE_MORNING = "in_the_morning"
    NOT_IN_THE_MORNING = "not_in_the_morning"
    NOT_HELD = "not_held"
    EVENT_CLOSED = "event_closed"
    PANDEMIC = "pandemic"
    # What its title and its recording say
    TITLE_SAYS_PARKRUN = "title_says_parkrun"
    TITLE_DENIES_PARKRUN = "title_denies_parkrun"
    JUNIOR = "junior"
    TYPED_IN = "typed_in"
    FLAGGED = "flagged"
    UNUSUAL_SPORT = "unusual_sport"
    NO_SPORT = "no_sport"
    TOOK_LONG = "took_long"
    # Which other activities there are on the day
    RECORDED_TWICE = "recorded_twice"
    RECORDING_OF_REMOVED = "recording_of_removed"
    OTHER_WAS_PARKRUN = "other_was_parkrun"
    OTHER_IS_LIKELIER = "other_is_likelier"
    # What the athlete said
    ATHLETE_SAID_NO = "athlete_said_no"
    ATHLETE_NAMED_EVENT = "athlete_named_event"
    # A sentence of an earlier version that has no code
    AS_WRITTEN = "as_written"


CODES = frozenset(Code)

MEASUREMENTS = frozenset(
    {"metres", "distance_m", "elapsed_s", "minutes", "announced", "believed", "at", "activity", "since"}
)
"""The parameters in which two similar reasons may differ: figures, times, dates and the names of activities."""


class Reason(NamedTuple):
    """One reason: its code, and its parameters in the order of their names. Make one with `Reason.of`."""

    code: Code
    parameters: tuple[tuple[str, Parameter], ...] = ()

    @classmethod
    def of(cls, code: Code, **parameters: Parameter) -> Self:
        return cls(code, tuple(sorted(parameters.items())))

    def with_parameter(self, name: str, value: Parameter) -> Self:
        return self.of(self.code, **dict(self.parameters), **{name: value})

    @property
    def kind(self) -> Self:
        """The reason without its MEASUREMENTS. Reasons of one kind differ in these only."""
        return self.of(self.code, **{name: value for name, value in self.parameters if name not in MEASUREMENTS})

    def stored(self) -> dict[str, Parameter]:
        """Return the reason as JSON: the code and the parameters in one object."""
        return {"code": self.code.value, **dict(self.parameters)}

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any] | str) -> Self:
        """Read a stored reason.

        During a deployment, processes of another version may store sentences, or codes that are not known here. Both
        are kept as text.
        """
        if isinstance(stored, str):
            return cls.of(Code.AS_WRITTEN, text=stored)
        if (code := stored["code"]) not in CODES:
            return cls.of(Code.AS_WRITTEN, text=code.replace("_", " "))
        return cls.of(Code(code), **{name: value for name, value in stored.items() if name != "code"})


def stored_reasons(reasons: Iterable[Reason]) -> list[dict[str, Parameter]]:
    """Return the reasons as `Activity.reasons` stores them."""
    return [reason.stored() for reason in reasons]


def read_reasons(stored: Iterable[Mapping[str, Any] | str]) -> tuple[Reason, ...]:
    """Read what `Activity.reasons` stores."""
    return tuple(map(Reason.from_stored, stored))


def round_rough(metres: float) -> int:
    """Round to ten metres, or to a hundred metres if the distance is a kilometre or more."""
    return int(round(metres, -1)) if metres < 995 else round(round(metres / 1000, 1) * 1000)


def round_length(metres: float) -> int:
    """Round to ten metres, as lengths of activities are shown: 5.02 km."""
    return round(round(metres / 1000, 2) * 1000)


def round_minutes(seconds: float) -> int:
    """Return the full minutes, negative for a negative number of seconds."""
    return int(seconds / 60)
