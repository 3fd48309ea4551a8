"""POST /sync/maybes/: answer several maybes (activities that may be parkruns) at once, or undo the answers."""

from collections.abc import Callable, Collection

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from strava_live.sync.decisions import save_activities, unsave_activities
from strava_live.sync.maybes import MAX_ANSWERED_TOGETHER
from strava_live.sync.undo import reopen_maybes
from strava_live.web.access import login_required_post, signed_in_user
from strava_live.web.activity_actions import activity_ids
from strava_live.web.words import quantity

ANSWERS: dict[str, tuple[Callable[[int, Collection[int]], int], str]] = {
    "save": (save_activities, "Saved"),
    "dismiss": (unsave_activities, "Not a parkrun"),
    "undo": (reopen_maybes, "To check again"),
}
"""For each value of the form's field `answer`: the function that applies it, and its word in the message."""


@login_required_post
def answer_maybes(request: HttpRequest) -> HttpResponse:
    """Save, dismiss or reopen several maybes.

    The page's script gets a message and a count as JSON, and the changed activities over its WebSocket. Without
    JavaScript, the browser is redirected to the page.
    """
    change, word = ANSWERS.get(request.POST.get("answer", ""), (None, ""))
    chosen = activity_ids(request.POST.getlist("strava_id")) - {0}
    if change is None or not 0 < len(chosen) <= MAX_ANSWERED_TOGETHER:
        return respond(request, 422, f"Choose an answer and up to {MAX_ANSWERED_TOGETHER} activities.", 0)
    count = change(signed_in_user(request).pk, chosen)
    return respond(request, 200, f"{word}: {quantity(count, 'activity', 'activities')}.", count)


def respond(request: HttpRequest, status: int, words: str, count: int) -> HttpResponse:
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"message": words, "count": count}, status=status)
    messages.add_message(request, messages.SUCCESS if status == 200 else messages.ERROR, words)
    return redirect(f"{reverse('sync')}#maybes")
