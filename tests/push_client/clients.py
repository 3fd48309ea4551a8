"""Clients for push services in tests, and the stand-in's browsers and faults as tests read them."""

import asyncio
from typing import Any

from asgiref.sync import sync_to_async

from simulators.push_process import PushStandIn
from simulators.started import Record
from strava_live.push_client.client import PushClient
from strava_live.push_client.subscription import PushMessage, PushTarget, Urgency
from tests.push_of import SITE_KEY
from tests.strava.client_settings import BRIEF

HELLO = PushMessage(b'{"hello": "world"}', ttl_s=3600, topic="entry-12", urgency=Urgency.HIGH)


def client_for(*hosts: str, **changes: Any) -> PushClient:
    values: dict[str, Any] = {
        "key": SITE_KEY,
        "contact": "club@example.org",
        "extra_hosts": hosts,
        "timeouts": BRIEF,
    }
    return PushClient(**values | changes)


class SubscribedBrowser:
    """A browser of the stand-in, subscribed for the site with `site_key`."""

    def __init__(self, service: PushStandIn, site_key: str = "") -> None:
        self.service = service
        subscription = service.add_browser(site_key)
        self.token = str(subscription["token"])
        self.endpoint = str(subscription["endpoint"])
        self.keys: dict[str, str] = subscription["keys"]

    @property
    def target(self) -> PushTarget:
        return PushTarget(self.endpoint, self.keys["p256dh"], self.keys["auth"])

    @property
    def subscription(self) -> Record:
        """What the browser's script sends to the site."""
        return {"endpoint": self.endpoint, "keys": self.keys}

    def messages(self) -> list[Record]:
        return self.service.messages(self.token)

    def texts(self) -> list[str]:
        """Return the decrypted messages that the push service has accepted for this browser."""
        return [str(one["text"]) for one in self.messages() if one["status"] == 201]


async def until_met(push_service: PushStandIn) -> None:
    """Wait until a fault of the stand-in has affected a message: until the fault `hold` holds one, for example."""
    while not any(fault["met"] for fault in await sync_to_async(push_service.faults)()):  # noqa: ASYNC110 no event
        await asyncio.sleep(0.01)
