"""/sync/ in a real browser, on the processes that the Procfile names, against the stand-in."""

import re
import signal
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from simulators.process import StandIn
from tests.live.visitor import Visitor
from tests.live_site import LiveSite, LiveSites
from tests.migrated import MigratedDatabases

pytestmark = [pytest.mark.services, pytest.mark.browser]

START = "Read my Strava"
WATCH_TOTAL = """() => {
  window.totals = [];
  const total = document.querySelector("[data-slot=total]");
  new MutationObserver(() => window.totals.push(total.textContent)).observe(total, { childList: true });
}"""
WHAT_IS_READ = """() => {
  const row = Array.from(document.querySelectorAll(".run")).find((one) => one.getBoundingClientRect().top >= 100);
  return [row.dataset.key, Math.round(row.getBoundingClientRect().top)];
}"""


@pytest.fixture(scope="module")
def stand_in(stand_in_process: StandIn) -> StandIn:
    stand_in_process.limits(overall=[100_000, 1_000_000], read=[100_000, 1_000_000], window_s=900)
    return stand_in_process


@pytest.fixture(autouse=True)
def no_fault_left(stand_in: StandIn) -> Iterator[None]:
    yield
    stand_in.clear_faults()


def strava_settings(stand_in: StandIn) -> dict[str, str]:
    return {
        "STRAVA_CLIENT_ID": "stand-in",
        "STRAVA_CLIENT_SECRET": "stand-in-secret",
        "STRAVA_OAUTH_URL": stand_in.oauth_url,
        "STRAVA_API_URL": stand_in.api_url,
    }


@pytest.fixture(scope="module")
def site(migrated_databases: MigratedDatabases, stand_in: StandIn) -> Iterator[LiveSite]:
    """One process over SQLite, as on a laptop; every test has athletes of its own."""
    with LiveSites(migrated_databases) as sites:
        site = sites(**strava_settings(stand_in))
        site.start("web")
        yield site


@pytest.fixture
def hosted_site(live_sites: LiveSites, redis_url: str, postgres_database: str, stand_in: StandIn) -> LiveSite:
    """As a host runs it: Postgres, Redis, a web process and a worker."""
    site = live_sites(REDIS_URL=redis_url, DATABASE_URL=postgres_database, **strava_settings(stand_in))
    site.start("worker")
    site.start("web")
    return site


def signed_in(context: BrowserContext, site: LiveSite, stand_in: StandIn, strava_id: int) -> Visitor:
    """Somebody who has connected this athlete; the browser gets their cookies."""
    visitor = Visitor(site.url)
    visitor.sign_up(f"athlete{strava_id}")
    visitor.connect_strava(stand_in, strava_id)
    context.add_cookies([{"name": name, "value": value, "url": site.url} for name, value in visitor.jar.items()])
    return visitor


def open_sync(page: Page, site: LiveSite) -> Page:
    page.goto(f"{site.url}/sync/")
    expect(page.locator("[data-connection]")).to_have_text("Live")
    return page


def read_all(page: Page) -> None:
    page.get_by_role("button", name=START, exact=True).click()
    expect(page.get_by_role("heading", name="All read")).to_be_visible(timeout=60_000)


def total(page: Page) -> int:
    return int(page.locator("[data-slot=total]").inner_text().replace(",", "") or 0)


def expect_total(page: Page, count: int) -> None:
    expect(page.locator("[data-slot=total]")).to_have_text(f"{count:,}", timeout=60_000)


def test_three_tabs_show_the_same_history(page: Page, hosted_site: LiveSite, stand_in: StandIn) -> None:
    strava_id = stand_in.add_athlete(activities=3000)
    signed_in(page.context, hosted_site, stand_in, strava_id)
    tabs = [open_sync(tab, hosted_site) for tab in (page, page.context.new_page(), page.context.new_page())]
    read_all(tabs[0])

    truth = len(stand_in.given_ids(strava_id))
    for tab in tabs:
        expect_total(tab, truth)
        expect(tab.get_by_role("heading", name="All read")).to_be_visible()
        assert tab.locator(".run").count() < 60


def test_page_that_drips_shows_rows_one_by_one(page: Page, site: LiveSite, stand_in: StandIn) -> None:
    strava_id = stand_in.add_athlete(activities=120)
    signed_in(page.context, site, stand_in, strava_id)
    stand_in.fault("drip", "activities", ms=50, athlete_id=strava_id)  # a busy browser joins quicker ones
    open_sync(page, site).evaluate(WATCH_TOTAL)

    read_all(page)

    steps = [int(step) for step in dict.fromkeys(page.evaluate("window.totals")) if step]
    assert steps[-1] == 120
    assert len(steps) > 60, f"{len(steps)} steps to 120 rows"
    assert max(after - before for before, after in zip([0, *steps], steps, strict=False)) < 40


def test_run_goes_on_without_its_tab(page: Page, site: LiveSite, stand_in: StandIn) -> None:
    strava_id = stand_in.add_athlete(activities=150)
    signed_in(page.context, site, stand_in, strava_id)
    stand_in.fault("drip", "activities", ms=20, athlete_id=strava_id)
    first = open_sync(page.context.new_page(), site)
    first.get_by_role("button", name=START, exact=True).click()
    expect(first.locator(".run").first).to_be_visible()
    first.close()

    open_sync(page, site)

    expect(page.get_by_role("heading", name="All read")).to_be_visible(timeout=20_000)
    expect_total(page, 150)


def test_stopping_keeps_what_is_there(page: Page, site: LiveSite, stand_in: StandIn) -> None:
    strava_id = stand_in.add_athlete(activities=400)
    signed_in(page.context, site, stand_in, strava_id)
    stand_in.fault("drip", "activities", ms=20, athlete_id=strava_id)
    open_sync(page, site)
    page.get_by_role("button", name=START, exact=True).click()
    expect(page.locator(".run").nth(5)).to_be_visible()

    page.get_by_role("button", name="Stop").click()

    expect(page.get_by_role("heading", name="Stopped")).to_be_visible(timeout=3_000)
    there = total(page)
    assert 5 < there < 400
    page.reload()
    expect_total(page, there)
    expect(page.get_by_role("button", name="Read my Strava again")).to_be_visible()


def test_start_without_javascript(browser: Browser, site: LiveSite, stand_in: StandIn) -> None:
    context = browser.new_context(java_script_enabled=False)
    strava_id = stand_in.add_athlete(activities=250)
    signed_in(context, site, stand_in, strava_id)
    page = context.new_page()
    page.goto(f"{site.url}/sync/")

    page.get_by_role("button", name=START, exact=True).click()

    expect(page).to_have_url(f"{site.url}/sync/")
    for _ in range(40):
        if page.get_by_role("heading", name="All read").is_visible():
            break
        time.sleep(0.25)
        page.reload()
    expect(page.get_by_role("heading", name="All read")).to_be_visible()
    expect(page.locator(".run")).to_have_count(200)
    page.locator(".run").first.get_by_role("button").click()
    expect(page).to_have_url(f"{site.url}/sync/")
    context.close()


def test_everything_works_from_the_keyboard(page: Page, site: LiveSite, stand_in: StandIn) -> None:
    strava_id = stand_in.add_athlete(activities=80)
    signed_in(page.context, site, stand_in, strava_id)
    open_sync(page, site)
    page.get_by_role("button", name=START, exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="All read")).to_be_visible(timeout=30_000)

    page.locator(".run-name").first.focus()
    seen = []
    for _ in range(2 * 40):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.closest('.run')?.getAttribute('aria-posinset')"))
    assert [int(place) for place in dict.fromkeys(seen) if place] == list(range(1, 42))
    assert page.locator(".run").count() < 60

    row = page.locator(".run").filter(has=page.locator("button:focus, a:focus"))
    button = row.get_by_role("button")
    button.focus()
    before = button.inner_text()
    page.keyboard.press("Enter")
    expect(button).not_to_have_text(before)
    expect(button).to_be_focused()


def test_saving_shows_in_every_tab_and_stays(page: Page, site: LiveSite, stand_in: StandIn) -> None:
    strava_id = stand_in.add_athlete(activities=20)
    signed_in(page.context, site, stand_in, strava_id)
    other = open_sync(page.context.new_page(), site)
    open_sync(page, site)
    read_all(page)
    chosen = page.locator(".run").filter(has=page.get_by_role("button", name=re.compile("^Save"))).first
    key = chosen.get_attribute("data-key")

    page.locator(f'.run[data-key="{key}"]').get_by_role("button").click()

    for tab in (page, other):
        expect(tab.locator(f'.run[data-key="{key}"]').get_by_role("button")).to_contain_text("Remove")
    page.goto(f"{site.url}/activities/{key}/")
    expect(page.locator(".activity-head").get_by_text("Saved", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="View on Strava")).to_have_attribute(
        "href", f"https://www.strava.com/activities/{key}"
    )
    page.get_by_role("button", name="Remove").click()
    expect(other.locator(f'.run[data-key="{key}"]')).to_have_class(re.compile("run-dismissed"))


def test_what_is_being_read_stays_where_it_is(page: Page, site: LiveSite, stand_in: StandIn) -> None:
    strava_id = stand_in.add_athlete(activities=300)
    signed_in(page.context, site, stand_in, strava_id)
    open_sync(page, site)
    read_all(page)
    page.evaluate("scrollTo(0, 6000)")
    expect(page.locator('.run[aria-posinset="80"]')).to_be_visible()
    time.sleep(0.3)
    before = page.evaluate(WHAT_IS_READ)

    for _ in range(3):
        stand_in.add_activity(strava_id)
    other = open_sync(page.context.new_page(), site)
    other.get_by_role("button", name="Look for new runs").click()
    expect_total(other, 303)

    expect_total(page, 303)
    time.sleep(0.5)
    key, top = page.evaluate(WHAT_IS_READ)
    assert key == before[0]
    assert abs(top - before[1]) <= 2


def test_long_list_comes_as_it_is_scrolled(page: Page, site: LiveSite, stand_in: StandIn) -> None:
    strava_id = stand_in.add_athlete(activities=900)
    signed_in(page.context, site, stand_in, strava_id)
    open_sync(page, site)
    read_all(page)
    open_sync(page, site)
    expect(page.locator(".run").first).to_have_attribute("aria-setsize", "200")

    for _ in range(40):
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        time.sleep(0.1)
        assert page.locator(".run").count() < 60

    last = page.locator(".run").last
    expect(last).to_have_attribute("aria-posinset", "900")
    oldest = min(stand_in.activities(strava_id), key=lambda one: one["start"])
    expect(last).to_have_attribute("data-key", str(oldest["id"]))


def test_maybes_are_answered_one_by_one(page: Page, site: LiveSite, stand_in: StandIn) -> None:
    strava_id = 100_002  # Tom of the cast: a tourist, some of whose runs only he can judge
    signed_in(page.context, site, stand_in, strava_id)
    open_sync(page, site)
    read_all(page)
    badge = page.locator("[data-maybes] [data-slot=count]")
    expect(badge).to_be_visible()
    count = int(badge.inner_text().split()[0])
    question = page.locator("[data-maybes] [data-slot=name]")
    first = question.get_attribute("href")

    page.get_by_role("button", name="Yes, save it").click()

    expect(badge).to_have_text(f"{count - 1} to look at")
    second = question.get_attribute("href")
    assert second != first
    page.get_by_role("button", name="No", exact=True).click()
    expect(badge).to_have_text(f"{count - 2} to look at")
    for address, state in ((first, "Saved"), (second, "Removed")):
        page.goto(f"{site.url}{address}")
        expect(page.locator(".activity-head").get_by_text(state, exact=True)).to_be_visible()


def test_wait_counts_down_and_can_be_stopped(page: Page, site: LiveSite, stand_in: StandIn) -> None:
    strava_id = stand_in.add_athlete(activities=500)
    signed_in(page.context, site, stand_in, strava_id)
    stand_in.fault("server_error", "activities", skip=1, athlete_id=strava_id)
    open_sync(page, site)
    page.get_by_role("button", name=START, exact=True).click()

    expect(page.get_by_role("heading", name="Strava is not answering")).to_be_visible(timeout=30_000)
    expect(page.locator("[data-part=strava_down] [data-slot=countdown]")).to_have_text(
        re.compile(r"^in \d+:\d\d, at \d\d:\d\d$")
    )
    page.reload()
    expect(page.get_by_role("heading", name="Strava is not answering")).to_be_visible()
    stand_in.clear_faults()
    expect(page.get_by_role("heading", name="All read")).to_be_visible(timeout=30_000)
    expect_total(page, 500)


def test_failure_says_what_to_press(page: Page, site: LiveSite, stand_in: StandIn) -> None:
    strava_id = stand_in.add_athlete(activities=10)
    signed_in(page.context, site, stand_in, strava_id)
    stand_in.revoke(strava_id)
    open_sync(page, site)

    page.get_by_role("button", name=START, exact=True).click()

    expect(page.get_by_role("alert").filter(has_text="Strava no longer lets this site")).to_be_visible(timeout=20_000)
    expect(page.get_by_role("button", name="Connect Strava again")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Connect Strava again")).to_be_visible()


def test_page_redials_by_itself_and_misses_nothing(browser: Browser, live_sites: LiveSites, stand_in: StandIn) -> None:
    """In a context of its own: a refused dial is an error in a browser's console."""
    site = live_sites(**strava_settings(stand_in))
    web = site.start("web")
    context = browser.new_context()
    strava_id = stand_in.add_athlete(activities=300)
    signed_in(context, site, stand_in, strava_id)
    stand_in.fault("drip", "activities", ms=20, athlete_id=strava_id)
    page = open_sync(context.new_page(), site)
    page.get_by_role("button", name=START, exact=True).click()
    expect(page.locator(".run").nth(5)).to_be_visible()

    web.send_signal(signal.SIGTERM)
    web.wait(20)
    expect(page.locator("[data-connection]")).to_have_text(re.compile("Reconnecting"), timeout=15_000)
    site.start("web")

    expect(page.locator("[data-connection]")).to_have_text("Live", timeout=40_000)
    expect(page.get_by_role("heading", name="All read")).to_be_visible(timeout=60_000)
    expect_total(page, 300)
    context.close()
