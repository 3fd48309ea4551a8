"""A club on a running site, whose feed and wall screens a test opens in browsers."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error, Locator, Page, expect

from tests.live.founding import FoundClub, found_club
from tests.live.visitor import Visitor
from tests.live_site import LiveSite
from tests.patience import PATIENCE_MS

RECORD_MOMENTS = """() => {
  window.moments = [];
  const moment = document.querySelector("[data-moment]");
  const textOf = (slot) => moment.querySelector(`[data-slot=${slot}]`).textContent.trim();
  const note = () => moment.hidden || window.moments.push(["number", "name", "event", "time"].map(textOf));
  new MutationObserver(note).observe(moment, { attributeFilter: ["class", "hidden"] });
}"""


@dataclass
class ClubSite:
    site: LiveSite
    club: FoundClub
    script_errors: list[str] = field(default_factory=list)
    """Uncaught JavaScript errors of all its pages."""

    @property
    def path(self) -> str:
        return f"/clubs/{self.club.slug}/"

    @property
    def wall_path(self) -> str:
        return f"{self.path}screen/{self.club.keys[0]}/"

    def run(self, code: str) -> str:
        """Run `code` in a process with the site's settings and database, and return what it prints."""
        return self.site.manage("shell", "-v", "0", "-c", f"from tests.browser.club_tables import *\n{code}")

    def context(self, browser: Browser, member: int | None = None, **options: Any) -> BrowserContext:
        """Return a new browser context, signed in as the member with this number.

        Its pages install no service worker, which costs time and hides navigations from Playwright's routes. Tests of
        the worker ask for it with `service_workers="allow"`. Nothing moves, as painting each frame costs much
        processor time. Tests of motion ask for it with `reduced_motion="no-preference"`.
        """
        cheap = {"service_workers": "block", "reduced_motion": "reduce"}
        context = browser.new_context(locale="en-GB", **{**cheap, **options})
        context.set_default_timeout(PATIENCE_MS)
        context.on("weberror", lambda event: self.script_errors.append(str(event.error)))
        if member is not None:
            cookie = {"name": "sessionid", "value": self.club.sessions[member], "url": self.site.url}
            context.add_cookies([cookie])  # type: ignore[list-item]
        return context

    def feed(self, browser: Browser, member: int, **options: Any) -> Page:
        """Open the feed as the member with this number, and wait until its socket is connected."""
        page = self.context(browser, member, **options).new_page()
        page.goto(self.site.url + self.path)
        expect(page.locator("[data-connection]")).to_have_text("Live")
        return page

    def wall(self, browser: Browser, *, own_clock: bool = False, **options: Any) -> Page:
        """Open the page of a wall screen, and wait until its socket is connected. A test can advance an `own_clock`."""
        page = self.context(browser, **options).new_page()
        if own_clock:
            page.clock.install()
        page.goto(self.site.url + self.wall_path)
        expect(page.locator("[data-connection]")).to_have_text("Live")
        return page

    def visitor(self, member: int) -> Visitor:
        visitor = Visitor(self.site.url)
        visitor.jar.set("sessionid", self.club.sessions[member])
        return visitor

    def sign_in_again(self, member: int, page: Page) -> None:
        """Give the page's browser a new session of the member, who was signed out."""
        code = "from strava_live.accounts.models import User; from tests.live.founding import sessions_of"
        pk = self.club.members[member]
        key = self.run(f"{code}\nprint(*sessions_of([User.objects.get(pk={pk})]))").strip()
        page.context.add_cookies([{"name": "sessionid", "value": key, "url": self.site.url}])

    def share(self, member: int, *, parkruns: bool = True, shown_as: str = "short") -> None:
        """Submit the sharing form as a member, so that open pages get the change."""
        consent = {"parkruns": "on"} if parkruns else {}
        path = f"{self.path}sharing/"
        answer = self.visitor(member).post(path, path, shown_as=shown_as, **consent)
        assert answer.status_code == 302, answer.text

    def add_parkrun(self, member: int, *, days_ago: int = 0, before: int = 0, slug: str = "bushy") -> None:
        """Store a parkrun of a member; open pages do not get it. `before` is how many parkruns they did earlier."""
        self.run(f"add_run({self.club.members[member]}, {days_ago}, {before}, {slug!r})")

    def cast(self, members: Sequence[tuple[str, str, int]]) -> None:
        """Give each member a name, an event, and two parkruns there: last week, and today their `count`-th."""
        pairs = zip(self.club.members, members, strict=True)
        self.run("\n".join(f"add_to_cast({pk}, {name!r}, {event!r}, {count})" for pk, (name, event, count) in pairs))


def found_on(site: LiveSite, *, members: int = 3) -> ClubSite:
    return ClubSite(site, found_club(site, members=members))


def write(page: Page, text: str) -> None:
    page.get_by_label("Write to the club").fill(text)
    page.get_by_role("button", name="Post", exact=True).click()


def post_in(page: Page, text: str) -> Locator:
    """Locate the card of the post, or the reply, that has this text. No other one may have the same text."""
    return page.locator(".entry, .reply").filter(has=page.get_by_text(text, exact=True)).last


def menu_of(page: Page, text: str) -> Locator:
    """Open the menu of a post, and return it."""
    post_in(page, text).get_by_role("link", name="More about this post").first.click()
    menu = page.get_by_role("dialog")
    expect(menu).to_be_visible()
    return menu


def delete_post(page: Page, text: str) -> None:
    menu = menu_of(page, text)
    menu.locator("summary", has_text="Delete").click()
    menu.get_by_role("button", name="Delete post").click()


def reply(page: Page, to: str, text: str) -> None:
    """Reply to the post with the text `to`."""
    post = post_in(page, to)
    if not post.locator("[data-reply-form]").count():
        post.get_by_role("link", name="Reply").click()
    post.locator("[data-reply-form] textarea").fill(text)
    post.get_by_role("button", name="Reply", exact=True).click()


def text_in_feed(page: Page, text: str) -> Locator:
    """Locate the elements of the feed whose whole text is `text`."""
    return page.locator(".feed").get_by_text(text, exact=True)


def ids(page: Page) -> list[int]:
    found: list[int] = page.eval_on_selector_all(".entry", "cards => cards.map((card) => Number(card.dataset.id))")
    return found


def markup(wall: Page) -> str:
    """Return the wall's current HTML, without the scripts and data it was loaded with."""
    found: str = wall.evaluate("document.querySelector('.frame').innerHTML")
    return found


def moments(wall: Page) -> list[list[str]]:
    """Return the moments shown since RECORD_MOMENTS, in order and without repeats."""
    seen: list[list[str]] = wall.evaluate("window.moments")
    return [list(one) for one in dict.fromkeys(tuple(one) for one in seen)]


def eventually(condition: Callable[[], bool], page: Page, patience_ms: float = PATIENCE_MS) -> None:
    """Wait until `condition` is true. Ignore errors of the browser, which occur while the page reloads."""
    for _ in range(int(patience_ms // 50)):
        with suppress(Error):
            if condition():
                return
        page.wait_for_timeout(50)
    raise AssertionError("the condition did not become true")
