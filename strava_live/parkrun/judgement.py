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


class CheckResult(NamedTuple):
    """The highest certainty that one check allows, and its reason."""

    at_most: Certainty
    reason: Reason


def sure(reason: Reason) -> CheckResult:
    return CheckResult(Certainty.SURE, reason)


def maybe(reason: Reason) -> CheckResult:
    return CheckResult(Certainty.MAYBE, reason)


def no(reason: Reason) -> CheckResult:
    return CheckResult(Certainty.NO, reason)


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
    def from_checks(cls, results: list[CheckResult], *, day: date, event: Event | None, junior: bool) -> Self:
        """Take the lowest certainty of the checks. If that is no, keep only the reasons against a parkrun."""
        certainty = min((result.at_most for result in results), key=RANK.__getitem__)
        refused = certainty is Certainty.NO
        reasons = tuple(result.reason for result in results if not refused or result.at_most is Certainty.NO)
        return cls(certainty, day, reasons, None if refused else event, junior and not refused)

    @classmethod
    def refusal(cls, day: date, *reasons: Reason) -> Self:
        return cls(Certainty.NO, day, reasons)

    def only_maybe(self, reason: Reason) -> Self:
        return replace(self, certainty=Certainty.MAYBE, reasons=(*self.reasons, reason))
