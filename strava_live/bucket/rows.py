"""What is sent to Bucket of one activity: for each kind of value, one row of a Property."""

import hashlib
import json
from dataclasses import dataclass

from strava_live.activities.items import shown_time_s
from strava_live.activities.models import Activity
from strava_live.bucket.models import SentProperty

Kind = SentProperty.ValueKind
Values = dict[str, list[float | str]]
"""The values of one activity, by kind of value. Each kind has a row, with its values after the timestamp."""


@dataclass(frozen=True, slots=True)
class PropertyPlan:
    """The name of a Property at Bucket, and its type: COUNT for distances and times, which have no type there."""

    name: str
    type_id: str


PROPERTIES: dict[str, PropertyPlan] = {
    Kind.DISTANCE: PropertyPlan("Distance (m)", "COUNT"),
    Kind.ELAPSED: PropertyPlan("Elapsed time (s)", "COUNT"),
    Kind.MOVING: PropertyPlan("Moving time (s)", "COUNT"),
    Kind.PARKRUN_TIME: PropertyPlan("Parkrun time (s)", "COUNT"),
    Kind.TITLE: PropertyPlan("Title", "TEXT"),
    Kind.SPORT: PropertyPlan("Sport", "CLASS"),
    Kind.AVERAGE_SPEED: PropertyPlan("Average speed (m/s)", "SPEED"),
    Kind.START_POINT: PropertyPlan("Start point", "LOCATION"),
}
"""The Property of each kind of value. A Property is found again by its name, so a name never changes."""


def kinds_to_send(*, sends_start_point: bool) -> list[str]:
    """Return the kinds of values that a user sends: where activities start only if the user wants that."""
    return [kind for kind in PROPERTIES if sends_start_point or kind != Kind.START_POINT]


def values_of(activity: Activity, *, sends_start_point: bool) -> Values:
    """Return the values of a saved activity. A kind that the activity has no value for is missing.

    Load the activity with its result (`with_result`): a parkrun has its official time if that is known.
    """
    values: Values = {
        Kind.DISTANCE: [activity.distance_m],
        Kind.ELAPSED: [activity.elapsed_s],
        Kind.MOVING: [activity.moving_s],
    }
    if activity.parkrun:
        values[Kind.PARKRUN_TIME] = [shown_time_s(activity)]
    if activity.name:
        values[Kind.TITLE] = [activity.name]
    if activity.sport_type:
        values[Kind.SPORT] = [activity.sport_type]
    if activity.moving_s:
        values[Kind.AVERAGE_SPEED] = [round(activity.distance_m / activity.moving_s, 3)]
    if sends_start_point and not activity.hidden_start and (start := activity.start_latlng):
        latitude, longitude = start
        values[Kind.START_POINT] = [longitude, latitude]
    return values


def digest_of_values(values: Values) -> str:
    """Return a hash of the values, by which a later sending finds out whether they have changed."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def start_ms(activity: Activity) -> int:
    """Return the start as a timestamp of Bucket, in milliseconds. Strava gives whole seconds."""
    return int(activity.start.timestamp()) * 1000
