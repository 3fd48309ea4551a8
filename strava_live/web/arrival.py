"""How soon a new run appears here after its upload to Strava. Every page that promises something about it asks here."""

from typing import NamedTuple

from strava_live.webhook.subscription import our_subscription


class Arrival(NamedTuple):
    at_once: bool
    """Whether Strava tells this site of each new run."""
    words: str
    """When a run appears, as part of a sentence."""


AT_ONCE = Arrival(True, "usually within seconds of the upload")
LATER = Arrival(False, "within a few hours of the upload")
"""Without events from Strava, routine syncs find new runs. Each athlete has one about every six hours."""


def arrival() -> Arrival:
    """Return what pages may promise: seconds only if Strava sends its events to this site."""
    return AT_ONCE if our_subscription() else LATER
