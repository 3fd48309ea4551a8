"""After events of Strava, the site has what the stand-in for Strava really has, over real HTTP."""

from asgiref.sync import sync_to_async

from simulators.process import StandIn
from strava_live.accounts.models import User
from strava_live.activities.models import Activity
from strava_live.clubs.models import Club
from strava_live.parkrun.result_models import ParkrunResult
from strava_live.sync.decisions import unsave_activity
from strava_live.sync.models import SyncRun
from tests.sync.announced import listening_to
from tests.sync.event_rows import entries, handle, outcomes, revocation, say, stored


async def test_new_parkrun_reaches_the_clubs_and_the_athletes_page(athlete: User, club: Club, parkrun_id: int) -> None:
    async with listening_to(athlete.pk) as announced:
        await say(athlete, "create", parkrun_id)

    assert await outcomes() == [("create", "stored")]
    assert [kind for _, kind, _ in await entries(club)] == ["parkrun"]
    assert announced.types() == ["activities.found", "activity.saved"]
    run = await SyncRun.objects.aget()
    assert (run.kind, run.state, run.reason, run.requests) == ("activities", "finished", "webhook", 1)


async def test_renamed_parkrun_keeps_its_entry(athlete: User, club: Club, parkrun_id: int, stand_in: StandIn) -> None:
    await say(athlete, "create", parkrun_id)
    before = await entries(club)
    stand_in.change_activity(parkrun_id, name="Slow today")

    await say(athlete, "update", parkrun_id)

    assert await stored() == {parkrun_id: "Slow today"}
    assert await entries(club) == before


async def test_deleted_parkrun_leaves_the_clubs_and_the_athletes_page(
    athlete: User, club: Club, parkrun_id: int, stand_in: StandIn
) -> None:
    await say(athlete, "create", parkrun_id)
    stand_in.delete_activity(parkrun_id)

    async with listening_to(athlete.pk) as announced:
        await say(athlete, "delete", parkrun_id)

    assert await outcomes() == [("create", "stored"), ("delete", "removed")]
    assert await stored() == {}
    assert await entries(club) == []
    assert not await ParkrunResult.objects.aexists()
    [removed] = announced.messages
    assert (removed["type"], removed["strava_ids"]) == ("activities.removed", [parkrun_id])


async def test_false_deletion_removes_nothing(athlete: User, club: Club, parkrun_id: int) -> None:
    await say(athlete, "create", parkrun_id)
    before = await entries(club)

    await say(athlete, "delete", parkrun_id)

    assert (await outcomes())[1] == ("delete", "stored")
    assert await entries(club) == before


async def test_parkrun_made_private_and_public_again(
    athlete: User, club: Club, parkrun_id: int, stand_in: StandIn
) -> None:
    await say(athlete, "create", parkrun_id)
    stand_in.change_activity(parkrun_id, visibility="only_me")
    await say(athlete, "delete", parkrun_id, at_s=1)
    private = await entries(club)
    stand_in.change_activity(parkrun_id, visibility="everyone")
    await say(athlete, "create", parkrun_id, at_s=2)

    assert private == []
    assert [kind for _, kind, _ in await entries(club)] == ["parkrun"]


async def test_dismissed_parkrun_stays_dismissed_when_it_is_public_again(
    athlete: User, club: Club, parkrun_id: int, stand_in: StandIn
) -> None:
    await say(athlete, "create", parkrun_id)
    await sync_to_async(unsave_activity)(athlete.pk, parkrun_id)
    stand_in.change_activity(parkrun_id, visibility="only_me")
    await say(athlete, "delete", parkrun_id, at_s=1)
    assert await stored() == {}
    stand_in.change_activity(parkrun_id, visibility="everyone")
    await say(athlete, "create", parkrun_id, at_s=2)

    row = await Activity.objects.aget()
    assert (row.state, row.settled, row.removed) == ("dismissed", True, True)
    assert await entries(club) == []


async def test_revocation_at_strava_forgets_what_came_from_there(
    athlete: User, club: Club, parkrun_id: int, strava_id: int, stand_in: StandIn
) -> None:
    await say(athlete, "create", parkrun_id)
    stand_in.revoke(strava_id)
    await sync_to_async(revocation)(athlete, strava_id)

    async with listening_to(athlete.pk) as announced:
        await handle(athlete)

    assert await outcomes() == [("update", "revoked")]
    assert await stored() == {}
    assert await entries(club) == []
    assert announced.types() == ["access.revoked"]


async def test_false_revocation_changes_nothing(athlete: User, club: Club, parkrun_id: int, strava_id: int) -> None:
    await say(athlete, "create", parkrun_id)
    before = await entries(club)
    await sync_to_async(revocation)(athlete, strava_id)

    await handle(athlete)

    assert (await outcomes())[1] == ("update", "still_connected")
    assert await entries(club) == before
