"""/activities/<strava_id>/parkrun/: the athlete corrects whether an activity was a parkrun, and at which event."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from strava_live.activities.models import Activity
from strava_live.sync.decisions import NotHeld, UnknownActivity, UnknownEvent, record_not_a_parkrun, record_parkrun_at
from strava_live.web.access import next_page, safe_path, signed_in_user
from strava_live.web.activity_words import activity_words
from strava_live.web.parkrun_forms import EventForm


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, strava_id: int) -> HttpResponse:
    """Show the form, or save that the activity was not a parkrun, or a parkrun at the chosen event."""
    athlete_id = signed_in_user(request).pk
    activity = Activity.objects.of(athlete_id).filter(strava_id=strava_id).first()
    if activity is None:
        raise Http404
    no_parkrun = request.POST.get("is") == "none"
    user = signed_in_user(request)
    form = EventForm(None if no_parkrun else request.POST or None, user=user, initial={"event": activity.event_name})
    if no_parkrun:
        return save_correction(request, strava_id, lambda: record_not_a_parkrun(athlete_id, strava_id))
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():  # an event of the athlete's own is not kept if the correction fails
                if event := form.event_row():
                    slug = event.slug
                    return save_correction(request, strava_id, lambda: record_parkrun_at(athlete_id, strava_id, slug))
        except NotHeld as error:
            form.add_error("event", str(error))
    words = activity_words(activity)
    came_from = next_page(request) or safe_path(request.GET.get("next", ""))
    page = {
        "form": form,
        "suggestions": form.suggestions,
        "activity": words,
        "came_from": came_from,
        "back": came_from or reverse("activity", args=[strava_id]),
        "back_label": "Back" if came_from else words.name,
    }
    return render(request, "parkruns/correct.html", page, status=422 if form.errors else 200)


def save_correction(request: HttpRequest, strava_id: int, correct_activity: Callable[[], None]) -> HttpResponse:
    try:
        correct_activity()
    except (UnknownActivity, UnknownEvent):
        raise Http404 from None
    messages.success(request, "Corrected. Future imports won't change it.")
    return redirect(next_page(request) or reverse("activity", args=[strava_id]))
