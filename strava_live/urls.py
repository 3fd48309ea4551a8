"""The pages' addresses. What allauth serves hangs under /accounts/ (site_config/urls.py)."""

from django.urls import path

from strava_live.web import home, settings_page

urlpatterns = [
    path("", home.home, name="home"),
    path("privacy/", home.privacy, name="privacy"),
    path("settings/", settings_page.settings_page, name="settings"),
    path("settings/disconnect-strava/", settings_page.disconnect, name="disconnect_strava"),
    path("settings/delete-account/", settings_page.delete_account, name="delete_account"),
]
