"""Simulate days of routine syncs with an injected clock: real tables, a real budget, and runs of one call each."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from strava_live.accounts.encryption import Secret
from strava_live.accounts.models import StravaConnection, User
from strava_live.strava.budget import Budget, BudgetStatus, Permit
from strava_live.strava.limits import Lane, Meters
from strava_live.sync.models import SyncRun
from strava_live.sync.routine import EVERY, start_affordable

BEGIN = datetime(2026, 11, 28, tzinfo=UTC)
LOOK_EVERY = timedelta(minutes=3)


def connected_athletes(count: int) -> list[int]:
    """Store athletes whose last routine sync was within the six hours before BEGIN. Return their ids."""
    chance, token = random.Random(count), Secret.of("x")
    people = User.objects.bulk_create(User(username=f"runner{number}", password="!") for number in range(count))
    StravaConnection.objects.bulk_create(
        StravaConnection(
            user=person,
            strava_id=number + 1,
            access_token=token,
            refresh_token=token,
            expires_at=BEGIN + timedelta(days=9),
            scopes="read,activity:read",
            synced_until=BEGIN,
            routine_at=BEGIN + EVERY * chance.random(),
        )
        for number, person in enumerate(people)
    )
    return [person.pk for person in people]


@dataclass
class Days:
    """A simulation, and what it has counted."""

    budget: Budget
    set_clock: Callable[[datetime], object]
    """Sets the clock of the budget."""
    loop: asyncio.AbstractEventLoop
    chance: random.Random = field(default_factory=lambda: random.Random(500))
    now: datetime = BEGIN
    calls: Counter[int] = field(default_factory=Counter)
    """By number of the quarter of an hour since BEGIN: the calls that were permitted."""
    last: dict[int, datetime] = field(default_factory=dict)
    """By athlete: when their last routine sync read from Strava."""
    longest_wait: timedelta = timedelta()
    syncs: Counter[int] = field(default_factory=Counter)
    """By athlete: the number of their routine syncs."""
    people_refused: int = 0

    def run(self, length: timedelta, *, people_an_hour: int) -> None:
        due = StravaConnection.objects.values_list("user_id", "routine_at")
        self.last = {user_id: at - EVERY for user_id, at in due if at}
        while self.now < BEGIN + length:
            self.set_clock(self.now)
            start_affordable(self.status(), now=self.now)
            for run in SyncRun.objects.claimable(now=self.now):
                self.execute(run)
            if self.chance.random() < people_an_hour * LOOK_EVERY / timedelta(hours=1):
                self.people_refused += self.acquire(Lane.PERSON) is None
            self.now += LOOK_EVERY
        for at in self.last.values():
            self.longest_wait = max(self.longest_wait, self.now - at)

    def execute(self, run: SyncRun) -> None:
        """Spend one call on the run, and end it. Without a permit it waits, as `RunTask` lets it."""
        if self.acquire(Lane.ROUTINE) is None:
            waiting = {"state": "waiting", "wait_until": self.status().quarter_ends, "wait_reason": "rate_limit"}
            SyncRun.objects.filter(pk=run.pk).update(**waiting)
            return
        SyncRun.objects.filter(pk=run.pk).update(state="finished", ended_at=self.now, wait_until=None)
        self.longest_wait = max(self.longest_wait, self.now - self.last[run.athlete_id])
        self.last[run.athlete_id] = self.now
        self.syncs[run.athlete_id] += 1

    def acquire(self, lane: Lane) -> Permit | None:
        answer = self.loop.run_until_complete(self.budget.acquire(lane))
        if not isinstance(answer, Permit):
            return None
        self.calls[(self.now - BEGIN) // timedelta(minutes=15)] += 1
        return answer

    def status(self) -> BudgetStatus:
        return self.loop.run_until_complete(self.budget.status())

    def most_calls(self) -> tuple[int, int]:
        """Return the most calls in a quarter of an hour, and on a day."""
        days: Counter[int] = Counter()
        for quarter, count in self.calls.items():
            days[quarter // 96] += count
        return max(self.calls.values()), max(days.values())


def stays_within(days: Days, limits: Meters) -> bool:
    quarter, day = days.most_calls()
    return quarter <= limits.read_quarter and day <= limits.read_day
