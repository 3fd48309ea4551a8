"""A club's wall in a real browser: who arrives, who withdraws, and what it looks like."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from tests.browser.club_site import MOMENTS, ClubSite, eventually, markup

pytestmark = [pytest.mark.services, pytest.mark.browser]

SHOWN = """
  const speaks = (one) => Array.from(one.childNodes).some((part) => part.nodeType === 3 && part.data.trim());
  const shown = Array.from(document.querySelectorAll(".frame *")).filter((one) => one.offsetParent && speaks(one));
"""
SPILLED = f"""() => {{{SHOWN}
  const inside = (one, {{ left, top, right, bottom }}) => {{
    const box = one.getBoundingClientRect();
    return box.left >= left - 1 && box.top >= top - 1 && box.right <= right + 1 && box.bottom <= bottom + 1;
  }};
  const screen = {{ left: 0, top: 0, right: innerWidth, bottom: innerHeight }};
  const part = (one) => one.closest(".stage, .board-rows");
  return shown.filter((one) => !inside(one, part(one) ? part(one).getBoundingClientRect() : screen))
    .map((one) => one.outerHTML);
}}"""
SMALLEST = f"() => {{{SHOWN} return Math.min(...shown.map((one) => parseFloat(getComputedStyle(one).fontSize))); }}"


def moments(wall: Page) -> list[list[str]]:
    """Each once, in their order."""
    seen: list[list[str]] = wall.evaluate("window.moments")
    return [list(one) for one in dict.fromkeys(tuple(one) for one in seen)]


def names(wall: Page, name: str) -> bool:
    return name in markup(wall)


def test_who_has_run_has_a_moment_and_a_line_and_counts(browser: Browser, club: ClubSite) -> None:
    wall = club.wall(browser)
    expect(wall.get_by_text("Your parkruns, on this wall")).to_be_visible()
    wall.evaluate(MOMENTS)

    club.ran(0, before=11)
    club.share(0)

    expect(wall.locator("[data-moment] .moment-name")).to_have_text("Alva B.")
    expect(wall.locator("[data-moment]")).to_contain_text("12th parkrun")
    expect(wall.locator("[data-moment]")).to_contain_text("First time here")
    expect(wall.locator(".board .row")).to_have_count(1)
    expect(wall.locator(".board .row")).to_contain_text("first time here")
    expect(wall.locator("[data-board-title]")).to_have_text("Today")
    expect(wall.locator("[data-tally]")).to_contain_text("1 today")
    expect(wall.locator("[data-moment]")).to_be_hidden(timeout=10_000)
    expect(wall.locator("[data-scene=today]")).to_contain_text("1 parkrun")
    assert moments(wall) == [["", "Alva B.", "Bushy", "25:00"]]
    club.run(f"record({club.club.members[0]}, 'Garmin Forerunner 255')")
    expect(wall.locator(".board .row")).to_contain_text("Garmin Forerunner 255")


def test_milestone_is_one_moment_with_its_parkrun(browser: Browser, club: ClubSite) -> None:
    wall = club.wall(browser)
    wall.evaluate(MOMENTS)

    club.ran(0, before=49)
    club.share(0)

    expect(wall.locator(".moment-milestone .moment-number")).to_have_text("50parkruns")
    expect(wall.locator("[data-moment]")).to_be_hidden(timeout=10_000)
    assert moments(wall) == [["50parkruns", "Alva B.", "Bushy", "25:00"]]
    eventually(lambda: "Milestones" in markup(wall), wall)


def test_nobody_is_left_out_when_many_arrive_at_once(browser: Browser, club: ClubSite) -> None:
    wall = club.context(browser).new_page()
    wall.clock.install()
    wall.goto(club.site.url + club.wall_path)
    expect(wall.locator("[data-connection]")).to_have_text("Live")
    wall.evaluate(MOMENTS)
    for member in range(3):
        for slug in ("bushy", "dulwich", "richmond"):
            club.ran(member, slug=slug)

    for member in range(3):
        club.share(member, shown_as="full")

    expect(wall.locator("[data-board-page]")).to_have_text("1 of 2")
    for _ in range(60):
        wall.clock.run_for(1_000)
    eventually(lambda: len(moments(wall)) == 9, wall)
    expect(wall.locator("[data-moment]")).to_be_hidden()


def test_consent_that_is_withdrawn_leaves_the_wall_at_once(browser: Browser, club: ClubSite) -> None:
    """Its moment in the middle of it, its line, its numbers, its name among the streaks; also where a wall was away."""
    for days_ago in (0, 7, 14):
        club.ran(0, days_ago=days_ago, before=48)
    club.share(0)
    wall, away = club.wall(browser), club.wall(browser)
    club.share(0, shown_as="full")
    for page in (wall, away):
        expect(page.locator(".board .row-name")).to_contain_text(["Alva Berg0"])
        eventually(partial(names, page, "Alva Berg0"), page)
    away.context.set_offline(True)

    club.share(0, parkruns=False)

    eventually(lambda: "Alva" not in markup(wall), wall, 2_000)
    expect(wall.locator("[data-tally]")).not_to_contain_text("today")
    away.context.set_offline(False)
    eventually(lambda: "Alva" not in markup(away), away, 40_000)

    club.share(0)
    expect(wall.locator("[data-moment] .moment-name")).to_have_text("Alva B.")
    club.share(0, parkruns=False)
    expect(wall.locator("[data-moment]")).to_be_hidden(timeout=1_500)
    eventually(lambda: "Bushy" not in wall.locator(".frame").inner_text(), wall, 3_000)


NEARLY_NEW_YEAR = (timezone.now() - timedelta(days=10)).year != timezone.now().year


@pytest.mark.skipif(NEARLY_NEW_YEAR, reason="what is no news any more was last year, and this year's figures are empty")
def test_who_is_still_being_read_leaves_the_figures_at_once_too(browser: Browser, club: ClubSite) -> None:
    """There is no entry of theirs that would come or go."""
    club.run(f"begin_reading({club.club.members[0]})")
    for member in (0, 1):
        club.ran(member, days_ago=8)
    club.share(1)
    wall = club.wall(browser)
    together = wall.locator("[data-scene=periods]").first

    for shares, members in ((True, "2 of us"), (False, "1 of us")):
        club.share(0, parkruns=shares)
        expect(together).to_contain_text(members, timeout=2_000)


def test_wall_whose_key_is_revoked_goes_dark(browser: Browser, club: ClubSite) -> None:
    club.ran(0)
    club.share(0)
    wall = club.wall(browser)
    club.run(f"make_captain({club.club.members[2]})")
    manage = f"{club.path}manage/"

    answer = club.visitor(2).post(f"{manage}screens/{club.club.screens[0]}/revoke/", manage)

    assert answer.status_code == 302
    expect(wall.get_by_role("heading", name="This screen is off")).to_be_visible()
    assert "Alva" not in wall.locator("body").inner_text()
    wall.reload()
    expect(wall.get_by_role("heading", name="This screen is off")).to_be_visible()


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1280, 720), (1080, 1920), (1024, 768)])
def test_wall_fits_its_screen_and_reads_from_afar(browser: Browser, club: ClubSite, width: int, height: int) -> None:
    for member, before in ((0, 49), (1, 249), (2, 8)):
        for days_ago in (0, 7):
            club.ran(member, days_ago=days_ago, before=before)
        club.share(member, shown_as="full")
    wall = club.context(browser, viewport={"width": width, "height": height}).new_page()
    wall.clock.install()
    wall.goto(club.site.url + club.wall_path)
    expect(wall.locator("[data-connection]")).to_have_text("Live")

    for _ in range(5):
        assert wall.evaluate(SPILLED) == []
        wall.clock.run_for(12_000)
    # Of 1,080 points, 28 is a letter of two centimetres on a television of 50 inches: read from five metres.
    points = min(max(width, height) * 9 / 16, width, height)
    assert wall.evaluate(SMALLEST) / points >= 27.9 / 1080
