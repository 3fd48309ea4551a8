"""What the rules conclude about an activity, and what each check concludes."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import NamedTuple, Self

from strava_live.parkrun.event import Event
from strava_live.parkrun.reasons import Reason


class Certainty(StrEnum):
    """Whether an activity was a parkrun."""

    SURE = "sure"
    MAYBE = "maybe"
    NO = "no"


RANK = {Certainty.NO: 0, Certainty.MAYBE: 1, Certainty.SURE: 2}


class CertaintyLimit(NamedTuple):
    """The highest certainty that one check allows, and its reason."""

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
    """The rules' conclusion about one activity.

    `event` is always set for sure, sometimes for maybe, never for no. `day` is the local date at the event.
    """

    certainty: Certainty
    day: date
    reasons: tuple[Reason, ...]
    event: Event | None = None
    junior: bool = False

    @classmethod
    def from_checks(cls, limits: list[CertaintyLimit], *, day: date, event: Event | None, junior: bool) -> Self:
        """Take the lowest certainty of the checks. If that is no, keep only the reasons against a parkrun."""
        certainty = min((limit.at_most for limit in limits), key=RANK.__getitem__)
        refused = certainty is Certainty.NO
        reasons = tuple(limit.reason for limit in limits if not refused or limit.at_most is Certainty.NO)
        return cls(certainty, day, reasons, None if refused else event, junior and not refused)

    @classmethod
    def refusal(cls, day: date, *reasons: Reason) -> Self:
        return cls(Certainty.NO, day, reasons)

    def only_maybe(self, reason: Reason) -> Self:
        return replace(self, certainty=Certainty.MAYBE, reasons=(*self.reasons, reason))
