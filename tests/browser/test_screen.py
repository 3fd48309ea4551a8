"""A club's wall in a real browser: who arrives, who withdraws, and a night that nobody sits before it."""

import json
import signal
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.club_site import ClubSite, eventually, found_on
from tests.live_site import LiveSite, LiveSites
from tests.migrated import MigratedDatabases

pytestmark = [pytest.mark.services, pytest.mark.browser]

MOMENTS = """() => {
  window.moments = [];
  const moment = document.querySelector("[data-moment]");
  const said = (slot) => moment.querySelector(`[data-slot=${slot}]`).textContent.trim();
  const note = () => moment.hidden || window.moments.push(["number", "name", "event", "time"].map(said));
  new MutationObserver(note).observe(moment, { attributeFilter: ["class", "hidden"] });
}"""
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
HOUR_MS = 3_600_000


@pytest.fixture(scope="module")
def site(migrated_databases: MigratedDatabases) -> Iterator[LiveSite]:
    """One process over SQLite; every test has a club of its own."""
    with LiveSites(migrated_databases) as sites:
        site = sites()
        site.start("web")
        yield site


@pytest.fixture
def club(site: LiveSite) -> ClubSite:
    return found_on(site)


def moments(wall: Page) -> list[list[str]]:
    """Each once, in their order."""
    seen: list[list[str]] = wall.evaluate("window.moments")
    return [list(one) for one in dict.fromkeys(tuple(one) for one in seen)]


def markup(wall: Page) -> str:
    """All that is in the page but what it began with."""
    found: str = wall.evaluate("document.querySelector('.frame').innerHTML")
    return found


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


def test_wall_outlives_a_restart_and_misses_nobody(browser: Browser, live_sites: LiveSites) -> None:
    site = live_sites()
    web = site.start("web")
    club = found_on(site)
    wall = club.wall(browser)
    wall.evaluate(MOMENTS)
    web.send_signal(signal.SIGTERM)
    web.wait(10)
    expect(wall.locator("[data-connection]")).to_contain_text("as of", timeout=15_000)

    site.start("web")
    club.ran(0)
    club.share(0)

    expect(wall.locator("[data-connection]")).to_have_text("Live", timeout=30_000)
    expect(wall.locator("[data-moment] .moment-name")).to_have_text("Alva B.")
    assert wall.evaluate("window.moments.length > 0")  # it is still the same page


def test_wall_loads_itself_anew_after_a_deploy_at_a_quiet_moment(browser: Browser, club: ClubSite) -> None:
    wall = club.wall(browser)
    wall.evaluate("window.old = true")

    def another_version(route: Route) -> None:
        answer: dict[str, Any] = route.fetch().json()
        route.fulfill(json=answer | {"page": "another"})

    wall.route("**/figures/", another_version)
    club.ran(0)
    club.share(0)
    expect(wall.locator("[data-moment] .moment-name")).to_have_text("Alva B.")
    wall.wait_for_timeout(3_500)
    assert wall.evaluate("window.old"), "while somebody has their moment it waits"

    eventually(lambda: wall.evaluate("window.old") is None, wall, 40_000)


def test_wall_loads_itself_anew_once_a_night_and_only_from_a_site_that_is_there(
    browser: Browser, club: ClubSite
) -> None:
    club.run(f"move({club.club.pk}, {timezone.now().hour - 4})")
    wall = club.context(browser).new_page()
    wall.add_init_script("Math.random = () => 0")  # the minute of the night that this wall takes
    wall.clock.install()
    wall.goto(club.site.url + club.wall_path)
    expect(wall.locator("[data-connection]")).to_have_text("Live")
    wall.evaluate("window.old = true")
    wall.clock.run_for(60_000)
    assert wall.evaluate("window.old"), "one that has just been loaded has no need of it"

    wall.route("**/screen/*/", lambda route: route.abort())
    wall.clock.fast_forward(4 * HOUR_MS)
    wall.clock.run_for(30_000)
    wall.wait_for_timeout(500)
    assert wall.evaluate("window.old"), "one that cannot be loaded stays as it is"

    wall.unroute("**/screen/*/")
    wall.clock.run_for(30_000)
    eventually(lambda: wall.evaluate("window.old") is None, wall)
    expect(wall.locator("[data-connection]")).to_have_text("Live")


def test_after_an_hour_without_a_connection_nobody_is_named(browser: Browser, club: ClubSite) -> None:
    for days_ago in (0, 7):
        club.ran(0, days_ago=days_ago)
    club.share(0)
    wall = club.context(browser).new_page()
    wall.clock.install()
    wall.goto(club.site.url + club.wall_path)
    expect(wall.locator("[data-connection]")).to_have_text("Live")
    assert "Alva" in markup(wall)

    wall.context.set_offline(True)
    wall.clock.run_for(40_000)
    expect(wall.locator("[data-connection]")).to_contain_text("Offline, as of")
    assert "Alva" in markup(wall)
    wall.clock.fast_forward(HOUR_MS)
    wall.clock.run_for(2_000)
    eventually(lambda: "Alva" not in markup(wall), wall)

    wall.context.set_offline(False)
    wall.clock.run_for(60_000)
    eventually(lambda: "Alva" in markup(wall), wall)


def test_wall_whose_script_does_not_come_is_tried_again(browser: Browser, club: ClubSite) -> None:
    """As after a deploy in just that moment, when the old script is no longer there."""
    wall = club.context(browser).new_page()
    wall.clock.install()
    wall.route("**/stage*.js", lambda route: route.abort())
    wall.goto(club.site.url + club.wall_path)
    wall.wait_for_timeout(500)
    expect(wall.locator("[data-connection]")).to_contain_text("As of")
    wall.unroute("**/stage*.js")

    wall.clock.run_for(61_000)

    expect(wall.locator("[data-connection]")).to_have_text("Live")
    wall.evaluate("window.old = true")
    for _ in range(5):
        wall.clock.run_for(61_000)
    assert wall.evaluate("window.old"), "what lives is left alone"


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


def test_the_wall_rests_its_pointer_and_asks_for_nothing_but_itself(browser: Browser, club: ClubSite) -> None:
    context = club.context(browser)
    asked: list[tuple[str, str]] = []
    context.on("request", lambda request: asked.append((request.url, json.dumps(request.headers))))
    wall = context.new_page()
    wall.goto(club.site.url + club.wall_path)
    expect(wall.locator("body.screen-resting")).to_have_count(1)

    assert all(url.startswith((club.site.url, "data:")) for url, _ in asked)
    assert not any(club.club.keys[0] in headers for _, headers in asked)
    assert context.cookies() == []
