"""POST /sync/maybes/: answer several maybes at once, or undo the answers."""

from collections.abc import Callable, Collection

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from strava_live.sync.decisions import save_activities, unsave_activities
from strava_live.sync.maybes import MOST_SIMILAR
from strava_live.sync.undo import reopen_maybes
from strava_live.web.activity_verbs import numbers_among
from strava_live.web.activity_words import counted
from strava_live.web.signed_in import signed_in, signed_in_post

ANSWERS: dict[str, tuple[Callable[[int, Collection[int]], int], str]] = {
    "save": (save_activities, "Saved"),
    "dismiss": (unsave_activities, "Not a parkrun"),
    "undo": (reopen_maybes, "To check again"),
}


@signed_in_post
def answer_maybes(request: HttpRequest) -> HttpResponse:
    """Save, dismiss or undecide several maybes at once. A script asks for JSON and hears the changes by its socket."""
    verb, word = ANSWERS.get(request.POST.get("answer", ""), (None, ""))
    asked = numbers_among(request.POST.getlist("strava_id")) - {0}
    if verb is None or not 0 < len(asked) <= MOST_SIMILAR:
        return answered(request, 422, f"Choose an answer and up to {MOST_SIMILAR} activities.", 0)
    count = verb(signed_in(request).pk, asked)
    return answered(request, 200, f"{word}: {counted(count, 'activity', 'activities')}.", count)


def answered(request: HttpRequest, status: int, words: str, count: int) -> HttpResponse:
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"message": words, "count": count}, status=status)
    messages.add_message(request, messages.SUCCESS if status == 200 else messages.ERROR, words)
    return redirect(f"{reverse('sync')}#maybes")
