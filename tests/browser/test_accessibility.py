"""Axe on every page of the site, on a phone and a desktop, light and dark."""

from collections.abc import Iterator, Sequence

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from simulators.bucket_process import BucketStandIn
from tests.access.world import World
from tests.browser.axe import findings_by_scheme
from tests.browser.filled_world import fill
from tests.browser.shown_pages import SHOWN_PAGES, WIDE, ShownPage
from tests.bucket_of import bucket_of
from tests.live_site import LiveSites
from tests.passwords import PASSWORD
from tests.patience import PATIENCE_MS
from tests.push_of import PRIVATE_KEY

pytestmark = [pytest.mark.services, pytest.mark.browser]
VIEWPORTS: dict[str, ViewportSize] = {
    "phone": {"width": 390, "height": 844},
    "desktop": {"width": 1280, "height": 900},
}
DEVICES = tuple(VIEWPORTS)
TOO_LOW = """() => [...document.querySelectorAll("button:not(.switch), .button, summary")]
  .filter((one) => one.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true }))
  .filter((one) => one.getBoundingClientRect().height < 43.9)
  .map((one) => one.outerHTML.slice(0, 120))"""
OPEN_DETAILS = "document.querySelectorAll('main details').forEach((details) => { details.open = true; })"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Visits:
    """The tabs of all viewers of one site. Each viewer has one, in a browser context of their own."""

    def __init__(self, browser: Browser, url: str, world: World) -> None:
        self.browser, self.url, self.world = browser, url, world
        self.tabs: dict[str, Page] = {}

    def open(self, shown: ShownPage) -> Page:
        """Open a page in its viewer's tab, on a phone in the light theme."""
        caller = self.world.caller(shown.viewer)
        page = self.tabs.get(shown.viewer) or self.new_tab(caller.kind, caller.session)
        page.set_viewport_size(VIEWPORTS["phone"])
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        address = self.url + self.world.path(shown.route, caller) + (f"?{shown.query}" if shown.query else "")
        page.goto(address)
        assert page.url == address
        return page

    def new_tab(self, viewer: str, session: str) -> Page:
        context = self.browser.new_context(locale="en-GB", service_workers="block", has_touch=True)
        context.set_default_timeout(PATIENCE_MS)
        if session:
            context.add_cookies([{"name": "sessionid", "value": session, "url": self.url}])
        self.tabs[viewer] = context.new_page()
        return self.tabs[viewer]

    def close(self) -> None:
        for page in self.tabs.values():
            page.context.close()


@pytest.fixture(scope="module")
def visits(module_sites: LiveSites, chromium: Browser, bucket_process: BucketStandIn) -> Iterator[Visits]:
    site = module_sites.running(VAPID_PRIVATE_KEY=PRIVATE_KEY, **bucket_of(bucket_process))
    visits = Visits(chromium, site.url, fill(site, bucket_process))
    yield visits
    visits.close()


def findings(page: Page, devices: Sequence[str] = ("phone",)) -> dict[str, dict[str, list[str]]]:
    """Return what axe finds serious on each device, light and dark. Closed parts of the page are opened for it."""
    page.evaluate(OPEN_DETAILS)
    found = {}
    for device in devices:
        page.set_viewport_size(VIEWPORTS[device])
        found[device] = findings_by_scheme(page)
    return {device: faults for device, faults in found.items() if faults}


@pytest.mark.parametrize("shown", SHOWN_PAGES, ids=str)
def test_axe_finds_nothing_serious(visits: Visits, shown: ShownPage) -> None:
    """The page also fits on a phone, and has no button that is too low for a finger."""
    page = visits.open(shown)
    assert page.evaluate(OVERFLOW) <= 0
    if shown.viewer != "screen key":
        assert page.evaluate(TOO_LOW) == []
    assert findings(page, DEVICES if shown.route in WIDE else ("phone",)) == {}


def test_axe_finds_nothing_serious_in_answers_to_forms(visits: Visits) -> None:
    """A new token, which is shown once, and the receipt of a deleted account."""
    page = visits.open(ShownPage("leaving", "settings/"))
    page.get_by_text("Make a token").click()
    page.locator("#tokens").get_by_label("Name").fill("Robot")
    page.get_by_role("button", name="Make token").click()
    expect(page.get_by_role("heading", name="Copy your token now")).to_be_visible()
    assert findings(page) == {}

    visits.open(ShownPage("leaving", "settings/delete-account/"))
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_label("Yes, delete my account").check()
    page.get_by_role("button", name="Delete my account").click()
    expect(page.get_by_role("heading", name="Your account is deleted")).to_be_visible()
    assert findings(page) == {}
