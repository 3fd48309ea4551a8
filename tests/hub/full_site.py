"""A club with something on each of its pages, and the path of every page of the site."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

from tests.live_site import LiveSite

HOSTILE_POST = "HTTP/1.1 200 OK\nContent-Length: 7\n\nhostile\n" * 20
"""A post that a client would take for an HTTP answer if it came where an answer is expected."""
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)")


@dataclass
class FullSite:
    session: str
    """The session key of the club's captain."""
    values: dict[str, str]
    """Values for the parameters of the URL patterns, by name."""


def full_site(site: LiveSite) -> FullSite:
    code = "from tests.hub.full_site import print_full_site; print_full_site()"
    return FullSite(**json.loads(site.manage("shell", "-v", "0", "-c", code)))


def print_full_site() -> None:
    """Set up the club and print its FullSite. Runs in a process with the site's settings and database."""
    from strava_live.accounts.models import User
    from strava_live.clubs.keys import invite, put_up_screen
    from strava_live.clubs.models import Club, Membership
    from strava_live.social.posts import add_post
    from tests.live.founding import sessions_of

    captain = User.objects.create_user("carol", display_name="Carol Dunn", time_zone="Europe/London")
    club = Club.objects.create(slug="striders", name="Striders")
    Membership.objects.create(club=club, user=captain, role=Membership.Role.CAPTAIN)
    entries = [add_post(captain.pk, club.pk, HOSTILE_POST) for _ in range(50)]
    values = {
        "slug": club.slug,
        "key": put_up_screen(club.pk).secret.reveal(),
        "code": invite(club.pk).secret.reveal(),
        "user_id": captain.pk,
        "pk": entries[-1].pk,
        "app_label": "strava_live",
    }
    print(json.dumps({"session": sessions_of([captain])[0], "values": values}))  # noqa: T201 read by full_site


def every_path(values: dict[str, str]) -> list[str]:
    """Return every path of the URL conf, with parameters filled from `values`, or with 1 where it has none."""

    def filled(match: re.Match[str]) -> str:
        return str(values.get(match[1] or match[2], 1))

    routes = (re.sub(r"\^|\$$|\\", "", PARAMETER.sub(filled, route)) for route in routes_of(get_resolver()))
    return sorted({f"/{route}" for route in routes})


def routes_of(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from routes_of(pattern, route)
