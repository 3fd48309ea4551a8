"""The pages' addresses. What allauth serves hangs under /accounts/ (site_config/urls.py)."""

from django.urls import path

from strava_live.web import activities_page, home, settings_page, sync_page

urlpatterns = [
    path("", home.home, name="home"),
    path("privacy/", home.privacy, name="privacy"),
    path("sync/", sync_page.sync_page, name="sync"),
    path("sync/rows/", sync_page.rows, name="sync_rows"),
    path("sync/figures/", sync_page.figures, name="sync_figures"),
    path("sync/start/", sync_page.start, name="sync_start"),
    path("sync/cancel/", sync_page.cancel, name="sync_cancel"),
    path("activities/", activities_page.activities_page, name="activities"),
    path("activities/unsave-all/", activities_page.remove_all, name="unsave_all"),
    path("activities/<int:strava_id>/", activities_page.activity_page, name="activity"),
    path("activities/<int:strava_id>/save/", activities_page.save, name="save_activity"),
    path("activities/<int:strava_id>/unsave/", activities_page.unsave, name="unsave_activity"),
    path("settings/", settings_page.settings_page, name="settings"),
    path("settings/disconnect-strava/", settings_page.disconnect, name="disconnect_strava"),
    path("settings/delete-account/", settings_page.delete_account, name="delete_account"),
]
