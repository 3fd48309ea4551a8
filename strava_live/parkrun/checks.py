"""The single checks of the rules: sport, length, place, start time, the event's history, the recording."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from strava_live.formats import format_date, format_distance, format_duration, format_time
from strava_live.parkrun.event import Event
from strava_live.parkrun.facts import ActivityFacts
from strava_live.parkrun.judgement import CheckResult, maybe, no, sure
from strava_live.parkrun.pandemic import in_doubt
from strava_live.parkrun.wording import rough_distance, sport_with_article, start_text

ON_FOOT = frozenset({"Run", "TrailRun", "Walk", "Hike", "Wheelchair"})
SHORTEST_M, LONGEST_M = 4_600.0, 5_600.0
SHORTEST_MAYBE_M, LONGEST_MAYBE_M = 4_400.0, 6_000.0
"""For watches that lose their GPS fix under trees, or run on a little."""
SHORTEST_TITLED_M = 3_000.0
JUNIOR_M = 1_700.0, 2_500.0
# Seconds for a kilometre, faster than anyone has run or wheeled 5 km.
FASTEST_RUN_S, FASTEST_WHEELS_S = 150, 90
# The tail walker of a parkrun finishes within an hour and a half.
SLOWEST_S = 2 * 3600

EARLIEST_S, LATEST_S = -5 * 60, 15 * 60
"""Starts are often two minutes late, and watches are started on the way to the line."""
EARLY_WATCH_S, LATE_WATCH_S = -20 * 60, 3600
LONG_RUN_S = -3 * 3600
JUNIOR_OFF_S = 90 * 60
"""Junior events start at different times, which no list has."""
FASTEST_FINISH = timedelta(minutes=13)
# Until 2022 some events moved their start on 1 January, so that athletes could run at two events.
STAGGERED_UNTIL, STAGGERED_S = 2022, 3 * 3600

EXACT_M, TRIMMED_M = 1_000.0, 2_000.0

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def why_never(activity: ActivityFacts) -> str:
    """Return why the activity cannot be a parkrun at any place and time, or ""."""
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


def why_wrong_length(metres: float, *, titled: bool, on_junior_day: bool) -> str:
    """Return why the length fits no parkrun of the day, or ""."""
    fits = check_5k_length(metres, titled=titled) is not None or (on_junior_day and is_junior_length(metres))
    return "" if fits else wrong_length_text(metres, junior=False)


def is_junior_length(metres: float) -> bool:
    return JUNIOR_M[0] <= metres <= JUNIOR_M[1]


def check_length(activity: ActivityFacts, *, junior: bool, titled: bool) -> CheckResult:
    metres = activity.distance_m
    if junior:
        fits = is_junior_length(metres)
        return sure(format_distance(metres)) if fits else no(wrong_length_text(metres, junior=True))
    return check_5k_length(metres, titled=titled) or no(wrong_length_text(metres, junior=False))


def check_5k_length(metres: float, *, titled: bool) -> CheckResult | None:
    if SHORTEST_M <= metres <= LONGEST_M:
        return sure(format_distance(metres))
    if SHORTEST_MAYBE_M <= metres <= LONGEST_MAYBE_M or (titled and metres >= SHORTEST_TITLED_M):
        return maybe(f"{format_distance(metres)}, which is {'long' if metres > LONGEST_M else 'short'} for a parkrun")
    return None


def wrong_length_text(metres: float, *, junior: bool) -> str:
    if metres <= 0:
        return "No distance"
    longest = JUNIOR_M[1] if junior else LONGEST_MAYBE_M
    what = "a junior parkrun" if junior else "a parkrun"
    return f"{format_distance(metres)}: too {'long' if metres > longest else 'short'} for {what}"


def check_place(event: Event, metres: float, *, exact: bool, titled: bool) -> CheckResult:
    where = f"{rough_distance(metres)} from the {event.called} start"
    if metres <= EXACT_M:
        return sure(where)
    if not exact:
        return sure(f"About {where}: Strava rounds the place")
    # If the athlete hides the ends of their maps, the map begins some way along the course.
    return maybe(where) if titled and metres <= TRIMMED_M else no(f"{where}: too far away")


def check_start_time(
    activity: ActivityFacts, event: Event, announced: time, *, day: date, zone: tzinfo, on: str, titled: bool
) -> CheckResult:
    """Compare the start with the announced one in the event's zone. `on` names the day: "a Saturday"."""
    late = seconds_after(announced, activity, day, zone)
    reason = f"{start_text(late, announced)} on {on}"
    if EARLIEST_S <= late <= LATEST_S:
        return sure(reason)
    for other in event.other_starts:
        if EARLIEST_S <= (after := seconds_after(other, activity, day, zone)) <= LATEST_S:
            believed = f"we think {event.called} starts at {format_time(announced)}"
            return maybe(f"{start_text(after, other)} on {on}; {believed}")
    still_running = timedelta(seconds=late + activity.elapsed_s) >= FASTEST_FINISH
    if (LONG_RUN_S if titled else EARLY_WATCH_S) <= late < 0 and still_running:
        return maybe(f"{reason}, and was still going when it began")
    staggered = (day.month, day.day) == (1, 1) and day.year <= STAGGERED_UNTIL
    late_watch = titled and activity.distance_m <= LONGEST_M
    if 0 < late <= (STAGGERED_S if staggered else LATE_WATCH_S if late_watch else LATEST_S):
        return maybe(reason)
    return maybe(reason) if event.junior and titled and abs(late) <= JUNIOR_OFF_S else no(reason)


def seconds_after(announced: time, activity: ActivityFacts, day: date, zone: tzinfo) -> float:
    return (activity.start - datetime.combine(day, announced, zone).astimezone(UTC)).total_seconds()


def not_held_text(day: date, *, junior: bool) -> str:
    return f"On a {WEEKDAYS[day.weekday()]}, when there's no {'junior ' if junior else ''}parkrun"


def check_event_history(event: Event, day: date, *, titled: bool) -> list[CheckResult]:
    """Check whether the event was closed, or possibly suspended, on the day."""
    results = []
    if event.closed_on is not None and day >= event.closed_on:
        closed = f"{event.called} has been off parkrun's list since {format_date(event.closed_on)}"
        results.append(maybe(closed) if titled else no(closed))
    if in_doubt(day, event.country, event.region):
        results.append(maybe("In the pandemic, when parkruns were suspended or only some were back"))
    return results


def check_recording(activity: ActivityFacts) -> list[CheckResult]:
    """Return a maybe for each odd thing about the recording itself."""
    results = []
    if activity.manual:
        results.append(maybe("Typed in by hand"))
    if activity.flagged:
        results.append(maybe("Flagged on Strava"))
    if activity.sport_type not in ON_FOOT:
        sport = sport_with_article(activity.sport_type) if activity.sport_type else "No sport"
        results.append(maybe(f"{sport}: unusual"))
    if activity.elapsed_s > SLOWEST_S:
        results.append(maybe(f"Took {format_duration(activity.elapsed_s)}: perhaps the watch was left running"))
    return results
