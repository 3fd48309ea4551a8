"""A club, two members and a wall, and a layer that may be troubled."""

import pytest
from channels.layers import channel_layers, get_channel_layer
from pytest_django import Settings

from strava_live.accounts.models import User
from strava_live.clubs.keys import put_up_screen
from strava_live.clubs.models import Club, Membership
from tests.hub.telephone import Call
from tests.hub.unreliable import UnreliableLayer
from tests.live.founding import sessions_of


@pytest.fixture
def layer(settings: Settings) -> UnreliableLayer:
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "tests.hub.unreliable.UnreliableLayer"}}
    channel_layers.backends.clear()
    layer = get_channel_layer()
    assert isinstance(layer, UnreliableLayer)
    return layer


class Cast:
    """Whoever wants to watch, from this process."""

    def __init__(self, *members: User) -> None:
        self.club = Club.objects.create(slug="striders", name="Striders")
        Membership.objects.bulk_create(Membership(club=self.club, user=user) for user in members)
        self.members = [user.pk for user in members]
        self.sessions = sessions_of(list(members))
        self.key = put_up_screen(self.club.pk).secret.reveal()

    def member(self, number: int = 0, query: str = "") -> Call:
        return Call(f"/ws/clubs/striders/{query}", self.sessions[number])

    def wall(self) -> Call:
        return Call(f"/ws/screens/{self.key}/")


@pytest.fixture
def cast(transactional_db: None, layer: UnreliableLayer, athlete: User, clubmate: User) -> Cast:
    return Cast(athlete, clubmate)
