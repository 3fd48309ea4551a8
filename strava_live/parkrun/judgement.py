"""What the rules say of an activity."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import NamedTuple, Self

from strava_live.parkrun.event import Event


class Status(StrEnum):
    SURE = "sure"
    MAYBE = "maybe"
    NO = "no"


CERTAINTY = {Status.NO: 0, Status.MAYBE: 1, Status.SURE: 2}


class Finding(NamedTuple):
    """One thing that was looked at: the most that an activity can be after it, and the words for it."""

    at_most: Status
    words: str


def sure(words: str) -> Finding:
    return Finding(Status.SURE, words)


def maybe(words: str) -> Finding:
    return Finding(Status.MAYBE, words)


def no(words: str) -> Finding:
    return Finding(Status.NO, words)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`event` is set for what is sure, and for a maybe where it is known; `day` is the local one, at the event."""

    status: Status
    day: date
    reasons: tuple[str, ...]
    event: Event | None = None
    junior: bool = False

    @classmethod
    def from_findings(cls, findings: list[Finding], *, day: date, event: Event | None, junior: bool) -> Self:
        """As certain as its weakest finding. What is none gives only the reasons against it."""
        status = min((finding.at_most for finding in findings), key=CERTAINTY.__getitem__)
        none = status is Status.NO
        reasons = tuple(finding.words for finding in findings if not none or finding.at_most is Status.NO)
        return cls(status, day, reasons, None if none else event, junior and not none)

    @classmethod
    def none(cls, day: date, *reasons: str) -> Self:
        return cls(Status.NO, day, reasons)

    def only_maybe(self, reason: str) -> Self:
        return replace(self, status=Status.MAYBE, reasons=(*self.reasons, reason))
