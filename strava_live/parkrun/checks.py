"""Each thing that the rules look at, by itself: sport, length, place, hour, and what is known of the recording."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from strava_live.formats import format_date, format_distance, format_duration, format_time
from strava_live.parkrun.event import Event
from strava_live.parkrun.facts import ActivityFacts
from strava_live.parkrun.pandemic import in_doubt
from strava_live.parkrun.verdict import Finding, maybe, no, sure
from strava_live.parkrun.wording import rough_distance, sport_with_article, start_text

ON_FOOT = frozenset({"Run", "TrailRun", "Walk", "Hike", "Wheelchair"})
SHORTEST_M, LONGEST_M = 4_600.0, 5_600.0
SHORTEST_ASKED_M, LONGEST_ASKED_M = 4_400.0, 6_000.0
"""A watch that loses its way under trees, or runs on a little: a maybe."""
SHORTEST_TITLED_M = 3_000.0
JUNIOR_M = 1_700.0, 2_500.0
# In seconds for a kilometre: nobody has run, or wheeled, 5 km so fast.
FASTEST_RUN_S, FASTEST_WHEELS_S = 150, 90
# A parkrun's tail walker is home after an hour and a half.
SLOWEST_S = 2 * 3600

EARLIEST_S, LATEST_S = -5 * 60, 15 * 60
"""Starts are often two minutes late, and watches are started on the way to the line."""
EARLY_WATCH_S, LATE_WATCH_S = -20 * 60, 3600
LONG_RUN_S = -3 * 3600
JUNIOR_OFF_S = 90 * 60
"""Junior events start at different hours, which no list tells."""
FASTEST_FINISH = timedelta(minutes=13)
# Until then some events moved their start on 1 January, so that one could run at two.
STAGGERED_UNTIL, STAGGERED_S = 2022, 3 * 3600

EXACT_M, TRIMMED_M = 1_000.0, 2_000.0

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def never(activity: ActivityFacts) -> str:
    """Why it cannot be a parkrun wherever and whenever it was; "" when it can."""
    if activity.trainer:
        return "On a treadmill, so it can't be a parkrun"
    wheels = activity.sport_type in ("Wheelchair", "Handcycle")
    if activity.sport_type not in ON_FOOT and not wheels and activity.sport_type:
        return f"{sport_with_article(activity.sport_type)}, so it can't be a parkrun"
    if not activity.elapsed_s:
        return "No time"
    if activity.elapsed_s < activity.distance_m / 1000 * (FASTEST_WHEELS_S if wheels else FASTEST_RUN_S):
        return f"{format_distance(activity.distance_m)} in {format_duration(activity.elapsed_s)}: nobody is that fast"
    return ""


def no_length(metres: float, *, titled: bool, on_junior_day: bool) -> str:
    """Why its length fits no parkrun of the day; "" when it fits one."""
    fits = _length(metres, titled=titled) is not None or (on_junior_day and junior_length(metres))
    return "" if fits else _unfit(metres, junior=False)


def junior_length(metres: float) -> bool:
    return JUNIOR_M[0] <= metres <= JUNIOR_M[1]


def length(activity: ActivityFacts, *, junior: bool, titled: bool) -> Finding:
    metres = activity.distance_m
    if junior:
        return sure(format_distance(metres)) if junior_length(metres) else no(_unfit(metres, junior=True))
    return _length(metres, titled=titled) or no(_unfit(metres, junior=False))


def _length(metres: float, *, titled: bool) -> Finding | None:
    if SHORTEST_M <= metres <= LONGEST_M:
        return sure(format_distance(metres))
    if SHORTEST_ASKED_M <= metres <= LONGEST_ASKED_M or (titled and metres >= SHORTEST_TITLED_M):
        return maybe(f"{format_distance(metres)}, which is {'long' if metres > LONGEST_M else 'short'} for a parkrun")
    return None


def _unfit(metres: float, *, junior: bool) -> str:
    if metres <= 0:
        return "No distance"
    longest = JUNIOR_M[1] if junior else LONGEST_ASKED_M
    what = "a junior parkrun" if junior else "a parkrun"
    return f"{format_distance(metres)}: too {'long' if metres > longest else 'short'} for {what}"


def place(event: Event, metres: float, *, exact: bool, titled: bool) -> Finding:
    where = f"{rough_distance(metres)} from the {event.called} start"
    if metres <= EXACT_M:
        return sure(where)
    if not exact:
        return sure(f"About {where}: Strava rounds the place")
    # Where the ends of the map are hidden, it begins some way along the course.
    return maybe(where) if titled and metres <= TRIMMED_M else no(f"{where}: too far away")


def hour(
    activity: ActivityFacts, event: Event, nominal: time, *, day: date, zone: tzinfo, on: str, titled: bool
) -> Finding:
    """Its start beside the one announced; the zone is the one at the event."""
    late = _seconds_after(nominal, activity, day, zone)
    words = f"{start_text(late, nominal)} on {on}"
    if EARLIEST_S <= late <= LATEST_S:
        return sure(words)
    for other in event.also:
        if EARLIEST_S <= (after := _seconds_after(other, activity, day, zone)) <= LATEST_S:
            return maybe(
                f"{start_text(after, other)} on {on}; we think {event.called} starts at {format_time(nominal)}"
            )
    past_start = timedelta(seconds=late + activity.elapsed_s) >= FASTEST_FINISH
    if (LONG_RUN_S if titled else EARLY_WATCH_S) <= late < 0 and past_start:
        return maybe(f"{words}, and was still going when it began")
    staggered = (day.month, day.day) == (1, 1) and day.year <= STAGGERED_UNTIL
    late_watch = titled and activity.distance_m <= LONGEST_M
    if 0 < late <= (STAGGERED_S if staggered else LATE_WATCH_S if late_watch else LATEST_S):
        return maybe(words)
    return maybe(words) if event.junior and titled and abs(late) <= JUNIOR_OFF_S else no(words)


def _seconds_after(nominal: time, activity: ActivityFacts, day: date, zone: tzinfo) -> float:
    return (activity.start - datetime.combine(day, nominal, zone).astimezone(UTC)).total_seconds()


def no_occasion(day: date, *, junior: bool) -> str:
    return f"On a {WEEKDAYS[day.weekday()]}, when there's no {'junior ' if junior else ''}parkrun"


def history(event: Event, day: date, *, titled: bool) -> list[Finding]:
    """What is known of the event on that day."""
    findings = []
    if event.closed_on is not None and day >= event.closed_on:
        gone = f"{event.called} has been off parkrun's list since {format_date(event.closed_on)}"
        findings.append(maybe(gone) if titled else no(gone))
    if in_doubt(day, event.country, event.region):
        findings.append(maybe("In the pandemic, when parkruns were suspended or only some were back"))
    return findings


def record(activity: ActivityFacts) -> list[Finding]:
    """What is odd about the recording itself."""
    findings = []
    if activity.manual:
        findings.append(maybe("Typed in by hand"))
    if activity.flagged:
        findings.append(maybe("Flagged on Strava"))
    if activity.sport_type not in ON_FOOT:
        findings.append(
            maybe(f"{sport_with_article(activity.sport_type) if activity.sport_type else 'No sport'}: unusual")
        )
    if activity.elapsed_s > SLOWEST_S:
        findings.append(maybe(f"Took {format_duration(activity.elapsed_s)}: perhaps the watch was left running"))
    return findings
