"""A Saturday morning: members of many clubs finish their parkruns, some rename or hide them, and events are sent.

The changes are made at the stand-in. The events are sent from here, to the web processes in turn.
"""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from bench.webhooks.event_sender import EventSender
from simulators.process import StandIn
from tests.live.connected_clubs import ConnectedClub

TICK_S = 0.25
RENAMED, HIDDEN = 0.05, 0.05
"""The shares of the events in which a finished parkrun is renamed or made private."""
REST_S = 5.0
"""How old a finished parkrun must be before it may be renamed or hidden."""


class Runner(NamedTuple):
    """A member of a club."""

    club: int
    """The number of the club in the trial."""
    member: int
    athlete: int


@dataclass(eq=False)
class Finished:
    """A parkrun that was finished, and when its event was sent (epoch seconds)."""

    runner: Runner
    activity: int
    sent_at: float
    is_hidden: bool = False


@dataclass(eq=False)
class Morning:
    stand_in: StandIn
    sender: EventSender
    subscription: int
    waiting: list[Runner]
    """The runners who have not finished yet. The last one finishes next."""
    chance: random.Random
    finished: list[Finished] = field(default_factory=list)
    events: int = 0
    sending: list[asyncio.Task[Any]] = field(default_factory=list)

    async def run(self, seconds: float, a_second: float) -> None:
        """Cause events evenly for some seconds, and wait until each is answered."""
        began, made = time.monotonic(), 0
        while (passed := time.monotonic() - began) < seconds:
            due = round((passed + TICK_S) * a_second) - made
            await self.cause(due)
            made += due
            await asyncio.sleep(max(0.0, began + made / a_second - time.monotonic()))
        await asyncio.gather(*self.sending)

    async def cause(self, count: int) -> None:
        """Make `count` changes at the stand-in, and send their events over the next TICK_S."""
        changes = [self.next_change() for _ in range(count)]
        answers = await asyncio.to_thread(self.stand_in.batch, [(call, values) for call, values, _ in changes])
        for number, ((_, values, about), answer) in enumerate(zip(changes, answers, strict=True)):
            late_s = TICK_S * number / count
            self.events += 1
            match about:
                case Runner():
                    made = Finished(about, int(answer["id"]), time.time() + late_s)
                    self.finished.append(made)
                    event = self.event(made, "create", {})
                case Finished() if about.is_hidden:
                    event = self.event(about, "delete", {})
                case Finished():
                    event = self.event(about, "update", {"title": values["name"]})
            self.sending.append(asyncio.create_task(self.send(event, late_s)))

    def next_change(self) -> tuple[str, dict[str, Any], Runner | Finished]:
        """Return a control call with its values, and what it is about."""
        kind = self.chance.random()
        if kind < RENAMED + HIDDEN and (chosen := self.rested()):
            if kind < RENAMED:
                values = {"id": chosen.activity, "name": f"Renamed {self.events}"}
                return "activity/change", values, chosen
            chosen.is_hidden = True
            return "activity/change", {"id": chosen.activity, "visibility": "only_me"}, chosen
        runner = self.waiting.pop()
        return "parkrun", {"athlete_id": runner.athlete}, runner

    def rested(self) -> Finished | None:
        """Return a parkrun that was finished some time ago, and is not hidden."""
        for _ in range(10):
            chosen = self.chance.choice(self.finished) if self.finished else None
            if chosen and not chosen.is_hidden and chosen.sent_at + REST_S < time.time():
                return chosen
        return None

    def event(self, about: Finished, aspect: str, updates: dict[str, str]) -> dict[str, Any]:
        return {
            "object_type": "activity",
            "object_id": about.activity,
            "aspect_type": aspect,
            "updates": updates,
            "owner_id": about.runner.athlete,
            "subscription_id": self.subscription,
            "event_time": int(time.time()),
        }

    async def send(self, event: dict[str, Any], late_s: float) -> None:
        await asyncio.sleep(late_s)
        await self.sender.send(event)


def runners_of(clubs: Sequence[ConnectedClub], chance: random.Random) -> list[Runner]:
    """Return all members in random order."""
    runners = [
        Runner(number, member, athlete)
        for number, club in enumerate(clubs)
        for member, athlete in enumerate(club.athletes)
    ]
    chance.shuffle(runners)
    return runners
