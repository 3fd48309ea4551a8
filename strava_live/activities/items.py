"""Build the `item` of the wire protocol (docs/protocol.md): an activity as the sockets of My Strava send it."""

from datetime import timedelta, timezone
from typing import cast

from strava_live.activities.models import Activity
from strava_live.activities.wording import badge_of, facts_of
from strava_live.parkrun.wording import sentences_of
from strava_live.protocol import ItemShape, ItemState, ParkrunShape, ParkrunStatus


def item_of(activity: Activity) -> ItemShape:
    return {
        "strava_id": activity.strava_id,
        "name": activity.name,
        "sport_type": activity.sport_type,
        "start": start_with_offset(activity),
        "timezone": activity.zone,
        "distance_m": activity.distance_m,
        "elapsed_s": activity.elapsed_s,
        "moving_s": activity.moving_s,
        "state": cast("ItemState", str(activity.state)),
        "url": activity.url,
        "parkrun": parkrun_of(activity),
        "facts": facts_of(activity),
        "badge": badge_of(activity),
    }


def parkrun_of(activity: Activity) -> ParkrunShape | None:
    """Return the item's `parkrun`: the verdict with the reasons in English. None if the verdict is "no parkrun"."""
    if not activity.parkrun:
        return None
    return {
        "status": cast("ParkrunStatus", str(activity.parkrun)),
        "event": activity.event_slug or None,
        "event_name": activity.event_name or None,
        "time_s": shown_time_s(activity),
        "reasons": sentences_of(activity.reasons),
    }


def shown_time_s(activity: Activity) -> int:
    """Return the official time of the activity's result, or else the elapsed time.

    The result counts only if it was loaded with the activity (`with_result`): this function makes no query.
    """
    result = activity.result if Activity.result.is_cached(activity) and hasattr(activity, "result") else None
    official: int | None = result.official_time_s if result else None
    return activity.elapsed_s if official is None else official


def start_with_offset(activity: Activity) -> str:
    """Return the local start with its offset from UTC, in ISO 8601."""
    offset = timezone(timedelta(seconds=activity.utc_offset_s))
    return activity.start_local.replace(tzinfo=offset).isoformat()
