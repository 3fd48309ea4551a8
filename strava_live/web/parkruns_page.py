"""/parkruns/: an athlete's own parkruns and their counts; add, correct or remove one by hand."""

from typing import Any

from asgiref.sync import async_to_sync
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from strava_live.parkrun.counting import (
    Counted,
    fastest,
    numbered,
    totals,
    visited,
    volunteering_numbered,
)
from strava_live.parkrun.models import ParkrunEvent
from strava_live.parkrun.result_models import ParkrunResult, StartingNumbers
from strava_live.parkrun.results import (
    UnknownResult,
    result_of,
    starting_numbers,
)
from strava_live.sync.changes import announce_changes
from strava_live.sync.results import AlreadyThere, add_result, begin_counting_at, change_result, remove_result
from strava_live.web.access import signed_in_user
from strava_live.web.once import create_once
from strava_live.web.parkrun_forms import ResultForm, StartingNumbersForm
from strava_live.web.parkrun_words import MilestoneProgress, ParkrunRow, milestone_progress, time_words

PAGE_SIZE = 50
EVENTS_SHOWN = 10


@login_required
@never_cache
@require_safe
def parkruns_page(request: HttpRequest) -> HttpResponse:
    mine = ParkrunResult.objects.of(signed_in_user(request).pk)
    start = starting_numbers(signed_in_user(request).pk)
    counted = mine.counted()
    before = request.GET.get("before", "")
    rows = mine.shown().page(PAGE_SIZE, before=before)
    numbers = numbered(counted, parkruns=start.parkruns, juniors=start.juniors)
    helped = volunteering_numbered(counted, volunteered=start.volunteered)
    events = visited(counted)
    best = fastest(counted)
    page: dict[str, Any] = {
        "rows": [ParkrunRow(row, numbers.get(row.pk), helped.get(row.pk)) for row in rows.rows],
        "older": rows.older,
        "before": before,
        "ladders": ladders(counted, start),
        "totals": totals(counted, parkruns=start.parkruns, juniors=start.juniors, volunteered=start.volunteered),
        "best": best,
        "best_time": time_words(best.time_s) if best else "",
        "events": [(event, time_words(event.best_s)) for event in events[:EVENTS_SHOWN]],
        "more_events": [(event, time_words(event.best_s)) for event in events[EVENTS_SHOWN:]],
        "start": start,
        "started": start.parkruns + start.juniors + start.volunteered,
    }
    return render(request, "parkruns/parkruns.html", page)


def ladders(counted: list[Counted], start: StartingNumbers) -> list[MilestoneProgress]:
    """Return the progress in parkruns, and in junior parkruns and volunteering if there are any."""
    known = totals(counted, parkruns=start.parkruns, juniors=start.juniors, volunteered=start.volunteered)
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
    def create() -> str:
        add_result(signed_in_user(request).pk, event, form.cleaned_data["day"], form.statement())
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
    user, row = signed_in_user(request), result_or_404(request, pk)
    form = ResultForm(request.POST or None, user=user, row=row)
    if request.method == "POST" and form.is_valid():
        try:
            changes = change_result(user.pk, row.pk, form.statement())
        except UnknownResult:
            raise Http404 from None
        async_to_sync(announce_changes)(user.pk, changes)
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
        changes = remove_result(row.athlete_id, row.pk)
    except UnknownResult:
        raise Http404 from None
    async_to_sync(announce_changes)(row.athlete_id, changes)
    messages.success(request, f"Removed: {row.event.name}, {row.day:%-d %B %Y}.")
    return redirect("parkruns")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def starting(request: HttpRequest) -> HttpResponse:
    """How many parkruns the athlete did before the first one in the list."""
    form = StartingNumbersForm(request.POST or None, instance=starting_numbers(signed_in_user(request).pk))
    if request.method == "POST" and form.is_valid():
        begin_counting_at(form.save(commit=False))
        messages.success(request, "Saved. Your count now includes them.")
        return redirect("parkruns")
    return render(request, "parkruns/starting.html", {"form": form}, status=422 if form.errors else 200)


def result_or_404(request: HttpRequest, pk: int) -> ParkrunResult:
    try:
        return result_of(signed_in_user(request).pk, pk)
    except UnknownResult:
        raise Http404 from None
