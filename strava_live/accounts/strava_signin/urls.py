"""/accounts/strava/login/ and its callback. allauth finds them by the name of this module."""

from allauth.socialaccount.providers.oauth2.urls import default_urlpatterns

from strava_live.accounts.strava_signin.provider import StravaProvider

urlpatterns = default_urlpatterns(StravaProvider)
