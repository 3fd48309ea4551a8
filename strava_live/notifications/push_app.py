"""This site's client for push services, configured from the settings."""

from functools import lru_cache

from django.conf import settings

from strava_live.http.transport import Timeouts
from strava_live.push_client.client import PushClient
from strava_live.push_client.vapid import VapidKey


def push_client() -> PushClient | None:
    """Return the client. Return None if the site has no key: then no browser can subscribe."""
    if not settings.VAPID_PRIVATE_KEY:
        return None
    return client_with(settings.VAPID_PRIVATE_KEY, tuple(settings.PUSH_EXTRA_HOSTS), settings.PUSH_TIMEOUTS)


@lru_cache(maxsize=4)
def client_with(private_key: str, extra_hosts: tuple[str, ...], timeouts: Timeouts) -> PushClient:
    return PushClient(
        key=VapidKey.read(private_key),
        contact=settings.PUSH_CONTACT,
        extra_hosts=extra_hosts,
        timeouts=timeouts,
    )


def site_key() -> str:
    """Return the public key for which browsers subscribe (`applicationServerKey`); "" if push is not set up."""
    client = push_client()
    return client.key.public if client else ""
