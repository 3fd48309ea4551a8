"""How soon 1,000 notifications leave the outbox of browser push: `bin/bench push`.

A worker process sends them over Postgres to the stand-in for push services, which decrypts each one.
"""

import sys
import time

from bench.record import Record
from bench.services import running_services
from simulators.push_process import PushStandIn
from tests.live_site import LiveSite, LiveSites
from tests.push_of import push_of

NOTIFICATIONS = 1000
PEOPLE = (1000, 20, 1)
"""How many people share the notifications, each time."""
MOST_S = 10.0
FILL = "from tests.live.pushes import fill_outbox; fill_outbox({browsers!r}, {notifications})"
LEFT = "from strava_live.notifications.push_models import OutgoingPush as P; print(P.objects.live().count())"


def main() -> int:
    record = Record("push")
    with running_services() as services, LiveSites(services.databases) as sites, PushStandIn() as service:
        for people in PEOPLE:
            site = sites(DATABASE_URL=services.databases.postgres(services.postgres.url), **push_of(service))
            seconds = measure(site, service, people)
            record.add(f"{people} people s", [seconds])
            record.goal(f"{NOTIFICATIONS} notifications of {people} people, seconds", seconds, MOST_S)
            site.stop()
    return record.finish()


def measure(site: LiveSite, service: PushStandIn, people: int) -> float:
    """Return the seconds from the first message to the last one, while a worker sends."""
    service.clear()
    fill(site, service, people)
    site.start("worker")
    while service.stats()["messages"] < NOTIFICATIONS or int(shell(site, LEFT)):
        time.sleep(0.2)
    at = [message["at"] for message in service.messages()]
    assert len(at) == NOTIFICATIONS
    return max(at) - min(at)


def fill(site: LiveSite, service: PushStandIn, people: int) -> None:
    browsers = [(one["endpoint"], one["keys"]) for one in service.add_browsers(people)]
    shell(site, FILL.format(browsers=browsers, notifications=NOTIFICATIONS))


def shell(site: LiveSite, code: str) -> str:
    return site.manage("shell", "--verbosity", "0", "-c", code).strip()


if __name__ == "__main__":
    sys.exit(main())
