"""What an athlete does with their activities by form: save, remove and undo, one, several or all."""

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
from strava_live.web.activity_words import counted
from strava_live.web.signed_in import signed_in, signed_in_post
from strava_live.web.way_back import way_back

MOST_AT_ONCE = 200


@signed_in_post
def save(request: HttpRequest, strava_id: int) -> HttpResponse:
    return choose(request, strava_id, save_activity)


@signed_in_post
def unsave(request: HttpRequest, strava_id: int) -> HttpResponse:
    return choose(request, strava_id, unsave_activity)


def choose(request: HttpRequest, strava_id: int, verb: Callable[[int, int], None]) -> HttpResponse:
    try:
        verb(signed_in(request).pk, strava_id)
    except UnknownActivity:
        raise Http404 from None
    return redirect(way_back(request) or reverse("activity", args=[strava_id]))


@signed_in_post
def save_selected(request: HttpRequest) -> HttpResponse:
    if count := choose_selected(request, save_activities):
        messages.success(request, f"Saved {activities(count)}.")
    return redirect(way_back(request) or "activities")


@signed_in_post
def unsave_selected(request: HttpRequest) -> HttpResponse:
    """The page that follows says how many were removed, and offers to undo it."""
    choose_selected(request, unsave_activities)
    return redirect(way_back(request) or "activities")


Several = Callable[[int, Collection[int]], int]


def choose_selected(request: HttpRequest, verb: Several) -> int:
    """What is not theirs, or is none, is left out and counted, so that one forgotten meanwhile spoils nothing."""
    asked = set(request.POST.getlist("strava_id"))
    if not asked:
        messages.error(request, "Nothing is selected. Tick the activities first.")
        return 0
    if len(asked) > MOST_AT_ONCE:
        messages.error(request, f"You can select up to {MOST_AT_ONCE} at once. Nothing was changed.")
        return 0
    count = verb(signed_in(request).pk, numbers_among(asked))
    if unknown := len(asked) - count:
        messages.error(request, f"Skipped {unknown} that {'is' if unknown == 1 else 'are'} not in your activities.")
    return count


def numbers_among(texts: Iterable[str]) -> set[int]:
    """Of what a form has sent, what can be the number of an activity."""
    digits = (text for text in texts if text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_ID)))
    return {number for number in map(int, digits) if number <= LARGEST_ID}


@signed_in_post
def save_parkruns(request: HttpRequest) -> HttpResponse:
    """All of them in one go, those that were removed too."""
    if count := save_all_parkruns(signed_in(request).pk):
        messages.success(request, f"Saved {counted(count, 'parkrun', 'parkruns')}.")
    else:
        messages.info(request, "All your parkruns are saved already.")
    return redirect(way_back(request) or "activities")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def remove_all(request: HttpRequest) -> HttpResponse:
    """Asks first, and says how many."""
    athlete_id = signed_in(request).pk
    if request.method != "POST" or request.POST.get("confirm") != "yes":
        count = Activity.objects.of(athlete_id).saved().count()
        return render(request, "activities/unsave_all.html", {"count": count})
    unsave_all(athlete_id)
    return redirect("activities")


@signed_in_post
def undo(request: HttpRequest) -> HttpResponse:
    """The removal that the form names; sent twice, it undoes no other."""
    return put_back(request, undo_removal(signed_in(request).pk, removal_in(request)))


@signed_in_post
def undo_one(request: HttpRequest, strava_id: int) -> HttpResponse:
    return put_back(request, undo_removal_of(signed_in(request).pk, strava_id))


@signed_in_post
def hide_undo(request: HttpRequest) -> HttpResponse:
    discard_removal(signed_in(request).pk, removal_in(request))
    return redirect(way_back(request) or "activities")


def removal_in(request: HttpRequest) -> int:
    return parse_number(request.POST.dict(), "removal") or 0


def put_back(request: HttpRequest, count: int) -> HttpResponse:
    if count:
        messages.success(request, f"Restored {activities(count)}.")
    else:
        messages.error(request, "There is nothing left to undo.")
    return redirect(way_back(request) or "activities")


def activities(number: int) -> str:
    return counted(number, "activity", "activities")
