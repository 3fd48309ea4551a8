"""Strava's events at a running site: one in a flood of events about strangers, one while the database is down."""

import asyncio
import json
import re
import time
from collections import Counter
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest

from simulators.process import StandIn
from tests.live_site import LiveSite, LiveSites
from tests.patience import PATIENCE_S
from tests.services.postgres_server import PostgresServer
from tests.strava_of import lift_limits, strava_of
from tests.webhook.strava_events import event_body

pytestmark = pytest.mark.services
TOKEN = "a-token_of-the-tests-0"
FLOOD, CONNECTIONS = 2000, 25
CONNECT = """
import json
from django.utils import timezone
from datetime import timedelta
from strava_live.accounts.connections import connect_strava
from strava_live.accounts.models import User
from strava_live.strava.payloads import Tokens
granted = json.loads({granted!r})
tokens = Tokens(granted["access_token"], granted["refresh_token"], timezone.now() + timedelta(hours=6))
athlete = User.objects.create_user("alva")
connect_strava(athlete, strava_id={strava_id}, tokens=tokens, scopes="read,activity:read")
"""


@pytest.fixture
def site(own_postgres: PostgresServer, live_sites: LiveSites, stand_in_process: StandIn) -> LiveSite:
    """A site that stops before its database does."""
    lift_limits(stand_in_process)
    site = live_sites(DATABASE_URL=own_postgres.url, STRAVA_WEBHOOK_TOKEN=TOKEN, **strava_of(stand_in_process))
    site.start("web")
    return site


def connect(site: LiveSite, stand_in: StandIn) -> int:
    """Connect an athlete of the stand-in. Return their id at Strava."""
    strava_id = stand_in.add_athlete(activities=0)
    granted = json.dumps(stand_in.grant(strava_id))
    site.manage("shell", "-v", "0", "-c", CONNECT.format(granted=granted, strava_id=strava_id))
    return strava_id


def stored(server: PostgresServer) -> list[int]:
    """Return the ids of the activities about which events are stored."""
    with psycopg.connect(server.url) as connection:
        return [row[0] for row in connection.execute("SELECT object_id FROM strava_live_stravaevent ORDER BY id")]


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


async def send_all(url: str, bodies: list[bytes]) -> Counter[int]:
    """Send events over several connections. Return how often each status was the answer.

    One that is answered with 503 is sent again, as Strava does.
    """
    statuses, address = Counter[int](), urlsplit(url)

    async def send_some() -> None:
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        while bodies:
            body = bodies.pop()
            async with asyncio.timeout(PATIENCE_S):
                status = await posted(reader, writer, address.netloc, body)
            if status == 503:
                bodies.append(body)
            else:
                statuses[status] += 1
        writer.close()

    await asyncio.gather(*(send_some() for _ in range(CONNECTIONS)))
    return statuses


async def posted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str, body: bytes) -> int:
    """Send an event over an open connection, and return the status of the answer.

    Without a library, because httpx needs more time for a request than the site.
    """
    head = f"POST /strava/webhook/{TOKEN}/ HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    answer = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = re.search(r"content-length: (\d+)", answer)
    assert length is not None, answer
    await reader.readexactly(int(length[1]))
    return int(answer.split(" ", 2)[1])


def test_flood_of_strangers_stores_nothing_and_delays_no_event(
    site: LiveSite, own_postgres: PostgresServer, stand_in_process: StandIn
) -> None:
    athlete = connect(site, stand_in_process)
    assert site.manage("strava_webhook", "subscribe").startswith("Subscribed: ")
    subscription = stand_in_process.webhooks()["subscription"]["id"]
    try:
        strangers = [
            event_body(owner_id=number, object_id=number, subscription_id=subscription)
            for number in range(1, FLOOD + 1)
        ]

        async def flood_and_parkrun() -> tuple[Counter[int], int]:
            flood = asyncio.create_task(send_all(site.url, strangers))
            await asyncio.sleep(0.2)
            parkrun = await asyncio.to_thread(stand_in_process.finish_parkrun, athlete, event="bushy")
            return await flood, int(parkrun["id"])

        answers, parkrun = asyncio.run(flood_and_parkrun())

        assert answers == {200: FLOOD}
        until(lambda: stored(own_postgres))
        assert stored(own_postgres) == [parkrun]
        assert TOKEN not in site.log.read_text()
    finally:
        site.manage("strava_webhook", "unsubscribe")


def test_event_is_refused_while_the_database_is_down_and_stored_afterwards(
    site: LiveSite, own_postgres: PostgresServer, stand_in_process: StandIn
) -> None:
    athlete = connect(site, stand_in_process)
    url = f"{site.url}/strava/webhook/{TOKEN}/"
    body = event_body(owner_id=athlete, object_id=7)
    own_postgres.stop()

    for _ in range(3):
        assert httpx.post(url, content=body, timeout=PATIENCE_S).status_code == 503
    own_postgres.start()

    until(lambda: httpx.post(url, content=body, timeout=PATIENCE_S).status_code == 200)
    assert stored(own_postgres) == [7]
    lines = [line for line in site.log.read_text().splitlines() if "logger=strava_live.web.webhook" in line]
    assert lines
    assert not any("Traceback" in line for line in lines), "a database that is down is nothing unexpected here"
