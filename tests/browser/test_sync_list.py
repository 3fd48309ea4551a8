"""The list of activities on /sync/ in a real browser: many rows, several tabs, keys, and activities that arrive."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from simulators.process import StandIn
from tests.browser.club_site import eventually
from tests.browser.page_weight import MOST_BYTES, weight_of
from tests.browser.sync_page import expect_total, open_sync, signed_in, wait_for_import
from tests.live_site import LiveSite

pytestmark = [pytest.mark.services, pytest.mark.browser]

TOP_VISIBLE_ROW = """() => {
  const row = Array.from(document.querySelectorAll(".run")).find((row) => row.getBoundingClientRect().top >= 100);
  return [row.dataset.key, Math.round(row.getBoundingClientRect().top)];
}"""
# Activities below the list's last row change and arrive before pages of older rows reach them.
ARRIVE_BELOW_LAST_ROW = """async () => {
  const { newHistory } = await import("/static/js/sync/history.js");
  const item = (strava_id, start) => ({ strava_id, start: `2026-01-${start}T09:00:00Z` });
  const history = newHistory();
  const seen = [];
  const note = () => seen.push(history.rows.map((row) => row.strava_id).join());
  history.begin([item(1, "09")], false);
  history.put(item(2, "05"));
  history.put(item(2, "06"));
  history.put(item(4, "08"));
  note();
  history.addPage([item(4, "08")]); // a page with nothing new still moves the list on
  note();
  history.addPage([item(3, "07")]);
  history.addPage([]);
  note();
  return [...seen, history.size, history.isWhole];
}"""


def test_everything_works_from_the_keyboard(page: Page, site: LiveSite, stand_in: StandIn) -> None:
    strava_id = stand_in.add_athlete(activities=80)
    signed_in(page.context, site, stand_in, strava_id)
    open_sync(page, site)
    wait_for_import(page)
    result, ended = page.locator("[data-slot=result]"), page.locator("[data-slot=ended]")
    expect(result).to_have_text("80 activities checked, 0 new parkruns")
    expect(ended).to_have_text(re.compile(r"^\d+ \w+, \d\d:\d\d$"))
    page.get_by_role("button", name="Look for new runs").focus()
    page.keyboard.press("Enter")
    expect(result).not_to_have_text(re.compile("^80 activities"))

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
    assert page.evaluate(ARRIVE_BELOW_LAST_ROW) == ["1", "1,4", "1,4,3,2", 4, True]

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


def test_rows_are_drawn_when_the_panel_above_shrinks(page: Page, site: LiveSite, stand_in: StandIn) -> None:
    signed_in(page.context, site, stand_in, stand_in.add_athlete(activities=60))
    open_sync(page, site)
    wait_for_import(page)
    panel = page.locator("[data-panel]")
    panel.evaluate("panel => (panel.style.minHeight = '3000px')")
    page.mouse.wheel(0, 1)
    expect(page.locator(".run")).to_have_count(0)

    panel.evaluate("panel => (panel.style.minHeight = '')")

    expect(page.locator(".run").first).to_be_visible()


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


def test_lists_of_activities_and_parkruns_follow_an_import(page: Page, site: LiveSite, stand_in: StandIn) -> None:
    """Rows that stay keep their tick and their focus. Signing out in another tab leads to the sign-in page."""
    weeks_ago = 20 * 86_400  # so that the parkrun of the latest Saturday is beside none of them
    strava_id = stand_in.add_athlete(activities=60, newest_s_ago=weeks_ago)
    visitor = signed_in(page.context, site, stand_in, strava_id)
    other = open_sync(page.context.new_page(), site)
    wait_for_import(other)
    parkruns = page.context.new_page()
    parkruns.goto(f"{site.url}/parkruns/")
    expect(parkruns.get_by_role("heading", name="No parkruns yet")).to_be_visible()
    page.goto(f"{site.url}/activities/?show=all")
    row = page.locator(f'.run[data-key="{page.locator(".run").nth(44).get_attribute("data-key")}"]')
    row.get_by_role("checkbox").check()
    before = row.bounding_box()
    assert before

    stand_in.finish_parkrun(strava_id)
    other.get_by_role("button", name="Look for new runs").click()

    expect(parkruns.locator(".parkrun-list .run")).to_have_count(1)
    expect(page.locator(".run-parkrun")).to_have_count(1)
    expect(page.locator(".choice-bar [aria-current]")).to_have_text(re.compile("61"))
    expect(row.get_by_role("checkbox")).to_be_checked()
    expect(row.get_by_role("checkbox")).to_be_focused()
    expect(page.locator("[data-count]")).to_have_text("1 selected")
    after = row.bounding_box()
    assert after
    assert abs(after["y"] - before["y"]) <= 2

    row.get_by_role("button").click()  # the form's token is still valid
    expect(row.get_by_role("button")).to_contain_text("Remove")

    visitor.post("/accounts/logout/", "/accounts/logout/")
    for tab in (page, parkruns):
        expect(tab).to_have_url(re.compile("/accounts/login/"))
