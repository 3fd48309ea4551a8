"""Our daphne: `python -m strava_live.hub.daphne …` takes the same arguments as `daphne …`.

It adds what a deployment needs. On SIGTERM, daphne 4.2.3 cuts running requests, and skips its clean-up if a socket's
handshake ended in the last second: `hub.shutdown` stops the process instead. Daphne has no hook to start background
work of the process: `start_work` is that hook. `hub.daphne_http` limits requests, and `hub.daphne_sockets` makes
sending to many sockets cheap.
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

from strava_live.hub.client_writers import EXTENSION
from strava_live.hub.daphne_http import LimitedChannel
from strava_live.hub.daphne_sockets import SiteSocketProtocol, SocketWriter, is_unencrypted
from strava_live.hub.short_iterations import limit_events_per_iteration
from strava_live.hub.shutdown import close_after_answer, exit_after, stop_gracefully
from strava_live.interpreter import tune_interpreter

ACCEPTED_PER_ITERATION = 8
"""Connections that one iteration of the event loop accepts, so that a thousand that reconnect together do not keep it
busy with their handshakes."""
EXIT_AFTER_LOOP_S = 1.0
"""Time for the remaining threads after the event loop has ended. A thread that waits for the loop would never end."""


class SiteServer(Server):
    work: "asyncio.Task[None] | None" = None
    """Background work of this process."""
    stopping: "asyncio.Future[None] | None" = None

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
            scope["extensions"] = {EXTENSION: protocol.writer}
        elif scope["type"] == "http" and self.stopping is not None:
            close_after_answer(protocol)
        return super().create_application(protocol, scope)

    def start_work(self) -> None:
        from strava_live.worker import run_background_work  # noqa: PLC0415 needs Django, which is set up by now

        self.http_factory.protocol, self.ws_factory.protocol = LimitedChannel, SiteSocketProtocol
        tune_interpreter()
        self.work = asyncio.get_event_loop().create_task(run_background_work(take_up=settings.WORK_IN_WEB))

    def kill_all_applications(self) -> "defer.Deferred[None]":
        """Stop gracefully. Daphne calls this before the reactor shuts down, and the reactor waits for the result."""
        self.stopping = asyncio.ensure_future(stop_gracefully(self))
        return defer.Deferred.fromFuture(self.stopping)


def accept_few_connections(port: Any, accept: Callable[[], None]) -> None:
    """Reset `numberAccepts` before each call, because Twisted starts at 100 and raises it while that many arrive."""
    port.numberAccepts = ACCEPTED_PER_ITERATION
    accept()


class CommandLine(CommandLineInterface):
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
