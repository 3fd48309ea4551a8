"""A new user in a browser signs up, in and out, on a site as in production: with Postgres and Redis."""

import json
import re
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser, Page, expect

from simulators.process import StandIn
from tests.browser.page_weight import MOST_BYTES, weight_of
from tests.live_site import LiveSite, LiveSites
from tests.migrated import MigratedDatabases
from tests.strava_of import strava_of

pytestmark = [pytest.mark.services, pytest.mark.browser]
PASSWORD = "under-the-clock-tower"


@pytest.fixture(scope="module")
def site(
    module_sites: LiveSites,
    redis_url: str,
    postgres_url: str,
    migrated_databases: MigratedDatabases,
    stand_in_process: StandIn,
) -> LiveSite:
    """A site as in production. tests/live/test_procfile.py has the release step on an empty database."""
    database = migrated_databases.postgres(postgres_url)
    site = module_sites(REDIS_URL=redis_url, DATABASE_URL=database, **strava_of(stand_in_process))
    site.start("worker")
    site.start("web")
    return site


def sign_up(page: Page, site: LiveSite, username: str) -> None:
    page.goto(f"{site.url}/accounts/signup/")
    page.locator("input[name=username]").fill(username)
    page.locator("input[name=password1]").fill(PASSWORD)
    page.locator("input[name=password2]").fill(PASSWORD)
    page.locator("main form button[type=submit]").last.click()
    expect(page).to_have_url(f"{site.url}/")


def test_newcomer_signs_up_out_and_in(page: Page, site: LiveSite) -> None:
    sign_up(page, site, "newcomer")
    assert weight_of(page, site.url) < MOST_BYTES

    page.goto(f"{site.url}/settings/")
    expect(page.locator("#id_time_zone")).to_have_value("Australia/Brisbane")
    page.goto(f"{site.url}/accounts/logout/")
    page.locator("main form button[type=submit]").click()
    expect(page).to_have_url(f"{site.url}/")
    page.goto(f"{site.url}/settings/")
    expect(page).to_have_url(re.compile("/accounts/login/"))
    page.locator("input[name=login]").fill("newcomer")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").last.click()

    expect(page).to_have_url(f"{site.url}/settings/")
    make_and_revoke_token(page)


def make_and_revoke_token(page: Page) -> None:
    """On a phone: the token is shown once, even if the page is reloaded, and nothing is wider than the screen."""
    page.set_viewport_size({"width": 360, "height": 740})
    tokens = page.locator("#tokens")
    tokens.get_by_text("Make a token").click()
    page.get_by_label("Name").last.fill("Results table")
    tokens.get_by_role("button", name="Make token").click()
    expect(page.locator("[data-token]")).to_have_text(re.compile("^satlive_r_.{43}$"))
    expect(page.get_by_role("button", name="Copy token")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    page.reload()
    expect(tokens).to_contain_text("You have already made this token.")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    tokens.get_by_text("Revoke Results table").click()
    tokens.get_by_role("button", name="Revoke this token").click()
    expect(tokens).to_contain_text("Token revoked.")
    expect(tokens).not_to_contain_text("Results table")


def test_athlete_signs_in_with_strava(page: Page, site: LiveSite) -> None:
    page.goto(f"{site.url}/accounts/login/")
    page.get_by_role("button", name="Strava").first.click()
    expect(page).to_have_url(re.compile("/oauth/authorize"))
    page.get_by_role("button", name="Authorize").click()

    expect(page).to_have_url(f"{site.url}/sync/")
    expect(page.get_by_role("heading", name="All done")).to_be_visible()
    page.goto(f"{site.url}/settings/")
    expect(page.get_by_role("link", name="View on Strava")).to_be_visible()
    download_everything(page)


def download_everything(page: Page) -> None:
    """Press the button of the settings page on a phone, and open the zip."""
    page.set_viewport_size({"width": 360, "height": 740})
    with page.expect_download() as download:
        page.get_by_role("link", name="Download my data").click()
    assert re.fullmatch(r"saturday-live-\d{4}-\d\d-\d\d\.zip", download.value.suggested_filename)
    with ZipFile(download.value.path()) as archive:
        assert archive.testzip() is None
        assert "contents.json" in archive.namelist()
        assert len(json.loads(archive.read("json/activities.json"))) > 10
    expect(page.get_by_role("heading", name="Download everything about me")).to_be_visible()


def test_pages_work_without_javascript(browser: Browser, site: LiveSite) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()

    sign_up(page, site, "plain")

    page.goto(f"{site.url}/settings/")
    expect(page.locator("#id_time_zone")).to_have_value("UTC")
