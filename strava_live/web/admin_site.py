"""Django's admin, for staff who have set up two-step sign-in. They sign in on the site's own sign-in page."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from strava_live.accounts.second_factor import has_second_factor


class StaffSite(admin.AdminSite):
    site_header = site_title = "Operators"

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and has_second_factor(request.user)

    def login(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        if not request.user.is_authenticated:
            to_sign_in: HttpResponse = secure_admin_login(super().login)(request)
            return to_sign_in
        if not request.user.is_staff:
            raise Http404
        messages.info(request, "The admin asks for two-step sign-in. Set it up here once, then open the admin again.")
        return redirect("mfa_activate_totp")
