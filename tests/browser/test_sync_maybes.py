"""The activities on /sync/ that may be parkruns, answered in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from simulators.process import StandIn
from tests.browser.sync_page import open_sync, signed_in, wait_for_import
from tests.live_site import LiveSite

pytestmark = [pytest.mark.services, pytest.mark.browser]


def test_maybes_are_answered_one_by_one_skipped_and_undone(page: Page, site: LiveSite, stand_in: StandIn) -> None:
    strava_id = 100_002  # Tom of the cast: a tourist, some of whose runs only he can judge
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
