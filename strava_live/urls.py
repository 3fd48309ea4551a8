"""The pages' addresses. What allauth serves hangs under /accounts/ (site_config/urls.py)."""

from django.urls import path

from strava_live.web import (
    activities_page,
    home,
    parkrun_correction_page,
    parkrun_import_page,
    parkruns_page,
    settings_page,
    sync_page,
)

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
    path("activities/<int:strava_id>/parkrun/", parkrun_correction_page.correct, name="correct_parkrun"),
    path("parkruns/", parkruns_page.parkruns_page, name="parkruns"),
    path("parkruns/add/", parkruns_page.add, name="add_parkrun"),
    path("parkruns/start/", parkruns_page.starting, name="starting_numbers"),
    path("parkruns/import/", parkrun_import_page.paste, name="import_parkruns"),
    path("parkruns/import/preview/", parkrun_import_page.preview, name="preview_parkruns"),
    path("parkruns/import/confirm/", parkrun_import_page.keep, name="confirm_parkruns"),
    path("parkruns/<int:pk>/", parkruns_page.change, name="parkrun"),
    path("parkruns/<int:pk>/remove/", parkruns_page.remove, name="remove_parkrun"),
    path("settings/", settings_page.settings_page, name="settings"),
    path("settings/disconnect-strava/", settings_page.disconnect, name="disconnect_strava"),
    path("settings/delete-account/", settings_page.delete_account, name="delete_account"),
]
