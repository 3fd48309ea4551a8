"""The site's application at Strava, and signing in with Strava.

The API has a URL of its own, because Strava moves it to another host in 2027.
"""

from site_config import environment
from site_config.settings.site import DEBUG

STRAVA_CLIENT_ID = environment.text("STRAVA_CLIENT_ID")
STRAVA_CLIENT_SECRET = environment.secret(
    "STRAVA_CLIENT_SECRET",
    required=bool(STRAVA_CLIENT_ID),
    instead="it is the secret that Strava shows beside the client id, and STRAVA_CLIENT_ID is set.",
)
STRAVA_OAUTH_URL = environment.address("STRAVA_OAUTH_URL", "https://www.strava.com/oauth")
STRAVA_API_URL = environment.address("STRAVA_API_URL", "https://www.strava.com/api/v3")
STRAVA_RESERVE = environment.share("STRAVA_RESERVE", default=0.15, most=0.5)
STRAVA_WEBHOOK_TOKEN = environment.webhook_token("STRAVA_WEBHOOK_TOKEN")
STRAVA_WEBHOOK_SECRET = environment.text("STRAVA_WEBHOOK_SECRET")
# Where the stand-in says which Saturday it simulates. parkrun/simulation.py reads it.
OCCASION_URL = environment.development_address("OCCASION_URL", "http://localhost:8001/control/saturday", debug=DEBUG)
STRAVA_CONFIGURED = bool(STRAVA_CLIENT_ID)
SOCIALACCOUNT_ADAPTER = "strava_live.accounts.strava_signin.adapter.SocialAccountAdapter"
SOCIALACCOUNT_STORE_TOKENS = False  # StravaConnection stores them encrypted
SOCIALACCOUNT_AUTO_SIGNUP = True  # the first sign-in with Strava creates the account without a form
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_PROVIDERS = {
    "strava": {
        "provider_class": "strava_live.accounts.strava_signin.provider.StravaProvider",
        "APPS": [{"client_id": STRAVA_CLIENT_ID, "secret": STRAVA_CLIENT_SECRET}] if STRAVA_CONFIGURED else [],
    }
}
