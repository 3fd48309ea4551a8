"""How soon an activity appears here after its upload to Strava, in the words of the pages that promise it."""

from typing import NamedTuple

from strava_live.webhook.subscription import our_subscription


class Arrival(NamedTuple):
    at_once: bool
    """Whether Strava sends its events to this site."""
    words: str
    """When an activity appears, as part of a sentence."""


AT_ONCE = Arrival(True, "usually within seconds of the upload")
LATER = Arrival(False, "within a few hours of the upload")
"""Without events from Strava, routine syncs find new activities. Each athlete has one about every six hours."""


def arrival() -> Arrival:
    """Return what pages may promise: seconds only if Strava sends its events to this site."""
    return AT_ONCE if our_subscription() else LATER
