"""/activities/: what an athlete has saved, a page for each, and saving and taking back by hand: one, several or all."""

from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from asgiref.sync import async_to_sync
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from strava_live.activities.models import Activity, ActivityQuerySet
from strava_live.protocol import LARGEST_ID
from strava_live.sync.changes import Change, announce_changes
from strava_live.sync.choose import (
    Done,
    UnknownActivity,
    save_activities,
    save_activity,
    unsave_activities,
    unsave_activity,
    unsave_all,
)
from strava_live.web.activity_words import counted, shown
from strava_live.web.signed_in import signed_in, signed_in_post
from strava_live.web.way_back import way_back

ROWS_A_PAGE = 50
MOST_AT_ONCE = 200
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


@signed_in_post
def save(request: HttpRequest, strava_id: int) -> HttpResponse:
    return choose(request, strava_id, save_activity)


@signed_in_post
def unsave(request: HttpRequest, strava_id: int) -> HttpResponse:
    return choose(request, strava_id, unsave_activity)


def choose(request: HttpRequest, strava_id: int, verb: Callable[[int, int], list[Change]]) -> HttpResponse:
    athlete_id = signed_in(request).pk
    try:
        changes = verb(athlete_id, strava_id)
    except UnknownActivity:
        raise Http404 from None
    async_to_sync(announce_changes)(athlete_id, changes)
    return redirect(way_back(request) or reverse("activity", args=[strava_id]))


@signed_in_post
def save_selected(request: HttpRequest) -> HttpResponse:
    return choose_selected(request, save_activities, "Saved")


@signed_in_post
def unsave_selected(request: HttpRequest) -> HttpResponse:
    return choose_selected(request, unsave_activities, "Removed")


Several = Callable[[int, Collection[int]], Done]


def choose_selected(request: HttpRequest, verb: Several, word: str) -> HttpResponse:
    """What is not theirs, or is none, is left out and counted, so that one forgotten meanwhile spoils nothing."""
    asked = set(request.POST.getlist("strava_id"))
    if not asked:
        messages.error(request, "Nothing is selected: tick the activities first.")
    elif len(asked) > MOST_AT_ONCE:
        messages.error(request, f"{len(asked):,} are too many at once: select at most {MOST_AT_ONCE}. Nothing is done.")
    else:
        athlete_id = signed_in(request).pk
        done = verb(athlete_id, numbers_among(asked))
        async_to_sync(announce_changes)(athlete_id, done.changes)
        if done.count:
            messages.success(request, f"{word}: {counted(done.count, 'activity', 'activities')}.")
        if unknown := len(asked) - done.count:
            are = "is" if unknown == 1 else "are"
            messages.error(request, f"Left out: {unknown} of those you selected {are} not among your activities.")
    return redirect(way_back(request) or "activities")


def numbers_among(texts: Iterable[str]) -> set[int]:
    """Of what a form has sent, what can be the number of an activity."""
    digits = (text for text in texts if text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_ID)))
    return {number for number in map(int, digits) if number <= LARGEST_ID}


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def remove_all(request: HttpRequest) -> HttpResponse:
    """Asks first, and says how many."""
    athlete_id = signed_in(request).pk
    if request.method != "POST" or request.POST.get("confirm") != "yes":
        count = Activity.objects.of(athlete_id).saved().count()
        return render(request, "activities/unsave_all.html", {"count": count})
    done = unsave_all(athlete_id)
    async_to_sync(announce_changes)(athlete_id, done.changes)
    messages.success(request, f"Removed: {counted(done.count, 'activity', 'activities')}.")
    return redirect("activities")
