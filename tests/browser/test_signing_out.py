"""Signing out on a shared computer, after which the Back button must not show the user's pages; and the theme."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.club_site import ClubSite
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


def test_sign_out_is_visible_in_the_menu_at_every_width(browser: Browser, club: ClubSite) -> None:
    page = club.context(browser, 0).new_page()
    page.goto(f"{club.site.url}/privacy/")
    menu = page.locator(".account-menu")

    for width in (320, 360, 703, 704, 768, 820, 960, 992, 1024, 1120, 1440):
        page.set_viewport_size({"width": width, "height": 700})
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, width
        menu.locator("summary").click()
        for name in ("Settings", "Sign out"):
            expect(menu.get_by_text(name, exact=True)).to_be_in_viewport(ratio=1)
        page.keyboard.press("Escape")


def test_theme_is_stored_on_the_device_and_set_at_first_paint(browser: Browser, club: ClubSite) -> None:
    context = club.context(browser, 0, color_scheme="light")
    page, other = context.new_page(), context.new_page()
    background = "getComputedStyle(document.body).backgroundColor"
    for tab in (other, page):
        tab.goto(f"{club.site.url}/privacy/")
    light = page.evaluate(background)

    page.locator(".account-menu summary").click()
    page.get_by_role("radio", name="Dark").check()
    dark = page.evaluate(background)
    assert dark != light

    without_script = club.context(browser, 0, color_scheme="light", java_script_enabled=False)
    without_script.add_cookies([{"name": "theme", "value": "dark", "url": club.site.url}])
    first_paint = without_script.new_page()
    first_paint.goto(f"{club.site.url}/privacy/")
    assert first_paint.evaluate(background) == dark
    expect(first_paint.locator(".theme-switch")).to_be_hidden()

    other.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert other.evaluate(background) == dark
    page.get_by_role("radio", name="System").check()
    assert page.evaluate(background) == light
    page.reload()
    assert page.evaluate(background) == light
