"""Faults: what is wrong with a pasted line, as a code with parameters. `pasted.words` has their sentences."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

FaultParams = Mapping[str, str | int]


class FaultCode(StrEnum):
    """What can be wrong with a line. Drafts store the values, so a changed value needs a new `DRAFT_VERSION`."""

    NO_DATE = "no_date"
    NO_TIME = "no_time"
    NO_EVENT = "no_event"
    EVENT_TOO_LONG = "event_too_long"
    LINE_TOO_LONG = "line_too_long"
    MAIL_WITHOUT_DATE = "mail_without_date"
    NO_SUCH_MONTH = "no_such_month"
    NO_SUCH_DAY = "no_such_day"
    BAD_DATE = "bad_date"
    DATE_IN_FUTURE = "date_in_future"
    BEFORE_FIRST_PARKRUN = "before_first_parkrun"
    BAD_TIME = "bad_time"
    NOT_A_TIME = "not_a_time"
    IMPOSSIBLE_TIME = "impossible_time"
    BAD_POSITION = "bad_position"
    CONTRADICTS_LINE = "contradicts_line"
    UNKNOWN_EVENT = "unknown_event"
    EVENT_RENAMED = "event_renamed"


@dataclass(frozen=True, slots=True)
class LineFault:
    """A line that is not imported. `text` is the part of the line that the preview shows."""

    line: int
    text: str
    code: FaultCode
    params: FaultParams = field(default_factory=dict)


class Unreadable(ValueError):
    """A date, a time or a whole line cannot be read."""

    def __init__(self, code: FaultCode, **params: str | int) -> None:
        super().__init__(code, params)
        self.code = code
        self.params: FaultParams = params


class UnusablePaste(ValueError):
    """The whole text cannot be imported. The exception's message is a sentence for the athlete."""
