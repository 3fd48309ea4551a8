"""A simulated Saturday from the stand-in's events to feed and wall, with nothing pressed at the site.

It is the demo of bin/dev: the demo club, whose club runners all finish.
"""

import re
from collections.abc import Iterator
from datetime import datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from simulators.process import StandIn
from simulators.started import Record
from simulators.strava.club_runners import FIRST_ID
from strava_live.management.club_runners import ClubRunner
from strava_live.management.commands.demo_club import CAPTAIN, PASSWORD
from strava_live.visibility import name_shown
from tests.browser.club_site import eventually
from tests.live_site import LiveSite, LiveSites
from tests.patience import PATIENCE_MS
from tests.strava_of import lift_limits, strava_of

pytestmark = [pytest.mark.services, pytest.mark.browser]
MINUTES = 0.2
RUNNERS = 40
PARKRUNS = """
from strava_live.feed.models import Entry
print(Entry.objects.not_removed().filter(kind="parkrun", data__date={day!r}).count())
"""
NAME = "from strava_live.activities.models import Activity; print(Activity.objects.get(strava_id={strava_id}).name)"


@pytest.fixture(scope="module")
def stand_in() -> Iterator[StandIn]:
    """A stand-in of its own, because every connected athlete runs on a simulated Saturday."""
    with StandIn() as running:
        lift_limits(running)
        yield running


@pytest.fixture(scope="module")
def site(module_sites: LiveSites, stand_in: StandIn) -> LiveSite:
    settings = {
        "DEBUG": "1",
        "DJANGO_SETTINGS_MODULE": "tests.live_settings",
        "OCCASION_URL": f"{stand_in.url}/control/saturday",
        "STRAVA_WEBHOOK_TOKEN": "the-token-of-a-simulated-saturday",
    }
    return module_sites.running(**settings, **strava_of(stand_in))


def sign_in(page: Page, site: LiveSite) -> None:
    page.goto(f"{site.url}/accounts/login/")
    page.locator("input[name=login]").fill(CAPTAIN.username)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").last.click()
    expect(page).to_have_url(f"{site.url}/")


def shown_name(finisher: Record) -> str:
    """Return the name under which the club sees a finisher. Several finishers have no name there: "A member"."""
    runner = ClubRunner(finisher["athlete_id"] - FIRST_ID + 1, finisher["athlete_id"], finisher["name"])
    return name_shown(runner.name, runner.shown_as)


def names_in(feed: Page) -> set[str]:
    """Return the names of the people whose parkruns at Bushy the feed shows."""
    return set(feed.locator(".entry", has_text="Bushy parkrun").locator(".entry-name").all_text_contents())


def test_simulated_saturday_reaches_feed_and_wall(browser: Browser, site: LiveSite, stand_in: StandIn) -> None:
    links = dict(line.split(" ", 1) for line in site.manage("demo_club").splitlines())
    site.manage("strava_webhook", "subscribe")
    for _ in range(2):  # the second time changes nothing
        assert site.manage("demo_club", "--club-runners") == f"{RUNNERS} club runners are members\n"
    context = browser.new_context(locale="en-GB", reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    wall, feed = context.new_page(), context.new_page()
    sign_in(feed, site)
    for page, address in ((wall, links["screen"]), (feed, links["club"])):
        page.goto(address)
        expect(page.locator("[data-connection]")).to_have_text(re.compile("^Live"))
    wall.bring_to_front()

    began = stand_in.start_saturday(minutes=MINUTES)["occasion"]["started_at"]

    expect(wall.locator(".moment-milestone .moment-number")).to_have_text("100parkruns")
    eventually(lambda: stand_in.saturday()["occasion"] is None, feed)
    finishers: list[Record] = stand_in.saturday(finishers=True)["finishers"]
    gone = {shown_name(one) for one in finishers if one["unusual"] in ("private", "deleted")} - {""}
    stay = {shown_name(one) for one in finishers if one["unusual"] not in ("private", "deleted")} - {""}
    eventually(lambda: stay <= (names := names_in(feed)) and not gone & names, feed)
    day = datetime.fromisoformat(began).date().isoformat()
    shown = int(site.manage("shell", "-v", "0", "-c", PARKRUNS.format(day=day)))
    assert shown >= RUNNERS - 2, "all but the private run and the deleted one"
    expect(wall.locator("[data-board-page]")).to_have_text(re.compile(f" of {shown}$"))
    [renamed] = [one for one in finishers if one["unusual"] == "renamed"]
    [title] = [one["name"] for one in stand_in.activities(renamed["athlete_id"]) if one["id"] == renamed["activity_id"]]
    stored = NAME.format(strava_id=renamed["activity_id"])
    eventually(lambda: site.manage("shell", "-v", "0", "-c", stored).strip() == title, feed)
