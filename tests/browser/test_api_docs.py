"""The API in a browser: its page, and the example of docs/api.md for the browser's console."""

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.browser.club_site import ClubSite, eventually
from tests.docs.examples import check_output, examples_in
from tests.live_site import LiveSite

pytestmark = [pytest.mark.services, pytest.mark.browser]


def test_example_with_event_source_runs_on_the_page_of_a_feed(browser: Browser, club: ClubSite) -> None:
    (example,) = examples_in("js")
    page = club.feed(browser, 0)
    printed: list[str] = []

    def note(message: ConsoleMessage) -> None:
        printed.append(message.text)

    page.on("console", note)
    page.evaluate(f"() => {{ {example.code} }}")
    eventually(lambda: bool(printed), page)

    check_output(example, "\n".join(printed))


@pytest.mark.parametrize("width", [320, 1280])
def test_page_fits_its_width(page: Page, site: LiveSite, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{site.url}/api/docs")

    expect(page.get_by_role("heading", name="API", exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.get_by_role("link", name="Errors and limits").click()
    expect(page.get_by_role("heading", name="Errors and limits")).to_be_in_viewport()
