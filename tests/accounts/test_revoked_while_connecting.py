"""A revocation that is under way while its athlete reconnects.

Strava may end the new grant together with the old one. The connection must then ask the athlete to reconnect, and must
not keep invalid tokens without saying so.
"""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.utils import timezone
from pytest_django import Settings

from simulators.process import StandIn
from strava_live.accounts.connections import connect_strava, disconnect_strava
from strava_live.accounts.models import Revocation, StravaConnection, User
from strava_live.accounts.revocations import RevocationOutcome, revoke_due, revoke_now
from strava_live.database import on_database
from strava_live.http.retry import Retry
from strava_live.http.transport import Timeouts
from strava_live.strava.payloads import Tokens
from tests.accounts.strava_consent import whoami
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.django_db(transaction=True)
RECONNECT = StravaConnection.Trouble.RECONNECT


class Scene:
    """An athlete who has just disconnected, and their state at Strava."""

    def __init__(self, athlete: User, stand_in: StandIn) -> None:
        self.athlete, self.stand_in = athlete, stand_in
        self.strava_id = stand_in.add_athlete(activities=1)
        self.connect(self.granted())
        revocation = disconnect_strava(athlete)
        assert revocation
        self.revocation = revocation
        self.calls = self.revoke_calls()

    def granted(self) -> Tokens:
        """Return the tokens of a new consent."""
        given = self.stand_in.grant(self.strava_id)
        return Tokens(given["access_token"], given["refresh_token"], datetime.fromtimestamp(given["expires_at"], UTC))

    def connect(self, tokens: Tokens) -> None:
        connect_strava(self.athlete, strava_id=self.strava_id, tokens=tokens, scopes="read,activity:read")

    def revoke_calls(self) -> int:
        return int(self.stand_in.stats()["calls"].get("revoke", 0))

    def is_alive(self) -> bool:
        """Return True if Strava still accepts this site's tokens."""
        return self.strava_id in self.stand_in.stats()["connected"]

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not await sync_to_async(condition)():  # noqa: ASYNC110 it is in another process, or in the database
                await asyncio.sleep(0.02)

    def trouble(self) -> str:
        return StravaConnection.objects.get().trouble

    async def work_until_settled(self) -> None:
        """Do what the worker does every few seconds, until no revocation is left."""
        async with asyncio.timeout(PATIENCE_S):
            while await sync_to_async(Revocation.objects.exists)():
                await revoke_due()
                await asyncio.sleep(0.02)


@pytest.fixture
def scene(athlete: User, stand_in: StandIn, settings: Settings) -> Iterator[Scene]:
    settings.STRAVA_REVOKE_TIMEOUTS = settings.STRAVA_TIMEOUTS = Timeouts(read=PATIENCE_S, total=PATIENCE_S)
    settings.STRAVA_RETRY = Retry(attempts=1)
    settings.REVOCATION_RETRY_S = 0.3
    yield Scene(athlete, stand_in)
    stand_in.clear_faults()


async def held_revocation(scene: Scene) -> "asyncio.Task[object]":
    """Start a revocation whose call Strava holds. Return its task once the call has reached Strava."""
    await sync_to_async(scene.stand_in.fault)("hold", "revoke")
    revoking = asyncio.create_task(revoke_now(scene.revocation))
    await scene.until(lambda: scene.revoke_calls() > scene.calls)
    return revoking


async def release_revocation(scene: Scene) -> None:
    await sync_to_async(scene.stand_in.clear_faults)()
    await scene.until(lambda: not scene.is_alive())


def test_revocation_after_the_new_tokens_were_stored(scene: Scene) -> None:
    async def reconnect_meanwhile() -> None:
        revoking = await held_revocation(scene)
        await sync_to_async(scene.connect)(await sync_to_async(scene.granted)())
        await release_revocation(scene)
        await revoking
        await scene.work_until_settled()

    async_to_sync(reconnect_meanwhile)()

    assert scene.trouble() == RECONNECT


def test_revocation_between_the_grant_and_its_storing(scene: Scene) -> None:
    async def store_late() -> None:
        revoking = await held_revocation(scene)
        tokens = await sync_to_async(scene.granted)()
        await release_revocation(scene)
        await revoking
        await revoke_due()
        await sync_to_async(scene.connect)(tokens)
        await scene.work_until_settled()

    async_to_sync(store_late)()

    assert scene.trouble() == RECONNECT


def test_revocation_before_the_grant(scene: Scene) -> None:
    assert async_to_sync(revoke_now)(scene.revocation) is RevocationOutcome.REVOKED
    scene.connect(scene.granted())

    async_to_sync(scene.work_until_settled)()

    assert scene.trouble() == ""
    assert scene.is_alive()


def test_revocation_of_a_process_that_died(scene: Scene) -> None:
    """A second process claims the row and finds the athlete connected."""

    async def die_and_reconnect() -> None:
        revoking = await held_revocation(scene)
        await sync_to_async(scene.connect)(await sync_to_async(scene.granted)())
        revoking.cancel()
        await release_revocation(scene)
        await scene.work_until_settled()

    async_to_sync(die_and_reconnect)()

    assert scene.trouble() == RECONNECT


def test_lost_revocation_does_not_affect_the_new_connection(scene: Scene) -> None:
    async def lose_it() -> None:
        await sync_to_async(scene.stand_in.fault)("drop", "revoke")
        revoking = await held_revocation(scene)
        await sync_to_async(scene.connect)(await sync_to_async(scene.granted)())
        await sync_to_async(scene.stand_in.clear_faults)()
        assert await revoking is RevocationOutcome.UNANSWERED
        await scene.work_until_settled()

    async_to_sync(lose_it)()

    assert scene.trouble() == ""
    assert scene.is_alive()


def test_revocation_that_was_never_tried_is_deleted(scene: Scene) -> None:
    scene.connect(scene.granted())

    assert not Revocation.objects.exists()
    assert scene.revoke_calls() == scene.calls


def test_waiting_revocation_is_not_tried_after_reconnecting(scene: Scene) -> None:
    scene.stand_in.fault("server_error", "revoke")
    async_to_sync(revoke_now)(scene.revocation)
    scene.stand_in.clear_faults()
    calls = scene.revoke_calls()
    scene.connect(scene.granted())

    async_to_sync(scene.work_until_settled)()

    assert scene.revoke_calls() == calls
    assert scene.trouble() == ""
    assert async_to_sync(whoami)(scene.strava_id) == scene.strava_id


def test_check_is_repeated_until_strava_answers(scene: Scene) -> None:
    async def check_while_strava_is_down() -> None:
        revoking = await held_revocation(scene)
        await sync_to_async(scene.connect)(await sync_to_async(scene.granted)())
        await release_revocation(scene)
        await revoking
        await sync_to_async(scene.stand_in.fault)("server_error", "athlete")
        await on_database(Revocation.objects.update)(next_try_at=timezone.now())
        await revoke_due()
        assert await sync_to_async(scene.trouble)() == ""
        await sync_to_async(scene.stand_in.clear_faults)()
        await scene.work_until_settled()

    async_to_sync(check_while_strava_is_down)()

    assert scene.trouble() == RECONNECT
