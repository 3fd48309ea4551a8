"""An athlete has revoked our access at Strava: what is hidden, what is deleted, what stays, and what the page says."""

from datetime import date, timedelta

from asgiref.sync import sync_to_async
from django.test import Client
from pytest_django import Settings

from simulators.process import StandIn
from strava_live.accounts.connections import renew_connection
from strava_live.accounts.models import StravaConnection, User
from strava_live.activities.models import Activity, AthleteState
from strava_live.clubs.models import Club, Membership
from strava_live.feed.models import Entry
from strava_live.lifecycle.disconnecting import disconnect
from strava_live.parkrun.models import ParkrunEvent
from strava_live.parkrun.result_models import ParkrunResult
from strava_live.parkrun.statements import Statement
from strava_live.social.posts import post
from strava_live.strava.payloads import Tokens
from strava_live.sync.forgetting import purge_revoked
from strava_live.sync.models import SyncRun
from strava_live.sync.results_by_hand import add_result, change_result
from strava_live.sync.runner import runner
from strava_live.sync.runs import start_run
from strava_live.webhook.models import StravaEvent
from tests.sync.announced import listening_to
from tests.sync.connected import connect
from tests.sync.event_rows import entries, handle, outcomes, revocation, say, stored, until_idle


async def revoke(athlete: User, stand_in: StandIn, strava_id: int) -> None:
    stand_in.revoke(strava_id)
    await sync_to_async(revocation)(athlete, strava_id)
    await handle(athlete)


async def page(athlete: User) -> str:
    def load() -> str:
        client = Client()
        client.force_login(athlete)
        return client.get("/sync/").content.decode()

    return await sync_to_async(load)()


def type_in(athlete: User, slug: str, day: date) -> ParkrunResult:
    event = ParkrunEvent.objects.get(slug=slug)
    return add_result(athlete.pk, event, day, Statement(how="run", volunteered=False, official_time_s=1500))


async def test_everything_from_strava_is_deleted_and_what_the_athlete_wrote_stays(
    athlete: User, club: Club, parkrun_id: int, strava_id: int, stand_in: StandIn
) -> None:
    await say(athlete, "create", parkrun_id)
    await sync_to_async(type_in)(athlete, "newfarm", date(2020, 2, 1))
    await sync_to_async(post)(athlete.pk, club.pk, "Coffee?")

    await revoke(athlete, stand_in, strava_id)

    assert not await Activity.with_gone.aexists()
    assert not await StravaConnection.objects.aexists()
    assert not await SyncRun.objects.aexists()
    assert await outcomes() == [("update", "revoked")]
    [result] = [one async for one in ParkrunResult.objects.select_related("event")]
    assert (result.event.slug, result.source, result.withheld) == ("newfarm", "typed", False)
    assert {kind for _, kind, _ in await entries(club)} == {Entry.Kind.POST, Entry.Kind.HISTORY}
    assert await Membership.objects.acount() == 1
    words = await page(athlete)
    assert "You removed our access at Strava" in words
    assert "We have deleted your activities" in words
    assert f"You share your parkruns with {club.name}, so they appear there too." in words


async def test_result_that_the_athlete_corrected_stays_without_its_activity(
    athlete: User, club: Club, parkrun_id: int, strava_id: int, stand_in: StandIn
) -> None:
    await say(athlete, "create", parkrun_id)
    result = await ParkrunResult.objects.aget()
    said = Statement(how="run", volunteered=False, official_time_s=1490)
    await sync_to_async(change_result)(athlete.pk, result.pk, said)

    await revoke(athlete, stand_in, strava_id)

    await result.arefresh_from_db()
    assert (result.activity_id, result.official_time_s, result.withheld) == (None, 1490, True)
    assert await entries(club) == []


async def test_data_is_hidden_first_and_deleted_after_the_days_of_the_setting(
    athlete: User, club: Club, parkrun_id: int, strava_id: int, stand_in: StandIn, settings: Settings
) -> None:
    settings.RETENTION_REVOKED_DAYS = 3
    await say(athlete, "create", parkrun_id)
    await revoke(athlete, stand_in, strava_id)
    assert await entries(club) == []
    assert len(await stored()) == 1
    assert "We delete them on" in await page(athlete)

    await purge_revoked()
    assert len(await stored()) == 1

    revoked_at = (await StravaConnection.objects.aget()).revoked_at
    assert revoked_at
    await StravaConnection.objects.aupdate(revoked_at=revoked_at - timedelta(days=3))
    async with listening_to(athlete.pk) as announced:
        await purge_revoked()

    assert await stored() == {}
    assert not await StravaConnection.objects.aexists()
    assert announced.types() == ["access.revoked"]


async def test_connecting_again_in_time_keeps_the_data_and_imports_everything_again(
    athlete: User, club: Club, parkrun_id: int, strava_id: int, stand_in: StandIn, settings: Settings
) -> None:
    settings.RETENTION_REVOKED_DAYS = 3
    await say(athlete, "create", parkrun_id)
    await revoke(athlete, stand_in, strava_id)
    granted = stand_in.grant(strava_id)
    revoked = await StravaConnection.objects.aget()
    tokens = Tokens(granted["access_token"], granted["refresh_token"], revoked.connected_at + timedelta(hours=6))
    await sync_to_async(renew_connection)(strava_id=strava_id, tokens=tokens, scopes="read,activity:read")

    settings.RETENTION_REVOKED_DAYS = 0
    await purge_revoked()

    connection = await StravaConnection.objects.aget()
    assert (connection.trouble, connection.revoked_at) == ("", None)
    assert len(await stored()) == 1
    run = await sync_to_async(start_run)(athlete)
    assert await runner().take_up(run.pk)
    await until_idle(runner())
    assert [kind for _, kind, _ in await entries(club)] == ["parkrun"]


async def test_event_of_an_older_revocation_after_connecting_again_forgets_nothing(
    athlete: User, club: Club, parkrun_id: int, strava_id: int
) -> None:
    await say(athlete, "create", parkrun_id)
    await sync_to_async(revocation)(athlete, strava_id)

    await handle(athlete)

    assert (await outcomes())[1] == ("update", "still_connected")
    assert (await StravaConnection.objects.aget()).revoked_at is None
    assert len(await entries(club)) == 1


async def test_revocation_ends_a_live_import(
    athlete: User, club: Club, parkrun_id: int, strava_id: int, stand_in: StandIn
) -> None:
    run = await sync_to_async(start_run)(athlete)
    held = stand_in.fault("hold", "activities")
    assert await runner().take_up(run.pk)
    stand_in.revoke(strava_id)
    await sync_to_async(revocation)(athlete, strava_id)
    handled = handle(athlete)
    stand_in.clear_fault(held)
    await handled

    assert await stored() == {}
    assert not await SyncRun.objects.live().aexists()


async def test_marks_go_on_after_an_athlete_was_forgotten(
    athlete: User, club: Club, parkrun_id: int, strava_id: int, stand_in: StandIn
) -> None:
    """A browser that still knows an older mark must not take a later change for one that it has."""
    await say(athlete, "create", parkrun_id)
    before = (await AthleteState.objects.aget()).value
    await revoke(athlete, stand_in, strava_id)

    assert (await AthleteState.objects.aget()).value > before


async def test_page_of_an_athlete_who_has_connected_again_says_nothing_of_it(
    athlete: User, club: Club, parkrun_id: int, strava_id: int, stand_in: StandIn
) -> None:
    await revoke(athlete, stand_in, strava_id)
    await sync_to_async(connect)(athlete, stand_in, activities=0)

    assert "You removed our access" not in await page(athlete)
    assert await StravaEvent.objects.acount() == 1


async def test_disconnecting_after_a_revocation_deletes_what_the_setting_still_keeps(
    athlete: User, club: Club, parkrun_id: int, strava_id: int, stand_in: StandIn, settings: Settings
) -> None:
    """Without the connection, nothing would say when it is to be deleted."""
    settings.RETENTION_REVOKED_DAYS = 3
    await say(athlete, "create", parkrun_id)
    await revoke(athlete, stand_in, strava_id)

    assert await sync_to_async(disconnect)(athlete, keep_typed_in=True) is not None

    assert not await Activity.with_gone.aexists()
    assert not await ParkrunResult.objects.aexists()
    assert not await StravaConnection.objects.aexists()


async def test_athlete_whose_tokens_strava_accepts_is_not_forgotten(
    athlete: User, club: Club, parkrun_id: int, strava_id: int, stand_in: StandIn, settings: Settings
) -> None:
    """New tokens, which a slow process had got before the old ones were refused, were stored after the revocation."""
    settings.RETENTION_REVOKED_DAYS = 3
    await say(athlete, "create", parkrun_id)
    await revoke(athlete, stand_in, strava_id)
    connection = await StravaConnection.objects.aget()
    await StravaConnection.objects.aupdate(trouble="", revoked_at=connection.connected_at - timedelta(days=9))

    await purge_revoked()

    assert len(await stored()) == 1
    assert await StravaConnection.objects.aexists()
