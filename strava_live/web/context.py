"""The template context of every page: the site's name and address, what is set up, and a form's idempotency key."""

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
        "site_address": lambda: site_address(
            request
        ),  # a function, because a request with an unknown Host has no address
        "strava_configured": settings.STRAVA_CONFIGURED,
        "email_configured": settings.EMAIL_CONFIGURED,
        "contact_email": settings.CONTACT_EMAIL,
        "strava_button": artwork(BUTTON),
        "strava_logo": artwork(LOGO),
        "theme": chosen_theme(request),
        "idempotency_key": lambda: key_for_page(request.POST),  # a function, because few pages use it
    }


def chosen_theme(request: HttpRequest) -> str:
    """Return the theme that static/js/theme.js stored in a cookie, or "" to follow the system."""
    theme = request.COOKIES.get("theme", "")
    return theme if theme in THEMES else ""
