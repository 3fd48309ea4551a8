"""Joining a club by its invitation in a real browser: from the address on a poster to what the club sees."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from simulators.process import StandIn
from tests.browser.club_site import eventually
from tests.live_site import LiveSite

pytestmark = [pytest.mark.services, pytest.mark.browser]
PASSWORD = "under-the-clock-tower"


def club(site: LiveSite, *words: str) -> dict[str, str]:
    return dict(line.split(" ", 1) for line in site.manage("club", *words).splitlines())


def sign_up(page: Page, username: str) -> None:
    page.get_by_role("link", name="Create account").click()
    page.locator("input[name=username]").fill(username)
    page.locator("input[name=password1]").fill(PASSWORD)
    page.locator("input[name=password2]").fill(PASSWORD)
    page.locator("main form button[type=submit]").last.click()


def test_newcomer_joins_shares_parkruns_and_stops_sharing(page: Page, site: LiveSite) -> None:
    made = club(site, "create", "joined", "--name", "Hillside Harriers")
    page.goto(made["invitation"])
    expect(page.get_by_role("heading", name="Hillside Harriers")).to_be_visible()
    sign_up(page, "newcomer")
    expect(page).to_have_url(made["invitation"])

    example = page.locator(".share-example")
    expect(page.get_by_label("Share my parkruns")).not_to_be_checked()
    expect(example).to_contain_text("Your runs won't be shown", use_inner_text=True)
    page.get_by_label("Share my parkruns").check()
    page.get_by_label("Your name").fill("Sam  Reed")
    expect(page.locator(".options")).to_contain_text("Sam Reed")
    expect(example).to_contain_text("Sam R.", use_inner_text=True)
    page.get_by_label("A member").check()
    expect(example).to_contain_text("A member", use_inner_text=True)
    expect(example).not_to_contain_text("Sam", use_inner_text=True)
    page.get_by_role("button", name="Join Hillside Harriers").click()
    expect(page).to_have_url(made["club"])

    expect(page.locator(".account-menu-name")).to_contain_text("Sam Reed")

    page.goto(f"{made['club']}sharing/")
    expect(page.get_by_label("Share my parkruns")).to_be_checked()
    page.get_by_label("Share my parkruns").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Applied everywhere straight away.")).to_be_visible()
    expect(page.get_by_label("Share my parkruns")).not_to_be_checked()
    expect(page.get_by_label("A member")).to_be_checked()


IMPORTS = """
from strava_live.clubs.captains import appoint
from strava_live.clubs.keys import invite
from strava_live.clubs.models import Club, Membership
from strava_live.membership.joining import approve, join
from strava_live.accounts.models import User
club = Club.objects.get(slug="asked")
"""
INVITE = """
captain = User.objects.create_user("clara")
join(captain.pk, invite(club.pk).secret.reveal(), parkruns=False)
appoint(club.pk, captain.pk)
print(invite(club.pk, needs_approval=True).secret.reveal())
"""
APPROVE = """
approve(club.pk, Membership.objects.asking().get(club=club).user_id, by=User.objects.get(username="clara").pk)
"""


def test_strava_returns_to_the_invitation_which_shows_the_captains_approval(
    page: Page, site: LiveSite, stand_in_process: StandIn
) -> None:
    athlete = stand_in_process.add_athlete(activities=1)
    club(site, "create", "asked", "--name", "Hillside Harriers")
    code = site.manage("shell", "-v", "0", "-c", IMPORTS + INVITE).strip()
    invitation = f"{site.url}/join/{code}/"
    page.goto(invitation)
    page.get_by_role("button", name="Connect with Strava").click()
    page.locator(f"input[name=athlete_id][value='{athlete}']").check()
    page.get_by_role("button", name="Authorize").click()

    expect(page).to_have_url(invitation)
    page.get_by_role("button", name="Ask to join").click()
    expect(page.get_by_text("Waiting for a captain")).to_be_visible()
    site.manage("shell", "-v", "0", "-c", IMPORTS + APPROVE)
    expect(page.get_by_role("heading", name="You're in! Welcome to Hillside Harriers")).to_be_visible()
    expect(page.get_by_text("Waiting for a captain")).to_be_hidden()
    page.get_by_role("link", name="Open the club's feed").click()
    expect(page).to_have_url(f"{site.url}/clubs/asked/")


def test_captain_manages_the_club_without_javascript(browser: Browser, site: LiveSite) -> None:
    made = club(site, "create", "managed", "--name", "Hillside Harriers")
    people = {name: browser.new_context(java_script_enabled=False).new_page() for name in ("carol", "bruno")}
    for name, page in people.items():
        page.goto(made["invitation"])
        sign_up(page, name)
        page.get_by_role("button", name="Join Hillside Harriers").click()
        expect(page).to_have_url(made["club"])
    club(site, "captain", "managed", "carol")
    carol, bruno = people.values()

    carol.goto(f"{made['club']}manage/")
    carol.locator("#screens summary").last.click()
    carol.get_by_label("Where is it?").fill("Café")
    carol.get_by_role("button", name="Add", exact=True).click()
    expect(carol.locator("#screens")).to_contain_text("Café")
    carol.get_by_role("link", name="Manage bruno").click()
    carol.get_by_role("button", name="Remove bruno").click()
    expect(carol.get_by_text("bruno has been removed from the club.")).to_be_visible()
    assert bruno.goto(made["club"]).status == 404  # type: ignore[union-attr]


@pytest.mark.parametrize("width", [360, 1440])
def test_no_page_is_wider_than_the_screen(browser: Browser, site: LiveSite, width: int) -> None:
    name, slug = f"{width}".rjust(100, "x"), f"wide-{width}"
    made = club(site, "create", slug, "--name", "Hillside" + "x" * 60)
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(made["invitation"])
    sign_up(page, name)
    page.get_by_role("button", name=re.compile("^Join")).click()
    club(site, "captain", slug, name)

    member = site.manage("shell", "-v", "0", "-c", f"print(User.objects.get(username={name!r}).pk)").strip()
    paths = (
        "",
        "../../start/",
        "sharing/",
        "leave/",
        "manage/",
        f"manage/members/{member}/",
        "../../athletes/",
        "../../settings/",
    )
    for path in (*paths, made["invitation"].replace(made["club"], "")):
        page.goto(path if path.startswith("http") else made["club"] + path)
        assert page.evaluate("document.documentElement.scrollWidth") == width, path
    page.goto(f"{made['club']}manage/")
    page.get_by_text("Show QR code").first.click()
    qr_code = page.locator("img.qr").first
    eventually(lambda: bool(qr_code.evaluate("image => image.naturalWidth")), page)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    context.close()
