"""The words of an activity's row: its distance, time and sport, and its parkrun badge."""

from typing import cast

from strava_live.activities.models import Activity
from strava_live.formats import format_distance, format_duration, format_sport
from strava_live.protocol import BadgeShape, ParkrunStatus


def facts_of(activity: Activity) -> str:
    """Return distance, time and sport, such as "5.02 km · 24:31 · Trail run". Leave out an unknown distance."""
    distance = format_distance(activity.distance_m) if activity.distance_m else ""
    parts = (distance, format_duration(activity.elapsed_s), sport_words(activity.sport_type))
    return " · ".join(part for part in parts if part)


def sport_words(sport_type: str) -> str:
    """Return Strava's name of a sport in words: "Trail run" for TrailRun."""
    words = format_sport(sport_type)
    return words[:1].upper() + words[1:]


def badge_of(activity: Activity) -> BadgeShape | None:
    """Return the parkrun badge: `status` (sure or maybe) and `words`. None if there is no badge."""
    status = activity.badge
    if not status:
        return None
    return {"status": cast("ParkrunStatus", str(status)), "words": badge_words(status, activity.event_name)}


def badge_words(status: str, event_name: str) -> str:
    """Return "Bushy parkrun" for a sure parkrun, and "maybe Bushy parkrun" for a maybe."""
    if status == Activity.Verdict.MAYBE:
        return f"maybe {event_name or 'a parkrun'}"
    return event_name or "parkrun"
