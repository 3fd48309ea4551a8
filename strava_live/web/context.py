"""What every template knows: what the site is called, and what is set up."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    return {
        "site_name": settings.SITE_NAME,
        "strava_configured": settings.STRAVA_CONFIGURED,
        "email_configured": settings.EMAIL_CONFIGURED,
        "contact_email": settings.CONTACT_EMAIL,
    }
