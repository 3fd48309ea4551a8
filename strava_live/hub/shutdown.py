"""Stop a web process within ten seconds of SIGTERM, without cutting off answers.

The process stops accepting connections and closes its sockets with 4012. Running requests finish, and their answers
carry `Connection: close`. Requests still running after `STOP_DRAIN_S` are cancelled. If the process has not ended after
`STOP_WITHIN_S` it exits regardless: a thread that waits for an event loop that has ended would keep it forever.
"""

import asyncio
import logging
import os
import sys
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from daphne.http_protocol import WebRequest
from daphne.ws_protocol import WebSocketProtocol
from django.conf import settings
from twisted.internet import reactor
from twisted.internet.tcp import Connection, Port

from strava_live.hub.client_writers import CLOSE_TIMEOUT_S

if TYPE_CHECKING:
    from strava_live.hub.daphne import SiteServer

logger = logging.getLogger(__name__)
LINGER_S = 1.0
"""How long connections stay open for what clients have sent or must answer: a request that left before the client
noticed the stop, and the answer to a close frame, without which the connection would be reset."""
POLL_S = 0.02
BACKLOG = 4096
"""More connections than the kernel's queue holds."""


async def stop_gracefully(server: "SiteServer") -> None:
    from strava_live.hub.hub import close_hub  # noqa: PLC0415 needs Django, which is set up by now

    exit_after(settings.STOP_WITHIN_S)
    stop_accepting(server)
    if server.work is not None:
        server.work.cancel()
    for request in running_requests(server):
        close_after_answer(request)
    for task in socket_tasks(server):
        task.cancel()
    closing = asyncio.ensure_future(asyncio.wait_for(close_hub(), CLOSE_TIMEOUT_S))
    if not await drain(server):
        tasks = unfinished_tasks(server)
        logger.warning("stopping although requests are running", extra={"requests": len(tasks)})
        for task in tasks:
            task.cancel()
        await asyncio.wait([*tasks, closing], timeout=CLOSE_TIMEOUT_S)
    await asyncio.gather(closing, return_exceptions=True)


def stop_accepting(server: "SiteServer") -> None:
    """Accept the connections in the kernel's queue, then close the port: closing alone would reset them."""
    for port in server.ports:
        port.numberAccepts = BACKLOG
        Port.doRead(port)  # type: ignore[no-untyped-call]
        port.stopListening()


def close_after_answer(request: WebRequest) -> None:
    if request.channel is not None:
        request.responseHeaders.setRawHeaders(b"connection", [b"close"])
        request.channel.persistent = False


async def drain(server: "SiteServer") -> bool:
    """Wait until no request is running and all answers are sent. Return False if that takes over `STOP_DRAIN_S`."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    while (waited := loop.time() - began) < settings.STOP_DRAIN_S:
        if not (waited < LINGER_S and has_open_connections(server)) and not is_busy(server):
            return True
        await asyncio.sleep(POLL_S)
    return False


def has_open_connections(server: "SiteServer") -> bool:
    kept_alive = any(http_connections(reactor.getReaders()))  # type: ignore[misc]
    return kept_alive or any("disconnected" not in details for details in server.connections.values())


def is_busy(server: "SiteServer") -> bool:
    unsent = any(isinstance(one, Connection) for one in reactor.getWriters())  # type: ignore[misc]
    return unsent or any(running_requests(server)) or bool(unfinished_tasks(server))


def running_requests(server: "SiteServer") -> Iterator[WebRequest]:
    """Requests that are being received or answered."""
    for protocol, details in server.connections.items():
        if isinstance(protocol, WebRequest) and "disconnected" not in details:
            yield protocol


def socket_tasks(server: "SiteServer") -> list["asyncio.Task[Any]"]:
    return [
        details["application_instance"]
        for protocol, details in server.connections.items()
        if isinstance(protocol, WebSocketProtocol) and "application_instance" in details
    ]


def unfinished_tasks(server: "SiteServer") -> list["asyncio.Task[Any]"]:
    applications = [details.get("application_instance") for details in server.connections.values()]
    return [task for task in (*applications, server.work) if task is not None and not task.done()]


def http_connections(selectables: list[Any]) -> Iterator[Connection]:
    for one in selectables:
        if isinstance(one, Connection) and not isinstance(getattr(one, "protocol", None), WebSocketProtocol):
            yield one


def exit_after(seconds: float) -> None:
    """Start a thread that ends the process after `seconds`, unless it has ended before."""
    timer = threading.Timer(seconds, exit_now)
    timer.daemon = True
    timer.start()


def exit_now() -> None:
    waiting = sorted(thread.name for thread in threading.enumerate() if not thread.daemon)
    logger.error("the process did not end in time and exits now", extra={"threads": ", ".join(waiting)})
    sys.stderr.flush()
    os._exit(1)
