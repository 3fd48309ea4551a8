"""Write a person's routes as GPX 1.1: a file for each year, with a track for each activity.

The routes are the summaries that Strava gives with its list of activities: fewer points than the watch has recorded,
and without times. Each track has a link to its activity at Strava, as Strava's terms require, and the name of the
device, as Garmin's terms require.
"""

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from django.db.models.functions import Substr

from strava_live.activities.models import Activity, ActivityQuerySet
from strava_live.formats import format_date
from strava_live.polyline import decode

NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 does not have, not even escaped."""
ROUTE_FIELDS = ("pk", "strava_id", "name", "sport_type", "start", "wall_clock", "polyline", "device_name")
CHUNK = 50
"""How many routes are written at once. Other files write more rows at once: a route has hundreds of points."""
TAIL = "</gpx>\n"


def routes_of(athlete_id: int) -> ActivityQuerySet:
    """Return the activities that have a route, with the fields that a track needs."""
    return Activity.with_gone.of(athlete_id).exclude(polyline="").only(*ROUTE_FIELDS)


def years_with_routes(athlete_id: int) -> list[int]:
    """Return the years, by the local clock where the activities started, newest first."""
    years = Activity.with_gone.of(athlete_id).exclude(polyline="").annotate(year=Substr("wall_clock", 1, 4))
    return [int(year) for year in years.order_by("-year").values_list("year", flat=True).distinct()]


def head(year: int, creator: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<gpx version="1.1" creator={quoteattr(clean(creator))} xmlns="http://www.topografix.com/GPX/1/1">\n'
        f"<metadata><name>Routes of {year}</name>"
        "<desc>Summary routes from Strava, without times.</desc></metadata>\n"
    )


def track(activity: Activity) -> str:
    """Return the track of an activity; "" if its route has fewer than two points."""
    points = "".join(track_points(activity.polyline))
    if points.count("<trkpt") < 2:
        return ""
    device = activity.garmin_device
    return (
        f"<trk><name>{escape(clean(activity.name))}</name>"
        f"<desc>{format_date(activity.start_local.date())}</desc>"
        f"{f'<src>{escape(clean(device))}</src>' if device else ''}"
        f"<link href={quoteattr(activity.url)}><text>View on Strava</text></link>"
        f"<type>{escape(clean(activity.sport_type))}</type>"
        f"<trkseg>{points}</trkseg></trk>\n"
    )


def track_points(polyline: str) -> Iterator[str]:
    for latitude, longitude in decode(polyline):
        if -90 <= latitude <= 90 and -180 <= longitude <= 180:
            yield f'<trkpt lat="{latitude:.5f}" lon="{longitude:.5f}"/>'


def clean(text: str) -> str:
    return NOT_IN_XML.sub("", text)
