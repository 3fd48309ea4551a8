"""Stop a web process within ten seconds of SIGTERM, without cutting off answers to requests.

The process stops accepting connections, closes its sockets with code 4012, and ends its event streams with a `retry:`.
The clients then reconnect elsewhere. Running requests finish, and their answers carry `Connection: close`. After
settings.STOP_DRAIN_S, requests that still run are cancelled. After settings.STOP_WITHIN_S, the process exits even if
something is still running: a thread that waits for an event loop that has ended would keep the process alive forever.
"""

import asyncio
import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from daphne.http_protocol import WebRequest
from daphne.ws_protocol import WebSocketProtocol
from django.conf import settings
from twisted.internet import reactor
from twisted.internet.tcp import Connection, Port

from strava_live.hub.client_writers import CLOSE_TIMEOUT_S
from strava_live.interpreter import exit_after

if TYPE_CHECKING:
    from strava_live.hub.daphne import SiteServer

logger = logging.getLogger(__name__)
LINGER_S = 1.0
"""Seconds for which idle connections stay open. A request, or the answer to a close frame, may be on its way. If the
connection were closed before its arrival, TCP would reset the connection."""
POLL_S = 0.02
"""Pause in seconds between two checks whether all requests are finished."""
BACKLOG = 4096
"""Connections to accept before the port is closed: more than the kernel's queue can hold."""


async def stop_gracefully(server: "SiteServer") -> None:
    """Stop accepting connections, close the sockets, let requests finish, and cancel those that take too long."""
    from strava_live.hub.hub import close_hub  # noqa: PLC0415 needs Django, which is set up by now

    exit_after(settings.STOP_WITHIN_S)
    stop_accepting(server)
    if server.work is not None:
        server.work.cancel()
    for request in running_requests(server):
        close_after_answer(request)
    for task in live_tasks(server):
        task.cancel()
    closing = asyncio.ensure_future(asyncio.wait_for(close_hub(), CLOSE_TIMEOUT_S))
    if not await drain(server):
        tasks = unfinished_tasks(server)
        logger.warning("requests did not finish in time and are cancelled", extra={"requests": len(tasks)})
        for task in tasks:
            task.cancel()
        await asyncio.wait([*tasks, closing], timeout=CLOSE_TIMEOUT_S)
    await asyncio.gather(closing, return_exceptions=True)


def stop_accepting(server: "SiteServer") -> None:
    """Close the port, after accepting the connections in the kernel's queue, which would be reset otherwise."""
    for port in server.ports:
        port.numberAccepts = BACKLOG
        Port.doRead(port)  # type: ignore[no-untyped-call]
        port.stopListening()


def close_after_answer(request: WebRequest) -> None:
    """Close the connection of a request once it is answered, and announce that in the answer's headers."""
    if request.channel is not None:
        request.responseHeaders.setRawHeaders(b"connection", [b"close"])
        request.channel.persistent = False


async def drain(server: "SiteServer") -> bool:
    """Wait until all requests are finished and all answers sent. Return False after settings.STOP_DRAIN_S."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    while (waited := loop.time() - began) < settings.STOP_DRAIN_S:
        if not (waited < LINGER_S and has_open_connections(server)) and not is_busy(server):
            return True
        await asyncio.sleep(POLL_S)
    return False


def has_open_connections(server: "SiteServer") -> bool:
    """Return whether any HTTP connection or WebSocket is open, idle or not."""
    kept_alive = any(http_connections(reactor.getReaders()))  # type: ignore[misc]
    return kept_alive or any("disconnected" not in details for details in server.connections.values())


def is_busy(server: "SiteServer") -> bool:
    """Return whether a request, a socket or the background work is running, or an answer is not sent completely."""
    unsent = any(isinstance(one, Connection) for one in reactor.getWriters())  # type: ignore[misc]
    return unsent or any(running_requests(server)) or bool(unfinished_tasks(server))


def running_requests(server: "SiteServer") -> Iterator[WebRequest]:
    """Yield the requests that are being received or answered."""
    for protocol, details in server.connections.items():
        if isinstance(protocol, WebRequest) and "disconnected" not in details:
            yield protocol


def live_tasks(server: "SiteServer") -> list["asyncio.Task[Any]"]:
    """Return the tasks that run the application for open WebSockets and event streams.

    Cancelling such a task closes its socket or ends its stream.
    """
    return [
        details["application_instance"]
        for protocol, details in server.connections.items()
        if "application_instance" in details and is_live(protocol)
    ]


def is_live(protocol: Any) -> bool:
    """Return whether this is a WebSocket, or a request that is answered with an event stream."""
    return isinstance(protocol, WebSocketProtocol) or getattr(protocol, "is_event_stream", False)


def unfinished_tasks(server: "SiteServer") -> list["asyncio.Task[Any]"]:
    """Return the tasks of requests, sockets and background work that have not ended."""
    applications = [details.get("application_instance") for details in server.connections.values()]
    return [task for task in (*applications, server.work) if task is not None and not task.done()]


def http_connections(selectables: list[Any]) -> Iterator[Connection]:
    """Yield those of the reactor's file descriptors that are connections of clients without a WebSocket."""
    for one in selectables:
        if isinstance(one, Connection) and not isinstance(getattr(one, "protocol", None), WebSocketProtocol):
            yield one
