"""The site that is attacked, with a club, and helpers that attacks share."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from bench.services import running_services
from simulators.process import StandIn
from tests.hub.full_site import FullSite, full_site
from tests.live.visitor import Visitor
from tests.live_site import LiveSite, LiveSites
from tests.strava_of import strava_of

HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
ATTRIBUTE = re.compile(r'\b(name|value)="([^"]*)"')


@dataclass
class Target:
    """The running site. `paths` are the addresses of all its pages."""

    site: LiveSite
    pid: int
    """The id of the web process."""
    stand_in: StandIn
    full: FullSite
    paths: list[str]

    def browser(self, session: str = "", *, url: str = "") -> httpx.Client:
        """Return a client that follows no redirects, signed in as the captain unless `session` is given."""
        return httpx.Client(
            base_url=url or self.site.url, timeout=40, cookies={"sessionid": session or self.full.session}
        )

    def athlete(self, **order: object) -> Visitor:
        """Sign in a new visitor with Strava. `order` says what the athlete is like (StandIn.add_athlete)."""
        visitor = Visitor(self.site.url)
        visitor.sign_in_with_strava(self.stand_in, self.stand_in.add_athlete(**order))
        return visitor

    def shell(self, code: str) -> str:
        return self.site.manage("shell", "-v", "0", "-c", code).strip()


@contextmanager
def target() -> Iterator[Target]:
    """Start a site with a full club."""
    with running_services() as services, StandIn() as stand_in, LiveSites(services.databases) as live_sites:
        stand_in.limits(overall=[10**6, 10**7], read=[10**6, 10**7], window_s=900)
        settings = {"CLUB_CREATION": "anyone", "WORK_IN_WEB": "1", **strava_of(stand_in)}
        site = live_sites(
            REDIS_URL=services.redis.url, DATABASE_URL=services.databases.postgres(services.postgres.url), **settings
        )
        full = full_site(site)
        code = (
            f"import json; from tests.hub.full_site import every_path; print(json.dumps(every_path({full.values!r})))"
        )
        paths = json.loads(site.manage("shell", "-v", "0", "-c", code))
        web = site.start("web")
        yield Target(site, web.pid, stand_in, full, paths)


def hidden_fields(page: str) -> dict[str, str]:
    """Return the CSRF token and the other hidden fields of a page's forms."""
    fields = (dict(ATTRIBUTE.findall(tag)) for tag in HIDDEN.findall(page))
    return {field["name"]: field.get("value", "") for field in fields if "name" in field}


def must(condition: object, otherwise: str) -> None:
    """Raise AssertionError with the message `otherwise` unless `condition` holds: the site did not resist."""
    if not condition:
        raise AssertionError(otherwise)
