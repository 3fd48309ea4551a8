"""A burst of Strava's events in any order ends with what Strava has, and costs few calls."""

import asyncio
import random
import time

import pytest
from asgiref.sync import sync_to_async

from simulators.process import StandIn
from strava_live.accounts.models import User
from strava_live.activities.models import Activity
from strava_live.clubs.models import Club
from strava_live.sync import event_pace
from strava_live.sync.event_runs import handle_events
from strava_live.sync.runner import runner
from strava_live.webhook.models import StravaEvent
from tests.patience import PATIENCE_S
from tests.sync.event_rows import event, handle, revocation, stored, until_idle

Said = tuple[str, int, int]
"""Aspect, Strava's id of the activity, and the second in which it happened."""


def edited(stand_in: StandIn, strava_id: int, count: int) -> list[Said]:
    """Upload activities, rename each twice, and delete each fourth. Return the events about that."""
    said: list[Said] = []
    now = int(time.time())
    for number in range(count):
        activity_id = stand_in.add_activity(strava_id, start=now - 5000 * (number + 1))
        said.append(("create", activity_id, 3 * number))
        for edit in (1, 2):
            stand_in.change_activity(activity_id, name=f"Edit {edit}")
            said.append(("update", activity_id, 3 * number + edit))
        if number % 4 == 0:
            stand_in.delete_activity(activity_id)
            said.append(("delete", activity_id, 3 * number + 3))
    return said


@pytest.mark.parametrize("seed", range(3))
async def test_shuffled_burst(
    athlete: User, club: Club, strava_id: int, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """All times are a tenth of the real ones: the events of ten seconds arrive within one."""
    monkeypatch.setattr(event_pace, "APART_S", 0.1)
    monkeypatch.setattr(event_pace, "LOOK_EVERY_S", 0.4)
    monkeypatch.setattr("strava_live.sync.handled_events.RETRY_AFTER_S", (0,) * 50)
    said = edited(stand_in, strava_id, 20)
    random.Random(seed).shuffle(said)
    here = runner()
    before = stand_in.stats()["calls"].get("activities", 0)
    for aspect, activity_id, at_s in said:
        await sync_to_async(event)(athlete, aspect, activity_id, at_s=at_s)
        await handle_events([athlete.pk])
        await asyncio.sleep(1 / len(said))
    await until_idle(here)

    assert set(await stored()) == stand_in.given_ids(strava_id)
    assert {name async for name in Activity.objects.values_list("name", flat=True)} == {"Edit 2"}
    assert not await StravaEvent.objects.waiting().aexists()
    lists = stand_in.stats()["calls"]["activities"] - before
    assert lists <= len(said) / 5, f"{lists} lists for {len(said)} events"


async def test_revoked_access_does_not_wait_for_the_next_look(
    athlete: User, strava_id: int, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_pace, "LOOK_EVERY_S", 2 * PATIENCE_S)
    for _ in range(event_pace.LOOKS_AT_ONCE):
        event_pace.note_look(athlete.pk)
    assert event_pace.pause_before_look(athlete.pk) > PATIENCE_S
    stand_in.revoke(strava_id)
    await sync_to_async(revocation)(athlete, strava_id)

    await handle(athlete)

    assert not await StravaEvent.objects.waiting().aexists()
