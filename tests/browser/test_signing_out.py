"""A shared computer: after signing out, Back shows nothing of the person who was here."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.live_site import LiveSite
from tests.passwords import PASSWORD

pytestmark = [pytest.mark.services, pytest.mark.browser]
PERSONAL = ["/settings/", "/settings/delete-account/", "/accounts/email/"]


def test_back_after_signing_out_shows_the_sign_in_page(browser_with_back_cache: Browser, site: LiveSite) -> None:
    page = browser_with_back_cache.new_page()
    page.goto(f"{site.url}/accounts/signup/")
    page.locator("input[name=username]").fill("passerby")
    page.locator("input[name=password1]").fill(PASSWORD)
    page.locator("input[name=password2]").fill(PASSWORD)
    page.locator("main form button[type=submit]").last.click()
    expect(page).to_have_url(f"{site.url}/")
    for path in (*PERSONAL, "/accounts/logout/"):
        page.goto(site.url + path)
    page.locator("main form button[type=submit]").click()
    expect(page).to_have_url(f"{site.url}/")

    for steps in (2, 1, 1):
        page.evaluate(f"history.go(-{steps})")

        expect(page).to_have_url(re.compile(f"/accounts/login/.*{PERSONAL.pop().split('/')[-2]}"))
        expect(page.locator("body")).not_to_contain_text("passerby")
