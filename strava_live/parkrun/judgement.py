"""What the rules conclude: each check limits the certainty, and the limits of all checks make a judgement."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import NamedTuple, Self

from strava_live.parkrun.event import Event
from strava_live.parkrun.reasons import Reason


class Certainty(StrEnum):
    """How certain it is that an activity was a parkrun. For a maybe, the site asks the athlete."""

    SURE = "sure"
    MAYBE = "maybe"
    NO = "no"


RANK = {Certainty.NO: 0, Certainty.MAYBE: 1, Certainty.SURE: 2}
"""The certainties as numbers that can be compared: the greater, the more certain."""


class CertaintyLimit(NamedTuple):
    """The highest certainty that one check allows, and the reason."""

    at_most: Certainty
    reason: Reason


def sure(reason: Reason) -> CertaintyLimit:
    return CertaintyLimit(Certainty.SURE, reason)


def maybe(reason: Reason) -> CertaintyLimit:
    return CertaintyLimit(Certainty.MAYBE, reason)


def no(reason: Reason) -> CertaintyLimit:
    return CertaintyLimit(Certainty.NO, reason)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the rules conclude about one activity.

    `event` is set for every sure parkrun, and for a maybe whose place or title shows which event it was. A refused
    activity has none. `day` is the local date, at the event if it is known. `junior` is whether it was a junior
    parkrun.
    """

    certainty: Certainty
    day: date
    reasons: tuple[Reason, ...]
    event: Event | None = None
    junior: bool = False

    @classmethod
    def from_checks(cls, limits: list[CertaintyLimit], *, day: date, event: Event | None, junior: bool) -> Self:
        """Combine the checks: the lowest certainty counts. If it is no, keep only the reasons of checks that say no."""
        certainty = min((limit.at_most for limit in limits), key=RANK.__getitem__)
        refused = certainty is Certainty.NO
        reasons = tuple(limit.reason for limit in limits if not refused or limit.at_most is Certainty.NO)
        return cls(certainty, day, reasons, None if refused else event, junior and not refused)

    @classmethod
    def refusal(cls, day: date, *reasons: Reason) -> Self:
        """Return the judgement that the activity was not a parkrun."""
        return cls(Certainty.NO, day, reasons)

    def only_maybe(self, reason: Reason) -> Self:
        """Return the judgement as a maybe, with this reason added."""
        return replace(self, certainty=Certainty.MAYBE, reasons=(*self.reasons, reason))
