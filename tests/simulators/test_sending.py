"""How events are sent: late, shuffled, lost, several times, over few connections, and forged ones."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from simulators.http_client import Connection
from simulators.process import StandIn
from simulators.started import StandInError
from simulators.strava.sending import MOST_CONNECTIONS, Sending, SendQueue
from simulators.strava.webhooks import KEPT, Subscription, Webhooks
from tests.patience import PATIENCE_S
from tests.simulators.callback import Callback, until


class Sent:
    """What a queue has sent, and when, on the clock of the event loop."""

    def __init__(self) -> None:
        self.parcels: list[int] = []
        self.at: list[float] = []
        self.together = self.most_together = 0
        self.go, self.changed = asyncio.Event(), asyncio.Condition()
        self.go.set()

    async def send(self, parcel: int, _connection: Connection) -> None:
        async with self.changed:
            self.together += 1
            self.most_together = max(self.most_together, self.together)
            self.changed.notify_all()
        await self.go.wait()
        async with self.changed:
            self.together -= 1
            self.parcels.append(parcel)
            self.at.append(asyncio.get_running_loop().time())
            self.changed.notify_all()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S), self.changed:
            await self.changed.wait_for(condition)

    async def all_of(self, count: int) -> list[int]:
        await self.until(lambda: len(self.parcels) == count)
        return self.parcels


async def test_parcels_are_sent_in_their_order_not_before_they_are_due() -> None:
    sent = Sent()
    queue = SendQueue(sent.send, random.Random(1))
    began = asyncio.get_running_loop().time()
    queue.put(3, in_s=0.1)
    for parcel in (1, 2):
        queue.put(parcel)
    assert await sent.all_of(3) == [1, 2, 3]
    assert sent.at[-1] - began >= 0.1


async def test_parcels_of_a_burst_are_shuffled_and_complete() -> None:
    sent = Sent()
    queue = SendQueue(sent.send, random.Random(1))
    for parcel in range(200):
        queue.put(parcel, shuffle_s=0.05)
    shuffled = list(await sent.all_of(200))
    assert shuffled != sorted(shuffled)
    assert sorted(shuffled) == [*range(200)]


async def test_no_more_parcels_than_connections_are_on_their_way() -> None:
    sent = Sent()
    sent.go.clear()
    queue = SendQueue(sent.send, random.Random(1))
    for parcel in range(3 * MOST_CONNECTIONS):
        queue.put(parcel)
    await sent.until(lambda: sent.together == MOST_CONNECTIONS)
    assert queue.unfinished == 3 * MOST_CONNECTIONS
    sent.go.set()
    await sent.all_of(3 * MOST_CONNECTIONS)
    assert sent.most_together == MOST_CONNECTIONS


def many_events(webhooks: Webhooks, count: int) -> None:
    webhooks.subscription = Subscription(1, "http://127.0.0.1:9/", "")
    for number in range(count):
        webhooks.notify("activity", number, "create", 1, {})


def test_a_share_of_events_is_lost() -> None:
    webhooks = Webhooks(lambda: 0.0, random.Random(1), Sending(mode="hold", lost_share=0.25, copies=2))
    many_events(webhooks, 1)
    assert webhooks.summary()["held"] == 2
    webhooks.sending = Sending(mode="lose")
    many_events(webhooks, 10)
    assert webhooks.summary()["lost"] == 10


async def test_lost_share_counts_whole_events() -> None:
    webhooks = Webhooks(lambda: 0.0, random.Random(1), Sending(lost_share=0.25, copies=3, delay_ms=60_000))
    many_events(webhooks, 2000)
    counts = webhooks.summary()
    assert (counts["events"], counts["deliveries"]) == (2000, 6000)
    assert 0.2 < counts["lost"] / 6000 < 0.3
    assert counts["lost"] % 3 == 0
    assert counts["sending"] == 6000 - counts["lost"]
    webhooks.reset()


async def test_copies_vary() -> None:
    webhooks = Webhooks(lambda: 0.0, random.Random(1), Sending(copies=3, vary_copies=True, delay_ms=60_000))
    many_events(webhooks, 300)
    copies = Counter(delivery["event"]["object_id"] for delivery in webhooks.report())
    assert set(copies.values()) == {1, 2, 3}
    webhooks.reset()


def test_only_the_newest_deliveries_are_kept_and_all_are_counted() -> None:
    webhooks = Webhooks(lambda: 0.0, random.Random(1), Sending(mode="lose"))
    many_events(webhooks, KEPT + 100)
    assert len(webhooks.report()) == KEPT
    assert webhooks.report(2)[-1]["event"]["object_id"] == KEPT + 99
    assert webhooks.summary()["lost"] == KEPT + 100
    webhooks.forget()
    assert (webhooks.report(), webhooks.summary()["lost"]) == ([], 0)


def test_copies_are_delayed_and_counted(subscribed: Callback, strava: StandIn, athlete_id: int) -> None:
    strava.webhooks(delay_ms=100, jitter_ms=50, copies=3)
    strava.finish_parkrun(athlete_id)
    assert (subscribed.events, strava.webhooks_summary()["sending"]) == ([], 3)
    until(lambda: strava.webhooks_summary()["delivered"] == 3)
    first, *others = subscribed.events
    assert others == [first, first]
    summary = strava.webhooks_summary()
    assert (summary["events"], summary["attempts"], summary["sending"]) == (1, 3, 0)
    assert 0 < summary["answer_ms"]["median"] <= summary["answer_ms"]["p99"] <= summary["answer_ms"]["slowest"]
    strava.forget_webhooks()
    assert strava.webhooks_summary()["events"] == 0


def test_events_of_a_burst_arrive_in_another_order(subscribed: Callback, strava: StandIn, athlete_id: int) -> None:
    strava.webhooks(shuffle_ms=400)
    made = [strava.add_activity(athlete_id) for _ in range(30)]
    until(lambda: len(subscribed.events) == 30)
    arrived = [event["object_id"] for event in subscribed.events]
    assert sorted(arrived) == sorted(made)
    assert sum(one > other for one, other in pairwise(arrived)) > 3


def test_events_share_open_connections(subscribed: Callback, strava: StandIn, athlete_id: int) -> None:
    before = subscribed.connections_made
    for number in range(5):
        strava.finish_parkrun(athlete_id)
        until(lambda number=number: len(subscribed.events) > number)  # type: ignore[misc] # bound as a default
    assert subscribed.connections_made - before == 1


@pytest.mark.parametrize("signature", ["none", "wrong"])
@pytest.mark.parametrize("event", [{"object_type": "activity", "object_id": 1}, [], "text", None, 5])
def test_any_json_can_be_forged(subscribed: Callback, strava: StandIn, event: Any, signature: str) -> None:
    text = json.dumps(event)
    subscribed.answers = [403]
    assert strava.forge_webhook(text, signature=signature) == 403
    [request] = subscribed.requests
    assert (json.loads(request.body), "x-strava-signature" in request.headers) == (event, signature != "none")
    assert strava.webhooks_summary()["events"] == 0


def test_body_that_is_not_json_can_be_forged(subscribed: Callback, strava: StandIn) -> None:
    assert strava.forge_webhook(body="{not json") == 200
    assert subscribed.requests[-1].body == b"{not json"


def test_forged_event_goes_to_another_address(callback: Callback, strava: StandIn) -> None:
    assert strava.forge_webhook({"object_id": 1}, callback_url=callback.url) == 200
    assert callback.events == [{"object_id": 1}]
    with pytest.raises(StandInError, match="there is no subscription"):
        strava.forge_webhook({"object_id": 1})


def test_forged_event_without_an_answer(strava: StandIn) -> None:
    assert strava.forge_webhook({}, callback_url="http://127.0.0.1:9/") == 0
