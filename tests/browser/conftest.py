"""A real browser, started for each test: its event loop would otherwise run into the tests that come after."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.club_site import ClubSite, found_on
from tests.live_site import LiveSite, LiveSites
from tests.migrated import MigratedDatabases

# Chromium's own errands in the background would fail on a machine without the wide network, and only slow tests down.
QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
]


@pytest.fixture
def browser(browser_program: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=browser_program, args=QUIET)
        yield running
        running.close()


@pytest.fixture
def browser_with_back_cache(browser_program: str) -> Iterator[Browser]:
    """As people have it; Playwright switches off the cache that makes Back quick."""
    with sync_playwright() as playwright:
        back_cache = ["--disable-back-forward-cache"]
        running = playwright.chromium.launch(
            executable_path=browser_program, args=QUIET, ignore_default_args=back_cache
        )
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser, live_sites: LiveSites) -> Iterator[Page]:
    """A page that lets nothing pass: a script error or a blocked resource fails the test.

    It is closed before the sites are: a site that goes away at the end would be one more complaint.
    """
    context = browser.new_context(locale="en-GB", timezone_id="Australia/Brisbane")
    context.set_default_timeout(15_000)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    assert complaints == []


@pytest.fixture(scope="module")
def site(migrated_databases: MigratedDatabases) -> Iterator[LiveSite]:
    """One process over SQLite; every test has a club of its own."""
    with LiveSites(migrated_databases) as sites:
        site = sites()
        site.start("web")
        yield site


@pytest.fixture
def club(site: LiveSite) -> Iterator[ClubSite]:
    club = found_on(site)
    yield club
    assert club.script_errors == []
