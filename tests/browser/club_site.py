"""A club on a running site, seen through browsers: its members' pages and its walls."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error, Locator, Page, expect

from tests.live.founding import FoundClub, found_club
from tests.live.visitor import Visitor
from tests.live_site import LiveSite
from tests.patience import PATIENCE_MS

MOMENTS = """() => {
  window.moments = [];
  const moment = document.querySelector("[data-moment]");
  const said = (slot) => moment.querySelector(`[data-slot=${slot}]`).textContent.trim();
  const note = () => moment.hidden || window.moments.push(["number", "name", "event", "time"].map(said));
  new MutationObserver(note).observe(moment, { attributeFilter: ["class", "hidden"] });
}"""


@dataclass
class ClubSite:
    site: LiveSite
    club: FoundClub
    script_errors: list[str] = field(default_factory=list)
    """Of all pages: what a script stumbles over, the page may hide."""

    @property
    def path(self) -> str:
        return f"/clubs/{self.club.slug}/"

    @property
    def wall_path(self) -> str:
        return f"{self.path}screen/{self.club.keys[0]}/"

    def run(self, code: str) -> str:
        """In a process that has the site's settings and database; what it prints."""
        return self.site.manage("shell", "-v", "0", "-c", f"from tests.browser.club_tables import *\n{code}")

    def context(self, browser: Browser, member: int | None = None, **options: Any) -> BrowserContext:
        context = browser.new_context(locale="en-GB", **options)
        context.set_default_timeout(PATIENCE_MS)
        context.on("weberror", lambda found: self.script_errors.append(str(found.error)))
        if member is not None:
            cookie = {"name": "sessionid", "value": self.club.sessions[member], "url": self.site.url}
            context.add_cookies([cookie])  # type: ignore[list-item]
        return context

    def feed(self, browser: Browser, member: int, **options: Any) -> Page:
        """A member's page, live."""
        page = self.context(browser, member, **options).new_page()
        page.goto(self.site.url + self.path)
        expect(page.locator("[data-connection]")).to_have_text("Live")
        return page

    def wall(self, browser: Browser, **options: Any) -> Page:
        page = self.context(browser, **options).new_page()
        page.goto(self.site.url + self.wall_path)
        expect(page.locator("[data-connection]")).to_have_text("Live")
        return page

    def visitor(self, member: int) -> Visitor:
        visitor = Visitor(self.site.url)
        visitor.jar.set("sessionid", self.club.sessions[member])
        return visitor

    def share(self, member: int, *, parkruns: bool = True, shown_as: str = "short") -> None:
        """By the form, so that the process that serves the pages tells it."""
        wish = {"parkruns": "on"} if parkruns else {}
        path = f"{self.path}sharing/"
        answer = self.visitor(member).post(path, path, shown_as=shown_as, **wish)
        assert answer.status_code == 302, answer.text

    def ran(self, member: int, *, days_ago: int = 0, before: int = 0, slug: str = "bushy") -> None:
        """A parkrun that a member has typed in and nobody has been told of; `before`, how many they had had."""
        self.run(f"add_run({self.club.members[member]}, {days_ago}, {before}, {slug!r})")

    def cast(self, members: Sequence[tuple[str, str, int]]) -> None:
        """Give each member a name, an event, and a parkrun there last week and today: their how-many-eth."""
        pairs = zip(self.club.members, members, strict=True)
        self.run("\n".join(f"add_to_cast({pk}, {name!r}, {event!r}, {count})" for pk, (name, event, count) in pairs))


def found_on(site: LiveSite, *, members: int = 3) -> ClubSite:
    return ClubSite(site, found_club(site, members=members))


def write(page: Page, text: str) -> None:
    page.get_by_label("Write to the club").fill(text)
    page.get_by_role("button", name="Post", exact=True).click()


def told(page: Page, text: str) -> Locator:
    """Of what the feed shows, what says this and nothing else."""
    return page.locator(".feed").get_by_text(text, exact=True)


def ids(page: Page) -> list[int]:
    found: list[int] = page.eval_on_selector_all(".entry", "all => all.map((one) => Number(one.dataset.id))")
    return found


def markup(wall: Page) -> str:
    """All that is in the page but what it began with."""
    found: str = wall.evaluate("document.querySelector('.frame').innerHTML")
    return found


def eventually(true: Callable[[], bool], page: Page, patience_ms: float = PATIENCE_MS) -> None:
    """Also when the page is loaded anew meanwhile."""
    for _ in range(int(patience_ms // 50)):
        with suppress(Error):
            if true():
                return
        page.wait_for_timeout(50)
    raise AssertionError("it did not come about")
