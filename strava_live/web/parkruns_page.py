"""/parkruns/: an athlete's own parkruns, counted; adding one by hand, correcting one, removing one."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from strava_live.formats import format_date, format_duration, format_ordinal
from strava_live.parkrun.counting import (
    CountedParkrun,
    ParkrunFacts,
    count_parkruns,
    count_totals,
    count_volunteering,
    fastest_parkrun,
    visited_events,
)
from strava_live.parkrun.milestones import is_milestone, milestones_reached, next_milestone
from strava_live.parkrun.models import ParkrunEvent
from strava_live.parkrun.result_models import ParkrunResult, StartingNumbers
from strava_live.parkrun.results import (
    UnknownResult,
    result_of,
    starting_numbers,
)
from strava_live.protocol import LARGEST_ID
from strava_live.sync.results_by_hand import (
    AlreadyThere,
    add_result,
    change_result,
    remove_result,
    set_starting_numbers,
)
from strava_live.web.once import create_once
from strava_live.web.parkrun_forms import ResultForm, StartingNumbersForm
from strava_live.web.signed_in import signed_in

ROWS_A_PAGE = 50
EVENTS_SHOWN = 10


@dataclass(frozen=True)
class Row:
    """One parkrun in the words of the page."""

    result: ParkrunResult
    number: CountedParkrun | None
    volunteered: int | None

    @property
    def time(self) -> str:
        return format_duration(self.result.time_s)

    @property
    def ordinal(self) -> str:
        return format_ordinal(self.number.count if self.number else 0)

    @property
    def junior(self) -> bool:
        return self.result.event.series == ParkrunEvent.Series.JUNIOR

    @property
    def milestone(self) -> int | None:
        count = self.number.count if self.number else 0
        return count if is_milestone(count, junior=self.junior) else None

    @property
    def volunteer_milestone(self) -> int | None:
        count = self.volunteered or 0
        return count if is_milestone(count) else None


@dataclass(frozen=True)
class Ladder:
    """How far somebody has got, and what comes next."""

    label: str
    count: int
    reached: tuple[int, ...]
    following: int | None
    started: int

    @property
    def to_go(self) -> int:
        return (self.following or self.count) - self.count

    @property
    def share(self) -> int:
        """Of the way from the last milestone to the next, in per cent."""
        last = self.reached[-1] if self.reached else 0
        return 100 * (self.count - last) // (self.following - last) if self.following else 100


def ladder(label: str, count: int, started: int, *, junior: bool = False) -> Ladder:
    reached = milestones_reached(count, junior=junior)
    return Ladder(label, count, reached, next_milestone(count, junior=junior), started)


@login_required
@never_cache
@require_safe
def parkruns_page(request: HttpRequest) -> HttpResponse:
    mine = ParkrunResult.objects.of(signed_in(request).pk)
    start = starting_numbers(signed_in(request).pk)
    facts = mine.facts()
    rows = mine.shown().newest_first()
    if before := request.GET.get("before"):
        rows = rows.older_than(*place_of(before))
    found = list(rows[: ROWS_A_PAGE + 1])
    numbers = count_parkruns(facts, parkruns=start.parkruns, juniors=start.juniors)
    helped = count_volunteering(facts, volunteered=start.volunteered)
    events = visited_events(facts)
    best = fastest_parkrun(facts)
    page: dict[str, Any] = {
        "rows": [Row(row, numbers.get(row.pk), helped.get(row.pk)) for row in found[:ROWS_A_PAGE]],
        "older": cursor_of(found[ROWS_A_PAGE - 1]) if len(found) > ROWS_A_PAGE else "",
        "before": before,
        "ladders": ladders(facts, start),
        "totals": count_totals(facts, parkruns=start.parkruns, juniors=start.juniors, volunteered=start.volunteered),
        "best": best,
        "best_time": format_duration(best.time_s if best else None),
        "events": [(event, format_duration(event.best_s)) for event in events[:EVENTS_SHOWN]],
        "more_events": [(event, format_duration(event.best_s)) for event in events[EVENTS_SHOWN:]],
        "start": start,
        "started": start.parkruns + start.juniors + start.volunteered,
    }
    return render(request, "parkruns/parkruns.html", page)


def ladders(facts: list[ParkrunFacts], start: StartingNumbers) -> list[Ladder]:
    """The juniors' and the volunteers' only once there is something to count."""
    known = count_totals(facts, parkruns=start.parkruns, juniors=start.juniors, volunteered=start.volunteered)
    found = [ladder("Parkruns", known.parkruns, start.parkruns)]
    if known.juniors:
        found.append(ladder("Junior parkruns", known.juniors, start.juniors, junior=True))
    if known.volunteered:
        found.append(ladder("Volunteering", known.volunteered, start.volunteered))
    return found


def cursor_of(row: ParkrunResult) -> str:
    """A place in the list, which stays where it is whatever is added or removed meanwhile."""
    return f"{row.day.isoformat()},{row.pk}"


def place_of(cursor: str) -> tuple[date, int]:
    try:
        day, _, pk = cursor.partition(",")
        place = date.fromisoformat(day), int(pk)
    except ValueError:
        raise Http404 from None
    if not 0 <= place[1] <= LARGEST_ID:
        raise Http404
    return place


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    form = ResultForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        event = form.event_row()
        if event is not None:
            return add_once(request, event, form)
    page = {"form": form, "suggestions": form.suggestions}
    return render(request, "parkruns/add.html", page, status=422 if form.errors else 200)


def add_once(request: HttpRequest, event: ParkrunEvent, form: ResultForm) -> HttpResponse:
    def create() -> str:
        add_result(signed_in(request).pk, event, form.cleaned_data["day"], form.statement())
        messages.success(request, f"Added: {event.name}.")
        return reverse("parkruns")

    try:
        return create_once(request, create)
    except AlreadyThere as known:
        messages.info(request, "You already have this parkrun. You can change it here.")
        return redirect("parkrun", int(str(known)))


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    user, row = signed_in(request), own(request, pk)
    form = ResultForm(request.POST or None, user=user, row=row)
    if request.method == "POST" and form.is_valid():
        try:
            change_result(user.pk, row.pk, form.statement())
        except UnknownResult:
            raise Http404 from None
        messages.success(request, "Saved.")
        return redirect("parkruns")
    return render(request, "parkruns/change.html", {"form": form, "row": row}, status=422 if form.errors else 200)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks first."""
    row = own(request, pk)
    if request.method != "POST":
        return render(request, "parkruns/remove.html", {"row": row})
    try:
        remove_result(row.athlete_id, row.pk)
    except UnknownResult:
        raise Http404 from None
    messages.success(request, f"Removed: {row.event.name}, {format_date(row.day)}.")
    return redirect("parkruns")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def starting(request: HttpRequest) -> HttpResponse:
    """How many there were before the first that is known here."""
    form = StartingNumbersForm(request.POST or None, instance=starting_numbers(signed_in(request).pk))
    if request.method == "POST" and form.is_valid():
        set_starting_numbers(form.save(commit=False))
        messages.success(request, "Saved. Your count now includes them.")
        return redirect("parkruns")
    return render(request, "parkruns/starting.html", {"form": form}, status=422 if form.errors else 200)


def own(request: HttpRequest, pk: int) -> ParkrunResult:
    try:
        return result_of(signed_in(request).pk, pk)
    except UnknownResult:
        raise Http404 from None
