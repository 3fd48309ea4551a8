"""Receive Strava's events at /strava/webhook/<STRAVA_WEBHOOK_TOKEN>/, and answer the request that tests the address.

This is ASGI, in front of Django: on a Saturday morning hundreds of events may arrive in a second, and a Django view
costs several milliseconds. A request whose address, host or scheme is wrong goes on to Django, which answers it like
any other, so that the address cannot be found by trying.

Our daphne receives the whole body, within its limits of size and time, before it calls this application.
"""

import hmac
import json
import logging
import time
from collections import Counter
from http import HTTPStatus
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.handlers.asgi import ASGIRequest
from django.db import Error
from django.utils import timezone

from strava_live.leaky_bucket import Rate
from strava_live.live.origin import request_to_site
from strava_live.web.webhook_queue import EventQueue, QueueFull
from strava_live.webhook.inbox import Fate, SignedEvent
from strava_live.webhook.payload import MalformedEvent, read_event
from strava_live.webhook.signature import BadSignature, check_signature
from strava_live.webhook.subscription import PATH, webhook_path

logger = logging.getLogger(__name__)
LOGGED = Rate(5, 60)
"""How often one reason is logged: five times at once, then once in twelve seconds."""
IGNORED = {
    Fate.UNKNOWN_OWNER: "its athlete is not connected here",
    Fate.OTHER_SUBSCRIPTION: "it belongs to another subscription: run manage.py strava_webhook status",
}
"""Why an event is not stored although it is well-formed. Strava gets the same answer as for a stored one."""


class Answer(NamedTuple):
    status: HTTPStatus
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()
    content_type: bytes = b"text/plain; charset=utf-8"


class Refused(Exception):
    """The request is answered with an error. The text is for the log; the client reads only the status."""

    def __init__(self, status: HTTPStatus, reason: str, *headers: tuple[bytes, bytes]) -> None:
        super().__init__(reason)
        self.answer = Answer(status, f"{status.phrase}.\n".encode(), headers)


class LimitedLog:
    """Writes log lines that give a reason. In a flood most lines with the same reason are left out, and counted."""

    def __init__(self) -> None:
        self.empty_at: dict[str, int] = {}
        """The leaky bucket of each reason (leaky_bucket.py)."""
        self.left_out = Counter[str]()

    def write(self, level: int, event: str, reason: str, **facts: object) -> None:
        now = time.monotonic_ns() // 1000
        empty_at = LOGGED.after_one_more(self.empty_at.get(reason, 0), now)
        if LOGGED.overflow(empty_at, now):
            self.left_out[reason] += 1
            return
        self.empty_at[reason] = empty_at
        if count := self.left_out.pop(reason, 0):
            facts["left_out"] = count
        logger.log(level, event, extra={"reason": reason} | facts)


class WebhookReceiver:
    """ASGI middleware around Django's application that answers requests to the webhook."""

    def __init__(self, pages: Any) -> None:
        self.pages = pages
        self.queue: EventQueue | None = None
        self.log = LimitedLog()

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        request = webhook_request(scope)
        if request is None:
            await self.pages(scope, receive, send)
            return
        try:
            answer = await self.answer(request, receive)
        except Refused as refused:
            answer = refused.answer
            self.log.write(logging.WARNING, "a request to the webhook was refused", str(refused), status=answer.status)
        await send_answer(send, answer)

    async def answer(self, request: ASGIRequest, receive: Any) -> Answer:
        if request.method == "GET":
            return answer_handshake(request)
        if request.method != "POST":
            raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, "the method is neither GET nor POST", (b"allow", b"GET, POST"))
        event = read_signed_event(request, await read_body(request, receive))
        fate = await self.store(event)
        if reason := IGNORED.get(fate):
            self.log.write(logging.INFO, "an event of Strava was ignored", reason)
        return Answer(HTTPStatus.OK, b"OK.\n")

    async def store(self, event: SignedEvent) -> Fate:
        """Store the event, together with others. If that fails or is too slow, raise Refused: Strava sends it again."""
        if self.queue is None or not self.queue.is_of_this_loop:
            self.queue = EventQueue()
        try:
            return (await self.queue.store(event)).fate
        except QueueFull:
            reason = "too many events wait to be stored"
        except TimeoutError:
            reason = "the database was too slow"
        except Error as error:
            reason = f"the database failed: {type(error).__name__}"
        raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, reason, (b"retry-after", b"60"))


def webhook_request(scope: dict[str, Any]) -> ASGIRequest | None:
    """Return the request if it is to the webhook of this site, else None."""
    path = scope["path"]
    if not path.startswith(PATH) or not settings.STRAVA_WEBHOOK_TOKEN:
        return None
    if not hmac.compare_digest(path.encode("utf-8", "surrogatepass"), webhook_path().encode()):
        return None
    return request_to_site(scope)


def answer_handshake(request: ASGIRequest) -> Answer:
    """Answer the request that Strava sends before it creates a subscription. Raise Refused for any other request."""
    try:
        query = request.GET
    except SuspiciousOperation:  # too many fields
        raise Refused(HTTPStatus.FORBIDDEN, "the query has too many fields") from None
    challenge, token = query.get("hub.challenge", ""), query.get("hub.verify_token", "")
    if query.get("hub.mode") != "subscribe" or not challenge:
        raise Refused(HTTPStatus.FORBIDDEN, "hub.mode is not subscribe, or there is no hub.challenge")
    if not hmac.compare_digest(token.encode("utf-8", "surrogatepass"), settings.STRAVA_WEBHOOK_TOKEN.encode()):
        raise Refused(HTTPStatus.FORBIDDEN, "hub.verify_token is not STRAVA_WEBHOOK_TOKEN")
    body = json.dumps({"hub.challenge": challenge}).encode()
    return Answer(HTTPStatus.OK, body, content_type=b"application/json")


async def read_body(request: ASGIRequest, receive: Any) -> bytes:
    """Return the body of the request. Raise Refused if it is too long or breaks off."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused(HTTPStatus.BAD_REQUEST, "the client disconnected")
        body += message.get("body", b"")
        if len(body) > settings.WEBHOOK_BODY_MOST:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the body is too long")
        if not message.get("more_body"):
            return bytes(body)


def read_signed_event(request: ASGIRequest, body: bytes) -> SignedEvent:
    """Return the event, after checking its signature. Raise Refused if it is malformed or wrongly signed."""
    header, now = request.headers.get("X-Strava-Signature", ""), timezone.now()
    try:
        signature = check_signature(header, body, secret=settings.STRAVA_WEBHOOK_SECRET, now=now.timestamp())
        return SignedEvent(read_event(body, now=now), signature)
    except BadSignature as error:
        raise Refused(HTTPStatus.FORBIDDEN, str(error)) from None
    except MalformedEvent as error:
        raise Refused(HTTPStatus.BAD_REQUEST, str(error)) from None


async def send_answer(send: Any, answer: Answer) -> None:
    headers = [
        (b"content-type", answer.content_type),
        (b"content-length", str(len(answer.body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        *answer.headers,
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
