"""Judge whether one activity was a parkrun, with the reasons. Pure.

An activity is sure if place, day, start time, length and sport fit and nothing is hidden. It is a maybe, about which
its athlete is asked, if something is missing or odd but nothing contradicts. A junior parkrun is never sure.
mornings.py compares the activities of one day.

The start is compared in the time zone of the event. The zone that Strava names is used if the event or its zone is
unknown. A start that fits in that zone but not in the event's is a maybe. Strava's local time, which wrongly ends in Z
as if it were UTC, is used only for the date of a hidden start.

**The time of a parkrun is the elapsed time** unless the athlete has entered an official one. parkrun's clock does not
stop for a shoelace, so the moving time is too short. The elapsed time is too long if the watch ran on after the finish,
which the athlete notices.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from strava_live.parkrun import checks
from strava_live.parkrun.atlas import Atlas
from strava_live.parkrun.calendar import WEEKDAYS, Occasion, occasion, occasion_somewhere
from strava_live.parkrun.event import Event
from strava_live.parkrun.facts import ActivityFacts, StartPlace, local_day, own_zone, start_place
from strava_live.parkrun.geometry import metres_between
from strava_live.parkrun.judgement import RANK, Certainty, CertaintyLimit, Judgement, maybe, no
from strava_live.parkrun.places import Nearby
from strava_live.parkrun.reasons import Code, Reason, round_rough
from strava_live.parkrun.titles import TitleClues, read_title
from strava_live.time_zones import known_zone

RULES_VERSION = 2
"""The number of these rules, stored with each verdict. A change of the rules that changes a judgement needs a new
number: see tests/parkrun/judgements.py."""

REACH_M = 2_000.0
"""The largest distance from an activity's start at which the rules look for events."""
CLEARLY_NEARER_M = 500.0
"""Two events may be equally certain. The nearer one is chosen if the other is further away by at least this distance,
and Strava has not rounded the coordinates. Otherwise the activity is a maybe.

An event's place is a pin on parkrun's map, which may be some hundred metres from the start line.
"""
MORNING = time(6, 30), time(11, 0)
"""The earliest end and the latest start of a parkrun at an unknown event."""


@dataclass(frozen=True, slots=True)
class Question:
    """The activity to judge, with what its title says, where it started (None if unknown), and all listed events."""

    activity: ActivityFacts
    title: TitleClues
    start: StartPlace | None
    atlas: Atlas

    def titled(self, *, loosely: bool = False) -> bool:
        """Return whether the title says that the activity is, or contains, a parkrun. False if the title denies it.

        With `loosely`, "park run" in two words counts too. A title that also mentions a warm-up or the way home counts
        only if the activity is longer than one parkrun.
        """
        title = self.title
        only_one = self.activity.distance_m <= checks.LONGEST_M
        named = title.parkrun or (loosely and title.park_run)
        return named and not title.denied and not (only_one and title.before_or_after)


def judge(activity: ActivityFacts, atlas: Atlas) -> Judgement:
    """Judge the activity by itself, at the events near its start or, failing that, at the event in its title."""
    question = Question(activity, read_title(activity.name), start_place(activity), atlas)
    day, metres = local_day(activity, own_zone(activity)), activity.distance_m
    junior_day = bool(occasion(day, "", junior=True))
    refusal = checks.why_never(activity) or checks.why_wrong_length(
        metres, titled=question.titled(loosely=True), on_junior_day=junior_day
    )
    if refusal:
        return Judgement.refusal(day, refusal)
    if question.start is None:
        return judge_without_place(question, day)
    junior = junior_day and checks.is_junior_length(metres)
    near = [nearby for nearby in atlas.near(*question.start.points, within_m=REACH_M) if nearby.event.junior == junior]
    judgement = judge_at_nearest(question, near) if near else None
    if judgement is None or (judgement.certainty is Certainty.NO and question.titled()):
        return judge_run_to_event(question, question.start, day) or judgement or judge_far_from_events(question, day)
    return judgement


def judge_at_nearest(question: Question, near: list[Nearby]) -> Judgement:
    """Judge at each event near the start and return the best judgement: the most certain, then the nearest.

    If several events fit, the one in the title is taken. If none is in the title and another event is as certain and
    about as near, the judgement is a maybe.
    """
    judgements = [(judge_at(question, nearby), nearby.metres) for nearby in near]
    possible = [pair for pair in judgements if pair[0].certainty is not Certainty.NO]
    if not possible:
        return min((judgement for judgement, _ in judgements), key=lambda judgement: len(judgement.reasons))
    best, metres = max(possible, key=lambda pair: (RANK[pair[0].certainty], -pair[1]))
    if len(possible) == 1:
        return best
    titled = question.titled(loosely=True)
    named = question.atlas.named_in(question.activity.name, junior=best.junior) if titled else None
    for judgement, _ in possible:
        if named is not None and judgement.event == named:
            return judgement
    exact = question.start is not None and question.start.exact
    for judgement, further in possible:
        as_near = not exact or further - metres < CLEARLY_NEARER_M
        if judgement is not best and judgement.certainty is best.certainty and as_near and judgement.event:
            return best.only_maybe(Reason.of(Code.NEAR_SECOND_EVENT, event=judgement.event.called))
    return best


def judge_at(question: Question, nearby: Nearby) -> Judgement:
    """Judge whether the activity was a parkrun at this event."""
    metres, event = nearby
    activity, titled = question.activity, question.titled(loosely=True)
    day = local_day(activity, event_zone(event, activity))
    exact = question.start is not None and question.start.exact
    limits = [
        checks.check_place(event, metres, exact=exact, titled=titled),
        check_day_and_start(question, event, day),
        checks.check_length(activity, junior=event.junior, titled=titled),
        *checks.check_event_history(event, day, titled=titled),
        *checks.check_recording(activity),
    ]
    if question.title.denied:
        fits = all(limit.at_most is Certainty.SURE for limit in limits)
        limits.append((maybe if fits else no)(Reason.of(Code.TITLE_DENIES_PARKRUN)))
    if event.junior:
        limits.append(maybe(Reason.of(Code.JUNIOR)))
    return Judgement.from_checks(limits, day=day, event=event, junior=event.junior)


def judge_run_to_event(question: Question, start: StartPlace, day: date) -> Judgement | None:
    """Judge a run that started far from its event, such as one recording of the way to parkrun and the parkrun.

    None if the title names no event, or if the named event is nearer than REACH_M or further away than the run is long.
    """
    titled = question.titled()
    named = question.atlas.named_in(question.activity.name, junior=question.title.junior) if titled else None
    if named is None:
        return None
    metres = min(metres_between(point, place) for point in start.points for place in named.places)
    if not REACH_M < metres <= question.activity.distance_m:
        return None
    return judge_by_title(question, day, named, checks.place_reason(Code.NEAR_EVENT, named, metres))


def judge_far_from_events(question: Question, day: date) -> Judgement:
    """Judge a run near no listed event: a maybe at most if its title says parkrun, else no parkrun.

    The run may have been at an event that is missing from the list.
    """
    nowhere = Reason.of(Code.NO_EVENT_NEAR, metres=round_rough(REACH_M))
    return judge_by_title(question, day, None, nowhere) if question.titled() else Judgement.refusal(day, nowhere)


def judge_without_place(question: Question, day: date) -> Judgement:
    """Judge an activity without coordinates: no parkrun, unless its title says parkrun."""
    missing = Reason.of(Code.NO_MAP)
    if not question.titled():
        return Judgement.refusal(day, *(limit.reason for limit in checks.check_recording(question.activity)), missing)
    named = question.atlas.named_in(question.activity.name, junior=question.title.junior)
    return judge_by_title(question, day, named, missing)


def judge_by_title(question: Question, day: date, event: Event | None, where: Reason) -> Judgement:
    """Judge an activity by its title, which says parkrun. The judgement is a maybe or a no.

    Only the title shows which event it was. `where` says what is known of the activity's place.
    """
    activity, junior = question.activity, question.title.junior
    if event is not None:
        day = local_day(activity, event_zone(event, activity))
    limits = [
        maybe(Reason.of(Code.TITLE_SAYS_PARKRUN)),
        maybe(where),
        check_day_and_start(question, event, day) if event else check_morning(question, day, junior=junior),
        checks.check_length(activity, junior=junior, titled=True),
        *(checks.check_event_history(event, day, titled=True) if event else ()),
        *checks.check_recording(activity),
    ]
    return Judgement.from_checks(limits, day=day, event=event, junior=junior)


def check_day_and_start(question: Question, event: Event, day: date) -> CertaintyLimit:
    """Check whether parkruns are held on the day at the event, and compare the start time."""
    zone, saturdays = event_zone(event, question.activity), question.atlas.simulated
    if simulated := checks.check_simulated_start(question.activity, event, saturdays, zone=zone):
        return simulated
    usual = occasion(day, event.country, junior=event.junior)
    on = usual or special_day(question, day, junior=event.junior)
    if not on:
        return no(checks.not_held_reason(day, junior=event.junior))
    result = check_start(question, event, day, on)
    if usual or result.at_most is Certainty.NO:
        return result
    return maybe(result.reason.with_parameter("unusual_at", event.called))


def check_start(question: Question, event: Event, day: date, on: Occasion) -> CertaintyLimit:
    """Compare the start with the announced one. A maybe if either is unknown. `on` is the occasion of the day."""
    activity = question.activity
    if activity.hidden_start or activity.manual:
        return maybe(untimed_reason(activity, on))
    announced = event.starts
    if announced is None:
        return maybe(Reason.of(Code.EVENT_START_UNKNOWN, on=str(on), event=event.called))

    def check_in(zone: tzinfo) -> CertaintyLimit:
        titled = question.titled(loosely=True)
        return checks.check_start_time(activity, event, announced, day=day, zone=zone, on=on, titled=titled)

    result, named_zone = check_in(event_zone(event, activity)), known_zone(activity.zone)
    if result.at_most is Certainty.NO and named_zone is not None:
        # The stored zone of a new event is that of events near it, and may be wrong.
        by_named_zone = check_in(named_zone)
        if by_named_zone.at_most is Certainty.SURE:
            started = dict(by_named_zone.reason.parameters)
            return maybe(Reason.of(Code.STARTED_IN_NAMED_ZONE, zone=activity.zone, **started))
    return result


def special_day(question: Question, day: date, *, junior: bool) -> Occasion | None:
    """Return why parkruns may be held on the day although they usually are not. None if nothing suggests that.

    The title must say parkrun. Then the day may be special in another country, or the title calls it special.
    """
    if junior or not question.titled():
        return None
    return occasion_somewhere(day) or (WEEKDAYS[day.weekday()] if question.title.special_day else None)


def check_morning(question: Question, day: date, *, junior: bool) -> CertaintyLimit:
    """Check the day and the time of day of an activity whose event is unknown."""
    activity = question.activity
    on = occasion_somewhere(day, junior=junior) or special_day(question, day, junior=junior)
    if not on:
        return no(checks.not_held_reason(day, junior=junior))
    if activity.hidden_start or activity.manual:
        return maybe(untimed_reason(activity, on))
    zone = own_zone(activity)
    began, ended = activity.start.astimezone(zone), end_of(activity).astimezone(zone)
    if ended.time() < MORNING[0] or began.time() > MORNING[1]:
        return no(Reason.of(Code.NOT_IN_THE_MORNING, at=f"{began:%H:%M}"))
    return maybe(Reason.of(Code.IN_THE_MORNING, on=str(on)))


def untimed_reason(activity: ActivityFacts, on: Occasion) -> Reason:
    """Return the reason of an activity whose start time is typed in or hidden, and so cannot be compared."""
    return Reason.of(Code.START_TYPED if activity.manual else Code.START_HIDDEN, on=str(on))


def event_zone(event: Event, activity: ActivityFacts) -> tzinfo:
    """Return the event's time zone, or the activity's if the event's is unknown."""
    return known_zone(event.zone) or own_zone(activity)


def end_of(activity: ActivityFacts) -> datetime:
    return activity.start + timedelta(seconds=activity.elapsed_s)
