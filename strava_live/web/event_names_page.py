"""/parkruns/events/?q=…: suggestions, as JSON, for a field in which an event's name is being typed."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from strava_live.parkrun.catalogue import catalogue
from strava_live.parkrun.own_events import search_own_events
from strava_live.web.access import signed_in_user

MAX_NAMES = 8
MAX_TEXT = 120


@login_required
@require_safe
def event_names(request: HttpRequest) -> JsonResponse:
    """Suggest events: the athlete's own first, then those that begin with the text, then those that contain it."""
    text = request.GET.get("q", "")[:MAX_TEXT]
    own = search_own_events(signed_in_user(request).pk, text)
    listed = catalogue.atlas().search(text, count=MAX_NAMES)
    named = [{"name": event.name, "place": "Your own event"} for event in own]
    named += [{"name": event.name, "place": event.region_or_country} for event in listed]
    return JsonResponse({"events": named[:MAX_NAMES]})
