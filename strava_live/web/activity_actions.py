"""The forms of activities: save, remove and undo, for one, several or all of them."""

from collections.abc import Callable, Collection, Iterable

from asgiref.sync import async_to_sync
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from strava_live.activities.models import Activity
from strava_live.protocol import LARGEST_ID, whole_number
from strava_live.sync.changes import Change, announce_changes
from strava_live.sync.choose import (
    Done,
    UnknownActivity,
    save_activities,
    save_activity,
    save_all_parkruns,
    unsave_activities,
    unsave_activity,
    unsave_all,
)
from strava_live.sync.undo import forget_removal, undo_removal, undo_removal_of
from strava_live.web.access import login_required_post, next_page, signed_in_user
from strava_live.web.activity_words import remove_all_heading
from strava_live.web.words import quantity

MAX_SELECTED = 200


@login_required_post
def save(request: HttpRequest, strava_id: int) -> HttpResponse:
    return change_one(request, strava_id, save_activity)


@login_required_post
def unsave(request: HttpRequest, strava_id: int) -> HttpResponse:
    return change_one(request, strava_id, unsave_activity)


def change_one(request: HttpRequest, strava_id: int, change: Callable[[int, int], list[Change]]) -> HttpResponse:
    athlete_id = signed_in_user(request).pk
    try:
        changes = change(athlete_id, strava_id)
    except UnknownActivity:
        raise Http404 from None
    async_to_sync(announce_changes)(athlete_id, changes)
    return redirect(next_page(request) or reverse("activity", args=[strava_id]))


@login_required_post
def save_selected(request: HttpRequest) -> HttpResponse:
    done = change_selected(request, save_activities)
    if done.count:
        messages.success(request, f"Saved {activities(done.count)}.")
    return redirect(next_page(request) or "activities")


@login_required_post
def unsave_selected(request: HttpRequest) -> HttpResponse:
    """Remove the selected activities. The next page says how many, and offers to undo it."""
    change_selected(request, unsave_activities)
    return redirect(next_page(request) or "activities")


def change_selected(request: HttpRequest, change: Callable[[int, Collection[int]], Done]) -> Done:
    """Change the selected activities that are the athlete's own. Skip and count the others.

    One of them may have been deleted since the page was loaded, which is no reason to refuse the rest.
    """
    selected = set(request.POST.getlist("strava_id"))
    if not selected:
        messages.error(request, "Nothing is selected. Tick the activities first.")
        return Done(0, [])
    if len(selected) > MAX_SELECTED:
        messages.error(request, f"You can select up to {MAX_SELECTED} at once. Nothing was changed.")
        return Done(0, [])
    athlete_id = signed_in_user(request).pk
    done = change(athlete_id, activity_ids(selected))
    async_to_sync(announce_changes)(athlete_id, done.changes)
    if skipped := len(selected) - done.count:
        messages.error(request, f"Skipped {skipped} that {'is' if skipped == 1 else 'are'} not in your activities.")
    return done


def activity_ids(texts: Iterable[str]) -> set[int]:
    """Return the submitted values that can be an activity's id."""
    digits = (text for text in texts if text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_ID)))
    return {number for number in map(int, digits) if number <= LARGEST_ID}


@login_required_post
def save_parkruns(request: HttpRequest) -> HttpResponse:
    """Save all parkruns, including those that were removed."""
    athlete_id = signed_in_user(request).pk
    done = save_all_parkruns(athlete_id)
    async_to_sync(announce_changes)(athlete_id, done.changes)
    if done.count:
        messages.success(request, f"Saved {quantity(done.count, 'parkrun', 'parkruns')}.")
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
    done = unsave_all(athlete_id)
    async_to_sync(announce_changes)(athlete_id, done.changes)
    return redirect("activities")


@login_required_post
def undo(request: HttpRequest) -> HttpResponse:
    """Undo the removal that the form names. Submitted a second time, it undoes nothing else."""
    return restore(request, undo_removal(signed_in_user(request).pk, removal_id(request)))


@login_required_post
def undo_one(request: HttpRequest, strava_id: int) -> HttpResponse:
    return restore(request, undo_removal_of(signed_in_user(request).pk, strava_id))


@login_required_post
def hide_undo(request: HttpRequest) -> HttpResponse:
    forget_removal(signed_in_user(request).pk, removal_id(request))
    return redirect(next_page(request) or "activities")


def removal_id(request: HttpRequest) -> int:
    return whole_number(request.POST.dict(), "removal") or 0


def restore(request: HttpRequest, done: Done) -> HttpResponse:
    async_to_sync(announce_changes)(signed_in_user(request).pk, done.changes)
    if done.count:
        messages.success(request, f"Restored {activities(done.count)}.")
    else:
        messages.error(request, "There is nothing left to undo.")
    return redirect(next_page(request) or "activities")


def activities(number: int) -> str:
    return quantity(number, "activity", "activities")
