"""New tokens while the database fails: stored once it works, and no other process uses the old ones."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from simulators.process import StandIn
from strava_live import database
from strava_live.accounts import refresh_lease, token_source
from strava_live.accounts.connections import connect_strava
from strava_live.accounts.encryption import Secret
from strava_live.accounts.models import StravaConnection, User
from strava_live.accounts.token_source import finish_refreshes
from strava_live.accounts.token_storage import store
from strava_live.accounts.tokens import STRAVA_TOKENS, AthleteTokenSource, token_source_for
from strava_live.database import on_database
from strava_live.strava.errors import ReconnectNeeded
from strava_live.strava.payloads import Tokens
from tests.accounts.expired_tokens import (
    connect,
    dead_tokens,
    keep_connection,
    refresh_calls,
    refreshes,
    start_asking,
    stored_token,
)
from tests.accounts.refusing_table import accept_tokens, refusing_tokens
from tests.live_site import LiveSites
from tests.patience import PATIENCE_S
from tests.services.postgres_server import PostgresServer
from tests.strava_of import strava_of


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refresh_lease, "LENGTH", timedelta(seconds=0.5))
    monkeypatch.setattr(database, "LONGEST_RETRY_PAUSE_S", 0.1)
    monkeypatch.setattr(token_source, "POLL_S", (0.01, 0.02))
    monkeypatch.setattr(token_source, "TAKE_OVER_AFTER_S", PATIENCE_S)


async def until(condition: Callable[[], Awaitable[Any]]) -> Any:
    async with asyncio.timeout(PATIENCE_S):
        while not (found := await condition()):  # noqa: ASYNC110 it is in a database, or in another process
            await asyncio.sleep(0.02)
    return found


@on_database
def row_of(connection: StravaConnection) -> StravaConnection:
    return StravaConnection.objects.get(pk=connection.pk)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.django_db(transaction=True)
def test_tokens_are_stored_once_the_database_accepts_them(athlete: User, stand_in: StandIn) -> None:
    connection = connect(athlete, stand_in)
    spent, dead = refreshes(stand_in), dead_tokens(stand_in)

    async def refuse_for_three_leases() -> list[str]:
        asking = asyncio.create_task(AthleteTokenSource(connection.strava_id).token())
        claimed = await until(lambda: lease_end_of(connection))
        another = asyncio.create_task(AthleteTokenSource(connection.strava_id).token())
        await until(lambda: lease_end_of(connection, after=claimed + 3 * refresh_lease.LENGTH))
        assert [asking.done(), another.done()] == [False, False]
        await on_database(accept_tokens)()
        return list(await asyncio.gather(asking, another))

    with refusing_tokens():
        first, second = async_to_sync(refuse_for_three_leases)()

    connection.refresh_from_db()
    assert first == second == connection.access_token.reveal()
    assert (refreshes(stand_in), dead_tokens(stand_in)) == (spent + 1, dead)
    assert (connection.trouble, connection.refresh_owner, connection.refresh_until) == ("", "", None)


async def lease_end_of(connection: StravaConnection, *, after: Any = None) -> Any:
    """Return when the lease ends, if that is later than `after`."""
    until_when = (await row_of(connection)).refresh_until
    return until_when if until_when and (after is None or until_when > after) else None


@pytest.mark.django_db(transaction=True)
def test_shutdown_waits_until_tokens_are_stored(athlete: User, stand_in: StandIn) -> None:
    connection = connect(athlete, stand_in)
    before = refreshes(stand_in)

    async def stop_meanwhile() -> None:
        asking = asyncio.create_task(AthleteTokenSource(connection.strava_id).token())
        await until(lambda: asyncio.to_thread(lambda: refreshes(stand_in) > before))
        asking.cancel()
        finishing = asyncio.create_task(finish_refreshes(PATIENCE_S))
        await asyncio.sleep(0.2)
        assert not finishing.done()
        await on_database(accept_tokens)()
        await finishing

    with refusing_tokens():
        async_to_sync(stop_meanwhile)()

    connection.refresh_from_db()
    assert connection.expires_at > timezone.now()


@pytest.mark.django_db(transaction=True)
def test_stored_tokens_clear_a_false_reconnect_note(athlete: User, stand_in: StandIn) -> None:
    connection = connect(athlete, stand_in)

    async def take_over() -> str:
        asking = asyncio.create_task(AthleteTokenSource(connection.strava_id).token())
        await until(lambda: asyncio.to_thread(lambda: stand_in.stats()["tokens"]["refreshes"] > before))
        # As after an outage that was longer than the claim, and than what other processes leave to its holder.
        await on_database(StravaConnection.objects.update)(refresh_owner="", refresh_until=None)
        with pytest.raises(ReconnectNeeded):
            async with token_source_for(connection.strava_id) as source:
                await source.token()
        assert (await row_of(connection)).trouble == StravaConnection.Trouble.RECONNECT
        await on_database(accept_tokens)()
        return await asking

    before = refreshes(stand_in)
    with refusing_tokens():
        token = async_to_sync(take_over)()

    connection.refresh_from_db()
    assert connection.access_token.reveal() == token
    assert connection.trouble == ""


@pytest.mark.django_db(transaction=True)
def test_lapsed_lease_is_left_to_its_owner_for_a_while(
    athlete: User, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an outage of the database, the lease has lapsed because its owner could not renew it."""
    monkeypatch.setattr(token_source, "TAKE_OVER_AFTER_S", 3600.0)
    lapsed = timezone.now() - timedelta(minutes=5)
    connection = connect(athlete, stand_in, refresh_owner="owner", refresh_until=lapsed)
    before = refreshes(stand_in)

    async def store_late() -> str:
        asking = asyncio.create_task(AthleteTokenSource(connection.strava_id).token())
        await asyncio.sleep(0.3)
        new = Tokens("stored-late", "r2", timezone.now() + timedelta(hours=6))
        await on_database(store)(STRAVA_TOKENS, connection, "owner", new)
        return await asking

    assert async_to_sync(store_late)() == "stored-late"
    assert refreshes(stand_in) == before


@pytest.mark.django_db
@pytest.mark.parametrize(("granted", "kept"), [("spent", "new"), ("newer", "newer")])
def test_reconnecting_during_a_refresh_keeps_the_valid_tokens(athlete: User, granted: str, kept: str) -> None:
    """Strava's new grant may contain the refresh token that was just used, which is invalid by then."""
    connect_strava(athlete, strava_id=17, tokens=tokens_of("spent"), scopes="read")
    spent = StravaConnection.objects.get()
    connect_strava(athlete, strava_id=17, tokens=tokens_of(granted), scopes="read")

    store(STRAVA_TOKENS, spent, "owner", tokens_of("new"))

    assert StravaConnection.objects.get().refresh_token.reveal() == kept


def tokens_of(refresh: str) -> Tokens:
    return Tokens("access", refresh, timezone.now())


@pytest.mark.django_db
def test_tokens_are_stored_in_a_row_that_was_rekeyed(athlete: User) -> None:
    connect_strava(athlete, strava_id=17, tokens=tokens_of("spent"), scopes="read")
    spent = StravaConnection.objects.get()
    StravaConnection.objects.update(refresh_token=Secret.of("spent"))

    store(STRAVA_TOKENS, spent, "owner", tokens_of("new"))

    assert StravaConnection.objects.get().refresh_token.reveal() == "new"


@pytest.mark.services
def test_postgres_restarts_during_a_refresh(
    own_postgres: PostgresServer, live_sites: LiveSites, stand_in_process: StandIn, tmp_path: Path
) -> None:
    site = live_sites(DATABASE_URL=own_postgres.url, **strava_of(stand_in_process))
    strava_id = stand_in_process.add_athlete(activities=3)
    granted = stand_in_process.grant(strava_id)
    stand_in_process.expire_tokens(strava_id)
    keep_connection(site, strava_id, granted)
    before, calls = refreshes(stand_in_process), refresh_calls(stand_in_process)
    stand_in_process.fault("hold", "refresh")
    asking = start_asking(site, strava_id, 1, tmp_path / "asking")

    wait_until(lambda: refresh_calls(stand_in_process) > calls)
    own_postgres.stop()
    stand_in_process.clear_faults()
    wait_until(lambda: refreshes(stand_in_process) > before)
    wait_until(lambda: "not stored yet" in asking.log.read_text())
    own_postgres.start()

    (token,) = asking.tokens()
    assert stored_token(site, strava_id) == token
