"""Which pages axe checks, and who opens each.

The access table has every page of the site, so a new page is checked, too.
"""

from typing import NamedTuple

from tests.access.rows import ROWS

VIEWERS = ("signed out", "person", "captain", "operator", "screen key")
"""Of these, the first to whom a page is shown opens it."""
PAGE = ("200", "401")
"""The status of a page. A sign-in at Strava that fails is answered with 401."""
NOT_PAGES = {
    "manifest.webmanifest",
    "offline/",  # goes back to where it came from, if there is a connection: see test_installed_app.py
    "sw.js",
    "parkruns/events/",
    "settings/export/",
    "status/parts/",
    "start/clubs/",
    "sync/figures/",
    "sync/rows/",
    "clubs/<slug:slug>/entries/",
    "clubs/<slug:slug>/members/",
    "clubs/<slug:slug>/manage/invitations/<int:pk>/qr.svg",
    "clubs/<slug:slug>/manage/screens/<int:pk>/qr.svg",
    "clubs/<slug:slug>/screen/<str:key>/figures/",
    "messages/<int:athlete_id>/older/",
}
"""Files, and data for the scripts of pages."""
EMPTY = ("", "activities/", "athletes/", "messages/", "notifications/", "parkruns/", "sync/", "start/")
"""Pages that look different to a person who is in no club and has not connected Strava: the outsider."""
PROPERTY = "bucket/things/<str:thing_id>/properties/<str:property_id>/"
MORE = (
    ("person", ""),
    ("captain", ""),
    ("clubmate", "messages/<int:athlete_id>/"),
    ("person", "parkruns/import/preview/"),
    ("outsider", "join/<str:code>/"),
    ("person", "join/<str:code>/"),
    ("outsider", "join/withdrawn/"),
    ("signed out", "nowhere/"),
    ("person", "nowhere/"),
    ("signed out", "clubs/striders/screen/withdrawn/"),
    ("clubmate", "bucket/"),
    ("clubmate", PROPERTY),
    ("clubmate", f"{PROPERTY}remove/"),
    ("clubmate", "bucket/things/<str:thing_id>/remove/"),
)
"""Other views of these pages, errors, and pages that the people of the access table may not open."""
WIDE = (
    *("", "activities/", "athletes/", "bucket/", "clubs/<slug:slug>/", "clubs/<slug:slug>/manage/", "messages/"),
    *(
        "clubs/<slug:slug>/screen/<str:key>/",
        "messages/<int:athlete_id>/",
        "nowhere/",
        "parkruns/",
        "privacy/",
        "sync/",
    ),
    *("settings/", "start/", "status/", PROPERTY),
)
"""Pages whose layout on a desktop differs from that on a phone by more than the header."""


class ShownPage(NamedTuple):
    viewer: str
    route: str
    query: str = ""

    def __str__(self) -> str:
        return f"{self.viewer} at /{self.route}"


def pages_of_the_table() -> list[ShownPage]:
    """Return each page of the access table that is shown to one of VIEWERS. Operators' pages are Django's own."""
    found = []
    for row in ROWS:
        viewers = [viewer for viewer in VIEWERS if row.answers[viewer] in PAGE]
        if row.method == "GET" and viewers and not row.route.startswith(("admin/", "api/")):
            found.append(ShownPage(viewers[0], row.route, row.query))
    return [page for page in found if page.route not in NOT_PAGES]


SHOWN_PAGES = [
    *pages_of_the_table(),
    *(ShownPage("outsider", route) for route in EMPTY),
    *(ShownPage(viewer, route) for viewer, route in MORE),
]
