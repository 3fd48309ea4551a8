"""/status/ in a browser: live without a reload, honest when the site cannot be reached, and still while paused."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.club_site import ClubSite

pytestmark = [pytest.mark.services, pytest.mark.browser]
REFRESH = "document.dispatchEvent(new Event('visibilitychange'))"
SUBSCRIBE = """
from strava_live.webhook.models import WebhookSubscription
from strava_live.webhook.subscription import callback_url
WebhookSubscription.objects.get_or_create(strava_id=7, defaults={"callback_url": callback_url()})
"""
UNSUBSCRIBE = """
from strava_live.webhook.models import WebhookSubscription
WebhookSubscription.objects.all().delete()
"""


def test_figures_change_without_reload_and_say_how_old_they_are(browser: Browser, club: ClubSite) -> None:
    context = club.context(browser, 0)
    page = context.new_page()
    page.goto(f"{club.site.url}/status/")
    line, updates = page.locator("[data-connection]"), page.locator('[data-part="updates"]')
    expect(line).to_contain_text("Live · ")
    page.get_by_text("Show as a table").click()
    page.evaluate("window.isSameDocument = true")

    club.run(SUBSCRIBE)
    page.evaluate(REFRESH)
    expect(updates).to_contain_text("yes, confirmed")
    expect(page.get_by_role("columnheader", name="Allowed")).to_be_visible()

    shown = line.inner_text().removeprefix("Live · ")
    context.set_offline(True)
    expect(line).to_contain_text("You're offline · figures from ")
    expect(updates).to_contain_text("yes, confirmed")
    context.set_offline(False)
    expect(line).to_contain_text("Live · ")
    assert line.inner_text().removeprefix("Live · ") >= shown

    page.get_by_role("button", name="Pause").click()
    expect(line).to_contain_text("Paused · figures from ")
    club.run(UNSUBSCRIBE)
    page.evaluate(REFRESH)
    expect(updates).to_contain_text("yes, confirmed")
    page.get_by_role("button", name="Resume").click()
    expect(updates).to_contain_text("not set up")
    assert page.evaluate("window.isSameDocument")


def test_page_tells_an_unreachable_site_from_figures_that_stopped(browser: Browser, club: ClubSite) -> None:
    page = club.context(browser, 0).new_page()
    page.goto(f"{club.site.url}/status/")
    line = page.locator("[data-connection]")
    expect(line).to_contain_text("Live · ")

    answers_nothing(page, "**/status/parts/")
    page.evaluate(REFRESH)
    expect(line).to_contain_text("These figures have stopped at ")
    answers_nothing(page, "**/healthz")
    page.evaluate(REFRESH)
    expect(line).to_contain_text("We can't reach the site · figures from ")

    page.unroute_all()
    page.evaluate(REFRESH)
    expect(line).to_contain_text("Live · ")


def answers_nothing(page: Page, address: str) -> None:
    page.route(address, lambda route: route.abort())
