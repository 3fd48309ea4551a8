"""Our daphne server: `python -m strava_live.hub.daphne …` takes the same arguments as `daphne …`.

It changes these things in daphne 4.2.3:

- On SIGTERM, daphne cuts off running requests. If a WebSocket was opened less than a second before, daphne does not
  even close the WebSockets. `hub.shutdown` lets requests finish and closes all WebSockets.
- Daphne cannot start background work. `start_work` starts it, and the hub, once the server is ready.
- Daphne accepts requests of any size and duration. `hub.daphne_http` limits them.
- Sending one frame to a thousand sockets or event streams is slow. `hub.daphne_sockets` and `hub.daphne_streams` make
  it fast.
- A thousand clients that connect together block the event loop. `accept_few_connections` and `short_iterations`
  limit what one iteration of the loop does.
"""

import asyncio
import os
from collections.abc import Callable
from functools import partial
from typing import Any

import django
from daphne.cli import CommandLineInterface
from daphne.server import Server
from django.conf import settings
from twisted.internet import defer, reactor

from strava_live.hub.client_writers import UNTIL_TAKEN_EXTENSION, WRITER_EXTENSION
from strava_live.hub.daphne_http import LimitedChannel
from strava_live.hub.daphne_sockets import SiteSocketProtocol, SocketWriter
from strava_live.hub.daphne_streams import direct_sink
from strava_live.hub.event_streams import SINK_EXTENSION
from strava_live.hub.shutdown import close_after_answer, stop_gracefully
from strava_live.hub.tcp_writer import is_unencrypted
from strava_live.interpreter import exit_after, tune_interpreter
from strava_live.short_iterations import limit_events_per_iteration

ACCEPTED_PER_ITERATION = 8
"""Connections accepted in one iteration of the event loop. More would let a thousand clients that reconnect together
block the loop with their handshakes."""
EXIT_AFTER_LOOP_S = 1.0
"""Seconds that other threads get to end after the event loop has ended. Then the process exits, because a thread that
waits for the loop would never end."""


class SiteServer(Server):
    """Daphne's server, with background work and a graceful stop."""

    work: "asyncio.Task[None] | None" = None
    """The task of the background work, such as importing activities from Strava; None until the server is ready."""
    stopping: "asyncio.Future[None] | None" = None
    """The task of the graceful stop; None until SIGTERM."""

    def run(self) -> None:
        self.ports: list[Any] = []
        limit_events_per_iteration(reactor._asyncioEventloop)
        self.ready_callable = self.start_work
        super().run()
        exit_after(EXIT_AFTER_LOOP_S)

    def listen_success(self, port: Any) -> None:
        self.ports.append(port)
        super().listen_success(port)
        port.doRead = partial(accept_few_connections, port, port.doRead)

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        if scope["type"] == "websocket" and is_unencrypted(protocol.transport):
            protocol.writer = SocketWriter(protocol)
            scope["extensions"] = {WRITER_EXTENSION: protocol.writer}
        elif scope["type"] == "http":
            scope["extensions"] = {
                SINK_EXTENSION: partial(direct_sink, protocol),
                UNTIL_TAKEN_EXTENSION: protocol.until_taken,
            }
            if self.stopping is not None:
                close_after_answer(protocol)
        return super().create_application(protocol, scope)

    def start_work(self) -> None:
        """Install our protocols, and start the hub and the background work. Daphne calls this once it listens.

        The hub starts before any socket opens, so that `/readyz` knows whether announcements arrive here.
        """
        from strava_live.hub.hub import hub  # noqa: PLC0415 needs Django, which is set up by now
        from strava_live.worker import run_background_work  # noqa: PLC0415 needs Django, which is set up by now

        self.http_factory.protocol, self.ws_factory.protocol = LimitedChannel, SiteSocketProtocol
        tune_interpreter()
        loop = asyncio.get_event_loop()
        loop.call_soon(hub)
        self.work = loop.create_task(run_background_work(take_up=settings.WORK_IN_WEB))

    def kill_all_applications(self) -> "defer.Deferred[None]":
        """Stop gracefully. Twisted's reactor calls this on SIGTERM, and shuts down when the returned Deferred fires."""
        self.stopping = asyncio.ensure_future(stop_gracefully(self))
        return defer.Deferred.fromFuture(self.stopping)


def accept_few_connections(port: Any, accept: Callable[[], None]) -> None:
    """Accept at most ACCEPTED_PER_ITERATION connections. Twisted accepts 100, and raises that number under load."""
    port.numberAccepts = ACCEPTED_PER_ITERATION
    accept()


class CommandLine(CommandLineInterface):
    """Daphne's command line, with our server and the limits of WebSocket messages from settings."""

    description = "The site's web server"
    server_class = SiteServer

    def __init__(self) -> None:
        super().__init__()
        self.parser.set_defaults(
            websocket_max_message_size=settings.DAPHNE_WEBSOCKET_MAX_MESSAGE_SIZE,
            websocket_max_frame_size=settings.DAPHNE_WEBSOCKET_MAX_FRAME_SIZE,
        )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_config.settings")
    django.setup()
    CommandLine.entrypoint()
