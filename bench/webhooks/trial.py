"""One trial of a Saturday: open the sockets, let runners finish, and read what it cost and what arrived."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass

from bench.services import Services
from bench.webhooks.arrivals import Arrivals, Verdict, verdict
from bench.webhooks.crowd import CrowdProcess
from bench.webhooks.event_sender import Attempt, EventSender
from bench.webhooks.gauges import Gauges, Reading
from bench.webhooks.morning import Morning, runners_of
from bench.webhooks.scene import Scene, scene
from simulators.process import StandIn
from tests.live.webhook_site import PATH, SECRET, in_site, until_handled

WARM_UP_S = 5.0
IDLE_S = 10.0
"""How long nothing happens before the trial, to see what the open sockets alone cost."""
OTHERS = ("stand-in", "sockets")
"""Processes of a trial that are not part of the site."""


@dataclass(frozen=True)
class Size:
    """How large a trial is: its clubs, for how many seconds it lasts, and how many events there are a second."""

    clubs: int
    seconds: float
    a_second: float


@dataclass(frozen=True)
class Trial:
    """What a trial has measured."""

    size: Size
    events: int
    quiet: Reading
    before: Reading
    after: Reading
    """Readings before the quiet time, before the first event, and once no event waits."""
    gauges: Gauges
    attempts: list[Attempt]
    delays_s: list[float]
    """For each parkrun: from its event until it was on the club's wall."""
    handled_s: list[float]
    """For each event: from its arrival until it was handled."""
    verdict: Verdict
    cut: int
    """How many sockets the site has closed."""
    calls: int
    """How many calls to Strava the site has made."""

    @property
    def took_s(self) -> float:
        return self.after.at - self.before.at

    def load(self, name: str) -> float:
        """Return which share of a processor a process has used during the events."""
        return (self.after.cpu_s[name] - self.before.cpu_s[name]) / self.took_s

    def quiet_load(self, name: str) -> float:
        return (self.before.cpu_s[name] - self.quiet.cpu_s[name]) / (self.before.at - self.quiet.at)

    @property
    def cpu_ms_an_event(self) -> float:
        """The processor time of the site's processes, Postgres and Redis for each event."""
        own = [name for name in self.gauges.pids if name not in OTHERS]
        return sum(self.load(name) for name in own) * self.took_s * 1000 / self.events

    @property
    def queries_an_event(self) -> float:
        return (self.after.queries - self.before.queries) / self.events

    @property
    def quiet_queries_a_second(self) -> float:
        return (self.before.queries - self.quiet.queries) / (self.before.at - self.quiet.at)


def run_trial(services: Services, size: Size) -> Trial:
    with scene(services, size.clubs) as running:
        crowd = CrowdProcess(list(running.addresses()))
        try:
            return asyncio.run(measure(running, crowd, size))
        finally:
            crowd.process.kill()


async def measure(running: Scene, crowd: CrowdProcess, size: Size) -> Trial:
    gauges = Gauges(running.pids | {"sockets": crowd.process.pid or 0})
    chance, postgres = random.Random(14), running.services.postgres
    sender = EventSender(running.urls, PATH, secret=SECRET, retry_s=10.0)
    runners = runners_of(running.clubs, chance)
    morning = Morning(running.stand_in, sender, running.subscription, runners, chance)
    await morning.run(WARM_UP_S, size.a_second)
    await until_handled(running.site)
    warmed_up, warm_up_events, calls = len(morning.finished), morning.events, api_calls(running.stand_in)
    sender.sent.clear()
    quiet = Reading.now(gauges, postgres)
    await asyncio.sleep(IDLE_S)
    before = Reading.now(gauges, postgres)
    sampling = asyncio.create_task(gauges.sample())
    await morning.run(size.seconds, size.a_second)
    await until_handled(running.site)
    after = Reading.now(gauges, postgres)
    sampling.cancel()
    await asyncio.sleep(2.0)  # until the last announcements have arrived
    heard, cut = await asyncio.to_thread(crowd.stop)
    sender.close()
    arrivals = Arrivals(heard)
    on_feeds = Counter(map(int, in_site(running.site, "athletes_on_feeds").split()))
    return Trial(
        size=size,
        events=morning.events - warm_up_events,
        quiet=quiet,
        before=before,
        after=after,
        gauges=gauges,
        attempts=[attempt for sent in sender.sent for attempt in sent.attempts],
        delays_s=[
            arrivals.at_wall(finished.runner)[0] - finished.sent_at
            for finished in morning.finished[warmed_up:]
            if arrivals.at_wall(finished.runner)
        ],
        handled_s=[float(seconds) for seconds in in_site(running.site, "seconds_to_handle").split()],
        verdict=verdict(morning.finished, arrivals, on_feeds),
        cut=cut,
        calls=api_calls(running.stand_in) - calls,
    )


def api_calls(stand_in: StandIn) -> int:
    calls = stand_in.stats()["calls"]
    return sum(calls.get(name, 0) for name in ("athlete", "activities", "activity"))
