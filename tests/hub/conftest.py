"""Fixtures for the hub: an unreliable channel layer, and a club whose sockets are opened in this process."""

import pytest
from channels.layers import channel_layers, get_channel_layer
from pytest_django import Settings

from strava_live.accounts.models import User
from tests.hub.club_cast import ClubCast
from tests.hub.unreliable import UnreliableLayer


@pytest.fixture
def layer(settings: Settings) -> UnreliableLayer:
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "tests.hub.unreliable.UnreliableLayer"}}
    channel_layers.backends.clear()
    layer = get_channel_layer()
    assert isinstance(layer, UnreliableLayer)
    return layer


@pytest.fixture
def cast(transactional_db: None, layer: UnreliableLayer, athlete: User, clubmate: User) -> ClubCast:
    return ClubCast(athlete, clubmate)
