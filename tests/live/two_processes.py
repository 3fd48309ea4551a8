"""A site of two web processes with a club."""

from dataclasses import dataclass

from tests.live.feed_client import FeedClient
from tests.live.founding import FoundClub, found_club
from tests.live_site import LiveSite, LiveSites
from tests.site_process import SiteProcess


@dataclass
class TwoProcesses:
    site: LiveSite
    club: FoundClub
    webs: list[SiteProcess]
    urls: list[str]

    def member(self, number: int, *, at: int = 0) -> FeedClient:
        """Return a client for a member, connected to process `at`."""
        return FeedClient(self.urls[at], f"/ws/clubs/{self.club.slug}/", self.club.sessions[number])

    def screen(self, number: int = 0, *, at: int = 0) -> FeedClient:
        return FeedClient(self.urls[at], f"/ws/screens/{self.club.keys[number]}/")

    def run(self, code: str) -> str:
        """Run code in another process with the site's settings and database."""
        return self.site.manage("shell", "-v", "0", "-c", code)


def two_processes(live_sites: LiveSites, **environment: str) -> TwoProcesses:
    """Start the site, with short timeouts unless the environment names other settings."""
    site = live_sites(**{"DJANGO_SETTINGS_MODULE": "tests.live_settings", **environment})
    club = found_club(site, members=4, screens=2)
    first = site.start("web")
    second, url = site.start_another_web()
    return TwoProcesses(site, club, [first, second], [site.url, url])
