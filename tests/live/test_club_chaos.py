"""After many writes and faults, every client has exactly what the database has, in order.

Each client also checks every message (feed_client): no number twice, missing or out of order.
"""

import pytest

from tests.live.chaos import Chaos
from tests.live.two_processes import two_processes
from tests.live_site import LiveSites
from tests.services.redis_server import RedisServer

pytestmark = pytest.mark.services

SECONDS = 20
"""How long faults are caused, at least: until each kind of fault has happened. bench/faults takes ten minutes."""


async def test_clients_have_what_the_database_has_after_faults(
    live_sites: LiveSites, postgres_database: str, redis_server: RedisServer
) -> None:
    two = two_processes(live_sites, REDIS_URL=redis_server.url, DATABASE_URL=postgres_database)
    chaos = Chaos(two, redis_server)

    await chaos.run(SECONDS)

    heard = sum(len(client.heard) for client in chaos.clients)
    sockets = sum(client.connections_made for client in chaos.clients)
    print(f"{dict(chaos.done)}; {heard} messages received over {sockets} sockets")  # noqa: T201
    assert min(chaos.done[what] for what in ("connection cut", "process killed", "Redis restarted")) > 0
