"""Selecting several activities in a browser, and correcting the event of a maybe, an activity that may be a parkrun."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from simulators.process import StandIn
from tests.browser.sync_page import open_sync, signed_in, wait_for_import
from tests.live_site import LiveSite
from tests.strava_of import lift_limits

pytestmark = [pytest.mark.services, pytest.mark.browser]

FAR_AHEAD = int(datetime(2076, 6, 1, tzinfo=UTC).timestamp())
TOM = 100_002  # an athlete of the stand-in who runs at many events; the rules are unsure about some of his runs


@pytest.fixture(autouse=True)
def unlimited(stand_in_process: StandIn) -> None:
    lift_limits(stand_in_process)


def test_several_activities_are_selected_saved_and_removed(
    page: Page, site: LiveSite, stand_in_process: StandIn
) -> None:
    signed_in(page.context, site, stand_in_process, stand_in_process.add_athlete(activities=30))
    wait_for_import(open_sync(page, site))
    watching = open_sync(page.context.new_page(), site)
    page.goto(f"{site.url}/activities/?show=all")
    boxes, count = page.locator(".run-pick input"), page.locator("[data-count]")
    select_all = page.get_by_label("All on this page")

    boxes.nth(0).check()
    boxes.nth(2).check()
    expect(count).to_have_text("2 selected")
    assert select_all.evaluate("box => box.indeterminate")
    select_all.check()
    expect(count).to_have_text("30 selected")
    page.get_by_role("button", name="Save selected").click()

    expect(page.get_by_text("Saved 30 activities.")).to_be_visible()
    expect(page).to_have_url(f"{site.url}/activities/?show=all")
    expect(watching.locator(".run").first.get_by_role("button")).to_contain_text("Remove")
    boxes.nth(0).check()
    page.get_by_role("button", name="Remove selected").click()
    expect(page.get_by_text("Removed “")).to_be_visible()
    expect(page.locator(".run").first).to_have_class(re.compile("run-dismissed"))
    expect(watching.locator(".run").first).to_have_class(re.compile("run-dismissed"))
    page.reload()
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.get_by_text("Restored 1 activity.")).to_be_visible()
    for tab in (page, watching):
        expect(tab.locator(".run").first).not_to_have_class(re.compile("run-dismissed"))
        expect(tab.locator(".run").first.get_by_role("button")).to_contain_text("Remove")


def test_phone_shows_checkboxes_in_selection_mode(page: Page, site: LiveSite, stand_in_process: StandIn) -> None:
    """The list covers twenty years, and has an activity far in the future, from a watch with a wrong clock."""
    page.set_viewport_size({"width": 360, "height": 740})
    athlete = stand_in_process.add_athlete(activities=25, every_s=25_000_000)
    stand_in_process.add_activity(athlete, start=FAR_AHEAD)
    signed_in(page.context, site, stand_in_process, athlete)
    wait_for_import(open_sync(page, site))
    page.goto(f"{site.url}/activities/?show=all")
    expect(page.get_by_role("link", name="2076")).to_be_in_viewport()
    assert page.locator(".year-bar li").count() > 15
    page.get_by_role("link", name="2012").click()
    expect(page.get_by_role("link", name="2012")).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.get_by_role("link", name="All years").click()
    row = page.locator(".run").first
    expect(row.get_by_role("checkbox")).to_be_hidden()

    page.get_by_label("Select several").check()

    expect(row.get_by_role("button")).to_be_hidden()
    row.get_by_role("checkbox").check()
    remove = page.get_by_role("button", name="Remove selected")
    remove.click(trial=True)  # fails if another element covers the button
    remove.click()
    expect(page.get_by_text("Dismissed “")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_correcting_a_maybe_returns_to_the_next_maybe(page: Page, site: LiveSite, stand_in_process: StandIn) -> None:
    signed_in(page.context, site, stand_in_process, TOM)
    wait_for_import(open_sync(page, site))
    badge, link = page.locator("[data-maybes] [data-slot=count]"), page.get_by_role("link", name="Another event…")
    expect(badge).to_be_visible()
    count = int(badge.inner_text().split()[0])
    page.locator("[data-maybes]").get_by_role("button", name="No", exact=True).click()
    expect(badge).to_have_text(f"{count - 1} to check")
    question = page.locator("[data-maybes] [data-slot=name]").get_attribute("href")

    link.click()

    expect(page).to_have_url(f"{site.url}{question}parkrun/?next=/sync/%23maybes")
    page.get_by_label("Event", exact=True).fill("")
    page.get_by_label("Event", exact=True).press_sequentially("bushy")
    expect(page.locator("datalist option").first).to_have_attribute("value", re.compile("Bushy"))
    page.get_by_role("button", name="It wasn't a parkrun").click()
    expect(page).to_have_url(f"{site.url}/sync/#maybes")
    expect(badge).to_have_text(f"{count - 2} to check")
