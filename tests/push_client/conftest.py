"""A client for the stand-in for push services, and a browser that is subscribed for the client's key."""

import pytest

from simulators.push_process import PushStandIn
from strava_live.push_client.client import PushClient
from tests.push_client.clients import SubscribedBrowser, client_for
from tests.push_of import SITE_KEY


@pytest.fixture
def client(push_service: PushStandIn) -> PushClient:
    return client_for(push_service.host)


@pytest.fixture
def browser(push_service: PushStandIn) -> SubscribedBrowser:
    return SubscribedBrowser(push_service, SITE_KEY.public)
