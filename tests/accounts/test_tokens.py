"""Access tokens: one refresh at a time, however many callers need a token."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from simulators.process import StandIn
from strava_live.accounts import token_source
from strava_live.accounts.connections import disconnect_strava
from strava_live.accounts.models import Revocation, StravaConnection, User
from strava_live.accounts.strava_app import strava
from strava_live.accounts.tokens import AthleteTokenSource, token_source_for
from strava_live.database import on_database
from strava_live.strava.errors import ReconnectNeeded, StravaDown
from tests.accounts.expired_tokens import (
    connect,
    dead_tokens,
    keep_connection,
    refresh_calls,
    refreshes,
    start_asking,
)
from tests.live_site import LiveSites
from tests.patience import PATIENCE_S
from tests.strava_of import strava_of


def run(ask: Callable[[], Awaitable[Any]]) -> Any:
    return async_to_sync(ask)()


async def until_called(stand_in: StandIn, calls: int) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while await asyncio.to_thread(refresh_calls, stand_in) == calls:  # noqa: ASYNC110 it is another process
            await asyncio.sleep(0.02)


@pytest.mark.django_db(transaction=True)
def test_valid_token_needs_no_refresh(athlete: User, stand_in: StandIn) -> None:
    connection = connect(athlete, stand_in, expires_at=timezone.now() + timedelta(minutes=6))
    before = refreshes(stand_in)

    assert run(AthleteTokenSource(connection.strava_id).token) == connection.access_token.reveal()
    assert refreshes(stand_in) == before


@pytest.mark.django_db(transaction=True)
def test_token_that_expires_within_five_minutes_is_refreshed(athlete: User, stand_in: StandIn) -> None:
    connection = connect(athlete, stand_in, expires_at=timezone.now() + timedelta(minutes=4))
    before = refreshes(stand_in)

    token = run(AthleteTokenSource(connection.strava_id).token)

    connection.refresh_from_db()
    assert refreshes(stand_in) == before + 1
    assert token == connection.access_token.reveal()
    assert connection.expires_at > timezone.now() + timedelta(minutes=5)
    assert (connection.refresh_owner, connection.refresh_until) == ("", None)


@pytest.mark.django_db(transaction=True)
def test_new_token_that_expires_soon_is_used(athlete: User, stand_in: StandIn) -> None:
    connection = connect(athlete, stand_in)
    stand_in.settings(token_life_s=60)
    before = refreshes(stand_in)

    assert run(AthleteTokenSource(connection.strava_id).token)
    stand_in.settings(token_life_s=21_600)
    assert refreshes(stand_in) == before + 1


@pytest.mark.django_db(transaction=True)
def test_call_with_a_refused_token_is_repeated_with_a_new_one(athlete: User, stand_in: StandIn) -> None:
    connection = connect(athlete, stand_in, expires_at=timezone.now() + timedelta(hours=3))

    async def whoami() -> int:
        async with token_source_for(connection.strava_id) as source:
            return (await strava().athlete(source)).strava_id

    assert run(whoami) == connection.strava_id
    connection.refresh_from_db()
    assert connection.trouble == ""


@pytest.mark.django_db(transaction=True)
def test_refused_new_token_asks_the_athlete_to_reconnect(athlete: User, stand_in: StandIn) -> None:
    connection = connect(athlete, stand_in)
    stand_in.fault("unauthorized", "athlete")

    async def whoami() -> None:
        async with token_source_for(connection.strava_id) as source:
            await strava().athlete(source)

    with pytest.raises(ReconnectNeeded):
        run(whoami)
    connection.refresh_from_db()
    assert connection.trouble == StravaConnection.Trouble.RECONNECT


@pytest.mark.django_db(transaction=True)
def test_athlete_who_reconnected_meanwhile_is_not_asked_to(athlete: User, stand_in: StandIn) -> None:
    connection = connect(athlete, stand_in)

    async def fail_late() -> None:
        async with token_source_for(connection.strava_id) as source:
            await source.token()
            await on_database(StravaConnection.objects.update)(connected_at=timezone.now())
            raise ReconnectNeeded("of the old grant")

    with pytest.raises(ReconnectNeeded):
        run(fail_late)
    connection.refresh_from_db()
    assert connection.trouble == ""


@pytest.mark.django_db(transaction=True)
def test_lost_answer_to_a_refresh_is_retried_once(athlete: User, stand_in: StandIn) -> None:
    connection = connect(athlete, stand_in)
    stand_in.fault("lose", "refresh", calls=1)
    before = dead_tokens(stand_in)

    async def ask() -> None:
        async with token_source_for(connection.strava_id) as source:
            await source.token()

    for _ in range(3):
        with pytest.raises(ReconnectNeeded):
            run(ask)

    connection.refresh_from_db()
    assert connection.trouble == StravaConnection.Trouble.RECONNECT
    assert dead_tokens(stand_in) == before + 1


@pytest.mark.django_db(transaction=True)
def test_failed_refresh_releases_the_lease(athlete: User, stand_in: StandIn) -> None:
    connection = connect(athlete, stand_in)
    stand_in.fault("server_error", "refresh")

    with pytest.raises(StravaDown):
        run(AthleteTokenSource(connection.strava_id).token)

    connection.refresh_from_db()
    assert (connection.refresh_owner, connection.trouble) == ("", "")
    stand_in.clear_faults()
    assert run(AthleteTokenSource(connection.strava_id).token)


@pytest.mark.django_db(transaction=True)
def test_lease_of_a_dead_process_is_taken_over(
    athlete: User, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(token_source, "POLL_S", (0.01, 0.02))
    monkeypatch.setattr(token_source, "TAKE_OVER_AFTER_S", 0.1)
    until = timezone.now() + timedelta(seconds=0.3)
    connection = connect(athlete, stand_in, refresh_owner="dead-process", refresh_until=until)

    assert run(AthleteTokenSource(connection.strava_id).token)
    assert timezone.now() > until


@pytest.mark.django_db(transaction=True)
def test_cancelled_caller_does_not_lose_the_new_tokens(athlete: User, stand_in: StandIn) -> None:
    connection = connect(athlete, stand_in)
    stand_in.fault("hold", "refresh")
    before, calls = dead_tokens(stand_in), refresh_calls(stand_in)

    async def cancel_and_ask_again() -> str:
        cancelled = asyncio.create_task(AthleteTokenSource(connection.strava_id).token())
        await until_called(stand_in, calls)
        cancelled.cancel()
        stand_in.clear_faults()
        return await AthleteTokenSource(connection.strava_id).token()

    token = run(cancel_and_ask_again)

    connection.refresh_from_db()
    assert connection.access_token.reveal() == token
    assert dead_tokens(stand_in) == before


@pytest.mark.django_db(transaction=True)
def test_disconnecting_during_a_refresh_revokes_the_new_token(athlete: User, stand_in: StandIn) -> None:
    connection = connect(athlete, stand_in)
    stand_in.fault("hold", "refresh")
    calls = refresh_calls(stand_in)

    async def disconnect_meanwhile() -> None:
        asking = asyncio.create_task(AthleteTokenSource(connection.strava_id).token())
        await until_called(stand_in, calls)
        await on_database(disconnect_strava)(athlete)
        stand_in.clear_faults()
        with pytest.raises(ReconnectNeeded):
            await asking

    run(disconnect_meanwhile)

    assert not StravaConnection.objects.exists()
    assert Revocation.objects.count() == 2


@pytest.mark.services
@pytest.mark.parametrize("vendor", ["sqlite", "postgres"])
def test_fifty_callers_in_two_processes_cause_one_refresh(
    live_sites: LiveSites, stand_in_process: StandIn, request: pytest.FixtureRequest, tmp_path: Path, vendor: str
) -> None:
    site = live_sites(**somewhere(vendor, request), **strava_of(stand_in_process))
    strava_id = stand_in_process.add_athlete(activities=3)
    granted = stand_in_process.grant(strava_id)
    stand_in_process.expire_tokens(strava_id)
    before, dead = refreshes(stand_in_process), dead_tokens(stand_in_process)
    keep_connection(site, strava_id, granted)

    asking = [start_asking(site, strava_id, 25, tmp_path / name) for name in ("first", "second")]
    answers = [one.tokens() for one in asking]

    assert {len(tokens) for tokens in answers} == {25}
    assert len({token for tokens in answers for token in tokens}) == 1
    assert refreshes(stand_in_process) == before + 1
    assert dead_tokens(stand_in_process) == dead


def somewhere(vendor: str, request: pytest.FixtureRequest) -> dict[str, str]:
    return {} if vendor == "sqlite" else {"DATABASE_URL": request.getfixturevalue("postgres_database")}
