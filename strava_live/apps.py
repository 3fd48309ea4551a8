"""The one Django app, and the admin it brings."""

from django.apps import AppConfig
from django.contrib.admin import apps as django_admin


class StravaLiveConfig(AppConfig):
    name = "strava_live"
    default = True

    def ready(self) -> None:
        # These listen to what Django and allauth tell, once models are there.
        import strava_live.database  # noqa: PLC0415
        import strava_live.lifecycle.connecting  # noqa: PLC0415
        import strava_live.live.signing_out  # noqa: F401, PLC0415


class StaffAdminConfig(django_admin.AdminConfig):
    default = False
    default_site = "strava_live.web.admin_site.StaffSite"
