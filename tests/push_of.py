"""The settings with which a site uses the stand-in for push services, and a key for the site."""

from simulators.push_process import PushStandIn
from strava_live.push_client.vapid import VapidKey, key_derived_from

PRIVATE_KEY = key_derived_from("for tests")
SITE_KEY = VapidKey.read(PRIVATE_KEY)


def push_of(service: PushStandIn) -> dict[str, str]:
    return {"VAPID_PRIVATE_KEY": PRIVATE_KEY, "PUSH_EXTRA_HOSTS": service.host}
