"""Strava does not serve an activity yet, does not answer, or refuses: events wait, and deletions are hidden."""

from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone
from pytest_django import Settings

from simulators.process import StandIn
from strava_live.accounts.models import StravaConnection, User
from strava_live.accounts.strava_app import budget
from strava_live.activities.models import Activity
from strava_live.clubs.models import Club
from strava_live.strava.client import Strava
from strava_live.strava.payloads import StravaActivity
from strava_live.sync.handled_events import RETRY_AFTER_S
from strava_live.sync.models import SyncRun
from strava_live.sync.run_execution import MOST_SETBACKS
from strava_live.webhook.models import StravaEvent
from tests.sync.event_rows import entries, event, handle, handle_due, outcomes, revocation, say, stored


async def let_time_pass() -> None:
    """Make everything due that waits, and begin a new quarter of an hour of the budget."""
    budget.cache_clear()
    now = timezone.now()
    await StravaEvent.objects.waiting().aupdate(next_try_at=now)
    await SyncRun.objects.live().aupdate(wait_until=now)


async def test_activity_that_strava_serves_only_later(
    athlete: User, club: Club, parkrun_id: int, stand_in: StandIn
) -> None:
    """The process that has received the event tries again by itself a second later."""
    stand_in.fault("not_found", "activity", calls=1)

    await say(athlete, "create", parkrun_id)

    assert await outcomes() == [("create", "stored")]
    assert [kind for _, kind, _ in await entries(club)] == ["parkrun"]


async def test_activity_that_strava_never_serves_is_given_up_after_growing_pauses(
    athlete: User, club: Club, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("strava_live.sync.runner.LONGEST_WAIT_HERE_S", -1.0)
    row = await sync_to_async(event)(athlete, "create", 404)
    pauses = []
    for _ in RETRY_AFTER_S:
        await handle_due(athlete)
        await row.arefresh_from_db()
        pauses.append(round((row.next_try_at - timezone.now()).total_seconds()))
        await let_time_pass()
    assert await outcomes() == [("create", "")]
    await handle_due(athlete)

    assert pauses == pytest.approx(RETRY_AFTER_S, abs=2)
    assert 3600 <= sum(RETRY_AFTER_S) <= 4000
    assert await outcomes() == [("create", "never_seen")]
    assert not await SyncRun.objects.live().aexists()


async def test_known_parkrun_is_removed_once_strava_has_not_returned_it_for_an_hour(
    athlete: User, club: Club, parkrun_id: int, stand_in: StandIn
) -> None:
    """The event of its deletion was lost; that of its new title has arrived."""
    await say(athlete, "create", parkrun_id)
    stand_in.delete_activity(parkrun_id)
    row = await sync_to_async(event)(athlete, "update", parkrun_id, at_s=1)
    await StravaEvent.objects.filter(pk=row.pk).aupdate(tries=len(RETRY_AFTER_S))

    await handle(athlete)

    assert (await outcomes())[1] == ("update", "removed")
    assert await stored() == {}
    assert await entries(club) == []


async def test_deletion_after_a_creation_that_waits_settles_both(
    athlete: User, club: Club, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("strava_live.sync.runner.LONGEST_WAIT_HERE_S", -1.0)
    await sync_to_async(event)(athlete, "create", 404)
    await handle(athlete)
    await sync_to_async(event)(athlete, "delete", 404, at_s=5)
    await handle(athlete)

    assert await outcomes() == [("create", "removed"), ("delete", "removed")]


async def test_events_that_arrive_after_a_newer_deletion_was_confirmed_are_settled(
    athlete: User, club: Club, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("strava_live.sync.runner.LONGEST_WAIT_HERE_S", -1.0)
    await say(athlete, "delete", 404, at_s=5)
    await say(athlete, "update", 404, at_s=3)
    await say(athlete, "create", 404, at_s=9)

    assert await outcomes() == [("delete", "removed"), ("update", "removed"), ("create", "")]


async def test_late_event_of_a_deletion_does_not_settle_a_newer_creation(
    athlete: User, club: Club, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("strava_live.sync.runner.LONGEST_WAIT_HERE_S", -1.0)
    await sync_to_async(event)(athlete, "create", 404, at_s=5)
    await sync_to_async(event)(athlete, "delete", 404, at_s=0)
    await handle(athlete)

    assert await outcomes() == [("create", ""), ("delete", "removed")]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [({"kind": "server_error", "status": 503}, "strava_down"), ({"kind": "rate_limited"}, "rate_limit")],
    ids=["503", "429"],
)
async def test_deleted_parkrun_is_hidden_until_strava_can_be_asked(
    athlete: User, club: Club, parkrun_id: int, stand_in: StandIn, fault: dict[str, Any], reason: str
) -> None:
    await say(athlete, "create", parkrun_id)
    stand_in.fault(endpoint="activity", **fault)
    stand_in.delete_activity(parkrun_id)
    await say(athlete, "delete", parkrun_id, at_s=1)

    run = await SyncRun.objects.live().aget()
    assert (run.state, run.wait_reason) == ("waiting", reason)
    assert await entries(club) == []
    assert len(await stored()) == 1

    stand_in.clear_faults()
    await let_time_pass()
    await handle_due(athlete)

    assert (await outcomes())[1] == ("delete", "removed")
    assert await stored() == {}


async def test_false_deletion_while_strava_is_down_is_undone(
    athlete: User, club: Club, parkrun_id: int, stand_in: StandIn
) -> None:
    await say(athlete, "create", parkrun_id)
    stand_in.fault("server_error", "activity", status=503)
    await say(athlete, "delete", parkrun_id, at_s=1)
    assert await entries(club) == []

    stand_in.clear_faults()
    await let_time_pass()
    await handle_due(athlete)

    assert (await outcomes())[1] == ("delete", "stored")
    assert [kind for _, kind, _ in await entries(club)] == ["parkrun"]


async def test_deletion_that_arrives_while_the_run_is_paused_is_hidden_at_once(
    athlete: User, club: Club, parkrun_id: int, stand_in: StandIn
) -> None:
    await say(athlete, "create", parkrun_id)
    stand_in.fault("rate_limited", "activity")
    await say(athlete, "update", parkrun_id, at_s=1)
    assert len(await entries(club)) == 1

    await say(athlete, "delete", parkrun_id, at_s=2)

    assert await entries(club) == []
    assert (await SyncRun.objects.live().aget()).state == "waiting"


async def test_revocation_does_not_wait_for_the_budget(
    athlete: User, club: Club, parkrun_id: int, strava_id: int, stand_in: StandIn
) -> None:
    await say(athlete, "create", parkrun_id)
    stand_in.fault("rate_limited", "activity")
    await say(athlete, "update", parkrun_id, at_s=1)
    stand_in.revoke(strava_id)
    await sync_to_async(revocation)(athlete, strava_id)

    await handle_due(athlete)

    assert await entries(club) == []
    assert not await StravaConnection.objects.aexists()


async def test_strava_down_for_hours_gives_no_event_up(
    athlete: User, club: Club, parkrun_id: int, stand_in: StandIn
) -> None:
    stand_in.fault("server_error", "activity", status=503)
    await say(athlete, "create", parkrun_id)
    await SyncRun.objects.aupdate(setbacks=MOST_SETBACKS)
    await let_time_pass()
    await handle_due(athlete)
    assert (await SyncRun.objects.aget()).state == "waiting"

    stand_in.clear_faults()
    await let_time_pass()
    await handle_due(athlete)

    assert await outcomes() == [("create", "stored")]


async def test_answer_that_makes_no_sense_delays_only_its_activity(
    athlete: User, club: Club, parkrun_id: int, stand_in: StandIn, strava_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("strava_live.sync.runner.LONGEST_WAIT_HERE_S", -1.0)
    other_id = stand_in.add_activity(strava_id)
    stand_in.fault("empty", "activity", calls=1, status=400)
    await say(athlete, "create", other_id)
    await say(athlete, "create", parkrun_id)

    assert await outcomes() == [("create", ""), ("create", "stored")]


async def test_refused_token_without_a_revocation(
    athlete: User, club: Club, parkrun_id: int, strava_id: int, stand_in: StandIn
) -> None:
    """The deletion cannot be checked, so its parkrun is hidden. Connecting again reads everything."""
    await say(athlete, "create", parkrun_id)
    stand_in.revoke(strava_id)
    await say(athlete, "delete", parkrun_id, at_s=1)

    assert (await outcomes())[1] == ("delete", "not_connected")
    connection = await StravaConnection.objects.aget()
    assert (connection.trouble, connection.revoked_at) == ("reconnect_needed", None)
    assert await entries(club) == []
    assert len(await stored()) == 1
    assert not await SyncRun.objects.live().aexists()


async def test_unreadable_tokens_let_events_wait_for_the_right_key(
    athlete: User, club: Club, parkrun_id: int, settings: Settings
) -> None:
    keys = settings.FIELD_KEYS
    settings.FIELD_KEYS = ["0" * 43 + "="]
    await say(athlete, "create", parkrun_id)
    assert await outcomes() == [("create", "")]

    settings.FIELD_KEYS = keys
    await let_time_pass()
    await handle_due(athlete)

    assert await outcomes() == [("create", "stored")]


async def test_false_event_about_another_athletes_activity_stores_nothing(
    athlete: User, club: Club, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("strava_live.sync.runner.LONGEST_WAIT_HERE_S", -1.0)
    other = stand_in.add_athlete(activities=1)
    [theirs] = stand_in.given_ids(other)

    await say(athlete, "create", theirs)

    assert await stored() == {}
    assert not await Activity.with_gone.aexists()


async def test_known_parkrun_that_strava_does_not_return_after_an_update_is_hidden_at_once(
    athlete: User, club: Club, parkrun_id: int, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The event that it was deleted, or made private, may be lost. It is shown again if Strava returns it again."""
    monkeypatch.setattr("strava_live.sync.runner.LONGEST_WAIT_HERE_S", -1.0)
    await say(athlete, "create", parkrun_id)
    stand_in.fault("not_found", "activity", calls=1)
    await say(athlete, "update", parkrun_id, at_s=1)
    assert (await outcomes())[1] == ("update", "")
    assert await entries(club) == []
    assert len(await stored()) == 1

    await let_time_pass()
    await handle_due(athlete)

    assert (await outcomes())[1] == ("update", "stored")
    assert [kind for _, kind, _ in await entries(club)] == ["parkrun"]


async def test_parkrun_of_an_import_stays_shown_while_strava_does_not_return_it_after_its_creation(
    athlete: User, club: Club, parkrun_id: int, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Strava lists a new activity before it returns it alone."""
    monkeypatch.setattr("strava_live.sync.runner.LONGEST_WAIT_HERE_S", -1.0)
    await say(athlete, "create", parkrun_id)
    stand_in.fault("not_found", "activity", calls=1)

    await say(athlete, "create", parkrun_id, at_s=1)

    assert (await outcomes())[1] == ("create", "")
    assert [kind for _, kind, _ in await entries(club)] == ["parkrun"]


@pytest.mark.parametrize("fault", ["server_error", "rate_limited"])
async def test_parkrun_made_private_is_hidden_until_strava_can_be_asked(
    athlete: User, club: Club, parkrun_id: int, stand_in: StandIn, fault: str
) -> None:
    await say(athlete, "create", parkrun_id)
    stand_in.fault(fault, "activity")
    await sync_to_async(event)(athlete, "update", parkrun_id, at_s=1, updates={"private": "true"})

    await handle(athlete)

    assert (await SyncRun.objects.live().aget()).state == "waiting"
    assert await entries(club) == []


async def test_deleted_parkrun_is_hidden_while_strava_gives_an_answer_that_makes_no_sense(
    athlete: User, club: Club, parkrun_id: int, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("strava_live.sync.runner.LONGEST_WAIT_HERE_S", -1.0)
    await say(athlete, "create", parkrun_id)
    stand_in.fault("empty", "activity", calls=1, status=400)

    await say(athlete, "delete", parkrun_id, at_s=1)

    assert (await outcomes())[1] == ("delete", "")
    assert await entries(club) == []
    assert len(await stored()) == 1


async def test_deleted_parkrun_is_hidden_while_this_site_fails_to_handle_its_event(
    athlete: User, club: Club, parkrun_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    await say(athlete, "create", parkrun_id)

    async def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("strava_live.sync.event_task.look_at", fail)
    await say(athlete, "delete", parkrun_id, at_s=1)

    assert (await SyncRun.objects.live().aget()).state == "waiting"
    assert await entries(club) == []


async def test_old_parkrun_that_is_missing_in_a_list_is_not_removed_before_strava_was_asked_about_it(
    athlete: User, club: Club, parkrun_id: int, stand_in: StandIn, strava_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not among the 200 newest activities. Its first event has had all attempts, and others arrive with a second
    one about it."""
    monkeypatch.setattr("strava_live.sync.runner.LONGEST_WAIT_HERE_S", -1.0)
    await say(athlete, "create", parkrun_id)
    other_id = stand_in.add_activity(strava_id)
    for object_id, tries in ((parkrun_id, len(RETRY_AFTER_S)), (parkrun_id, 0), (other_id, 0)):
        row = await sync_to_async(event)(athlete, "update", object_id, at_s=20 - tries)
        await StravaEvent.objects.filter(pk=row.pk).aupdate(tries=tries)

    async def list_the_newest_only(*_: object, **__: object) -> list[StravaActivity]:
        return []

    monkeypatch.setattr(Strava, "newest_activities", list_the_newest_only)
    await handle(athlete)

    assert parkrun_id in await stored()
    assert [kind for _, kind, _ in await entries(club)] == ["parkrun"]
