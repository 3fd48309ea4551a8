"""/privacy/: what is stored about people, why, for how long, who gets it, and what they can do about it.

It answers the GDPR (Articles 13 to 22) and Strava's API policy with the values that hold on this site.
"""

from datetime import date
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from strava_live.accounts.known_devices import AGE_S as DEVICE_AGE_S
from strava_live.accounts.known_devices import COOKIE as DEVICE_COOKIE
from strava_live.formats import format_date, quantity
from strava_live.web.club_access import COOKIE_AGE_S, LAST_CLUB_COOKIE
from strava_live.web.context import THEME_COOKIE
from strava_live.web.delete_account_page import RECEIPT, RECEIPT_KEPT_S
from strava_live.web.privacy_recipients import recipients
from strava_live.web.privacy_row import DAY_S, revoked_kept, session_kept
from strava_live.web.privacy_stored import stored_groups
from strava_live.web.words import days_kept, unsaved_kept_for

CHANGED = date(2026, 11, 28)
"""When the words of the page last changed. Change it with them."""


class Cookie(NamedTuple):
    """A cookie, or a note in the browser's storage."""

    name: str
    purpose: str
    kept: str


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    page = {
        "operator": settings.OPERATOR,
        "changed": format_date(CHANGED),
        "groups": stored_groups(),
        "cookies": cookies(),
        "recipients": recipients(),
        "unsaved_kept": unsaved_kept_for(),
        "revoked_kept": revoked_kept(),
        "bucket_configured": bool(settings.BUCKET_CLIENT_ID),
        "reports_errors": bool(settings.SENTRY_DSN),
    }
    return render(request, "privacy/privacy.html", page)


def cookies() -> list[Cookie]:
    return [
        Cookie(settings.SESSION_COOKIE_NAME, "keeps you signed in", session_kept()),
        Cookie(settings.CSRF_COOKIE_NAME, "protects forms from forgery", days_kept(settings.CSRF_COOKIE_AGE // DAY_S)),
        Cookie(
            DEVICE_COOKIE,
            "remembers that you've signed in on this browser, so that someone guessing your password can't lock you "
            "out",
            days_kept(DEVICE_AGE_S // DAY_S),
        ),
        Cookie(
            LAST_CLUB_COOKIE,
            "remembers which club you looked at last, if you're in one",
            days_kept(COOKIE_AGE_S // DAY_S),
        ),
        Cookie(THEME_COOKIE, "remembers the light or dark theme, if you choose one", "365 days"),
        Cookie(
            RECEIPT,
            "shows the receipt after you've deleted your account",
            quantity(RECEIPT_KEPT_S // 60, "minute", "minutes"),
        ),
        Cookie(
            "post-…",
            "keeps a post that you haven't sent, in your browser only",
            "until you send or clear it, or sign out",
        ),
        Cookie(
            "messages-…",
            "keeps a direct message that you haven't sent, in your browser only",
            "until it is sent or you clear it, or sign out",
        ),
        Cookie(
            "scrolled …", "remembers where you were in a long list, in your browser only", "until you close the tab"
        ),
        Cookie(
            "push-sent",
            "remembers that this browser has confirmed its notifications, if you switched them on",
            "until you close the tab",
        ),
        Cookie(
            "shell-…",
            "keeps the look of the site, and the page that says there's no connection; nothing about you",
            "until the site has a new version, or you sign out",
        ),
    ]
