"""Who gets personal data from this site, as it is set up: the table of recipients on /privacy/."""

from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings


class Recipient(NamedTuple):
    """A company or person outside the site that gets personal data."""

    name: str
    gets: str
    when: str
    host: str = ""
    """The name of the server that gets the data; "" if the software cannot know it."""


def recipients() -> list[Recipient]:
    found = [
        (True, host()),
        (settings.STRAVA_CONFIGURED, strava()),
        (settings.BUCKET_CLIENT_ID, bucket()),
        (settings.VAPID_PRIVATE_KEY, push_services()),
        (settings.EMAIL_CONFIGURED, email_service()),
        (settings.SENTRY_DSN, sentry()),
    ]
    return [recipient for is_set_up, recipient in found if is_set_up]


def host() -> Recipient:
    return Recipient(
        "The company that hosts this site",
        "everything in the table above, because it runs our servers, database and backups. It works on our behalf",
        "always",
    )


def strava() -> Recipient:
    return Recipient(
        "Strava",
        "that you use this site, and our requests for your activities. We send none of your data there",
        "once you connect Strava",
        hosts_of(settings.STRAVA_OAUTH_URL, settings.STRAVA_API_URL),
    )


def bucket() -> Recipient:
    return Recipient(
        "Bucket",
        "that you use this site; the activities that you send there: title, sport, distance, times and speed, and the "
        "start point only if you say so; and the Things, Properties and values that you make there on our pages",
        "that you use this site once you connect Bucket; the rest when you send or make it, or while following is on",
        hosts_of(settings.BUCKET_OAUTH_URL, settings.BUCKET_API_URL),
    )


def push_services() -> Recipient:
    return Recipient(
        "The notification service of your browser: Apple, Google, Microsoft or Mozilla",
        "that this site sends something to your device, and when. What it says is encrypted, so that only your "
        "browser can read it",
        "once you switch on notifications on a device",
    )


def email_service() -> Recipient:
    return Recipient(
        "Our email service",
        "your email address, and the emails we send you to confirm it or to reset your password",
        "if you add an email address",
        settings.EMAIL_HOST,
    )


def sentry() -> Recipient:
    return Recipient(
        "Sentry",
        "reports of errors on this site: which page and what failed, without cookies, your network address, what you "
        "wrote, or any keys",
        "when an error happens",
        hosts_of(settings.SENTRY_DSN),
    )


def hosts_of(*urls: str) -> str:
    """Return the different hosts of these URLs, joined by commas."""
    return ", ".join(dict.fromkeys(str(urlsplit(url).hostname) for url in urls))
