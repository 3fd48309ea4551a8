"""The environment variables with which a site uses a stand-in in place of Strava."""

from simulators.process import StandIn


def strava_of(stand_in: StandIn) -> dict[str, str]:
    return {
        "STRAVA_CLIENT_ID": "stand-in",
        "STRAVA_CLIENT_SECRET": "stand-in-secret",
        "STRAVA_OAUTH_URL": stand_in.oauth_url,
        "STRAVA_API_URL": stand_in.api_url,
    }
