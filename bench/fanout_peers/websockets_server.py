"""A server with the `websockets` library that passes on entries from Redis: websockets_server PORT REDIS_URL."""

import asyncio
import sys

from redis.asyncio import Redis
from websockets.asyncio.server import ServerConnection, broadcast, serve

connections: set[ServerConnection] = set()


async def keep(connection: ServerConnection) -> None:
    connections.add(connection)
    try:
        await connection.wait_closed()
    finally:
        connections.remove(connection)


async def main(port: int, redis_url: str) -> None:
    subscription = Redis.from_url(redis_url).pubsub()
    await subscription.subscribe("feed")
    async with serve(keep, "127.0.0.1", port, compression=None, backlog=2048):
        while True:
            message = await subscription.get_message(ignore_subscribe_messages=True, timeout=None)
            if message is not None:
                broadcast(connections, message["data"].decode())


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
