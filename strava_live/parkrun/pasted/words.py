"""The sentences of faults, for athletes."""

from datetime import date

from strava_live.formats import format_date
from strava_live.parkrun.calendar import FIRST_PARKRUN
from strava_live.parkrun.pasted.dates import DateOrder
from strava_live.parkrun.pasted.faults import FaultCode, FaultParams

DATE_ORDER_TEXTS = {DateOrder.DAY_FIRST: "day/month/year", DateOrder.MONTH_FIRST: "month/day/year"}
FAULT_TEXTS = {
    FaultCode.NO_DATE: "No date",
    FaultCode.NO_TIME: "No time on this line. Is it complete?",
    FaultCode.NO_EVENT: "No event name",
    FaultCode.EVENT_TOO_LONG: "The text before the date is too long for an event name",
    FaultCode.LINE_TOO_LONG: "Too long to be a line of results",
    FaultCode.MAIL_WITHOUT_DATE: "The email has no date: add one above it, such as 1 June 2024",
    FaultCode.NO_SUCH_MONTH: "There's no month {month}: we read these dates as {date_order}",
    FaultCode.NO_SUCH_DAY: "There's no {date}",
    FaultCode.BAD_DATE: "{written} isn't a valid date",
    FaultCode.DATE_IN_FUTURE: "{date} is in the future",
    FaultCode.BEFORE_FIRST_PARKRUN: f"The first parkrun was on {format_date(FIRST_PARKRUN)}",
    FaultCode.BAD_TIME: "{written} isn't a valid time",
    FaultCode.NOT_A_TIME: "“{written}” isn't a valid time: write minutes and seconds, such as 24:31",
    FaultCode.IMPOSSIBLE_TIME: "{written} can't be a parkrun time",
    FaultCode.BAD_POSITION: "“{written}” isn't a valid position",
    FaultCode.CONTRADICTS_LINE: "Line {line} has different details for the same parkrun",
    FaultCode.UNKNOWN_EVENT: "No event has that name",
    FaultCode.EVENT_RENAMED: "This event is being renamed: try again in a moment",
}


def fault_text(code: FaultCode, params: FaultParams) -> str:
    """Return the sentence of a fault."""
    words = dict(params)
    if "year" in params:  # the day may not exist, so this is no date object
        words["date"] = f"{params['day']} {date(2000, int(params['month']), 1):%B} {params['year']}"
    if "order" in params:
        words["date_order"] = DATE_ORDER_TEXTS[DateOrder(str(params["order"]))]
    return FAULT_TEXTS[code].format(**words)
