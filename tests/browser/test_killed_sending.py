"""A person presses "Send now" for 3,000 activities, and the worker process that sends them is killed in the middle."""

import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from simulators.bucket_process import BucketStandIn
from tests.bucket_of import bucket_of
from tests.live_site import LiveSite, LiveSites
from tests.patience import PATIENCE_S

pytestmark = [pytest.mark.services, pytest.mark.browser]
ACTIVITIES = 3000
CONNECT = """
from tests.browser.test_killed_sending import connect
connect({username!r}, {access!r}, {refresh!r}, {activities})
"""
STATE = """
from strava_live.bucket.models import Sending
print(*Sending.objects.order_by("-pk").values_list("state", "sent", "unchanged", "deleted", "missing")[0])
"""
EXPECTED = """
import json
from strava_live.bucket.models import BucketConnection
from tests.bucket.executed import should_be_stored
print(json.dumps(should_be_stored(BucketConnection.objects.get())))
"""


def connect(username: str, access: str, refresh: str, activities: int) -> None:
    """Create a user with saved activities, and print the key of their session. Runs in the site.

    A fifth of the activities started in the second of another.
    """
    from strava_live.accounts.encryption import Secret
    from strava_live.accounts.models import User
    from strava_live.activities.models import Activity
    from tests.bucket.connected import START, connected, save_activity
    from tests.live.founding import sessions_of

    user = User.objects.create_user("alva")
    first = save_activity(user, 1)
    fields = {field.attname: getattr(first, field.attname) for field in Activity._meta.concrete_fields}
    rows = []
    for number in range(2, activities + 1):
        start = START + timedelta(minutes=number - (number % 5 == 0))
        own = {"id": None, "strava_id": number, "mark": number, "name": f"Run {number}", "start": start}
        rows.append(Activity(**fields | own))
    Activity.objects.bulk_create(rows)
    connected(
        user,
        person_id=f"dcd:persons:{username}",
        access_token=Secret.of(access),
        refresh_token=Secret.of(refresh),
    )
    print(*sessions_of([user]))  # noqa: T201 for the process that asked


def shell(site: LiveSite, code: str) -> str:
    return site.manage("shell", "--verbosity", "0", "-c", code).strip()


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "it has not come true"
        time.sleep(0.2)  # each look costs the stand-in or the site time


def state(site: LiveSite) -> tuple[str, list[int]]:
    found, *counts = shell(site, STATE).split()
    return found, [int(count) for count in counts]


def written(bucket: BucketStandIn, username: str) -> int:
    return sum(one["rows"] for thing in bucket.things(username) for one in thing["properties"])


def test_a_killed_sending_goes_on_and_sending_again_changes_nothing(
    page: Page, live_sites: LiveSites, bucket_process: BucketStandIn
) -> None:
    site = live_sites.running(
        DJANGO_SETTINGS_MODULE="tests.live_settings", WORK_IN_WEB="0", **bucket_of(bucket_process)
    )
    username = bucket_process.add_person("Killed in the middle")
    granted = bucket_process.grant(username)
    tokens = {"access": granted["access_token"], "refresh": granted["refresh_token"]}
    session = shell(site, CONNECT.format(username=username, activities=ACTIVITIES, **tokens))
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": site.url}])
    bucket_process.fault("latency", "write_values", ms=20)
    worker = site.start("worker")
    page.goto(f"{site.url}/bucket/")
    panel = page.get_by_role("region", name="Your activities")

    panel.get_by_role("button", name="Send now").click()

    wait_until(lambda: written(bucket_process, username) > ACTIVITIES)
    worker.kill()
    worker.wait()
    expect(panel.get_by_role("heading", name="Sending your activities")).to_be_visible()
    assert state(site)[0] == "running"
    bucket_process.clear_faults()
    site.start("worker")
    expect(panel.get_by_role("heading", name="Up to date")).to_be_visible()

    assert state(site)[1][2:] == [0, 0]
    expected: dict[str, Any] = json.loads(shell(site, EXPECTED))
    assert len(expected["Title"]) == ACTIVITIES
    assert {name: rows for name, rows in bucket_process.rows_by_name(username).items() if rows} == expected

    writes = bucket_process.stats()["calls"]
    expect(page.locator("#sendings li")).to_have_count(1)
    panel.get_by_role("button", name="Send now").click()
    expect(page.locator("#sendings li")).to_have_count(2)
    expect(panel.get_by_role("heading", name="Up to date")).to_be_visible()
    assert state(site) == ("finished", [0, 0, 0, 0])
    after = bucket_process.stats()["calls"]
    for call in ("write_values", "delete_timestamps", "create_thing", "create_property"):
        assert after.get(call) == writes.get(call)
