"""The access log: a line for each HTTP response, and lines for the opening and the closing of each WebSocket.

An event stream has a line when it begins, too, because its response may last for hours.

Secret keys in paths are masked, and query strings are left out. daphne's own access log, which would write both, is
switched off. This module also gives each request an id for the log: the X-Request-ID header that Heroku's router sets,
or a random one.
"""

import logging
import re
import secrets
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from site_config.logs import masked, request_id

Scope = dict[str, Any]
Message = Any
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

logger = logging.getLogger("site_config.access")
GIVEN_ID = re.compile(rb"[A-Za-z0-9-]{8,64}")
"""What a usable X-Request-ID header looks like."""
QUIET = {"/healthz", "/readyz"}
"""Paths that are logged only if the answer is not 200."""


class AccessLog:
    """ASGI middleware around the whole application that writes the access log."""

    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self.application(scope, receive, send)
            return
        scope["request_id"] = id_of(scope["headers"])
        request_id.set(scope["request_id"])
        began = time.monotonic()
        answer: dict[str, object] = {}

        async def note_and_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer["status"] = message["status"]
                if is_event_stream(message.get("headers", ())):
                    log(scope, "stream opened", {})
            elif message["type"] == "websocket.accept":
                log(scope, "socket opened", {})
            elif message["type"] == "websocket.close":
                answer["code"] = message.get("code", 1000)
            await send(message)

        async def receive_and_note() -> Message:
            """Receive a message, and note the close code if it is a disconnect.

            The module hub.client_writers closes WebSockets without `send`, so `note_and_send` does not see their code.
            """
            message = await receive()
            if message["type"] == "websocket.disconnect":
                answer.setdefault("code", message.get("code", 1005))
            return message

        try:
            received = receive_and_note if scope["type"] == "websocket" else receive
            await self.application(scope, received, note_and_send)
        finally:
            name = "answered" if scope["type"] == "http" else "socket closed"
            log(scope, name, answer | {"ms": round((time.monotonic() - began) * 1000)})


def id_of(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """Return the id of a request: its X-Request-ID header if that is usable, else a random id."""
    for name, value in headers:
        if name == b"x-request-id" and GIVEN_ID.fullmatch(value):
            return value.decode()
    return secrets.token_hex(8)


def is_event_stream(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    return any(name == b"content-type" and value.startswith(b"text/event-stream") for name, value in headers)


def log(scope: Scope, event: str, facts: dict[str, object]) -> None:
    """Write a line, unless it is about a successful health check."""
    path = scope["path"]
    if path in QUIET and facts.get("status") == 200:
        return
    method = {"method": scope["method"]} if scope["type"] == "http" else {}
    logger.info(event, extra=method | {"path": masked(path)} | facts)
