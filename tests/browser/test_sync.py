"""The page My Strava (/sync/) in a browser, on a running site that imports from the stand-in for Strava."""

import re
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from simulators.process import StandIn
from tests.browser.club_site import eventually
from tests.browser.page_weight import MOST_BYTES, weight_of
from tests.browser.sync_page import DONE, expect_total, open_sync, signed_in, total, wait_for_import
from tests.live.founding import newcomer
from tests.live_site import LiveSite, LiveSites
from tests.patience import PATIENCE_S
from tests.strava_of import lift_limits, strava_of

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
TOP_VISIBLE_ROW = """() => {
  const row = Array.from(document.querySelectorAll(".run")).find((row) => row.getBoundingClientRect().top >= 100);
  return [row.dataset.key, Math.round(row.getBoundingClientRect().top)];
}"""
# Change the start of an item that is older than all loaded rows (below the floor), before further rows are loaded.
CHANGE_START_BELOW_FLOOR = """async () => {
  const { newHistory } = await import("/static/js/sync/history.js");
  const item = (strava_id, start) => ({ strava_id, start });
  const history = newHistory();
  history.begin([item(1, "2026-01-09T09:00:00Z")], false);
  history.put(item(2, "2026-01-05T09:00:00Z"));
  history.put(item(2, "2026-01-06T09:00:00Z"));
  history.extend([item(3, "2026-01-07T09:00:00Z")]);
  history.extend([]);
  return history.rows.map((row) => row.strava_id);
}"""


@pytest.fixture(scope="module")
def stand_in(stand_in_process: StandIn) -> StandIn:
    lift_limits(stand_in_process)
    return stand_in_process


@pytest.fixture(autouse=True)
def clear_faults(stand_in: StandIn) -> Iterator[None]:
    yield
    stand_in.clear_faults()


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


def test_everything_works_from_the_keyboard(page: Page, site: LiveSite, stand_in: StandIn) -> None:
    strava_id = stand_in.add_athlete(activities=80)
    signed_in(page.context, site, stand_in, strava_id)
    open_sync(page, site)
    wait_for_import(page)
    last = page.locator("[data-slot=last]")
    expect(last).to_have_text(re.compile("^80 activities checked, 0 new parkruns, "))
    page.get_by_role("button", name="Look for new runs").focus()
    page.keyboard.press("Enter")
    expect(last).not_to_have_text(re.compile("^80 activities"))

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


def test_saving_and_removing_show_in_every_tab(page: Page, site: LiveSite, stand_in: StandIn) -> None:
    strava_id = stand_in.add_athlete(activities=20)
    signed_in(page.context, site, stand_in, strava_id)
    other = open_sync(page.context.new_page(), site)
    open_sync(page, site)
    wait_for_import(page)
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
    row = other.locator(f'.run[data-key="{key}"]')
    expect(row).to_have_class(re.compile("run-dismissed"))

    row.get_by_role("button", name="Save").click()
    row.get_by_role("button", name="Remove").click()
    expect(other.get_by_role("region", name="Undo")).to_contain_text("Removed: ")
    other.get_by_role("button", name="Undo").click()
    expect(row.get_by_role("button")).to_contain_text("Remove")
    expect(other.get_by_role("region", name="Undo")).to_be_hidden()


def test_signing_out_in_another_tab_clears_the_page(page: Page, site: LiveSite, stand_in: StandIn) -> None:
    visitor = signed_in(page.context, site, stand_in, stand_in.add_athlete(activities=20))
    open_sync(page, site)
    wait_for_import(page)
    assert page.evaluate(CHANGE_START_BELOW_FLOOR) == [1, 3, 2]

    visitor.post("/accounts/logout/", "/accounts/logout/")

    expect(page.get_by_role("heading", name="You're signed out")).to_be_visible()
    expect(page.locator("main")).not_to_contain_text("Run 1")
    expect(page.locator(".run, .sync-panel, .years, #sync-data")).to_have_count(0)
    expect(page.locator("main form")).to_have_count(0)
    expect(page.locator("main").get_by_role("link", name="Sign in")).to_be_visible()


def test_new_activities_do_not_move_the_row_being_read(page: Page, site: LiveSite, stand_in: StandIn) -> None:
    strava_id = stand_in.add_athlete(activities=300)
    signed_in(page.context, site, stand_in, strava_id)
    open_sync(page, site)
    wait_for_import(page)
    page.evaluate("scrollTo(0, 6000)")
    expect(page.locator('.run[aria-posinset="80"]')).to_be_visible()
    time.sleep(0.3)
    before = page.evaluate(TOP_VISIBLE_ROW)

    for _ in range(3):
        stand_in.add_activity(strava_id)
    other = open_sync(page.context.new_page(), site)
    other.get_by_role("button", name="Look for new runs").click()
    expect_total(other, 303)

    expect_total(page, 303)
    time.sleep(0.5)
    key, top = page.evaluate(TOP_VISIBLE_ROW)
    assert key == before[0]
    assert abs(top - before[1]) <= 2


def test_long_list_loads_while_scrolling(page: Page, site: LiveSite, stand_in: StandIn) -> None:
    strava_id = stand_in.add_athlete(activities=900)
    signed_in(page.context, site, stand_in, strava_id)
    open_sync(page, site)
    wait_for_import(page)
    assert weight_of(page, f"{site.url}/sync/") < MOST_BYTES
    open_sync(page, site)
    expect(page.locator(".run").first).to_have_attribute("aria-setsize", "50")

    last = page.locator(".run").last

    def is_at_the_end() -> bool:
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        assert page.locator(".run").count() < 60
        return last.get_attribute("aria-posinset") == "900"

    eventually(is_at_the_end, page)
    oldest = min(stand_in.activities(strava_id), key=lambda activity: activity["start"])
    expect(last).to_have_attribute("data-key", str(oldest["id"]))

    page.evaluate("scrollTo(0, 20_000)")
    page.wait_for_timeout(300)
    key, _ = page.evaluate(TOP_VISIBLE_ROW)
    page.goto(f"{site.url}/privacy/")
    page.go_back()
    eventually(lambda: page.evaluate(TOP_VISIBLE_ROW)[0] == key, page, 30_000)


def test_maybes_are_answered_one_by_one_skipped_and_undone(page: Page, site: LiveSite, stand_in: StandIn) -> None:
    strava_id = 100_002  # Tom of the stand-in runs at many events; the rules are unsure about some of his runs
    signed_in(page.context, site, stand_in, strava_id)
    open_sync(page, site)
    wait_for_import(page)
    badge = page.locator("[data-maybes] [data-slot=count]")
    expect(badge).to_be_visible()
    count = page.request.get(f"{site.url}/sync/figures/").json()["summary"]["maybes"]
    expect(badge).to_have_text(f"{count} to check")
    question = page.locator("[data-maybes] [data-slot=name]")
    first = question.get_attribute("href")
    assert first

    page.get_by_role("button", name="Skip").click()
    expect(question).not_to_have_attribute("href", first)
    expect(badge).to_have_text(f"{count} to check")
    skipped_to = question.get_attribute("href")
    page.get_by_role("button", name="Yes, save it").click()

    expect(badge).to_have_text(f"{count - 1} to check")
    row = page.locator(f'.run[data-key="{(skipped_to or "").split("/")[-2]}"] .run-badge')
    if row.count():
        expect(row).not_to_contain_text("maybe")
    second = question.get_attribute("href")
    assert second not in {first, skipped_to}
    page.get_by_role("button", name="No", exact=True).click()
    expect(badge).to_have_text(f"{count - 2} to check")
    page.get_by_role("button", name="Undo").click()
    expect(badge).to_have_text(f"{count - 1} to check")
    head = page.locator(".activity-head")
    page.goto(f"{site.url}{skipped_to}")
    expect(head.get_by_text("Saved", exact=True)).to_be_visible()
    page.goto(f"{site.url}{second}")
    expect(head).to_be_visible()
    for state in ("Saved", "Removed"):
        expect(head.get_by_text(state, exact=True)).to_have_count(0)


def test_similar_maybes_are_saved_together_and_undone(page: Page, site: LiveSite, stand_in: StandIn) -> None:
    signed_in(page.context, site, stand_in, 100_004)  # runs at Edinburgh and hides starts and maps
    open_sync(page, site)
    wait_for_import(page)
    badge = page.locator("[data-maybes] [data-slot=count]")
    count = int(badge.inner_text().split()[0])
    alike = page.locator("[data-alike]")
    for _ in range(count):
        if alike.is_visible():
            break
        page.get_by_role("button", name="Skip").click()
    expect(page.locator("[data-slot=alike]")).to_have_text(re.compile(r"^\d+ like this at Edinburgh"))
    together = int(page.locator("[data-slot=alike]").inner_text().split()[0])

    page.get_by_role("button", name=f"Save all {together}").click()

    expect(page.get_by_role("region", name="Undo")).to_contain_text(f"Saved: {together} activities")
    expect(badge).to_have_text(f"{count - together} to check")
    page.get_by_role("button", name="Undo").click()
    expect(badge).to_have_text(f"{count} to check")


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
