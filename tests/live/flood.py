"""A flood of changes at the stand-in: new runs and parkruns, edits, privacy, deletions. The stand-in sends the events.

It sends each event one to three times, late by a random time, so that events overtake each other. The random choices of
the changes follow a seed.
"""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from simulators.process import StandIn
from tests.live.webhook_site import until

AT_ONCE = 20
"""How many changes one control call makes."""
REST_S = 2.0
"""How long an activity stays as it is after a change: Strava's events have whole seconds, so two like changes of the
same second would be sent as copies of one event."""

RECENT_S = 20 * 86_400
"""The greatest age of the runs that are uploaded."""


def send_shuffled(stand_in: StandIn, *, late_s: float, retry_s: float) -> None:
    """Let the stand-in send each event up to three times, each copy late by up to `late_s`."""
    stand_in.webhooks(copies=3, vary_copies=True, jitter_ms=late_s * 1000, retry_s=retry_s)


async def all_sent(stand_in: StandIn) -> None:
    """Wait until each event is delivered or given up."""
    await until(lambda: stand_in.webhooks_summary()["sending"] == 0)


@dataclass(eq=False)
class Upload:
    """An activity at the stand-in, as the flood knows it."""

    id: int
    is_private: bool = False
    changed_at: float = field(default_factory=time.monotonic)


@dataclass(frozen=True)
class Change:
    """A control call that changes one activity of the stand-in, or uploads one."""

    call: str
    values: dict[str, Any]
    is_upload: bool = False


class Flood:
    """Changes of the activities of some athletes."""

    def __init__(self, stand_in: StandIn, athletes: Sequence[int], *, seed: int) -> None:
        self.stand_in, self.chance = stand_in, random.Random(seed)
        self.athletes, self.without_parkrun = list(athletes), list(athletes)
        self.uploads: list[Upload] = []
        self.number = 0

    async def run(self, count: int, seconds: float) -> None:
        """Make `count` changes within `seconds`."""
        began = time.monotonic()
        for made in range(0, count, AT_ONCE):
            await asyncio.sleep(began + seconds * made / count - time.monotonic())
            await self.make([self.next_change() for _ in range(min(AT_ONCE, count - made))])

    async def make(self, changes: list[Change]) -> None:
        calls = [(change.call, change.values) for change in changes]
        answers = await asyncio.to_thread(self.stand_in.batch, calls)
        made = [answer["id"] for change, answer in zip(changes, answers, strict=True) if change.is_upload]
        self.uploads += [Upload(one) for one in made]

    def next_change(self) -> Change:
        self.number += 1
        edits: list[Callable[[], Change | None]] = [self.rename, self.retype, self.hide_or_show, self.delete]
        chosen = self.chance.choices([self.upload, *edits], weights=[45, 38, 7, 6, 4])[0]
        return chosen() or self.upload()

    def upload(self) -> Change:
        """Upload a run, or an athlete's only parkrun of the latest Saturday."""
        if self.without_parkrun and self.chance.random() < 0.3:
            athlete = self.without_parkrun.pop(self.chance.randrange(len(self.without_parkrun)))
            return Change("parkrun", {"athlete_id": athlete}, is_upload=True)
        start = int(time.time()) - self.chance.randrange(3600, RECENT_S)
        values = {"athlete_id": self.chance.choice(self.athletes), "name": f"Run {self.number}", "start": start}
        return Change("activity/add", values, is_upload=True)

    def rename(self) -> Change | None:
        return self.edit(name=f"Renamed {self.number}")

    def retype(self) -> Change | None:
        return self.edit(sport_type=self.chance.choice(["Run", "Ride"]))

    def edit(self, **values: Any) -> Change | None:
        upload = self.rested(lambda one: not one.is_private)
        return None if upload is None else Change("activity/change", {"id": upload.id, **values})

    def hide_or_show(self) -> Change | None:
        """Make an activity private, or public again."""
        upload = self.rested(lambda _: True)
        if upload is None:
            return None
        upload.is_private = not upload.is_private
        values = {"id": upload.id, "visibility": "only_me" if upload.is_private else "everyone"}
        return Change("activity/change", values)

    def delete(self) -> Change | None:
        upload = self.rested(lambda one: not one.is_private)
        if upload is None:
            return None
        self.uploads.remove(upload)
        return Change("activity/delete", {"id": upload.id})

    def rested(self, wanted: Callable[[Upload], bool]) -> Upload | None:
        """Return one of the activities that have not changed lately, and note that it changes now."""
        now = time.monotonic()
        found = [one for one in self.uploads if one.changed_at + REST_S < now and wanted(one)]
        if not found:
            return None
        upload = self.chance.choice(found)
        upload.changed_at = now
        return upload
