"""/activities/: what an athlete has saved, a page for each, and saving and taking back by hand."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from asgiref.sync import async_to_sync
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from strava_live.activities.models import Activity, ActivityQuerySet
from strava_live.broadcast import Marks, announce, athlete_group
from strava_live.protocol import LARGEST_ID, ActivitySaved, ActivityUnsaved
from strava_live.sync.choose import UnknownActivity, save_activity, unsave_activity, unsave_all
from strava_live.web.activity_words import shown
from strava_live.web.settings_page import signed_in

ROWS_A_PAGE = 50
MESSAGES_A_FRAME = 200
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CHOICES = {"saved": "Saved", "parkruns": "Parkruns", "all": "Everything"}


@login_required
@never_cache
@require_safe
def activities_page(request: HttpRequest) -> HttpResponse:
    mine = Activity.objects.of(signed_in(request).pk)
    choice = request.GET.get("show", "saved")
    if choice not in CHOICES:
        raise Http404
    rows = chosen(mine, choice).newest_first()
    if before := request.GET.get("before"):
        rows = rows.older_than(*place_of(before))
    counts = {name: chosen(mine, name).count() for name in CHOICES}
    found = list(rows[: ROWS_A_PAGE + 1])
    page: dict[str, Any] = {
        "rows": [shown(row, points=60) for row in found[:ROWS_A_PAGE]],
        "older": cursor_of(found[ROWS_A_PAGE - 1]) if len(found) > ROWS_A_PAGE else "",
        "before": before,
        "choice": choice,
        "choices": [(name, label, counts[name]) for name, label in CHOICES.items()],
        "saved_count": counts["saved"],
    }
    return render(request, "activities/activities.html", page)


def chosen(mine: ActivityQuerySet, choice: str) -> ActivityQuerySet:
    return {"saved": mine.saved, "parkruns": mine.parkruns, "all": mine.all}[choice]()


def cursor_of(row: Activity) -> str:
    """A place in the list, which stays where it is whatever is added or removed meanwhile."""
    return f"{round(row.start.timestamp())},{row.strava_id}"


def place_of(cursor: str) -> tuple[datetime, int]:
    try:
        seconds, strava_id = map(int, cursor.split(","))
        place = EPOCH + timedelta(seconds=seconds), strava_id
    except (ValueError, OverflowError):
        raise Http404 from None
    if not 0 <= strava_id <= LARGEST_ID:
        raise Http404
    return place


@login_required
@never_cache
@require_safe
def activity_page(request: HttpRequest, strava_id: int) -> HttpResponse:
    row = Activity.objects.of(signed_in(request).pk).filter(strava_id=strava_id).first()
    if row is None:
        raise Http404
    return render(request, "activities/activity.html", {"activity": shown(row, points=1000)})


@login_required
@require_POST
def save(request: HttpRequest, strava_id: int) -> HttpResponse:
    return choose(request, strava_id, save_activity)


@login_required
@require_POST
def unsave(request: HttpRequest, strava_id: int) -> HttpResponse:
    return choose(request, strava_id, unsave_activity)


Verb = Callable[[int, int], ActivitySaved | ActivityUnsaved]


def choose(request: HttpRequest, strava_id: int, verb: Verb) -> HttpResponse:
    athlete_id = signed_in(request).pk
    try:
        message = verb(athlete_id, strava_id)
    except UnknownActivity:
        raise Http404 from None
    marks = Marks(message.mark - 1, message.mark)
    async_to_sync(announce)(athlete_group(athlete_id), [message], marks=marks)
    return way_back(request) or redirect("activity", strava_id)


@login_required
@never_cache
def remove_all(request: HttpRequest) -> HttpResponse:
    """Asks first, and says how many."""
    athlete_id = signed_in(request).pk
    if request.method != "POST" or request.POST.get("confirm") != "yes":
        count = Activity.objects.of(athlete_id).saved().count()
        return render(request, "activities/unsave_all.html", {"count": count})
    told = unsave_all(athlete_id)
    for first in range(0, len(told), MESSAGES_A_FRAME):
        together = told[first : first + MESSAGES_A_FRAME]
        marks = Marks(together[0].mark - 1, together[-1].mark)
        async_to_sync(announce)(athlete_group(athlete_id), together, marks=marks)
    messages.success(request, f"Removed: {len(told):,} {'activity' if len(told) == 1 else 'activities'}.")
    return redirect("activities")


def way_back(request: HttpRequest) -> HttpResponse | None:
    """Where a form was, if that is a page of ours."""
    path = request.POST.get("next", "")
    ours = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return redirect(path) if ours else None
