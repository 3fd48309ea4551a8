"""/parkruns/: an athlete's parkruns and how many they have done; add, change or remove a parkrun by hand."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from strava_live.activities.athlete_state import current_mark
from strava_live.formats import format_date, format_duration, full_stop
from strava_live.parkrun.counting import (
    ParkrunFacts,
    count_parkruns,
    count_totals,
    count_volunteering,
    fastest_parkrun,
    visited_events,
)
from strava_live.parkrun.models import ParkrunEvent
from strava_live.parkrun.result_models import ParkrunResult, StartingNumbers
from strava_live.parkrun.results import (
    UnknownResult,
    result_of,
    starting_numbers,
)
from strava_live.sync.results_by_hand import (
    AlreadyThere,
    add_result,
    change_result,
    remove_result,
    set_starting_numbers,
)
from strava_live.web.access import signed_in_user
from strava_live.web.once import create_once
from strava_live.web.parkrun_forms import ResultForm, StartingNumbersForm
from strava_live.web.parkrun_words import MilestoneProgress, ParkrunRow, event_words, milestone_progress

PAGE_SIZE = 50
EVENTS_SHOWN = 10


@login_required
@never_cache
@require_safe
def parkruns_page(request: HttpRequest) -> HttpResponse:
    # Read the mark before the results: the page's script then finds a change in between.
    mark = current_mark(signed_in_user(request).pk)
    mine = ParkrunResult.objects.of(signed_in_user(request).pk)
    start = starting_numbers(signed_in_user(request).pk)
    facts = mine.facts()
    before = request.GET.get("before", "")
    rows = mine.shown().page(PAGE_SIZE, before=before)
    numbers = count_parkruns(facts, parkruns=start.parkruns, juniors=start.juniors)
    helped = count_volunteering(facts, volunteered=start.volunteered)
    events = visited_events(facts)
    best = fastest_parkrun(facts)
    page: dict[str, Any] = {
        "mark": mark,
        "rows": [ParkrunRow(row, numbers.get(row.pk), helped.get(row.pk)) for row in rows.rows],
        "older": rows.older,
        "before": before,
        "ladders": milestone_progresses(facts, start),
        "totals": count_totals(facts, parkruns=start.parkruns, juniors=start.juniors, volunteered=start.volunteered),
        "best": best,
        "best_time": format_duration(best.time_s if best else None),
        "events": [(event, event_words(event)) for event in events[:EVENTS_SHOWN]],
        "more_events": [(event, event_words(event)) for event in events[EVENTS_SHOWN:]],
        "start": start,
        "started": start.parkruns + start.juniors + start.volunteered,
    }
    return render(request, "parkruns/parkruns.html", page)


def milestone_progresses(facts: list[ParkrunFacts], start: StartingNumbers) -> list[MilestoneProgress]:
    """Return the progress to the next milestone of parkruns. Add junior parkruns and volunteering if there are any."""
    known = count_totals(facts, parkruns=start.parkruns, juniors=start.juniors, volunteered=start.volunteered)
    found = [milestone_progress("Parkruns", known.parkruns, start.parkruns)]
    if known.juniors:
        found.append(milestone_progress("Junior parkruns", known.juniors, start.juniors, junior=True))
    if known.volunteered:
        found.append(milestone_progress("Volunteering", known.volunteered, start.volunteered))
    return found


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    user = signed_in_user(request)
    form = ResultForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        event = form.event_row()
        if event is not None:
            return add_once(request, event, form)
    page = {"form": form, "suggestions": form.suggestions}
    return render(request, "parkruns/add.html", page, status=422 if form.errors else 200)


def add_once(request: HttpRequest, event: ParkrunEvent, form: ResultForm) -> HttpResponse:
    """Add the parkrun, once even if the form is sent twice. If the athlete already has it, redirect to its page."""

    def create() -> str:
        add_result(signed_in_user(request).pk, event, form.cleaned_data["day"], form.statement())
        messages.success(request, full_stop(f"Added: {event.name}"))
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
    user, row = signed_in_user(request), result_or_404(request, pk)
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
    """Ask for confirmation, then remove a parkrun."""
    row = result_or_404(request, pk)
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
    """Let the athlete say how many parkruns they did before the first one in their list."""
    form = StartingNumbersForm(request.POST or None, instance=starting_numbers(signed_in_user(request).pk))
    if request.method == "POST" and form.is_valid():
        set_starting_numbers(form.save(commit=False))
        messages.success(request, "Saved. Your count now includes them.")
        return redirect("parkruns")
    return render(request, "parkruns/starting.html", {"form": form}, status=422 if form.errors else 200)


def result_or_404(request: HttpRequest, pk: int) -> ParkrunResult:
    try:
        return result_of(signed_in_user(request).pk, pk)
    except UnknownResult:
        raise Http404 from None
