"""Whether one activity was a parkrun: pure, and in words that its athlete understands.

An activity is `sure` when everything fits: the place, the day, the hour, the length, the sport, and nothing hidden.
Where something is missing and nothing speaks against it, it is `maybe`, and the athlete is asked. What several
activities of one day say about each other is settled in mornings.py.

The instant of the start counts, told by the clock at the event: the zone that Strava names is used only where no event
is near, and its local time, which carries a false Z, only for the day of a hidden start.

**The time shown is the elapsed one** (an official time, once the athlete has given it, goes before). The clock of a
parkrun does not stop for a shoelace, so the moving time, which leaves pauses out, flatters; the elapsed time is wrong
only when the watch ran on after the finish, and then whoever wore it sees that at once.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from strava_live.parkrun import checks
from strava_live.parkrun.atlas import Atlas, Nearby
from strava_live.parkrun.calendar import occasion, occasion_somewhere
from strava_live.parkrun.event import Event
from strava_live.parkrun.facts import ActivityFacts, Begun, local_day, own_zone, where_begun
from strava_live.parkrun.geometry import metres_between
from strava_live.parkrun.titles import Title, read_title
from strava_live.parkrun.verdict import CERTAINTY, Finding, Status, Verdict, maybe, no
from strava_live.parkrun.wording import rough_distance
from strava_live.time_zones import known_zone

RULES_VERSION = 2

REACH_M = 2_000.0
CLEARLY_NEARER_M = 500.0
"""The list gives a pin on the map, which may be some hundred metres from the line."""
MORNING = time(6, 30), time(11, 0)


@dataclass(frozen=True, slots=True)
class _Case:
    activity: ActivityFacts
    title: Title
    begun: Begun | None
    atlas: Atlas

    def titled(self, *, loosely: bool) -> bool:
        """Whether the title speaks for a parkrun. One that also tells of a warm-up does so only for a long run, which
        may hold both."""
        title = self.title
        alone = self.activity.distance_m <= checks.LONGEST_M
        return (title.says or (loosely and title.loosely)) and not title.denied and not (alone and title.around)


def judge(activity: ActivityFacts, atlas: Atlas) -> Verdict:
    """One activity by itself."""
    case = _Case(activity, read_title(activity.name), where_begun(activity), atlas)
    day, metres = local_day(activity, own_zone(activity)), activity.distance_m
    juniors = bool(occasion(day, "", junior=True))
    never = checks.never(activity)
    if never or (never := checks.no_length(metres, titled=case.titled(loosely=True), on_junior_day=juniors)):
        return Verdict.none(day, never)
    if case.begun is None:
        return _without_a_place(case, day)
    junior = juniors and checks.junior_length(metres)
    near = [nearby for nearby in atlas.near(*case.begun.points, within_m=REACH_M) if nearby.event.junior == junior]
    verdict = _nearest(case, near) if near else None
    if verdict is None or (verdict.status is Status.NO and case.titled(loosely=False)):
        return _on_the_way(case, case.begun, day) or verdict or _far_from_all(case, day)
    return verdict


def _nearest(case: _Case, near: list[Nearby]) -> Verdict:
    """The event that fits best; where two fit and neither is clearly nearer, the title decides, or nobody."""
    verdicts = [(_at(case, nearby), nearby.metres) for nearby in near]
    possible = [pair for pair in verdicts if pair[0].status is not Status.NO]
    if not possible:
        return min((verdict for verdict, _ in verdicts), key=lambda verdict: len(verdict.reasons))
    best, metres = max(possible, key=lambda pair: (CERTAINTY[pair[0].status], -pair[1]))
    if len(possible) == 1:
        return best
    named = case.atlas.named_in(case.activity.name, junior=best.junior) if case.titled(loosely=True) else None
    for verdict, _ in possible:
        if named is not None and verdict.event == named:
            return verdict
    exact = case.begun is not None and case.begun.exact
    for verdict, further in possible:
        as_near = not exact or further - metres < CLEARLY_NEARER_M
        if verdict is not best and verdict.status is best.status and as_near and verdict.event:
            return best.only_maybe(f"{verdict.event.called} starts near there too")
    return best


def _at(case: _Case, nearby: Nearby) -> Verdict:
    metres, event = nearby
    activity, titled = case.activity, case.titled(loosely=True)
    day = local_day(activity, _zone(event, activity))
    exact = case.begun is not None and case.begun.exact
    findings = [
        checks.place(event, metres, exact=exact, titled=titled),
        _hour(case, event, day),
        checks.length(activity, junior=event.junior, titled=titled),
        *checks.history(event, day, titled=titled),
        *checks.record(activity),
    ]
    if case.title.denied:
        fits = all(finding.at_most is Status.SURE for finding in findings)
        findings.append((maybe if fits else no)("The title says it wasn't a parkrun"))
    if event.junior:
        findings.append(maybe("A junior parkrun, counted separately"))
    return Verdict.from_findings(findings, day=day, event=event, junior=event.junior)


def _on_the_way(case: _Case, begun: Begun, day: date) -> Verdict | None:
    """Run to a parkrun from further away, if the title names one that can be reached."""
    named = case.atlas.named_in(case.activity.name, junior=case.title.junior) if case.titled(loosely=False) else None
    if named is None:
        return None
    metres = min(metres_between(point, place) for point in begun.points for place in named.places)
    if not REACH_M < metres <= case.activity.distance_m:
        return None
    return _by_title(case, day, named, f"{rough_distance(metres)} from the {named.called} start")


def _far_from_all(case: _Case, day: date) -> Verdict:
    """Only its title can say that it was one, at an event that is not on the list."""
    nowhere = f"No parkrun we know starts within {rough_distance(REACH_M)}"
    return _by_title(case, day, None, nowhere) if case.titled(loosely=False) else Verdict.none(day, nowhere)


def _without_a_place(case: _Case, day: date) -> Verdict:
    missing = "No map, so we can't see where"
    if not case.titled(loosely=False):
        return Verdict.none(day, *(finding.words for finding in checks.record(case.activity)), missing)
    named = case.atlas.named_in(case.activity.name, junior=case.title.junior)
    return _by_title(case, day, named, missing)


def _by_title(case: _Case, day: date, event: Event | None, where: str) -> Verdict:
    junior = case.title.junior
    if event is not None:
        day = local_day(case.activity, _zone(event, case.activity))
    findings = [
        maybe("The title says parkrun"),
        maybe(where),
        _hour(case, event, day) if event else _some_morning(case, day, junior=junior),
        checks.length(case.activity, junior=junior, titled=True),
        *(checks.history(event, day, titled=True) if event else ()),
        *checks.record(case.activity),
    ]
    return Verdict.from_findings(findings, day=day, event=event, junior=junior)


def _hour(case: _Case, event: Event, day: date) -> Finding:
    """The day and the hour, by the clock at the event."""
    usual = occasion(day, event.country, junior=event.junior)
    on = usual or _special_day(case, day, junior=event.junior)
    if not on:
        return no(checks.no_occasion(day, junior=event.junior))
    found = _hour_on(case, event, day, on)
    return (
        found if usual or found.at_most is Status.NO else maybe(f"{found.words}, when {event.called} isn't usually on")
    )


def _hour_on(case: _Case, event: Event, day: date, on: str) -> Finding:
    activity = case.activity
    if activity.hidden_start or activity.manual:
        return maybe(_untimed(activity, on))
    if event.starts is None:
        return maybe(f"On {on}; we don't know when {event.called} starts")
    titled, named_zone = case.titled(loosely=True), known_zone(activity.zone)
    found = checks.hour(activity, event, event.starts, day=day, zone=_zone(event, activity), on=on, titled=titled)
    if found.at_most is Status.NO and named_zone is not None:
        # The zone of an event that is new on the list is taken from its neighbours, and may be theirs alone.
        told = checks.hour(activity, event, event.starts, day=day, zone=named_zone, on=on, titled=titled)
        return maybe(f"{told.words}, going by the time in {activity.zone}") if told.at_most is Status.SURE else found
    return found


def _special_day(case: _Case, day: date, *, junior: bool) -> str:
    """A weekday that has parkruns in some country, or that the title calls special, if the title says parkrun."""
    if junior or not case.titled(loosely=False):
        return ""
    return occasion_somewhere(day) or (f"a {checks.WEEKDAYS[day.weekday()]}" if case.title.special else "")


def _some_morning(case: _Case, day: date, *, junior: bool) -> Finding:
    """The day and the hour where the event is unknown."""
    activity = case.activity
    on = occasion_somewhere(day, junior=junior) or _special_day(case, day, junior=junior)
    if not on:
        return no(checks.no_occasion(day, junior=junior))
    if activity.hidden_start or activity.manual:
        return maybe(_untimed(activity, on))
    zone = own_zone(activity)
    began, ended = activity.start.astimezone(zone), _end(activity).astimezone(zone)
    if ended.time() < MORNING[0] or began.time() > MORNING[1]:
        return no(f"Started at {began:%H:%M}, not in the morning")
    return maybe(f"In the morning, on {on}")


def _untimed(activity: ActivityFacts, on: str) -> str:
    return f"On {on}" if activity.manual else f"On {on}, start time hidden"


def _zone(event: Event, activity: ActivityFacts) -> tzinfo:
    return known_zone(event.zone) or own_zone(activity)


def _end(activity: ActivityFacts) -> datetime:
    return activity.start + timedelta(seconds=activity.elapsed_s)
