"""The settings with which a site uses the stand-in for Strava, and rate limits of it that no test reaches."""

from simulators.process import StandIn


def strava_of(stand_in: StandIn) -> dict[str, str]:
    return {
        "STRAVA_CLIENT_ID": "stand-in",
        "STRAVA_CLIENT_SECRET": "stand-in-secret",
        "STRAVA_OAUTH_URL": stand_in.oauth_url,
        "STRAVA_API_URL": stand_in.api_url,
    }


def lift_limits(stand_in: StandIn) -> None:
    """Let the stand-in allow more calls than any test makes."""
    stand_in.limits(overall=[100_000, 1_000_000], read=[100_000, 1_000_000], window_s=900)
