"""The checks that rules.py combines: sport, length, place, start time, the event's history, the recording.

A function `check_…` returns the highest certainty that its check allows, with the reason, or several of these. `titled`
means that the activity's title says parkrun: then larger differences are a maybe instead of a no. `on` is the occasion:
why parkruns are held on the day.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from strava_live.parkrun.calendar import WEEKDAYS, Occasion
from strava_live.parkrun.event import Event
from strava_live.parkrun.facts import ActivityFacts
from strava_live.parkrun.judgement import CertaintyLimit, maybe, no, sure
from strava_live.parkrun.pandemic import may_be_suspended
from strava_live.parkrun.reasons import Code, Reason, round_length, round_minutes, round_rough
from strava_live.parkrun.simulated import SIMULATED_AT, SimulatedSaturday

ON_FOOT = frozenset({"Run", "TrailRun", "Walk", "Hike", "Wheelchair"})
"""The sports at Strava in which a parkrun is usual. `Handcycle` or no sport at all is a maybe. Any other sport is
refused."""
SHORTEST_M, LONGEST_M = 4_600.0, 5_600.0
"""The lengths of a sure 5 km parkrun."""
SHORTEST_MAYBE_M, LONGEST_MAYBE_M = 4_400.0, 6_000.0
"""The lengths of a possible parkrun: a watch may lose its GPS fix under trees, or run on a little after the finish."""
SHORTEST_TITLED_M = 3_000.0
"""The smallest length of a titled activity that may be a 5 km parkrun. There is no largest length, because a long run
may contain a parkrun."""
JUNIOR_M = 1_700.0, 2_500.0
"""The lengths of a junior parkrun, from shortest to longest."""
FASTEST_RUN_S, FASTEST_WHEELS_S = 150, 90
"""The fewest seconds for a kilometre, on foot and on wheels. Both are faster than the world records over 5 km, so that
a faster activity must be an error."""
SLOWEST_S = 2 * 3600
"""The longest time of a sure parkrun. The tail walker of a parkrun finishes within an hour and a half."""

EARLIEST_S, LATEST_S = -5 * 60, 15 * 60
"""The earliest and the latest start of a sure parkrun, in seconds after the announced start.

Starts are often two minutes late, and some athletes start their watch on the way to the line.
"""
EARLY_WATCH_S, LATE_WATCH_S = -20 * 60, 3600
"""Starts of a possible parkrun, in seconds after the announced start: the earliest for an activity that is not titled,
and the latest for a titled one that is not longer than LONGEST_M. On 1 January and for junior events, the constants
below allow more."""
LONG_RUN_S = -3 * 3600
"""The earliest start of a titled run that may contain a parkrun, in seconds after the announced start."""
JUNIOR_OFF_S = 90 * 60
"""The most seconds by which a titled junior parkrun may start before or after the announced start. The announced start
is a guess: no list has the start times of junior parkruns."""
FASTEST_FINISH = timedelta(minutes=13)
"""The shortest time from the announced start to a finish.

An activity that began before the announced start and ended before that finish does not contain the parkrun.
"""
STAGGERED_UNTIL, STAGGERED_S = 2022, 3 * 3600
"""On 1 January of the years up to and including STAGGERED_UNTIL, some events started up to STAGGERED_S seconds later
than usual, so that athletes could run at two events."""

EXACT_M, TRIMMED_M = 1_000.0, 2_000.0
"""The largest distances from the event's place: of a sure start, and of a titled run whose map is cut at its ends."""


def why_never(activity: ActivityFacts) -> Reason | None:
    """Return why the activity cannot be a parkrun at any place and time. None if it may be one."""
    if activity.trainer:
        return Reason.of(Code.TREADMILL)
    wheels = activity.sport_type in ("Wheelchair", "Handcycle")
    if activity.sport_type not in ON_FOOT and not wheels and activity.sport_type:
        return Reason.of(Code.WRONG_SPORT, sport=activity.sport_type)
    if not activity.elapsed_s:
        return Reason.of(Code.NO_TIME)
    if activity.elapsed_s < activity.distance_m / 1000 * (FASTEST_WHEELS_S if wheels else FASTEST_RUN_S):
        return Reason.of(Code.TOO_FAST, distance_m=round_length(activity.distance_m), elapsed_s=activity.elapsed_s)
    return None


def why_wrong_length(metres: float, *, titled: bool, on_junior_day: bool) -> Reason | None:
    """Return why the length fits no parkrun of the day. None if it fits one."""
    fits = check_5k_length(metres, titled=titled) is not None or (on_junior_day and is_junior_length(metres))
    return None if fits else wrong_length(metres, junior=False)


def is_junior_length(metres: float) -> bool:
    return JUNIOR_M[0] <= metres <= JUNIOR_M[1]


def check_length(activity: ActivityFacts, *, junior: bool, titled: bool) -> CertaintyLimit:
    """Compare the length with that of a junior or a 5 km parkrun."""
    metres = activity.distance_m
    if junior:
        fits = is_junior_length(metres)
        return sure(length_reason(Code.RIGHT_LENGTH, metres)) if fits else no(wrong_length(metres, junior=True))
    return check_5k_length(metres, titled=titled) or no(wrong_length(metres, junior=False))


def check_5k_length(metres: float, *, titled: bool) -> CertaintyLimit | None:
    """Compare the length with that of a 5 km parkrun. None if it cannot be one."""
    if SHORTEST_M <= metres <= LONGEST_M:
        return sure(length_reason(Code.RIGHT_LENGTH, metres))
    if SHORTEST_MAYBE_M <= metres <= LONGEST_MAYBE_M or (titled and metres >= SHORTEST_TITLED_M):
        return maybe(length_reason(Code.RATHER_LONG if metres > LONGEST_M else Code.RATHER_SHORT, metres))
    return None


def length_reason(code: Code, metres: float) -> Reason:
    return Reason.of(code, distance_m=round_length(metres))


def wrong_length(metres: float, *, junior: bool) -> Reason:
    """Return the reason why the length does not fit: it is too long, too short or zero."""
    if metres <= 0:
        return Reason.of(Code.NO_DISTANCE)
    longest = JUNIOR_M[1] if junior else LONGEST_MAYBE_M
    code = Code.TOO_LONG if metres > longest else Code.TOO_SHORT
    return Reason.of(code, distance_m=round_length(metres), junior=junior)


def check_place(event: Event, metres: float, *, exact: bool, titled: bool) -> CertaintyLimit:
    """Check how far from the event the activity started.

    Without `exact`, Strava has rounded the coordinates. Every distance is sure then, because the caller passes only
    events near the start.
    """
    if metres <= EXACT_M:
        return sure(place_reason(Code.NEAR_EVENT, event, metres))
    if not exact:
        return sure(place_reason(Code.NEAR_EVENT_ROUNDED, event, metres))
    # If the athlete hides the ends of their maps, the map begins some way along the course.
    if titled and metres <= TRIMMED_M:
        return maybe(place_reason(Code.NEAR_EVENT, event, metres))
    return no(place_reason(Code.FAR_FROM_EVENT, event, metres))


def place_reason(code: Code, event: Event, metres: float) -> Reason:
    return Reason.of(code, metres=round_rough(metres), event=event.called)


def check_start_time(
    activity: ActivityFacts, event: Event, announced: time, *, day: date, zone: tzinfo, on: Occasion, titled: bool
) -> CertaintyLimit:
    """Compare the activity's start with the announced start, in this time zone.

    A start close to the announced one is sure. A start at another possible time of the event is a maybe. So is a start
    that is somewhat too early or too late: the constants of this module say how much.
    """
    late = seconds_after(announced, activity, day, zone)
    reason = start_reason(Code.STARTED, late, announced, on)
    if EARLIEST_S <= late <= LATEST_S:
        return sure(reason)
    for other in event.other_starts:
        if EARLIEST_S <= (after := seconds_after(other, activity, day, zone)) <= LATEST_S:
            believed = {"event": event.called, "believed": iso_minutes(announced)}
            return maybe(start_reason(Code.STARTED_AT_OTHER_TIME, after, other, on, **believed))
    still_running = timedelta(seconds=late + activity.elapsed_s) >= FASTEST_FINISH
    if (LONG_RUN_S if titled else EARLY_WATCH_S) <= late < 0 and still_running:
        return maybe(start_reason(Code.STARTED_EARLY, late, announced, on))
    staggered = (day.month, day.day) == (1, 1) and day.year <= STAGGERED_UNTIL
    late_watch = titled and activity.distance_m <= LONGEST_M
    if 0 < late <= (STAGGERED_S if staggered else LATE_WATCH_S if late_watch else LATEST_S):
        return maybe(reason)
    return maybe(reason) if event.junior and titled and abs(late) <= JUNIOR_OFF_S else no(reason)


def check_simulated_start(
    activity: ActivityFacts, event: Event, saturdays: Iterable[SimulatedSaturday], *, zone: tzinfo
) -> CertaintyLimit | None:
    """Accept a start that is close to that of a simulated Saturday at the event. None if no simulated Saturday fits.

    The reason stores when the Saturday started. An activity can then be judged again when the atlas no longer has the
    Saturday: sync/classify.py takes the start from the stored reason.
    """
    if activity.hidden_start or activity.manual:
        return None
    for saturday in saturdays:
        late = (activity.start - saturday.started_at).total_seconds()
        if saturday.event == event.slug and EARLIEST_S <= late <= LATEST_S:
            announced = saturday.started_at.astimezone(zone).time()
            at = {SIMULATED_AT: saturday.started_at.isoformat()}
            return sure(start_reason(Code.STARTED, late, announced, Occasion.SIMULATED, **at))
    return None


def start_reason(code: Code, late_s: float, announced: time, on: Occasion, **more: str) -> Reason:
    return Reason.of(code, minutes=round_minutes(late_s), announced=iso_minutes(announced), on=str(on), **more)


def iso_minutes(at: time) -> str:
    """Return a time of day as reasons store it, such as "09:00"."""
    return at.isoformat(timespec="minutes")


def seconds_after(announced: time, activity: ActivityFacts, day: date, zone: tzinfo) -> float:
    """Return how long after the announced time the activity started, negative if before."""
    return (activity.start - datetime.combine(day, announced, zone).astimezone(UTC)).total_seconds()


def not_held_reason(day: date, *, junior: bool) -> Reason:
    return Reason.of(Code.NOT_HELD, on=str(WEEKDAYS[day.weekday()]), junior=junior)


def check_event_history(event: Event, day: date, *, titled: bool) -> list[CertaintyLimit]:
    """Return what speaks against the event on the day: it had closed, or the pandemic may have suspended it."""
    limits = []
    if event.closed_on is not None and day >= event.closed_on:
        closed = Reason.of(Code.EVENT_CLOSED, event=event.called, since=event.closed_on.isoformat())
        limits.append(maybe(closed) if titled else no(closed))
    if may_be_suspended(day, event.country, event.region):
        limits.append(maybe(Reason.of(Code.PANDEMIC)))
    return limits


def check_recording(activity: ActivityFacts) -> list[CertaintyLimit]:
    """Return a maybe for each odd thing about the recording: typed in, flagged, an unusual sport, a very long time."""
    limits = []
    if activity.manual:
        limits.append(maybe(Reason.of(Code.TYPED_IN)))
    if activity.flagged:
        limits.append(maybe(Reason.of(Code.FLAGGED)))
    if activity.sport_type not in ON_FOOT:
        sport = activity.sport_type
        limits.append(maybe(Reason.of(Code.UNUSUAL_SPORT, sport=sport) if sport else Reason.of(Code.NO_SPORT)))
    if activity.elapsed_s > SLOWEST_S:
        limits.append(maybe(Reason.of(Code.TOOK_LONG, elapsed_s=activity.elapsed_s)))
    return limits
