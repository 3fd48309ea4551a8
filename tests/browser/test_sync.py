"""Importing on /sync/ in a real browser, served by the processes in the Procfile, against the stand-in for Strava."""

import re
import signal
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from simulators.process import StandIn
from tests.browser.club_site import eventually
from tests.browser.sync_page import DONE, expect_total, open_sync, signed_in, total, wait_for_import
from tests.live.founding import newcomer
from tests.live_site import LiveSite, LiveSites
from tests.patience import PATIENCE_S
from tests.strava_of import strava_of

pytestmark = [pytest.mark.services, pytest.mark.browser]

START = "Import from Strava"
# Compare two numbers in each of `steps` animation frames and return the pairs that differed.
SAME_NUMBERS = """([steps, ...names]) => new Promise((done) => {
  const [one, other] = names.map((name) => document.querySelector(name));
  const different = [];
  let seen = 0;
  const step = () => {
    if (one.textContent !== other.textContent) different.push([one.textContent, other.textContent]);
    seen += 1;
    if (seen < steps) requestAnimationFrame(step);
    else done(different);
  };
  requestAnimationFrame(step);
})"""


@pytest.fixture
def hosted_site(live_sites: LiveSites, redis_url: str, postgres_database: str, stand_in: StandIn) -> LiveSite:
    """A site as in production: Postgres, Redis, a web process and a worker."""
    site = live_sites(REDIS_URL=redis_url, DATABASE_URL=postgres_database, **strava_of(stand_in))
    site.start("worker")
    site.start("web")
    return site


def test_three_tabs_show_the_same_history(page: Page, hosted_site: LiveSite, stand_in: StandIn) -> None:
    strava_id = stand_in.add_athlete(activities=3000)
    signed_in(page.context, hosted_site, stand_in, strava_id)
    tabs = [open_sync(tab, hosted_site) for tab in (page, page.context.new_page(), page.context.new_page())]
    wait_for_import(tabs[0])

    truth = len(stand_in.given_ids(strava_id))
    for tab in tabs:
        expect_total(tab, truth)
        expect(tab.get_by_role("heading", name=DONE)).to_be_visible()
        expect(tab.locator("[data-slot=error]")).to_be_hidden()
        assert tab.locator(".run").count() < 60


def test_rows_show_as_soon_as_each_arrives_from_strava(page: Page, site: LiveSite, stand_in: StandIn) -> None:
    strava_id = stand_in.add_athlete(activities=120)
    signed_in(page.context, site, stand_in, strava_id)
    shown = [1, 2, 3, 40, 119]
    pauses = [stand_in.fault("pause", "activities", items=count, athlete_id=strava_id) for count in shown]
    open_sync(page, site)

    for count, pause in zip(shown, pauses, strict=True):
        expect_total(page, count)
        expect(page.locator(".run").first).to_be_visible()
        stand_in.clear_fault(pause)

    wait_for_import(page)
    expect_total(page, 120)


def test_import_continues_after_its_tab_is_closed(page: Page, site: LiveSite, stand_in: StandIn) -> None:
    strava_id = stand_in.add_athlete(activities=150)
    signed_in(page.context, site, stand_in, strava_id)
    stand_in.fault("pause", "activities", items=50, athlete_id=strava_id)
    first = open_sync(page.context.new_page(), site)
    expect(first.locator(".run").first).to_be_visible()
    first.close()
    stand_in.clear_faults()

    open_sync(page, site)

    wait_for_import(page)
    expect_total(page, 150)


def test_stopped_import_keeps_its_activities_and_can_be_carried_on(
    page: Page, site: LiveSite, stand_in: StandIn
) -> None:
    strava_id = stand_in.add_athlete(activities=400)
    signed_in(page.context, site, stand_in, strava_id)
    stand_in.fault("pause", "activities", items=100, athlete_id=strava_id, skip=1)
    open_sync(page, site)
    expect(page.locator(".run").nth(5)).to_be_visible()

    page.get_by_role("button", name="Stop").click()

    expect(page.get_by_role("heading", name="Stopped")).to_be_visible()
    expect(page.get_by_role("region", name="Your import")).to_be_focused()
    imported = total(page)
    assert 5 < imported < 400
    page.reload()
    expect_total(page, imported)
    expect(page.get_by_role("button", name="Import everything again")).to_be_visible()

    stand_in.clear_faults()
    page.get_by_role("button", name="Carry on from").click()

    expect(page.get_by_role("heading", name=DONE)).to_be_visible()
    expect_total(page, 400)
    expect(page.get_by_role("button", name="Look for new runs")).to_be_visible()
    expect(page.get_by_role("button", name="Carry on from")).to_be_hidden()


def test_start_without_javascript(browser: Browser, site: LiveSite, stand_in: StandIn) -> None:
    context = browser.new_context(java_script_enabled=False)
    strava_id = stand_in.add_athlete(activities=250)
    signed_in(context, site, stand_in, strava_id)
    page = context.new_page()
    page.goto(f"{site.url}/sync/")

    page.get_by_role("button", name=START, exact=True).click()

    expect(page).to_have_url(f"{site.url}/sync/")

    def is_done() -> bool:
        page.reload()
        return page.get_by_role("heading", name=DONE).is_visible()

    eventually(is_done, page)
    expect(page.locator(".run")).to_have_count(50)
    page.locator(".run").first.get_by_role("button").click()
    expect(page).to_have_url(f"{site.url}/sync/")
    context.close()


def test_failing_strava_shows_a_countdown_to_the_next_try(page: Page, site: LiveSite, stand_in: StandIn) -> None:
    strava_id = stand_in.add_athlete(activities=500)
    signed_in(page.context, site, stand_in, strava_id)
    stand_in.fault("server_error", "activities", skip=1, athlete_id=strava_id)
    open_sync(page, site)

    expect(page.get_by_role("heading", name="Strava isn't answering")).to_be_visible()
    expect(page.locator("[data-part=strava_down] [data-slot=countdown]")).to_have_text(
        re.compile(r"^Trying again in \d+:\d\d, at \d\d:\d\d$")
    )
    page.reload()
    expect(page.get_by_role("heading", name="Strava isn't answering")).to_be_visible()
    stand_in.clear_faults()
    expect(page.get_by_role("heading", name=DONE)).to_be_visible()
    expect_total(page, 500)


def test_revoked_access_asks_to_reconnect_and_then_carries_on(page: Page, site: LiveSite, stand_in: StandIn) -> None:
    strava_id = stand_in.add_athlete(activities=10)
    visitor = signed_in(page.context, site, stand_in, strava_id)
    open_sync(page, site)
    wait_for_import(page)
    stand_in.revoke(strava_id)

    page.get_by_role("button", name="Look for new runs").click()

    expect(page.get_by_role("alert").filter(has_text="Strava no longer lets us")).to_be_visible()
    expect(page.get_by_text("Your 10 activities are still here.").locator("visible=true")).to_be_visible()
    reconnect = page.get_by_role("button", name="Connect Strava again").locator("visible=true")
    expect(reconnect).to_be_visible()
    page.reload()
    expect(reconnect).to_be_visible()
    visitor.connect_strava(stand_in, strava_id)
    page.reload()
    expect(page.get_by_role("heading", name=DONE)).to_be_visible()
    expect(reconnect).to_be_hidden()
    expect(page.get_by_role("button", name="Look for new runs")).to_be_visible()


def test_first_import_on_a_phone(page: Page, site: LiveSite, stand_in: StandIn) -> None:
    """Connect from the home page and import everything. Activities with wrong dates do not make the page wider."""
    strava_id = 100_001  # an athlete of the stand-in with a parkrun on most Saturdays since 2016
    stand_in.add_activity(strava_id, start=int(datetime(2076, 5, 1, tzinfo=UTC).timestamp()))
    stand_in.add_activity(strava_id, start=int(datetime(2009, 5, 1, tzinfo=UTC).timestamp()))
    stand_in.fault("drip", "activities", ms=10, athlete_id=strava_id)
    page.set_viewport_size({"width": 360, "height": 740})
    page.emulate_media(reduced_motion="no-preference")
    visitor = newcomer(site, "nora")
    page.context.add_cookies([{"name": name, "value": value, "url": site.url} for name, value in visitor.jar.items()])
    page.goto(site.url)
    page.get_by_role("button", name="Connect with Strava").click()
    page.locator(f"input[name=athlete_id][value='{strava_id}']").check()
    page.get_by_role("button", name="Authorize").click()

    expect(page).to_have_url(f"{site.url}/sync/")
    expect(page.get_by_role("heading", name="Importing your runs")).to_be_visible()
    expect(page.locator("[data-slot=progress]")).to_be_visible()
    arrivals = page.locator(".sync-arrival")
    expect(arrivals).to_have_count(3)
    expect(arrivals.first).to_be_in_viewport()
    expect(page.locator("[data-slot=left]")).to_have_text(re.compile(r"^\d+% of the way back to Mar 2014"))
    panel, heading = page.locator("[data-slot=found]").first, page.locator("[data-slot=total]")
    assert page.evaluate(SAME_NUMBERS, [200, "[data-slot=found]", "[data-slot=total]"]) == []
    expect(page.locator("[data-milestone]")).to_have_text(re.compile(r"\d+ parkruns so far!"))
    held: list[Route] = []
    page.route("**/sync/figures/", lambda route: held.append(route))  # noqa: PLW0108 - Playwright wraps no built-in
    with page.expect_request("**/sync/figures/"):
        stand_in.clear_faults()
    expect(page.get_by_role("heading", name=DONE)).to_be_hidden()  # not before the figures beside it are known
    held[0].continue_()

    expect(page.get_by_role("heading", name=DONE)).to_be_visible()
    truth = len(stand_in.given_ids(strava_id))
    expect(heading).to_have_text(f"{truth:,}")
    assert panel.text_content() == f"{truth:,}"
    expect(page.get_by_role("link", name="See my parkruns")).to_be_visible()
    expect(page.locator("[data-slot=sentence]").locator("visible=true")).to_have_text(
        re.compile(r"^[\d,]+ runs since 2009, \d+ of them parkruns at \d+ events?\.$")
    )
    expect(page.locator(".year-column")).not_to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.reload()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.get_by_role("link", name="See my parkruns").click()
    expect(page).to_have_url(f"{site.url}/parkruns/")


def test_import_that_cannot_start_by_itself_shows_its_button(page: Page, site: LiveSite, stand_in: StandIn) -> None:
    """Before the page's socket is connected, and if it never is, a button starts the first import."""
    signed_in(page.context, site, stand_in, stand_in.add_athlete(activities=1))
    page.route_web_socket("**/ws/sync/**", lambda socket: socket.close())

    page.goto(f"{site.url}/sync/")

    start = page.get_by_role("button", name="Import from Strava")
    expect(start).to_be_hidden()
    expect(page.get_by_role("heading", name="Importing your runs")).to_be_visible()
    expect(start).to_be_visible()
    start.click()
    expect(page).to_have_url(f"{site.url}/sync/")
    wait_for_import(open_sync(page.context.new_page(), site))


def test_page_reconnects_after_a_restart_and_shows_every_activity(
    browser: Browser, live_sites: LiveSites, stand_in: StandIn
) -> None:
    """It uses a context of its own, because a refused connection logs an error, which would fail the `page` fixture."""
    site = live_sites(**strava_of(stand_in))
    web = site.start("web")
    context = browser.new_context()
    strava_id = stand_in.add_athlete(activities=300)
    signed_in(context, site, stand_in, strava_id)
    stand_in.fault("pause", "activities", items=150, athlete_id=strava_id)
    page = open_sync(context.new_page(), site)
    expect(page.locator(".run").nth(5)).to_be_visible()

    web.send_signal(signal.SIGTERM)
    web.wait(PATIENCE_S)
    expect(page.locator("[data-connection]")).to_have_text(re.compile("Reconnecting"))
    stand_in.clear_faults()
    site.start("web")

    expect(page.locator("[data-connection]")).to_have_text("Live")
    wait_for_import(page)
    expect_total(page, 300)
    context.close()
