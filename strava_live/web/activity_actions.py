"""The views that forms about activities post to: save or remove activities, and undo a removal."""

from collections.abc import Callable, Collection, Iterable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from strava_live.activities.models import Activity
from strava_live.protocol import LARGEST_ID, parse_number
from strava_live.sync.decisions import (
    UnknownActivity,
    save_activities,
    save_activity,
    save_all_parkruns,
    unsave_activities,
    unsave_activity,
    unsave_all,
)
from strava_live.sync.undo import discard_removal, undo_removal, undo_removal_of
from strava_live.web.access import login_required_post, next_page, signed_in_user
from strava_live.web.activity_words import remove_all_heading
from strava_live.web.words import quantity

MAX_SELECTED = 200
"""The most activities that one form can save or remove."""


@login_required_post
def save(request: HttpRequest, strava_id: int) -> HttpResponse:
    return change_one(request, strava_id, save_activity)


@login_required_post
def unsave(request: HttpRequest, strava_id: int) -> HttpResponse:
    return change_one(request, strava_id, unsave_activity)


def change_one(request: HttpRequest, strava_id: int, change: Callable[[int, int], None]) -> HttpResponse:
    try:
        change(signed_in_user(request).pk, strava_id)
    except UnknownActivity:
        raise Http404 from None
    return redirect(next_page(request) or reverse("activity", args=[strava_id]))


@login_required_post
def save_selected(request: HttpRequest) -> HttpResponse:
    if count := change_selected(request, save_activities):
        messages.success(request, f"Saved {activities(count)}.")
    return redirect(next_page(request) or "activities")


@login_required_post
def unsave_selected(request: HttpRequest) -> HttpResponse:
    """Remove the selected activities. The next page says how many were removed, and offers to undo the removal."""
    change_selected(request, unsave_activities)
    return redirect(next_page(request) or "activities")


def change_selected(request: HttpRequest, change: Callable[[int, Collection[int]], int]) -> int:
    """Apply `change` to the selected activities. Return the number of those to which it was applied.

    Ids that are not among the athlete's activities are skipped: such an activity may have been deleted since the page
    was loaded.
    """
    selected = set(request.POST.getlist("strava_id"))
    if not selected:
        messages.error(request, "Nothing is selected. Tick the activities first.")
        return 0
    if len(selected) > MAX_SELECTED:
        messages.error(request, f"You can select up to {MAX_SELECTED} at once. Nothing was changed.")
        return 0
    count = change(signed_in_user(request).pk, activity_ids(selected))
    if skipped := len(selected) - count:
        messages.error(request, f"Skipped {skipped} that {'is' if skipped == 1 else 'are'} not in your activities.")
    return count


def activity_ids(texts: Iterable[str]) -> set[int]:
    """Convert the submitted values to ids, and leave out those that cannot be an activity's id."""
    digits = (text for text in texts if text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_ID)))
    return {number for number in map(int, digits) if number <= LARGEST_ID}


@login_required_post
def save_parkruns(request: HttpRequest) -> HttpResponse:
    """Save one recording of each unsaved parkrun, including parkruns that were removed."""
    if count := save_all_parkruns(signed_in_user(request).pk):
        messages.success(request, f"Saved {quantity(count, 'parkrun', 'parkruns')}.")
    else:
        messages.info(request, "All your parkruns are saved already.")
    return redirect(next_page(request) or "activities")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def remove_all(request: HttpRequest) -> HttpResponse:
    """Ask for confirmation, then remove all saved activities."""
    athlete_id = signed_in_user(request).pk
    if request.method != "POST" or request.POST.get("confirm") != "yes":
        count = Activity.objects.of(athlete_id).saved().count()
        return render(request, "activities/unsave_all.html", {"count": count, "heading": remove_all_heading(count)})
    unsave_all(athlete_id)
    return redirect("activities")


@login_required_post
def undo(request: HttpRequest) -> HttpResponse:
    """Restore the activities of the removal that the form names. A second submission of the form changes nothing."""
    return report_restored(request, undo_removal(signed_in_user(request).pk, removal_id(request)))


@login_required_post
def undo_one(request: HttpRequest, strava_id: int) -> HttpResponse:
    """Restore one removed activity, but not the others that were removed with it."""
    return report_restored(request, undo_removal_of(signed_in_user(request).pk, strava_id))


@login_required_post
def hide_undo(request: HttpRequest) -> HttpResponse:
    """Stop offering to undo the removal that the form names."""
    discard_removal(signed_in_user(request).pk, removal_id(request))
    return redirect(next_page(request) or "activities")


def removal_id(request: HttpRequest) -> int:
    return parse_number(request.POST.dict(), "removal") or 0


def report_restored(request: HttpRequest, count: int) -> HttpResponse:
    """Answer after `count` activities were restored."""
    if count:
        messages.success(request, f"Restored {activities(count)}.")
    else:
        messages.error(request, "There is nothing left to undo.")
    return redirect(next_page(request) or "activities")


def activities(number: int) -> str:
    return quantity(number, "activity", "activities")
