"""The one Django app, and the admin it brings."""

from django.apps import AppConfig
from django.contrib.admin import apps as django_admin


class StravaLiveConfig(AppConfig):
    name = "strava_live"
    default = True


class StaffAdminConfig(django_admin.AdminConfig):
    default = False
    default_site = "strava_live.web.admin_site.StaffSite"
