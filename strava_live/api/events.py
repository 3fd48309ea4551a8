"""parkrun events near a place or by name."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from operator import attrgetter

from django.http import HttpResponse
from ninja import Router

from strava_live.api.answers import json_answer
from strava_live.api.caller import ApiRequest
from strava_live.api.documented import documented
from strava_live.api.errors import invalid
from strava_live.api.paging import page_bytes
from strava_live.keyset import AFTER, BEFORE, InvalidCursor, KeysetWindow
from strava_live.parkrun.atlas import Nearby
from strava_live.parkrun.catalogue import catalogue
from strava_live.parkrun.event import Event
from strava_live.parkrun.geometry import Point
from strava_live.parkrun.models import ParkrunEvent
from strava_live.parkrun.own_events import is_own_slug, search_own_events
from strava_live.protocol import compact
from strava_live.protocol.api_athlete import EventShape, EventsPage
from strava_live.protocol.api_common import PAGE_SIZE
from strava_live.protocol.api_examples_athlete import EVENTS_PAGE

router = Router(tags=["Events"])
FIRST, LAST = "", "~"
"""Texts that sort before and after all slugs."""
ALL_ON_ONE_PAGE = KeysetWindow[ParkrunEvent]([], "", "")
NEAR = "Write latitude and longitude in degrees, such as 51.41,-0.34."


@router.get("/events", **documented(EventsPage, example=EVENTS_PAGE, errors=(422,)))
def list_events(request: ApiRequest, near: str = "", q: str = "", cursor: str = "") -> HttpResponse:
    """List parkrun events, including closed events and events that you have named yourself.

    With `near` the answer is the 50 nearest events, with `q` the 50 best matches, and with both the 50 nearest matches.
    Otherwise it is all events, page by page. The events that you have named yourself have no place, so `near` does not
    find them.
    """
    athlete_id = request.auth.user.pk
    if near:
        items = [encoded_event(event, round(metres)) for metres, event in nearest(point_of(near), q)]
        return json_answer(request, page_bytes(request, items, ALL_ON_ONE_PAGE))
    if q:
        own = [event.as_event() for event in search_own_events(athlete_id, q)]
        named = [*own, *catalogue.atlas().search(q, count=PAGE_SIZE)][:PAGE_SIZE]
        return json_answer(request, page_bytes(request, encoded_events(named), ALL_ON_ONE_PAGE))
    own = [event.as_event() for event in ParkrunEvent.objects.own(athlete_id)]
    rows, window = by_slug([*own, *catalogue.atlas().events], cursor)
    return json_answer(request, page_bytes(request, encoded_events(rows), window))


def point_of(text: str) -> Point:
    """Read a latitude and a longitude. Raise ApiError if the text has no valid ones."""
    latitude, _, longitude = text.partition(",")
    try:
        point = float(latitude), float(longitude)
    except ValueError:
        raise invalid({"near": NEAR}) from None
    if not (-90 <= point[0] <= 90 and -180 <= point[1] <= 180):
        raise invalid({"near": NEAR})
    return point


def nearest(point: Point, text: str) -> list[Nearby]:
    """Return the events nearest to the point; with a text only those whose names contain it."""
    atlas = catalogue.atlas()
    if not text:
        return atlas.nearest(point, count=PAGE_SIZE)
    named = set(atlas.search(text, count=len(atlas)))
    return [nearby for nearby in atlas.nearest(point, count=len(atlas)) if nearby.event in named][:PAGE_SIZE]


def by_slug(events: Iterable[Event], cursor: str) -> tuple[list[Event], KeysetWindow[ParkrunEvent]]:
    """Return a page of the events in the order of their slugs, and the cursors of the pages around it.

    A cursor is a slug: the page has the events after it, or before it.
    """
    ordered = sorted(events, key=attrgetter("slug"))
    slugs = [event.slug for event in ordered]
    direction, _, slug = (cursor or f"{AFTER}.{FIRST}").partition(".")
    if direction == AFTER:
        start = bisect_right(slugs, slug)
        end = min(len(slugs), start + PAGE_SIZE)
    elif direction == BEFORE:
        end = bisect_left(slugs, slug)
        start = max(0, end - PAGE_SIZE)
    else:
        raise InvalidCursor
    following = slugs[end - 1] if start < end else FIRST
    before = slugs[start] if start < end else LAST
    window = KeysetWindow[ParkrunEvent](
        [], f"{AFTER}.{following}" if end < len(slugs) else "", f"{BEFORE}.{before}" if start else ""
    )
    return ordered[start:end], window


def encoded_events(events: Iterable[Event]) -> list[bytes]:
    return [encoded_event(event) for event in events]


def encoded_event(event: Event, distance_m: int | None = None) -> bytes:
    """Return an event as JSON. An own event has no country and no place."""
    is_own = is_own_slug(event.slug)
    shape: EventShape = {
        "slug": event.slug,
        "name": event.name,
        "short_name": event.short_name,
        "country": event.country or None,
        "region": event.region or None,
        "latitude": None if is_own else event.latitude,
        "longitude": None if is_own else event.longitude,
        "junior": event.junior,
        "time_zone": event.zone or None,
        "starts": f"{event.starts:%H:%M}" if event.starts else None,
        "closed_on": event.closed_on.isoformat() if event.closed_on else None,
        "distance_m": distance_m,
    }
    return compact(shape).encode()
