"""A wall screen that runs unattended: restarts, deployments, nights offline, reloads and screen burn-in."""

import json
import re
import signal
from functools import partial
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, Route, WebSocketRoute, expect

from tests.browser.club_site import RECORD_MOMENTS, ClubSite, eventually, found_on, markup
from tests.browser.page_weight import MOST_BYTES, weight_of
from tests.live_site import LiveSites
from tests.patience import PATIENCE_S

pytestmark = [pytest.mark.services, pytest.mark.browser]

RECORD_LOCKS = """(() => {
  window.locks = [];
  if (!window.WakeLock) return; // an empty page, before the wall's
  const { request } = WakeLock.prototype;
  WakeLock.prototype.request = async function (kind) {
    const lock = await request.call(this, kind);
    window.locks.push(lock);
    return lock;
  };
})();"""
FETCH_SLOWLY = """
  const { fetch } = window;
  window.fetch = (...options) => new Promise((done) => setTimeout(done, 400)).then(() => fetch(...options));
"""
WITHOUT_KANTON_ZONE = """
  const { DateTimeFormat } = Intl;
  Intl.DateTimeFormat = function (locale, parts) {
    if (parts && parts.timeZone === "Pacific/Kanton") throw new RangeError("Invalid time zone specified");
    return new DateTimeFormat(locale, parts);
  };
"""
COUNT_WRITES_OF_THE_TIME = """() => {
  window.writes = 0;
  const count = () => { window.writes += 1; };
  new MutationObserver(count).observe(document.querySelector("[data-clock]"), { childList: true });
}"""
HOUR_MS = 3_600_000


def test_wall_survives_a_restart_and_shows_the_next_parkrun(browser: Browser, live_sites: LiveSites) -> None:
    site = live_sites()
    web = site.start("web")
    club = found_on(site)
    wall = club.wall(browser)
    wall.evaluate(RECORD_MOMENTS)
    web.send_signal(signal.SIGTERM)
    web.wait(PATIENCE_S)
    expect(wall.locator("[data-connection]")).to_contain_text("updated")

    site.start("web")
    club.add_parkrun(0)
    club.share(0)

    expect(wall.locator("[data-connection]")).to_have_text("Live")
    expect(wall.locator("[data-moment] .moment-name")).to_have_text("Alva B.")
    assert wall.evaluate("window.moments.length > 0")  # the page was not reloaded


def test_errors_of_a_proxy_do_not_turn_the_wall_off(browser: Browser, club: ClubSite) -> None:
    """A proxy that briefly finds no backend, or answers with its own page."""
    wall = club.wall(browser)
    answers = [(404, "<h1>No backend</h1>"), (200, "<h1>Accept our terms</h1>"), (404, "{}"), (502, "")]
    asked: list[int] = []

    def answer_as_proxy(route: Route) -> None:
        asked.append(len(asked))
        if len(asked) > len(answers):
            return route.continue_()
        status, body = answers[asked[-1]]
        return route.fulfill(status=status, body=body, content_type="text/html")

    wall.clock.install()
    wall.route("**/figures/", answer_as_proxy)
    club.add_parkrun(0)
    club.share(0)

    def is_counted() -> bool:
        wall.clock.run_for(1_000)
        return "1 today" in wall.locator("[data-tally]").inner_text()

    eventually(is_counted, wall)
    assert len(asked) > len(answers)
    expect(wall.get_by_role("heading", name="This screen is off")).to_have_count(0)


def test_wall_works_if_its_browser_does_not_know_the_time_zone(browser: Browser, club: ClubSite) -> None:
    club.run(f"Club.objects.filter(pk={club.club.pk}).update(time_zone='Pacific/Kanton')")
    wall = club.context(browser).new_page()
    wall.add_init_script(WITHOUT_KANTON_ZONE)
    wall.goto(club.site.url + club.wall_path)
    expect(wall.locator("[data-connection]")).to_have_text("Live")
    club.share(0)
    club.run(f"add_entries({club.club.pk}, {club.club.members[1]}, 1)")
    expect(wall.locator("[data-clock]")).to_have_text(re.compile("^[0-9]{2}:[0-9]{2}$"))


def test_wall_reloads_when_its_invitation_changes(browser: Browser, club: ClubSite) -> None:
    wall = club.wall(browser)
    expect(wall.locator("svg.qr")).to_have_count(0)

    club.run(f"from strava_live.clubs.keys import invite; invite({club.club.pk}, on_screens=True)")
    club.share(0)  # makes the wall fetch its figures, which it otherwise does every ten minutes

    expect(wall.locator("svg.qr")).to_be_visible()


def test_wall_recovers_from_a_reset_under_steady_messages(browser: Browser, club: ClubSite) -> None:
    club.add_parkrun(0)
    club.share(0)
    wall = club.context(browser).new_page()
    dialled: list[WebSocketRoute] = []

    def forward(socket: WebSocketRoute) -> None:
        socket.connect_to_server()
        dialled.append(socket)

    wall.route_web_socket("**/ws/**", forward)
    wall.add_init_script(FETCH_SLOWLY)
    wall.goto(club.site.url + club.wall_path)
    expect(wall.locator("[data-connection]")).to_have_text("Live")
    name = wall.locator(".board .row-name")
    expect(name).to_have_text("Alva B.")

    dialled[0].send(json.dumps({"type": "feed.reset", "seq": 1_000_000}))
    for _ in range(30):
        dialled[0].send(json.dumps({"type": "watching", "members": 1, "screens": 1}))
        wall.wait_for_timeout(100)

    assert len(dialled) == 2
    expect(name).to_have_text("Alva B.")


def test_wall_reloads_after_a_deploy_once_no_moment_is_shown(browser: Browser, club: ClubSite) -> None:
    wall = club.wall(browser)
    wall.evaluate("window.old = true")

    def answer_as_another_version(route: Route) -> None:
        answer: dict[str, Any] = route.fetch().json()
        route.fulfill(json=answer | {"page": "another"})

    wall.route("**/figures/", answer_as_another_version)
    club.add_parkrun(0)
    club.share(0)
    expect(wall.locator("[data-moment] .moment-name")).to_have_text("Alva B.")
    wall.wait_for_timeout(3_500)
    assert wall.evaluate("window.old"), "the wall waits until the moment has ended"

    eventually(lambda: wall.evaluate("window.old") is None, wall)


def test_wall_reloads_once_a_night_if_the_site_answers(browser: Browser, club: ClubSite) -> None:
    wall = evening_wall(browser, club)
    tried: list[Route] = []

    def block(route: Route) -> None:
        tried.append(route)
        route.abort()

    wall.route("**/screen/*/", block)
    wall.context.set_offline(True)  # otherwise the server would correct the clock that the test moves
    wall.clock.fast_forward(5 * HOUR_MS)
    wall.clock.run_for(30_000)
    wall.wait_for_timeout(500)
    assert not tried, "no reload before four o'clock"

    wall.clock.fast_forward(2 * HOUR_MS)
    wall.clock.run_for(30_000)
    eventually(lambda: len(tried) > 0, wall)
    wall.wait_for_timeout(500)
    assert wall.evaluate("window.old"), "the wall keeps its page while the site cannot be reached"

    wall.unroute("**/screen/*/")
    wall.context.set_offline(False)
    eventually(partial(is_reloaded, wall), wall)
    expect(wall.locator("[data-connection]")).to_have_text("Live")


def test_wall_that_slept_through_the_night_reloads_when_it_wakes(browser: Browser, club: ClubSite) -> None:
    """A sleeping machine runs no timers, so the wall's next tick comes at half past eight in the morning."""
    wall = evening_wall(browser, club)
    wall.context.set_offline(True)

    wall.clock.fast_forward(10 * HOUR_MS + HOUR_MS // 2)
    wall.clock.run_for(21_000)
    wall.context.set_offline(False)

    eventually(partial(is_reloaded, wall), wall)
    expect(wall.locator("[data-connection]")).to_have_text("Live")


def is_reloaded(wall: Page) -> bool:
    """Advance the wall's clock by a second and return whether the page was reloaded."""
    wall.clock.run_for(1_000)
    return wall.evaluate("window.old") is None


def evening_wall(browser: Browser, club: ClubSite) -> Page:
    """Open a wall whose local time is between ten and eleven in the evening."""
    hours_west = (timezone.now().hour - 22 + 11) % 24 - 11
    club.run(f"move({club.club.pk}, {hours_west})")
    wall = club.context(browser).new_page()
    wall.add_init_script("Math.random = () => 0")  # fixes the minute at which this wall reloads
    wall.clock.install()
    wall.goto(club.site.url + club.wall_path)
    expect(wall.locator("[data-connection]")).to_have_text("Live")
    wall.evaluate("window.old = true")
    return wall


def test_wall_hides_names_after_an_hour_offline(browser: Browser, club: ClubSite) -> None:
    for days_ago in (0, 7):
        club.add_parkrun(0, days_ago=days_ago)
    club.share(0)
    wall = club.wall(browser, own_clock=True)
    assert "Alva" in markup(wall)

    wall.context.set_offline(True)
    wall.clock.run_for(40_000)
    expect(wall.locator("[data-connection]")).to_contain_text("Offline · updated")
    assert "Alva" in markup(wall)
    wall.clock.fast_forward(HOUR_MS)
    wall.clock.run_for(2_000)
    eventually(lambda: "Alva" not in markup(wall), wall)

    wall.context.set_offline(False)
    wall.clock.run_for(60_000)
    eventually(lambda: "Alva" in markup(wall), wall)


def test_wall_without_its_script_is_reloaded(browser: Browser, club: ClubSite) -> None:
    """This happens if a deployment removes the script just after the page was loaded."""
    wall = club.context(browser).new_page()
    wall.clock.install()
    wall.route("**/js/screen.*.js", lambda route: route.abort())
    wall.goto(club.site.url + club.wall_path)
    wall.wait_for_timeout(500)
    expect(wall.locator("[data-connection]")).to_contain_text("Updated")
    wall.unroute("**/js/screen.*.js")

    wall.clock.run_for(61_000)

    expect(wall.locator("[data-connection]")).to_have_text("Live")
    wall.evaluate("window.old = true")
    for _ in range(5):
        wall.clock.run_for(61_000)
    assert wall.evaluate("window.old"), "a wall that runs is not reloaded"


def test_wall_hides_its_pointer_and_loads_nothing_from_other_sites(browser: Browser, club: ClubSite) -> None:
    context = club.context(browser)
    asked: list[tuple[str, str]] = []
    context.on("request", lambda request: asked.append((request.url, json.dumps(request.headers))))
    wall = context.new_page()
    assert weight_of(wall, club.site.url + club.wall_path) < MOST_BYTES
    expect(wall.locator("body.screen-resting")).to_have_count(1)

    assert all(url.startswith((club.site.url, "data:")) for url, _ in asked)
    assert not any(club.club.keys[0] in headers for _, headers in asked)
    assert context.cookies() == []


def test_wall_shifts_its_picture_and_toggles_full_screen(browser: Browser, club: ClubSite) -> None:
    """It writes the time once a minute: each write makes the browser paint. Once a second would be 720 times here."""
    wall = club.context(browser).new_page()
    wall.clock.install()
    wall.goto(club.site.url + club.wall_path)
    frame = wall.locator("[data-frame]")
    wall.evaluate(COUNT_WRITES_OF_THE_TIME)

    places = set()
    for _ in range(12):
        wall.clock.run_for(60_000)
        places.add(frame.evaluate("(frame) => frame.style.transform"))
    assert len(places) == 9
    assert 11 <= wall.evaluate("window.writes") < 60  # also whenever the server has set the clock

    is_full = "document.fullscreenElement !== null"
    wall.keyboard.press("f")
    eventually(lambda: wall.evaluate(is_full), wall)
    wall.keyboard.press("f")
    eventually(lambda: not wall.evaluate(is_full), wall)


def test_wall_keeps_the_machine_awake(whole_browser: Browser, club: ClubSite) -> None:
    """Inspect the wake locks that the browser really granted."""
    context = club.context(whole_browser)
    context.add_init_script(RECORD_LOCKS)
    wall = context.new_page()
    wall.goto(club.site.url + club.wall_path)

    eventually(lambda: wall.evaluate("window.locks.some((lock) => lock.type === 'screen' && !lock.released)"), wall)
