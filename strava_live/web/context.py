"""The context processor of every template: the site's name and address, which services are set up, the theme."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from strava_live.accounts.address import site_address
from strava_live.accounts.strava_artwork import BUTTON, LOGO, artwork
from strava_live.idempotency.keys import key_for_page
from strava_live.notifications.push_app import site_key
from strava_live.notifications.subscriptions import SESSION_KEY as SUBSCRIPTION
from strava_live.web.notifications_page import counts_in_header

THEMES = ("light", "dark")
THEME_COOKIE = "theme"


def site(request: HttpRequest) -> dict[str, Any]:
    return {
        "site_name": settings.SITE_NAME,
        # A function, because a request with an unknown Host header has no address: only templates that need it fail.
        "site_address": lambda: site_address(request),
        "strava_configured": settings.STRAVA_CONFIGURED,
        "bucket_configured": bool(settings.BUCKET_CLIENT_ID),
        "email_configured": settings.EMAIL_CONFIGURED,
        "contact_email": settings.CONTACT_EMAIL,
        "strava_button": artwork(BUTTON),
        "strava_logo": artwork(LOGO),
        "theme": chosen_theme(request),
        "push_key": lambda: push_key(request),
        # A function, because only pages with the header read the tables.
        "header_counts": lambda: counts_in_header(request.user.pk or 0),
        # A function, because few pages use it: each call makes a key.
        "idempotency_key": lambda: key_for_page(request.POST),
    }


def push_key(request: HttpRequest) -> str:
    """Return the key with which this browser is subscribed to notifications; "" if it is not, in this session."""
    return site_key() if request.session.get(SUBSCRIPTION) else ""


def chosen_theme(request: HttpRequest) -> str:
    """Return the theme that static/js/theme.js stored in a cookie; "" follows the device's setting."""
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return theme if theme in THEMES else ""
