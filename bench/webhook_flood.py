"""2,000 events in ten seconds, each sent up to three times and shuffled: `bin/bench webhook_flood`.

Forty athletes of a club upload, rename, retype, hide, show and delete activities. The site runs on Postgres and Redis
with one web process and one worker, and events are signed. Afterwards each activity and each entry must be as it is at
the stand-in. The stand-in measures how long the site takes to answer its events.

    python -m bench.webhook_flood [EVENTS] [SECONDS]
"""

import asyncio
import sys
import time

from bench.fanout_peers.processes import on_cpu_s
from bench.record import Record
from bench.services import running_services
from bench.webhooks.sites import Running, on_a_server, running
from bench.webhooks.trial import api_calls
from tests.live.connected_clubs import ConnectedClub, connected_club
from tests.live.flood import Flood, all_sent, send_shuffled
from tests.live.webhook_site import differences, until_handled

EVENTS, SECONDS, ATHLETES = 2000, 10, 40
LATE_S = 1.0
"""How late each copy of an event may be, at random. So events overtake each other."""
ANSWER_MS = 200.0
CALLS_PER_EVENT = 0.2


def main(words: list[str]) -> int:
    events, seconds = (*map(int, words), *(EVENTS, SECONDS)[len(words) :])
    record = Record("webhook_flood")
    with running_services() as services, running(services, on_a_server) as site:
        club = connected_club(site.site, site.stand_in, members=ATHLETES)
        before = api_calls(site.stand_in)
        wrong = asyncio.run(flood(site, club, events, seconds))
        calls, sent = api_calls(site.stand_in) - before, site.stand_in.webhooks_summary()
        print(f"{calls} calls to Strava: {site.stand_in.stats()['calls']}")
    print("\n".join(wrong[:20]))
    print(f"{sent['events']} events, sent {sent['deliveries']} times; answers in ms: {sent['answer_ms']}")
    record.goal("99th percentile of an answer, ms", sent["answer_ms"]["p99"], ANSWER_MS)
    record.goal("attempts that were not answered 200", sent["attempts"] - sent["delivered"], 0)
    record.goal("activities and entries that are not right", len(wrong), 0)
    record.goal("calls to Strava for each event", calls / sent["events"], CALLS_PER_EVENT)
    return record.finish()


async def flood(site: Running, club: ConnectedClub, events: int, seconds: float) -> list[str]:
    """Cause the events. Wait until all events are handled. Return what is wrong then."""
    send_shuffled(site.stand_in, late_s=LATE_S, retry_s=5.0)
    cpu = on_cpu(site)
    began = time.monotonic()
    await Flood(site.stand_in, club.athletes, seed=14).run(events, seconds)
    await all_sent(site.stand_in)
    print(f"the last event was delivered after {time.monotonic() - began:.1f} s", end="; ")
    print(", ".join(f"{name} used {now - cpu[name]:.1f} s" for name, now in on_cpu(site).items()))
    await until_handled(site.site)
    print(f"no event waits after {time.monotonic() - began:.1f} s")
    return differences(site.site, site.stand_in, club)


def on_cpu(site: Running) -> dict[str, float]:
    """Return the processor time that each process has used so far, in seconds."""
    web, worker = (process.pid for process in site.site.processes)
    pids = {"the web process": web, "the worker": worker, "the stand-in": site.stand_in.process.pid}
    return {name: on_cpu_s(pid) for name, pid in pids.items()}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
