"""/privacy/: what is stored about people, why, for how long, who gets it, and what they can do about it.

It answers the GDPR (Articles 13 to 22) and Strava's API policy with the values that hold on this site.
"""

from datetime import date
from typing import NamedTuple
from urllib.parse import urlsplit

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
from strava_live.web.privacy_stored import DAY_S, revoked_kept, session_kept, stored_groups
from strava_live.web.words import days_kept, unsaved_kept_for

CHANGED = date(2026, 11, 27)
"""When the words of the page last changed. Change it with them."""


class Cookie(NamedTuple):
    """A cookie, or a note in the browser's storage."""

    name: str
    purpose: str
    kept: str


class Recipient(NamedTuple):
    """A company or person outside the site that gets personal data."""

    name: str
    gets: str
    when: str
    host: str = ""
    """The name of the server that gets the data; "" if the software cannot know it."""


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
        "bucket_configured": bucket_configured(),
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
        Cookie("post-…", "keeps a post that you haven't sent, in your browser only", "until you send or clear it"),
        Cookie(
            "scrolled …", "remembers where you were in a long list, in your browser only", "until you close the tab"
        ),
    ]


def recipients() -> list[Recipient]:
    """Return who gets personal data from this site, as it is set up."""
    found = [
        Recipient(
            "The company that hosts this site",
            "everything in the table above, because it runs our servers, database and backups. It works on our behalf",
            "always",
        )
    ]
    if settings.STRAVA_CONFIGURED:
        found.append(
            Recipient(
                "Strava",
                "that you use this site, and our requests for your activities. We send none of your data there",
                "once you connect Strava",
                hosts_of(settings.STRAVA_OAUTH_URL, settings.STRAVA_API_URL),
            )
        )
    if bucket_configured():
        found.append(
            Recipient(
                "Bucket",
                "the activities that you send there: title, sport, distance, times and speed, and the start point only "
                "if you say so",
                "once you connect Bucket, and send something or switch following on",
                hosts_of(settings.BUCKET_OAUTH_URL, settings.BUCKET_API_URL),
            )
        )
    if settings.EMAIL_CONFIGURED:
        found.append(
            Recipient(
                "Our email service",
                "your email address, and the emails we send you to confirm it or to reset your password",
                "if you add an email address",
                settings.EMAIL_HOST,
            )
        )
    if settings.SENTRY_DSN:
        found.append(
            Recipient(
                "Sentry",
                "reports of errors on this site: which page and what failed, without cookies, your "
                "network address, what you wrote, or any keys",
                "when an error happens",
                hosts_of(settings.SENTRY_DSN),
            )
        )
    return found


def bucket_configured() -> bool:
    return bool(settings.BUCKET_CLIENT_ID)


def hosts_of(*urls: str) -> str:
    """Return the different hosts of these URLs, joined by commas."""
    return ", ".join(dict.fromkeys(str(urlsplit(url).hostname) for url in urls))
