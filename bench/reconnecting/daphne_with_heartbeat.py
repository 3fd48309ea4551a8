"""Our web server with a heartbeat that measures how long its event loop is blocked. It takes the server's arguments.

It reports at the Unix socket LOOP_REPORT: each connection gets the longest time for which the loop was blocked since
the last connection, as JSON. `wall_ms` is by the clock; `cpu_ms` is by the processor time of the loop's thread, which
leaves out time taken by other processes.
"""

import asyncio
import json
import os
import time

import django

from strava_live.hub.daphne import CommandLine, SiteServer

EVERY_S = 0.002


class Heartbeat:
    """A call that the event loop makes every EVERY_S. The longest delay of a call is how long the loop was blocked."""

    def __init__(self) -> None:
        self.loop = asyncio.get_event_loop()
        self.begin()
        self.beat()

    def begin(self) -> None:
        self.wall_s = self.cpu_s = 0.0
        self.due_at, self.cpu_at = self.loop.time(), time.thread_time()

    def beat(self) -> None:
        now, cpu = self.loop.time(), time.thread_time()
        self.wall_s, self.cpu_s = max(self.wall_s, now - self.due_at), max(self.cpu_s, cpu - self.cpu_at)
        self.due_at, self.cpu_at = now + EVERY_S, cpu
        self.loop.call_later(EVERY_S, self.beat)

    async def report(self, _: asyncio.StreamReader, asker: asyncio.StreamWriter) -> None:
        asker.write(json.dumps({"wall_ms": self.wall_s * 1000, "cpu_ms": self.cpu_s * 1000}).encode())
        asker.close()
        self.begin()


class ServerWithHeartbeat(SiteServer):
    def start_work(self) -> None:
        super().start_work()
        heartbeat = Heartbeat()
        loop = asyncio.get_event_loop()
        self.reporting = loop.create_task(asyncio.start_unix_server(heartbeat.report, os.environ["LOOP_REPORT"]))


class CommandLineWithHeartbeat(CommandLine):
    server_class = ServerWithHeartbeat


if __name__ == "__main__":
    django.setup()
    CommandLineWithHeartbeat.entrypoint()
