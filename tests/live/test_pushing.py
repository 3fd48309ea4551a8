"""Notifications are sent to devices by worker processes, of which the first is killed in the middle."""

import time
from collections import Counter
from collections.abc import Callable

import pytest

from simulators.push_process import PushStandIn
from tests.live_site import LiveSite, LiveSites
from tests.patience import PATIENCE_S
from tests.push_of import push_of

pytestmark = pytest.mark.services
NOTIFICATIONS, PEOPLE = 200, 4
FILL = "from tests.live.pushes import fill_outbox; fill_outbox({browsers!r}, {notifications})"
LEFT = "from strava_live.notifications.push_models import OutgoingPush as P; print(P.objects.live().count())"
END_LEASES = """
from django.utils import timezone
from strava_live.notifications.push_models import OutgoingPush
OutgoingPush.objects.exclude(lease_until=None).update(lease_until=timezone.now())
"""


def shell(site: LiveSite, code: str) -> str:
    return site.manage("shell", "--verbosity", "0", "-c", code).strip()


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "it has not come true"
        time.sleep(0.02)


def test_killed_worker_loses_nothing_and_each_person_gets_at_most_one_twice(
    live_sites: LiveSites, push_service: PushStandIn
) -> None:
    site = live_sites(DJANGO_SETTINGS_MODULE="tests.live_settings", **push_of(push_service))
    browsers = [(one["endpoint"], one["keys"]) for one in push_service.add_browsers(PEOPLE)]
    shell(site, FILL.format(browsers=browsers, notifications=NOTIFICATIONS))
    push_service.fault("latency", ms=5)

    worker = site.start("worker")
    wait_until(lambda: push_service.stats()["messages"] > NOTIFICATIONS / 4)
    worker.kill()
    worker.wait(PATIENCE_S)
    assert int(shell(site, LEFT)) > 0, "the worker has not ended too late"
    shell(site, END_LEASES)
    site.start("worker")
    wait_until(lambda: shell(site, LEFT) == "0")

    sent = Counter((one["token"], one["headers"]["topic"]) for one in push_service.messages() if one["status"] == 201)
    assert len(sent) == NOTIFICATIONS
    assert max(sent.values()) <= 2
    twice = Counter(token for (token, _), times in sent.items() if times == 2)
    assert all(times == 1 for times in twice.values())
