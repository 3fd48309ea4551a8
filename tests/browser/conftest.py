"""A real browser, started for each module: its event loop would otherwise run into the tests that come after."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from tests.browser.club_site import ClubSite, found_on
from tests.live_site import LiveSite, LiveSites
from tests.patience import PATIENCE_MS

expect.set_options(timeout=PATIENCE_MS)
# Chromium's own errands in the background would fail on a machine without the wide network, and only slow tests down.
QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
]


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def chromium(playwright: Playwright, browser_program: str) -> Iterator[Browser]:
    running = playwright.chromium.launch(executable_path=browser_program, args=QUIET)
    yield running
    running.close()


@pytest.fixture
def browser(chromium: Browser) -> Iterator[Browser]:
    """With no page of another test in it."""
    yield chromium
    for context in chromium.contexts:
        context.close()


@pytest.fixture
def browser_with_back_cache(playwright: Playwright, browser_program: str) -> Iterator[Browser]:
    """As people have it; Playwright switches off the cache that makes Back quick."""
    back_cache = ["--disable-back-forward-cache"]
    running = playwright.chromium.launch(executable_path=browser_program, args=QUIET, ignore_default_args=back_cache)
    yield running
    running.close()


@pytest.fixture
def page(browser: Browser, live_sites: LiveSites) -> Iterator[Page]:
    """A page that lets nothing pass: a script error or a blocked resource fails the test.

    It is closed before the sites are: a site that goes away at the end would be one more complaint.
    """
    context = browser.new_context(locale="en-GB", timezone_id="Australia/Brisbane")
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    assert complaints == []


@pytest.fixture
def site(shared_site: LiveSite) -> LiveSite:
    return shared_site


@pytest.fixture
def club(site: LiveSite) -> Iterator[ClubSite]:
    club = found_on(site)
    yield club
    assert club.script_errors == []
