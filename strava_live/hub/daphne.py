"""Our daphne: `python -m strava_live.hub.daphne …` takes the same words as `daphne …`.

It differs in what a deployment needs. On SIGTERM daphne 4.2.3 cuts running requests, and skips its clean-up when a
socket's handshake ended in the last second: `hub.shutdown` stops the process instead. It offers no place to start work
that belongs to the process rather than to a request. What differs for requests stands in hub.daphne_http,
for sockets in hub.daphne_sockets.
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
from strava_live.hub.daphne_sockets import OwnProtocol, SocketWriter, is_plain
from strava_live.hub.shutdown import close_after_answer, exit_after, stop_gracefully
from strava_live.hub.turns import take_few_events
from strava_live.interpreter import tune_interpreter

ACCEPTED_AT_ONCE = 8
"""Connections in one turn of the event loop. A thousand that redial together would otherwise all be accepted, and their
handshakes read, before it turns again."""
AFTER_LOOP_S = 1.0
"""For threads that are still working when the event loop has ended. A thread that waits for the loop waits in vain."""


class SteadyServer(Server):
    work: "asyncio.Task[None] | None" = None
    stopping: "asyncio.Future[None] | None" = None

    def run(self) -> None:
        self.ports: list[Any] = []
        take_few_events(reactor._asyncioEventloop)
        self.ready_callable = self.start_work
        super().run()
        exit_after(AFTER_LOOP_S)

    def listen_success(self, port: Any) -> None:
        self.ports.append(port)
        super().listen_success(port)
        port.doRead = partial(accept_few, port, port.doRead)

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        if scope["type"] == "websocket" and is_plain(protocol.transport):
            protocol.writer = SocketWriter(protocol)
            scope["extensions"] = {EXTENSION: protocol.writer}
        elif scope["type"] == "http" and self.stopping is not None:
            close_after_answer(protocol)
        return super().create_application(protocol, scope)

    def start_work(self) -> None:
        from strava_live.worker import run_background_work  # noqa: PLC0415 needs Django, which is set up by now

        self.http_factory.protocol, self.ws_factory.protocol = LimitedChannel, OwnProtocol
        tune_interpreter()
        self.work = asyncio.get_event_loop().create_task(run_background_work(take_up=settings.WORK_IN_WEB))

    def kill_all_applications(self) -> "defer.Deferred[None]":
        """Called by daphne before the reactor shuts down, which then waits for the result."""
        self.stopping = asyncio.ensure_future(stop_gracefully(self))
        return defer.Deferred.fromFuture(self.stopping)


def accept_few(port: Any, accept: Callable[[], None]) -> None:
    """Twisted accepts 100 at first, and more from turn to turn while there are as many."""
    port.numberAccepts = ACCEPTED_AT_ONCE
    accept()


class CommandLine(CommandLineInterface):
    description = "The site's web server"
    server_class = SteadyServer

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
