"""What every template knows: the site's name and address, what is set up, and the key of a form."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from strava_live.accounts.address import site_address
from strava_live.accounts.strava_artwork import BUTTON, LOGO, artwork
from strava_live.idempotency.keys import key_for_page

THEMES = ("light", "dark")


def site(request: HttpRequest) -> dict[str, Any]:
    return {
        "site_name": settings.SITE_NAME,
        "site_address": lambda: site_address(request),  # a request for a host that is not served has none
        "strava_configured": settings.STRAVA_CONFIGURED,
        "email_configured": settings.EMAIL_CONFIGURED,
        "contact_email": settings.CONTACT_EMAIL,
        "strava_button": artwork(BUTTON),
        "strava_logo": artwork(LOGO),
        "theme": chosen_theme(request),
        "idempotency_key": lambda: key_for_page(request.POST),  # read only by pages that have such a form
    }


def chosen_theme(request: HttpRequest) -> str:
    """Return what static/js/theme.js has kept on this device, or "" to follow the system."""
    theme = request.COOKIES.get("theme", "")
    return theme if theme in THEMES else ""
