"""Deleting an account, or disconnecting Bucket, before each call that a sending makes: nothing comes back."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from simulators.bucket_process import BucketStandIn
from strava_live.accounts.models import User
from strava_live.bucket import bucket_app
from strava_live.bucket.connections import disconnect_bucket
from strava_live.bucket.models import BucketConnection, BucketRevocation, Sending, SentActivity, SentProperty
from strava_live.bucket.revocations import process
from strava_live.bucket.sendings import start_sending
from strava_live.bucket_client.calls import BucketCalls
from strava_live.bucket_client.request_pace import RequestPace
from strava_live.database import on_database
from strava_live.lifecycle.erasure import erase
from tests.bucket.connected import connected_to, save_activity, username_of
from tests.bucket.executed import execute
from tests.people import athlete


class BeforeCall:
    """Does something before the call to Bucket with a given number, once."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.number, self.calls = 0, 0
        self.work: Callable[[], object] = lambda: None
        original = BucketCalls.call

        async def call(client: BucketCalls, *args: Any, **fields: Any) -> Any:
            self.calls += 1
            if self.calls == self.number:
                await on_database(self.work)()
            return await original(client, *args, **fields)

        monkeypatch.setattr(BucketCalls, "call", call)

    def plan(self, number: int, work: Callable[[], object]) -> None:
        self.number, self.calls, self.work = number, 0, work
        bucket_app.PACE = RequestPace()  # else the many calls of all steps would have to wait


@pytest.fixture
def before_call(bucket: BucketStandIn, monkeypatch: pytest.MonkeyPatch) -> BeforeCall:
    bucket.limit(requests=1_000_000)  # all steps together make more than the 1,000 requests of a minute
    return BeforeCall(monkeypatch)


def connected_athlete(bucket: BucketStandIn) -> tuple[User, BucketConnection]:
    """Connect an athlete to a person at the stand-in whom no other test has used."""
    user = athlete()
    save_activity(user, 1, parkrun="sure")
    username = bucket.add_person(f"{user.shown_name} {len(bucket.people())}")
    return user, connected_to(bucket, user, person_id=f"dcd:persons:{username}")


async def test_deleting_the_account_at_every_step_leaves_nothing_here(
    connections_closed: None, bucket: BucketStandIn, before_call: BeforeCall, caplog: pytest.LogCaptureFixture
) -> None:
    step, state = 0, ""
    while state != "finished":
        step += 1
        user, _ = await on_database(connected_athlete)(bucket)
        sending = await on_database(start_sending)(user.pk)
        before_call.plan(step, partial(erase, user))
        ended = await execute(sending)
        state = ended.state if ended else "deleted"
        assert state in {"deleted", "finished"}, step
        if ended is None:
            for table in (User, BucketConnection, Sending, SentActivity, SentProperty):
                assert not await table.objects.aexists(), (step, table)
        await User.objects.all().adelete()
        await BucketRevocation.objects.all().adelete()
    assert step > 10
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


async def test_disconnecting_with_delete_there_at_every_step_leaves_nothing_there(
    connections_closed: None, bucket: BucketStandIn, before_call: BeforeCall
) -> None:
    step, state = 0, ""
    while state != "finished":
        step += 1
        user, connection = await on_database(connected_athlete)(bucket)
        sending = await on_database(start_sending)(user.pk)
        before_call.plan(step, partial(disconnect_bucket, user.pk, delete_there=True))
        ended = await execute(sending)
        before_call.plan(0, lambda: None)
        state = ended.state if ended else "deleted"
        assert state in {"deleted", "finished"}, step
        if ended is None:
            await process(await BucketRevocation.objects.aget())
            assert bucket.things(username_of(connection)) == [], step
            assert bucket.grants(username_of(connection)) == [], step
        await User.objects.all().adelete()
        await BucketRevocation.objects.all().adelete()
    assert not any(bucket.orphans().values())
