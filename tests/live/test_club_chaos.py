"""Everything at once: at its end every client holds exactly what the table holds, in order.

On the way each of them checks every message (feed_client): no number twice, none left out, none out of order.
"""

import pytest

from tests.live.chaos import Chaos
from tests.live.two_processes import two_processes
from tests.live_site import LiveSites
from tests.services.redis_server import RedisServer

pytestmark = pytest.mark.services

SECONDS = 15
"""And then until each trouble of the round has come about; bench/faults goes on for ten minutes."""


async def test_chaos_leaves_every_client_with_the_table(
    live_sites: LiveSites, postgres_database: str, redis_server: RedisServer
) -> None:
    two = two_processes(live_sites, REDIS_URL=redis_server.url, DATABASE_URL=postgres_database)
    chaos = Chaos(two, redis_server)

    await chaos.rage(SECONDS)

    heard = sum(len(client.heard) for client in chaos.clients)
    print(f"{dict(chaos.done)}; {heard} messages heard over {sum(client.dialled for client in chaos.clients)} sockets")  # noqa: T201
    assert min(chaos.done[what] for what in ("line cut", "process killed", "Redis restarted")) > 0
