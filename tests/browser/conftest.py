"""Fixtures for tests in a browser.

All tests of this folder share the browser. It is closed before the tests of another folder run, because Playwright's
event loop disturbs asynchronous tests.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from simulators.process import StandIn
from tests.browser.club_site import ClubSite, found_on
from tests.browser.quiet import QUIET
from tests.live_site import LiveSite, LiveSites
from tests.patience import PATIENCE_MS

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="package")
def chromium(playwright: Playwright, headless_program: str) -> Iterator[Browser]:
    running = playwright.chromium.launch(executable_path=headless_program, args=QUIET)
    yield running
    running.close()


@pytest.fixture(scope="package")
def whole_chromium(playwright: Playwright, browser_program: str) -> Iterator[Browser]:
    """The whole browser. Its headless shell shows no notifications, and cannot keep a machine awake."""
    running = playwright.chromium.launch(executable_path=browser_program, args=QUIET)
    yield running
    running.close()


@pytest.fixture
def whole_browser(whole_chromium: Browser) -> Iterator[Browser]:
    yield from contexts_closed(whole_chromium)


@pytest.fixture
def browser(chromium: Browser) -> Iterator[Browser]:
    """The shared browser. The contexts that a test opens are closed after the test."""
    yield from contexts_closed(chromium)


def contexts_closed(browser: Browser) -> Iterator[Browser]:
    yield browser
    for context in browser.contexts:
        context.close()


@pytest.fixture
def browser_with_back_cache(playwright: Playwright, headless_program: str) -> Iterator[Browser]:
    """A browser with the back/forward cache that users have and Playwright disables."""
    back_cache = ["--disable-back-forward-cache"]
    running = playwright.chromium.launch(executable_path=headless_program, args=QUIET, ignore_default_args=back_cache)
    yield running
    running.close()


@pytest.fixture
def page(browser: Browser, live_sites: LiveSites) -> Iterator[Page]:
    """A page that fails the test if a script raises an error or a resource is blocked. Nothing moves on it.

    It is closed before the test's sites stop, because a lost connection would count as an error too.
    """
    context = browser.new_context(
        locale="en-GB", timezone_id="Australia/Brisbane", service_workers="block", reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    assert errors == []


@pytest.fixture
def site(shared_site: LiveSite) -> LiveSite:
    return shared_site


@pytest.fixture
def club(site: LiveSite) -> Iterator[ClubSite]:
    club = found_on(site)
    yield club
    assert club.script_errors == []


@pytest.fixture
def stand_in(stand_in_process: StandIn) -> Iterator[StandIn]:
    """The stand-in for Strava with limits that no test reaches, and without faults after the test."""
    stand_in_process.limits(overall=[100_000, 1_000_000], read=[100_000, 1_000_000], window_s=900)
    yield stand_in_process
    stand_in_process.clear_faults()
