"""/bucket/ in a real browser against the stand-in for Bucket: from connecting to disconnecting, and a live sending."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from simulators.bucket_process import BucketStandIn
from tests.browser.club_site import eventually
from tests.live.founding import newcomer
from tests.live_site import LiveSite
from tests.patience import PATIENCE_MS

pytestmark = [pytest.mark.services, pytest.mark.browser]

PHONE = {"width": 360, "height": 740}
ROWS = "2026-11-21T09:00:00Z,5\n2026-11-21T09:01:00Z,{}\n2026-11-21T09:02:00Z,6.5"
"""Three rows, with a place for the value of the second."""
SAVE_ACTIVITIES = """
from strava_live.accounts.models import User
from tests.bucket.connected import save_activity
user = User.objects.get(username={username!r})
for number in range({count}): save_activity(user, number + 1)
"""
CONTROLS = "input:not([type=hidden]), select, textarea, button, a"
UNNAMED = """(controls) => controls
  .filter((one) => one.offsetParent !== null && !one.labels?.length && !one.ariaLabel && !one.textContent.trim())
  .filter((one) => !one.getAttribute("aria-labelledby"))
  .map((one) => one.outerHTML)"""


@pytest.fixture
def bucket(bucket_process: BucketStandIn) -> Iterator[BucketStandIn]:
    """The stand-in for Bucket, to which the shared site is connected, without faults after the test."""
    yield bucket_process
    bucket_process.reset()


@pytest.fixture
def phone(browser: Browser, site: LiveSite) -> Iterator[Page]:
    """A page on a phone that fails the test if a script raises an error. A refused form is an error of the console."""
    context = browser.new_context(locale="en-GB", viewport=PHONE)  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE_MS)
    errors: list[str] = []
    context.on("weberror", lambda event: errors.append(str(event.error)))
    yield context.new_page()
    context.close()
    assert errors == []


def signed_in(page: Page, site: LiveSite, name: str) -> None:
    visitor = newcomer(site, name)
    page.context.add_cookies([{"name": key, "value": value, "url": site.url} for key, value in visitor.jar.items()])


def connect(page: Page, site: LiveSite, name: str) -> None:
    """Press the button, sign in at the stand-in as a new person, consent, and come back."""
    page.goto(f"{site.url}/bucket/")
    page.get_by_role("button", name="Connect Bucket").click()
    page.locator("[name=new_name]").fill(name)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Allow access").click()
    expect(page).to_have_url(f"{site.url}/bucket/")
    expect(page.get_by_text("Bucket is connected.")).to_be_visible()


def expect_fit_for_everyone(page: Page) -> None:
    """The page is as wide as a phone, has one main heading, and every control has a name."""
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.locator("h1").count() == 1
    assert page.eval_on_selector_all(CONTROLS, UNNAMED) == []


def test_from_connecting_to_disconnecting_on_a_phone(phone: Page, site: LiveSite, bucket: BucketStandIn) -> None:
    page = phone
    signed_in(page, site, "bea")
    page.goto(f"{site.url}/bucket/")
    expect_fit_for_everyone(page)
    connect(page, site, "Bea Walker")
    expect(page.locator("[data-connection]")).to_have_text("Live")
    expect_fit_for_everyone(page)

    page.get_by_text("Make a Thing").click()
    form = page.locator("#new-thing")
    form.get_by_label("Name").fill("My watch")
    form.get_by_label("Description").fill("It counts everything")
    form.get_by_role("button", name="Make Thing").click()
    thing = page.locator(".bucket-thing", has_text="My watch")
    expect(thing).to_contain_text("It counts everything")
    thing.get_by_text("Add a Property").click()
    thing.get_by_label("Name").fill("Steps in thousands")
    thing.get_by_label("Type").select_option("COUNT")
    expect_fit_for_everyone(page)
    thing.get_by_role("button", name="Add Property").click()

    expect(page.get_by_role("heading", name="Steps in thousands")).to_be_visible()
    rows = page.get_by_label("Rows")
    rows.fill(ROWS.format("five"))
    with page.expect_response(lambda answer: answer.request.method == "POST") as refused:
        page.get_by_role("button", name="Write", exact=True).click()
    assert refused.value.status == 422
    expect(page.get_by_text("Count: “five” is not a number.")).to_be_visible()
    expect(rows).to_have_value(ROWS.format("five"))
    expect_fit_for_everyone(page)
    rows.fill(ROWS.format("5.25"))
    page.get_by_role("button", name="Check first").click()
    expect(page.get_by_text("3 rows, as we understand them. Nothing is written yet.")).to_be_visible()
    page.get_by_role("button", name="Write", exact=True).click()

    expect(page.get_by_text("Wrote 3 rows, and read them back.")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(3)
    expect(page.locator("tbody tr").first).to_contain_text("6.5")
    chart = re.compile("Steps in thousands: 3 values from .* Lowest 5, highest 6.5.")
    expect(page.get_by_role("img", name=chart)).to_be_visible()
    expect_fit_for_everyone(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as CSV").click()
    assert download.value.path().read_text().splitlines()[0] == "time,Count"

    page.get_by_role("link", name="My Bucket").first.click()
    page.get_by_text("Disconnect Bucket").click()
    page.get_by_label("Delete there too").check()
    page.get_by_role("button", name="Yes, disconnect").click()

    expect(page.get_by_text(re.compile("^Disconnected."))).to_be_visible()
    expect(page.get_by_role("button", name="Connect Bucket")).to_be_visible()
    (username,) = (one["username"] for one in bucket.people() if one["name"] == "Bea Walker")
    assert bucket.grants(username) == []
    assert [thing["name"] for thing in bucket.things(username)] == ["My watch"]


def test_sending_is_shown_live_and_can_be_stopped(page: Page, site: LiveSite, bucket: BucketStandIn) -> None:
    signed_in(page, site, "sam")
    site.manage("shell", "-v", "0", "-c", SAVE_ACTIVITIES.format(username="sam", count=5))
    connect(page, site, "Sam Sender")
    (username,) = (one["username"] for one in bucket.people() if one["name"] == "Sam Sender")
    panel = page.get_by_role("region", name="Your activities")
    other_tab = page.context.new_page()
    other_tab.goto(f"{site.url}/bucket/")
    swallowed = bucket.fault("swallow", "write_values", username=username, items=1)

    panel.get_by_role("button", name="Send now").click()

    for tab in (page, other_tab):
        expect(tab.get_by_role("heading", name="Sent, with gaps")).to_be_visible()
    bucket.clear_fault(swallowed)
    held = bucket.fault("hold", "write_values", username=username)

    panel.get_by_role("button", name="Send now").click()

    for tab in (page, other_tab):
        expect(tab.get_by_role("heading", name="Sending your activities")).to_be_visible()
    panel.get_by_role("button", name="Stop").click()
    bucket.clear_fault(held)
    for tab in (page, other_tab):
        expect(tab.get_by_role("heading", name="Stopped")).to_be_visible()
    expect(panel).to_be_focused()

    panel.get_by_role("button", name="Send now").click()

    expect(page.get_by_role("heading", name="Up to date")).to_be_visible()
    expect(page.locator("#bucket-figures")).to_contain_text(re.compile(r"activities there\s*5"))
    expect(page.locator("#sendings li")).to_have_count(3)
    expect(page.get_by_role("link", name="Distance (m)")).to_be_visible()
    assert len(bucket.rows_by_name(username)["Distance (m)"]) == 5
    page.get_by_role("link", name="Distance (m)").click()
    expect(page.locator("tbody tr")).to_have_count(5)


def test_sending_without_javascript(browser: Browser, site: LiveSite, bucket: BucketStandIn) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    signed_in(page, site, "nils")
    site.manage("shell", "-v", "0", "-c", SAVE_ACTIVITIES.format(username="nils", count=2))
    connect(page, site, "Nils Noscript")

    page.get_by_role("button", name="Send now").click()

    expect(page).to_have_url(f"{site.url}/bucket/")

    def is_done() -> bool:
        page.reload()
        return page.get_by_role("heading", name="Up to date").is_visible()

    eventually(is_done, page)
    page.get_by_role("switch", name="New activities by themselves").click()
    expect(page.get_by_role("switch", name="New activities by themselves")).to_be_checked()


def test_slow_bucket_does_not_hold_up_the_page(page: Page, site: LiveSite, bucket: BucketStandIn) -> None:
    signed_in(page, site, "tess")
    connect(page, site, "Tess Slow")
    (username,) = (one["username"] for one in bucket.people() if one["name"] == "Tess Slow")
    bucket.add_thing(username, "Found later")
    held = bucket.fault("hold", "list_things", username=username)

    page.goto(f"{site.url}/bucket/")

    expect(page.get_by_text("Asking your Bucket …")).to_be_visible()
    expect(page.get_by_role("button", name="Send now")).to_be_visible()
    bucket.clear_fault(held)
    expect(page.get_by_role("heading", name="Found later")).to_be_visible()
