"""Use the page My Strava (/sync/) in a browser: sign in, open the page, wait for what it shows."""

from playwright.sync_api import BrowserContext, Page, expect

from simulators.process import StandIn
from tests.live.founding import newcomer
from tests.live.visitor import Visitor
from tests.live_site import LiveSite

DONE = "All done"


def signed_in(context: BrowserContext, site: LiveSite, stand_in: StandIn, strava_id: int) -> Visitor:
    """Sign up, connect the account of an athlete at the stand-in, and give the browser the cookies."""
    visitor = newcomer(site, f"athlete{strava_id}")
    visitor.connect_strava(stand_in, strava_id)
    context.add_cookies([{"name": name, "value": value, "url": site.url} for name, value in visitor.jar.items()])
    return visitor


def open_sync(page: Page, site: LiveSite) -> Page:
    page.goto(f"{site.url}/sync/")
    expect(page.locator("[data-connection]")).to_have_text("Live")
    return page


def wait_for_import(page: Page) -> None:
    """Wait for the end of the first import, which starts when the page is opened."""
    expect(page.get_by_role("heading", name=DONE)).to_be_visible(timeout=60_000)


def total(page: Page) -> int:
    return int(page.locator("[data-slot=total]").inner_text().replace(",", "") or 0)


def expect_total(page: Page, count: int) -> None:
    expect(page.locator("[data-slot=total]")).to_have_text(f"{count:,}")
