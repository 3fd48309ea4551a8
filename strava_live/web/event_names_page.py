"""/parkruns/events/?q=…: names of events for a field that completes what is typed."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from strava_live.parkrun.catalogue import catalogue
from strava_live.parkrun.models import ParkrunEvent
from strava_live.parkrun.titles import folded
from strava_live.web.signed_in import signed_in

MOST = 8
LONGEST = 120


@login_required
@require_safe
def event_names(request: HttpRequest) -> JsonResponse:
    """The athlete's own events first; then those whose names begin with the text, then those that contain it."""
    text = request.GET.get("q", "")[:LONGEST]
    wanted = folded(text).strip()
    own = [event.name for event in ParkrunEvent.objects.own(signed_in(request).pk) if wanted in folded(event.name)]
    listed = catalogue.atlas().search(text, count=MOST)
    named = [{"name": name, "place": "Your own event"} for name in own if wanted]
    named += [{"name": event.name, "place": event.region or event.country} for event in listed]
    return JsonResponse({"events": named[:MOST]})
