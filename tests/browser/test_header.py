"""The header of every page in browsers: live counts, the menu of notifications, and reading on several devices."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, WebSocketRoute, expect

from tests.browser.axe import grave_findings
from tests.browser.club_site import ClubSite, post_in, write

pytestmark = [pytest.mark.services, pytest.mark.browser]
PHONE = {"width": 390, "height": 844}


def open_page(club: ClubSite, browser: Browser, member: int, path: str = "/settings/") -> Page:
    page = club.context(browser, member, viewport=PHONE).new_page()
    page.goto(club.site.url + path)
    return page


def count(page: Page) -> Locator:
    return page.locator("[data-notifications-count]")


def menu(page: Page) -> Locator:
    """Open the menu of notifications, and return it."""
    page.locator("[data-notes-menu] > summary").click()
    return page.locator("[data-notes]")


def test_cheers_reach_every_page_and_are_read_on_all(browser: Browser, club: ClubSite) -> None:
    author = club.feed(browser, 0)
    write(author, "Who is coming?")
    settings, listed = open_page(club, browser, 0), open_page(club, browser, 0, "/notifications/")
    expect(listed.get_by_text("Nothing here yet")).to_be_visible()
    for member in (1, 2):
        fan = club.feed(browser, member)
        post_in(fan, "Who is coming?").get_by_role("button", name="Cheer").click()
        expect(fan.locator("[data-notifications-count]")).to_be_hidden()

    for page in (author, settings, listed):
        expect(count(page)).to_have_text("1")
        expect(menu(page).get_by_role("listitem")).to_have_text(re.compile("Alva B. and Alva B. cheered your post"))
    expect(listed.get_by_role("button", name=re.compile("cheered your post"))).to_be_visible()
    assert grave_findings(settings) == []

    settings.get_by_role("button", name="Mark all as read").click()
    for page in (author, settings, listed):
        expect(count(page)).to_be_hidden()
    expect(listed.get_by_role("link", name=re.compile("cheered your post"))).to_be_visible()
    settings.keyboard.press("Escape")
    expect(settings.locator("[data-notes]")).to_be_hidden()


def test_menu_leads_to_the_entry_and_marks_it_as_read_also_without_a_socket(browser: Browser, club: ClubSite) -> None:
    author, fan = club.feed(browser, 0), club.feed(browser, 1)
    write(author, "Who is coming?")
    post_in(fan, "Who is coming?").get_by_role("button", name="Cheer").click()
    page = open_page(club, browser, 0)
    expect(count(page)).to_have_text("1")

    menu(page).get_by_role("link", name=re.compile("cheered your post")).click()

    page.wait_for_url(re.compile(r"/clubs/.*#entry-\d+$"))
    for one in (page, author):
        expect(count(one)).to_be_hidden()

    write(author, "Who else?")
    post_in(fan, "Who else?").get_by_role("button", name="Cheer").click()
    page.route_web_socket("**/ws/notifications/", relay_one_message)
    page.goto(f"{club.site.url}/settings/")
    menu(page).get_by_role("link", name=re.compile("Unread: .* cheered your post")).click()
    page.wait_for_url(re.compile(r"/clubs/.*#entry-\d+$"))
    expect(count(author)).to_be_hidden()


def relay_one_message(socket: WebSocketRoute) -> None:
    """Relay the first message to the page. Then close the socket for good, as after too many messages."""

    def relay(message: str | bytes) -> None:
        socket.send(message)
        socket.close(code=4429)

    socket.connect_to_server().on_message(relay)


def test_page_has_the_present_count_after_going_back(browser_with_back_cache: Browser, club: ClubSite) -> None:
    page = open_page(club, browser_with_back_cache, 0, "/status/")
    page.goto(club.site.url + "/privacy/")
    club.run(
        "from strava_live.notifications.noting import note\n"
        f"note({club.club.members[0]}, 'message', 'message.1', actor_id={club.club.members[1]})"
    )
    page.go_back()
    expect(count(page)).to_have_text("1")


def test_notifications_work_without_javascript(browser: Browser, club: ClubSite) -> None:
    club.run(
        "from strava_live.notifications.noting import note\n"
        f"note({club.club.members[0]}, 'message', 'message.1', actor_id={club.club.members[1]})"
    )
    page = club.context(browser, 0, viewport=PHONE, java_script_enabled=False).new_page()
    page.goto(club.site.url + "/settings/")
    expect(count(page)).to_have_text("1")
    page.locator("[data-notes-menu] > summary").click()
    page.get_by_role("link", name="See all notifications").click()
    page.locator("main").get_by_role("button", name="Mark all as read").click()
    expect(count(page)).to_be_hidden()
