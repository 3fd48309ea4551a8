"""The service worker in a browser: what it stores, what it shows without a connection, and what a deploy does to it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from simulators.push_process import PushStandIn
from tests.browser.axe import grave_findings
from tests.browser.club_site import ClubSite, eventually, found_on
from tests.browser.shell_cache import Deliverer, cache_names, installed, stored_by
from tests.live_site import LiveSite, LiveSites
from tests.push_client.clients import SubscribedBrowser
from tests.push_of import SITE_KEY, push_of

pytestmark = [pytest.mark.services, pytest.mark.browser]
SHOWN = """navigator.serviceWorker.ready.then(async (registration) =>
  (await registration.getNotifications()).map(({ title, body, tag, data }) => ({ title, body, tag, data })))"""
CLICK = """async () => {
  const [notification] = await registration.getNotifications();
  dispatchEvent(new NotificationEvent("notificationclick", { notification }));
}"""

REPLACE = """async (subscription) => {
  let kept = true;
  PushManager.prototype.subscribe = async () => ({
    toJSON: () => subscription,
    unsubscribe: async () => { kept = false; },
  });
  let work;
  dispatchEvent(Object.assign(new Event("pushsubscriptionchange"), { waitUntil: (promise) => { work = promise; } }));
  await work;
  return kept;
}"""
"""What a browser does when it replaces the subscription. Returns whether the worker has kept the new one."""

PUSH_MANAGER = Path(__file__).parent / "push_manager.js"


@pytest.fixture
def browser(whole_browser: Browser) -> Browser:
    return whole_browser


@pytest.fixture(scope="module")
def site(module_sites: LiveSites, push_process: PushStandIn) -> LiveSite:
    """A site of its own: these tests stop it, and start it as another deploy."""
    return module_sites.running(**push_of(push_process))


def expect_offline_page(page: Page) -> None:
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.bib')).rotate") != ""
    fonts = page.evaluate("document.fonts.ready.then((fonts) => [...fonts].filter((font) => font.status === 'error'))")
    assert fonts == []


def block_notifications(page: Page, origin: str) -> None:
    session = page.context.new_cdp_session(page)
    context = session.send("Target.getTargetInfo")["targetInfo"]["browserContextId"]
    permission = {"permission": {"name": "notifications"}, "setting": "denied"}
    session.send("Browser.setPermission", {"origin": origin, "browserContextId": context, **permission})


def test_nothing_but_the_shell_is_stored_and_the_page_comes_back(browser: Browser, club: ClubSite) -> None:
    club.add_parkrun(0)
    context = installed(browser, club)
    page = context.new_page()
    for path in ("/settings/", "/athletes/", "/sync/", "/api/v1/me", club.path):
        page.goto(club.site.url + path)
    expect(page.locator("[data-connection]")).to_have_text("Live")
    expect(page.locator("body")).to_contain_text("Alva Berg0")

    stored = stored_by(page)
    urls = {key.partition(" ")[2] for key in stored}
    assert {url for url in urls if not re.match(r"/static/.*\.[0-9a-f]{12}\.\w+$", url)} == {
        "/offline/",
        "/offline/?sent=yes",
    }
    assert [url for url, text in stored.items() if "Alva" in text or club.club.slug in text] == []

    context.set_offline(True)
    page.reload()
    expect_offline_page(page)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("status")).to_have_text("Still no connection. We'll keep trying.")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert grave_findings(page) == []
    context.set_offline(False)
    expect(page.locator("[data-connection]")).to_have_text("Live")
    assert page.url == club.site.url + club.path


def test_page_comes_back_with_the_next_deploy_which_replaces_the_shell(browser: Browser, site: LiveSite) -> None:
    club = found_on(site)
    page, form = (installed(browser, club).new_page() for _ in range(2))
    page.goto(site.url + club.path)
    form.goto(f"{site.url}/settings/")
    (before,) = cache_names(page)
    site.processes[-1].terminate()
    site.processes[-1].wait(15)

    form.locator("#profile").get_by_role("button", name="Save").click()
    expect(form.get_by_role("heading", name="That didn't reach us")).to_be_visible()
    page.reload()
    expect_offline_page(page)
    site.environment["SITE_NAME"] = "Sunday Live"
    site.start("web")

    expect(page.locator("[data-connection]")).to_have_text("Live")
    expect(page).to_have_title(re.compile("Sunday Live"))

    def has_the_next_shell_alone() -> bool:
        names = cache_names(page)
        return len(names) == 1 and names != [before]

    eventually(has_the_next_shell_alone, page)
    assert "Sunday Live" in next(text for url, text in stored_by(page).items() if url.endswith(" /offline/"))
    page.reload()
    expect(page.locator("[data-connection]")).to_have_text("Live")


def test_push_message_is_shown_and_taken_back_and_leads_to_its_page(browser: Browser, club: ClubSite) -> None:
    site = club.site.url
    context = installed(browser, club)
    context.grant_permissions(["notifications"], origin=site)
    page = context.new_page()
    page.goto(f"{site}/privacy/")
    deliverer = Deliverer(page, site)
    eventually(lambda: bool(deliverer.registrations), page)

    def shown() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = page.evaluate(SHOWN)
        return found

    def show(**notification: str) -> None:
        deliverer.show(json.dumps({"web_push": 8030, "notification": notification}))
        assert notification["title"] in [one["title"] for one in shown()]

    show(title="Bruno C.", body="wrote to you", navigate="/settings/#profile", tag="message.2")
    show(title="Bruno C. again", body="wrote to you", navigate="/athletes/", tag="message.2")
    (only,) = shown()
    assert (only["body"], only["tag"], only["data"]) == ("wrote to you", "message.2", {"navigate": "/athletes/"})
    deliverer.deliver(json.dumps({"close": "message.2"}))
    eventually(lambda: shown() == [], page)

    for navigate, address in (
        ("/settings/#profile", f"{site}/settings/#profile"),
        ("https://else.example/", f"{site}/"),
    ):
        show(title=f"To {navigate}", navigate=navigate)
        context.service_workers[0].evaluate(CLICK)
        expect(page).to_have_url(address)
        assert shown() == []

    deliverer.show("not a message")
    assert [one["body"] for one in shown()] == ["There's something new."]


def test_signing_out_leaves_nothing_in_the_browser(browser: Browser, club: ClubSite) -> None:
    context = installed(browser, club)
    page = context.new_page()
    page.goto(club.site.url + club.path)
    page.evaluate("localStorage.setItem('post-draft', 'unsent words')")
    page.route("**/sw.js", lambda route: route.abort())
    page.add_init_script("navigator.serviceWorker.register = () => new Promise(() => {})")
    page.goto(f"{club.site.url}/accounts/logout/")
    page.locator("main form button[type=submit]").click()
    expect(page).to_have_url(f"{club.site.url}/")

    left = page.evaluate("(async () => [await caches.keys(), localStorage.length])()")
    registrations = page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)")
    assert (left, registrations) == ([[], 0], 0)


def test_notifications_are_switched_on_and_off_in_words(browser: Browser, club: ClubSite) -> None:
    context = installed(browser, club, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.add_init_script(path=PUSH_MANAGER)
    page.goto(f"{club.site.url}/settings/")
    section = page.locator("#notifications")
    on, off = (section.get_by_role("button", name=f"Switch {way} in this browser") for way in ("on", "off"))
    says = section.get_by_role("status").locator("p:visible")
    expect(says).to_contain_text("They're off in this browser.")
    assert grave_findings(page, "#notifications") == []
    block_notifications(page, club.site.url)
    page.reload()
    expect(says).to_contain_text("blocked in your browser")
    expect(on).to_be_hidden()

    context.grant_permissions(["notifications"], origin=club.site.url)
    page.reload()
    on.click()
    expect(says).to_contain_text("They're on in this browser.")
    expect(section.get_by_role("listitem")).to_contain_text("This browser")
    removing = section.get_by_role("button", name="Remove").bounding_box()
    assert removing
    assert removing["height"] < 45, "one line"
    assert grave_findings(page, "#notifications") == []
    off.click()
    expect(says).to_contain_text("They're off in this browser.")
    expect(section.get_by_role("listitem")).to_have_count(0)


def test_browser_renews_its_subscription_until_the_person_removes_it(
    browser: Browser, club: ClubSite, push_service: PushStandIn
) -> None:
    """A page sends the subscription again, and the service worker one that the browser has replaced."""
    member = club.club.members[0]
    context = installed(browser, club)
    context.grant_permissions(["notifications"], origin=club.site.url)
    page = context.new_page()
    page.add_init_script(path=PUSH_MANAGER)
    page.goto(f"{club.site.url}/settings/")
    section = page.locator("#notifications")
    section.get_by_role("button", name="Switch on in this browser").click()
    expect(section.get_by_role("listitem")).to_contain_text("This browser")

    with page.expect_response("**/notifications/subscriptions/") as renewed:
        page.goto(f"{club.site.url}/privacy/")
    assert renewed.value.json() == {"subscribed": True}

    replaced = SubscribedBrowser(push_service, SITE_KEY.public)
    assert context.service_workers[0].evaluate(REPLACE, replaced.subscription) is True
    club.run(f"send_message({member}, {club.club.members[1]})")
    assert [json.loads(text)["notification"]["body"] for text in replaced.texts()] == ["Someone wrote to you."]

    page.goto(f"{club.site.url}/settings/")
    section.get_by_role("button", name="Remove").click()
    expect(section).to_contain_text("Removed. It shows no more notifications.")
    other = context.new_page()
    other.add_init_script(path=PUSH_MANAGER)
    with other.expect_response("**/notifications/subscriptions/") as refused:
        other.goto(f"{club.site.url}/privacy/")
    assert refused.value.json() == {"subscribed": False}

    other.goto(f"{club.site.url}/settings/")
    section = other.locator("#notifications")
    expect(section.get_by_role("listitem")).to_have_count(0)
    section.get_by_role("button", name="Switch on in this browser").click()
    section.get_by_role("button", name="Remove").click()
    expect(section).to_contain_text("Removed. It shows no more notifications.")
    assert context.service_workers[0].evaluate(REPLACE, replaced.subscription) is False
    other.reload()
    expect(section.get_by_role("listitem")).to_have_count(0)
