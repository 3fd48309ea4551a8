"""All URLs of the site."""

from allauth.account.views import password_set
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from strava_live.accounts.recent_proof import needs_recent_proof
from strava_live.accounts.signup import SignupView

urlpatterns = [
    path("", include("strava_live.urls")),
    path("accounts/signup/", SignupView.as_view(), name="account_signup"),
    # Replaces allauth's page for connections, which would delete the connection to Strava but not its tokens.
    path("accounts/3rdparty/", RedirectView.as_view(pattern_name="settings")),
    path("accounts/password/set/", needs_recent_proof(password_set), name="account_set_password"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "strava_live.web.errors.bad_request"
handler403 = "strava_live.web.errors.forbidden"
handler404 = "strava_live.web.errors.not_found"
handler429 = "strava_live.web.errors.too_many_requests"  # used by allauth
handler500 = "strava_live.web.errors.server_error"
