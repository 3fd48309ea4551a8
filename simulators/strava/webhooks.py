"""Webhooks: validate a subscription's address as Strava does, and deliver events to it in up to three attempts."""

import json
import random
import secrets
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from statistics import median
from time import monotonic
from typing import Any, Literal
from urllib.parse import urlencode

from simulators.http_client import Connection, UnansweredError, fetch
from simulators.strava.sending import Sending, SendQueue
from simulators.strava.signatures import Kind, signature_headers

ATTEMPTS = 3
ANSWER_WITHIN_S = 2.0
KEPT = 5_000
"""How many deliveries are kept for the report: the newest ones. All are counted."""
TIMES_KEPT = 100_000
"""How many of the site's response times are kept for the summary: the newest ones."""


class NotSubscribedError(Exception):
    """A subscription is refused. `field` and `code` are those of Strava's error."""

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
    """One copy of an event, and its delivery so far."""

    event: dict[str, Any]
    attempts: list[int] = field(default_factory=list)
    """The status that each attempt was answered with, 0 for no response."""
    state: Literal["held", "lost", "sending", "delivered", "given_up"] = "sending"


class Webhooks:
    """The subscription and the delivery of events. `first` says how events are sent after a start and a reset."""

    def __init__(self, clock: Callable[[], float], chance: random.Random, first: Sending | None = None) -> None:
        self._clock, self._chance = clock, chance
        self._first = first or Sending()
        self._queue: SendQueue[Delivery] = SendQueue(self._send, chance)
        self.reset()

    def reset(self) -> None:
        """Remove the subscription and all events, and restore how events are sent."""
        self._queue.clear()
        self.subscription: Subscription | None = None
        self.sending = self._first
        self._held: list[Delivery] = []
        self.forget()

    def forget(self) -> None:
        """Begin to count deliveries at 0, and remove those so far from the report."""
        self.deliveries: deque[Delivery] = deque(maxlen=KEPT)
        self.counts: Counter[str] = Counter()
        self._answer_ms: deque[float] = deque(maxlen=TIMES_KEPT)

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
        """Send an event as `sending` says: some copies of it, later, or never."""
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
        self.counts["events"] += 1
        how, chance = self.sending, self._chance
        lost = how.mode == "lose" or chance.random() < how.lost_share
        for _ in range(chance.randint(1, how.copies) if how.vary_copies else how.copies):
            self._begin(Delivery(event), lost=lost)

    def release(self, *, in_reverse: bool) -> int:
        """Send the events that were held back, one after the other. Return how many there are."""
        held, self._held = self._held, []
        if in_reverse:
            held.reverse()
        for delivery in held:
            delivery.state = "sending"
        self._queue.run(self._send_in_turn(held))
        return len(held)

    async def forge(self, body: bytes, *, signature: Kind, callback_url: str) -> int:
        """Send a body that is not an event of the stand-in, once. Return the answer's status, 0 without an answer."""
        headers = self._headers(body, signature)
        try:
            answer = await fetch("POST", callback_url, body=body, headers=headers, timeout_s=ANSWER_WITHIN_S)
        except UnansweredError:
            return 0
        return answer.status

    def report(self, last: int = KEPT) -> list[dict[str, Any]]:
        """Return the newest deliveries, oldest first."""
        return [asdict(delivery) for delivery in list(self.deliveries)[max(0, len(self.deliveries) - last) :]]

    def summary(self) -> dict[str, Any]:
        """Return how many events and deliveries there were, how many of each outcome, and how long answers took."""
        times = sorted(self._answer_ms)
        took = {"median": median(times), "p99": times[len(times) * 99 // 100], "slowest": times[-1]} if times else {}
        ended = ("lost", "delivered", "given_up")
        return {
            **{name: self.counts[name] for name in ("events", "deliveries", "attempts", *ended)},
            "held": len(self._held),
            "sending": self._queue.unfinished,
            "answer_ms": {name: round(value, 1) for name, value in took.items()},
        }

    def _begin(self, delivery: Delivery, *, lost: bool) -> None:
        """Send a copy of an event, hold it back, or lose it."""
        self.deliveries.append(delivery)
        self.counts["deliveries"] += 1
        if self.sending.mode == "hold":
            delivery.state = "held"
            self._held.append(delivery)
        elif lost:
            self._end(delivery, "lost")
        else:
            how = self.sending
            later_ms = how.delay_ms + self._chance.uniform(0, how.jitter_ms)
            self._queue.put(delivery, in_s=later_ms / 1000, shuffle_s=how.shuffle_ms / 1000)

    def _end(self, delivery: Delivery, state: Literal["lost", "delivered", "given_up"]) -> None:
        delivery.state = state
        self.counts[state] += 1

    async def _send_in_turn(self, deliveries: list[Delivery]) -> None:
        connection = Connection()
        for delivery in deliveries:
            await self._send(delivery, connection)
        connection.close()

    async def _send(self, delivery: Delivery, connection: Connection) -> None:
        """Make one attempt to deliver an event. If it fails, make another one later."""
        if self.subscription is None:
            self._end(delivery, "given_up")
            return
        status = await self._attempt(connection, self.subscription.callback_url, json.dumps(delivery.event).encode())
        delivery.attempts.append(status)
        if status == 200:
            self._end(delivery, "delivered")
        elif len(delivery.attempts) == ATTEMPTS:
            self._end(delivery, "given_up")
        else:
            self._queue.put(delivery, in_s=self.sending.retry_s)

    async def _attempt(self, connection: Connection, address: str, body: bytes) -> int:
        headers = self._headers(body, self.sending.signature)
        began = monotonic()
        self.counts["attempts"] += 1
        try:
            answer = await connection.fetch("POST", address, body=body, headers=headers, timeout_s=ANSWER_WITHIN_S)
        except UnansweredError:
            return 0
        self._answer_ms.append((monotonic() - began) * 1000)
        return answer.status

    def _headers(self, body: bytes, signature: Kind) -> dict[str, str]:
        """Return the headers of an event. Every attempt is signed again, with its own time."""
        signed = signature_headers(body, kind=signature, secret=self.sending.secret, now=self._clock())
        return {"Content-Type": "application/json", **signed}


def _echo(body: bytes) -> object:
    try:
        answer = json.loads(body)
    except ValueError:
        return None
    return answer.get("hub.challenge") if isinstance(answer, dict) else None
