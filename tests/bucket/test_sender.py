"""A process claims sendings, goes on with those of killed processes, stops them, and releases them when it ends."""

import asyncio
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from simulators.bucket_process import BucketStandIn
from strava_live.accounts.models import User
from strava_live.bucket.models import BucketConnection, Sending
from strava_live.bucket.sender import AT_ONCE, Sender, claim_sendings
from strava_live.bucket.sendings import start_sending, stop_sending
from strava_live.database import on_database
from tests.bucket.connected import connected_to, save_activity
from tests.hub.in_process_socket import eventually
from tests.patience import PATIENCE_S


@pytest.fixture
def connection(connections_closed: None, athlete: User, bucket: BucketStandIn) -> BucketConnection:
    save_activity(athlete, 1)
    return connected_to(bucket, athlete)

    return asyncio.create_task(Sender().serve())


async def state_of(sending: Sending) -> str:
    return (await Sending.objects.aget(pk=sending.pk)).state


async def until(sending: Sending, state: str) -> None:
    while await state_of(sending) != state:  # noqa: ASYNC110 there is no event to wait for
        await asyncio.sleep(0.01)


async def stop(serving: "asyncio.Task[None]") -> None:
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)


async def test_a_sending_of_a_killed_process_is_claimed_once_its_lease_has_ended(
    athlete: User, connection: BucketConnection
) -> None:
    sending = await on_database(start_sending)(athlete.pk)
    now = timezone.now()
    await Sending.objects.aupdate(state="running", lease_owner="killed", lease_until=now + timedelta(seconds=0.5))
    serving = asyncio.create_task(Sender().serve())

    await asyncio.wait_for(until(sending, "finished"), PATIENCE_S)

    assert timezone.now() - now > timedelta(seconds=0.5)
    await stop(serving)


async def test_an_ending_process_releases_its_sendings_at_once(
    athlete: User, bucket: BucketStandIn, connection: BucketConnection
) -> None:
    sending = await on_database(start_sending)(athlete.pk)
    held = bucket.fault("hold", "write_values")
    serving = asyncio.create_task(Sender().serve())
    await asyncio.wait_for(until(sending, "running"), PATIENCE_S)

    await stop(serving)

    row = await Sending.objects.aget()
    assert (row.state, row.lease_owner, row.lease_until) == ("running", "", None)
    bucket.clear_fault(held)
    serving = asyncio.create_task(Sender().serve())
    await asyncio.wait_for(until(sending, "finished"), PATIENCE_S)
    await stop(serving)


async def test_a_sending_is_stopped_although_bucket_hangs(
    athlete: User, bucket: BucketStandIn, connection: BucketConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("strava_live.bucket.sender.LOOK_EVERY_S", 0.02)
    sending = await on_database(start_sending)(athlete.pk)
    bucket.fault("hold", "list_things")
    serving = asyncio.create_task(Sender().serve())
    await asyncio.wait_for(until(sending, "running"), PATIENCE_S)

    await on_database(stop_sending)(athlete.pk)

    await asyncio.wait_for(until(sending, "cancelled"), PATIENCE_S)
    bucket.clear_faults()
    await stop(serving)


async def test_a_process_does_not_claim_again_what_it_executes(
    athlete: User, bucket: BucketStandIn, connection: BucketConnection
) -> None:
    bucket.fault("hold", "list_things")
    sending = await on_database(start_sending)(athlete.pk)
    sender = Sender()
    serving = asyncio.create_task(sender.serve())
    await asyncio.wait_for(until(sending, "running"), PATIENCE_S)
    await eventually(lambda: sender.tasks)
    task = sender.tasks[sending.pk]
    await Sending.objects.aupdate(lease_until=timezone.now() - timedelta(seconds=1))  # as after a sleep

    await sender.claim_and_execute()

    assert sender.tasks == {sending.pk: task}
    bucket.clear_faults()
    await asyncio.wait_for(until(sending, "finished"), PATIENCE_S)
    await stop(serving)


async def test_what_is_claimed_while_the_process_ends_is_released(
    athlete: User, connection: BucketConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    sending = await on_database(start_sending)(athlete.pk)
    claiming, goes_on = threading.Event(), threading.Event()

    def claim_slowly(*args: Any) -> list[Sending]:
        claiming.set()
        goes_on.wait(PATIENCE_S)
        return claim_sendings(*args)

    monkeypatch.setattr("strava_live.bucket.sender.claim_sendings", claim_slowly)
    serving = asyncio.create_task(Sender().serve())
    await eventually(claiming.is_set)
    serving.cancel()
    goes_on.set()
    await asyncio.gather(serving, return_exceptions=True)

    assert (await Sending.objects.aget(pk=sending.pk)).lease_owner == ""


async def test_a_process_executes_a_few_sendings_at_once(
    connection: BucketConnection, clubmate: User, captain: User, bucket: BucketStandIn
) -> None:
    bucket.fault("hold", "list_things")
    people = [await User.objects.aget(pk=connection.user_id), clubmate, captain]
    for person in people[1:]:
        await on_database(connected_to)(bucket, person)
    for person in people:
        await on_database(start_sending)(person.pk)
    sender = Sender()
    serving = asyncio.create_task(sender.serve())

    await eventually(lambda: len(sender.tasks) == AT_ONCE)
    await sender.claim_and_execute()
    assert await Sending.objects.filter(state="running").acount() == AT_ONCE
    bucket.clear_faults()
    for sending in [row async for row in Sending.objects.all()]:
        await asyncio.wait_for(until(sending, "finished"), PATIENCE_S)
    await stop(serving)
