"""A club on a running site, seen through browsers: its members' pages and its walls."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from tests.live.founding import FoundClub, found_club
from tests.live.visitor import Visitor
from tests.live_site import LiveSite


@dataclass
class ClubSite:
    site: LiveSite
    club: FoundClub

    @property
    def path(self) -> str:
        return f"/clubs/{self.club.slug}/"

    @property
    def wall_path(self) -> str:
        return f"{self.path}screen/{self.club.keys[0]}/"

    def run(self, code: str) -> str:
        """In a process that has the site's settings and database; what it prints."""
        return self.site.manage("shell", "-v", "0", "-c", f"from tests.browser.club_site import *\n{code}")

    def context(self, browser: Browser, member: int | None = None, **options: Any) -> BrowserContext:
        context = browser.new_context(locale="en-GB", **options)
        context.set_default_timeout(15_000)
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


def found_on(site: LiveSite, *, members: int = 3) -> ClubSite:
    return ClubSite(site, found_club(site, members=members))


def add_run(user_id: int, days_ago: int, before: int, slug: str) -> None:
    from strava_live.accounts.models import User
    from strava_live.parkrun.result_models import StartingNumbers
    from tests.clubs.runs import ran

    user = User.objects.get(pk=user_id)
    StartingNumbers.objects.update_or_create(athlete=user, defaults={"parkruns": before})
    ran(user, days_ago, slug)


def welcome(user_id: int) -> None:
    from django.db import transaction

    from strava_live.clubs.models import Membership
    from strava_live.feed.joining import tell_joined

    with transaction.atomic():
        tell_joined(Membership.objects.get(user=user_id))


def make_captain(user_id: int) -> None:
    from strava_live.clubs.models import Membership

    Membership.objects.filter(user=user_id).update(role="captain")


def move(club_id: int, hours_west: int) -> None:
    """Where the clock is so many hours behind UTC."""
    from strava_live.clubs.models import Club

    Club.objects.filter(pk=club_id).update(
        time_zone=f"Etc/GMT{hours_west % 24 if hours_west < 13 else hours_west - 24:+}"
    )


def add_entries(club_id: int, user_id: int, count: int) -> None:
    """Posts of some lengths, a minute apart, as they stand in the table after a long time."""
    from datetime import timedelta

    from django.utils import timezone

    from strava_live.clubs.models import Club
    from strava_live.feed.models import Entry

    club = Club.objects.get(pk=club_id)
    first, now = club.seq + 1, timezone.now()
    Entry.objects.bulk_create(
        Entry(
            club=club,
            seq=seq,
            first_seq=seq,
            kind="post",
            key=f"post.{seq}",
            at=now - timedelta(minutes=first + count - seq),
            athlete_id=user_id,
            name="Alva B.",
            text=f"Number {seq}. " + "Words on it. " * (seq % 23),
            data={"ref": f"r{seq}"},
        )
        for seq in range(first, first + count)
    )
    club.seq, club.entry_count = first + count - 1, club.entry_count + count
    club.save()


def eventually(true: Callable[[], bool], page: Page, patience_ms: int = 10_000) -> None:
    """Also when the page is loaded anew meanwhile."""
    for _ in range(patience_ms // 50):
        with suppress(Error):
            if true():
                return
        page.wait_for_timeout(50)
    raise AssertionError("it did not come about")
