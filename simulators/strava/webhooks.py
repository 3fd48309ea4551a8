"""Webhooks: validate a subscription's address as Strava does, and deliver events to it in up to three attempts."""

import asyncio
import json
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, get_args
from urllib.parse import urlencode

from simulators.http_client import UnansweredError, fetch

ATTEMPTS = 3
ANSWER_WITHIN_S = 2.0

Mode = Literal["send", "hold", "lose"]
"""What happens to a new event: it is sent, held back until it is released, or dropped."""
MODES: tuple[Mode, ...] = get_args(Mode)


class NotSubscribedError(Exception):
    """The address of a subscription is not valid. `field` and `code` are those of Strava's error."""

    def __init__(self, field_name: str, code: str) -> None:
        super().__init__(code)
        self.field, self.code = field_name, code


@dataclass(frozen=True, slots=True)
class Subscription:
    """The application's only subscription."""

    id: int
    callback_url: str
    created_at: str


@dataclass(slots=True)
class Delivery:
    """An event, and its delivery so far."""

    event: dict[str, Any]
    attempts: list[int] = field(default_factory=list)
    """The status that each attempt was answered with, 0 for no response."""
    state: Literal["held", "lost", "sending", "delivered", "given_up"] = "sending"


class Webhooks:
    """The subscription and the delivery of events.

    `retry_s` are the seconds between two attempts, and `copies` is how many times each event is sent.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.reset()
        self._tasks: set[asyncio.Task[None]] = set()

    def reset(self) -> None:
        """Remove the subscription and all events, and restore how events are sent."""
        self.deliveries: list[Delivery] = []
        self.subscription: Subscription | None = None
        self.retry_s = 60.0
        self.copies = 1
        self.mode: Mode = "send"

    async def subscribe(self, callback_url: str, verify_token: str) -> Subscription:
        """Subscribe. As at Strava, the callback URL must first answer a request with the challenge in it."""
        if self.subscription:
            raise NotSubscribedError("", "already exists")
        if not callback_url or len(callback_url) > 255:
            raise NotSubscribedError("callback url", "not verifiable")
        challenge = secrets.token_hex(8)
        asked = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": verify_token}
        joint = "&" if "?" in callback_url else "?"
        try:
            answer = await fetch("GET", f"{callback_url}{joint}{urlencode(asked)}", timeout_s=ANSWER_WITHIN_S)
        except UnansweredError:
            raise NotSubscribedError("callback url", "not verifiable") from None
        if answer.status != 200:
            raise NotSubscribedError("callback url", "GET to callback URL does not return 200")
        if _echo(answer.body) != challenge:
            raise NotSubscribedError("callback url", "not verifiable")
        now = datetime.fromtimestamp(self._clock(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.subscription = Subscription(120_000 + secrets.randbelow(9999), callback_url, now)
        return self.subscription

    def notify(
        self, object_type: str, object_id: int, aspect_type: str, owner_id: int, updates: dict[str, str]
    ) -> None:
        """Send an event `copies` times, unless events are held or lost."""
        if self.subscription is None:
            return
        event = {
            "object_type": object_type,
            "object_id": object_id,
            "aspect_type": aspect_type,
            "updates": updates,
            "owner_id": owner_id,
            "subscription_id": self.subscription.id,
            "event_time": int(self._clock()),
        }
        for _ in range(self.copies):
            delivery = Delivery(event)
            self.deliveries.append(delivery)
            if self.mode == "send":
                self._keep(self._send(delivery))
            else:
                delivery.state = "held" if self.mode == "hold" else "lost"

    def release(self, *, in_reverse: bool) -> int:
        """Send the events that were held back, one after the other. Return how many there are."""
        held = [delivery for delivery in self.deliveries if delivery.state == "held"]
        if in_reverse:
            held.reverse()
        for delivery in held:
            delivery.state = "sending"
        self._keep(self._send_in_turn(held))
        return len(held)

    def report(self) -> list[dict[str, Any]]:
        return [asdict(delivery) for delivery in self.deliveries]

    async def _send_in_turn(self, deliveries: list[Delivery]) -> None:
        for delivery in deliveries:
            await self._send(delivery)

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send(self, delivery: Delivery) -> None:
        body = json.dumps(delivery.event).encode()
        while len(delivery.attempts) < ATTEMPTS and self.subscription:
            if delivery.attempts:
                await asyncio.sleep(self.retry_s)
            delivery.attempts.append(await self._attempt(self.subscription.callback_url, body))
            if delivery.attempts[-1] == 200:
                delivery.state = "delivered"
                return
        delivery.state = "given_up"

    async def _attempt(self, address: str, body: bytes) -> int:
        kind = {"Content-Type": "application/json"}
        try:
            answer = await fetch("POST", address, body=body, headers=kind, timeout_s=ANSWER_WITHIN_S)
        except UnansweredError:
            return 0
        return answer.status


def _echo(body: bytes) -> object:
    try:
        answer = json.loads(body)
    except ValueError:
        return None
    return answer.get("hub.challenge") if isinstance(answer, dict) else None
