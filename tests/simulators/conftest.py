"""One stand-in for Strava for all tests here. After each test its settings are restored. Each test has new athletes."""

from collections.abc import Iterator

import pytest

from simulators.process import StandIn
from tests.simulators.application import Application, subscribe
from tests.simulators.callback import Callback


@pytest.fixture(scope="session")
def running() -> Iterator[StandIn]:
    with StandIn() as strava:
        yield strava


@pytest.fixture
def strava(running: StandIn) -> Iterator[StandIn]:
    yield running
    running.reset()


@pytest.fixture
def application(strava: StandIn) -> Iterator[Application]:
    application = Application(strava)
    yield application
    application.http.close()


@pytest.fixture
def athlete_id(strava: StandIn) -> int:
    return strava.add_athlete(activities=30)


@pytest.fixture
def token(strava: StandIn, athlete_id: int) -> str:
    return str(strava.grant(athlete_id)["access_token"])


@pytest.fixture
def callback() -> Iterator[Callback]:
    callback = Callback()
    yield callback
    callback.close()


@pytest.fixture
def subscribed(application: Application, callback: Callback, token: str) -> Callback:
    """A callback that gets the events of the stand-in."""
    assert token
    assert subscribe(application, callback.url).status_code == 201
    application.strava.webhooks(retry_s=0.05)
    return callback
