"""The pages of the site: PAGES are pictured for Strava's review, and NOT_PICTURED are not, each with the reason.

Each list names a page by the route of its URL pattern. A test fails for a page that is in neither list.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from django.conf import settings

PARAMETER = re.compile(r"<\w+:(\w+)>")


class Viewer(StrEnum):
    """Who looks at a page in its picture."""

    VISITOR = "a visitor who is not signed in"
    NEWCOMER = "a signed-in person who has not connected Strava"
    ATHLETE = "an athlete who has connected Strava"
    CAPTAIN = "the captain of a club"


class ReviewPage(NamedTuple):
    """A page that is pictured. If people give or withdraw consent on it, its text is also written to a file."""

    route: str
    file: str
    """The beginning of the names of its files."""
    title: str
    viewer: Viewer
    shows: str
    """The data from Strava that the page shows, and to whom; or how else the page concerns Strava."""
    has_consent_text: bool = False
    needs: str = ""
    """The name of a setting. The site offers the page only if this setting has a value."""
    parameters: Mapping[str, str] = {}
    """With {"pk": "result"}, the route's parameter `pk` gets the value that is passed to `path` under the name
    "result". A parameter that is not here gets the value under its own name."""

    def path(self, values: Mapping[str, str]) -> str:
        return "/" + PARAMETER.sub(lambda part: values[self.parameters.get(part[1], part[1])], self.route)


RESULT, ENTRY = {"pk": "result"}, {"pk": "entry"}
PAGES = (
    ReviewPage(
        "accounts/signup/",
        "sign-up",
        "Create an account",
        Viewer.VISITOR,
        "the button “Connect with Strava”, which creates the account in one tap",
        has_consent_text=True,
    ),
    ReviewPage(
        "accounts/login/",
        "sign-in",
        "Sign in",
        Viewer.VISITOR,
        "the button “Connect with Strava”, which signs in with Strava",
        has_consent_text=True,
    ),
    ReviewPage(
        "sync/",
        "connect-strava",
        "My Strava, before it is connected",
        Viewer.NEWCOMER,
        "the button “Connect with Strava”, and who will see what",
        has_consent_text=True,
    ),
    ReviewPage(
        "join/<str:code>/",
        "join-a-club",
        "Join a club",
        Viewer.NEWCOMER,
        "no data: the consent to share parkruns with a club, off until the person switches it on",
        has_consent_text=True,
    ),
    ReviewPage(
        "start/",
        "start",
        "Start page",
        Viewer.ATHLETE,
        "to the athlete alone: how many of their activities were imported",
    ),
    ReviewPage(
        "sync/",
        "my-strava",
        "My Strava",
        Viewer.ATHLETE,
        "to the athlete alone: name, day, distance and time of imported activities, as they arrive",
    ),
    ReviewPage(
        "activities/",
        "activities",
        "My saved activities",
        Viewer.ATHLETE,
        "to the athlete alone: name, day, distance and time of saved activities",
    ),
    ReviewPage(
        "activities/<int:strava_id>/",
        "activity",
        "One activity",
        Viewer.ATHLETE,
        "to the athlete alone: all that is stored of an activity, the drawing of its route, “View on Strava”, and the "
        "device with “Garmin” for one of Garmin's",
    ),
    ReviewPage(
        "activities/<int:strava_id>/parkrun/",
        "correct-an-activity",
        "Correct an activity",
        Viewer.ATHLETE,
        "to the athlete alone: what the activity was, for the athlete to correct",
    ),
    ReviewPage(
        "activities/unsave-all/",
        "remove-all-activities",
        "Remove all saved activities",
        Viewer.ATHLETE,
        "to the athlete alone: how many activities will be removed",
        has_consent_text=True,
    ),
    ReviewPage(
        "parkruns/",
        "parkruns",
        "My parkruns",
        Viewer.ATHLETE,
        "to the athlete alone: their parkruns, of which most come from Strava, and their personal bests",
    ),
    ReviewPage(
        "parkruns/<int:pk>/",
        "parkrun",
        "One parkrun",
        Viewer.ATHLETE,
        "to the athlete alone: a parkrun that came from Strava, with a link to its activity, to be corrected",
        parameters=RESULT,
    ),
    ReviewPage(
        "parkruns/<int:pk>/remove/",
        "remove-a-parkrun",
        "Remove a parkrun",
        Viewer.ATHLETE,
        "to the athlete alone: the parkrun that will be removed",
        parameters=RESULT,
    ),
    ReviewPage(
        "clubs/<slug:slug>/",
        "club-feed",
        "A club's feed",
        Viewer.ATHLETE,
        "to the club's members: parkruns of those who have agreed, with event, time and “View on Strava”; no routes",
    ),
    ReviewPage(
        "clubs/<slug:slug>/entries/<int:pk>/",
        "entry",
        "One entry of a club's feed",
        Viewer.ATHLETE,
        "to the club's members: one parkrun that is in the club's feed, with the replies to it",
        parameters=ENTRY,
    ),
    ReviewPage(
        "clubs/<slug:slug>/entries/<int:pk>/cheers/",
        "cheers",
        "Who cheered",
        Viewer.ATHLETE,
        "no data: who cheered for a parkrun that is in the club's feed",
        parameters=ENTRY,
    ),
    ReviewPage(
        "clubs/<slug:slug>/screen/<str:key>/",
        "wall-screen",
        "A club's wall screen",
        Viewer.VISITOR,
        "to everyone who has the screen's secret address: the same parkruns, without links and without routes",
    ),
    ReviewPage(
        "athletes/",
        "athletes",
        "Clubmates",
        Viewer.ATHLETE,
        "to the club's members: who shares parkruns, and the last one of each",
    ),
    ReviewPage(
        "athletes/<int:user_id>/",
        "athlete",
        "One clubmate",
        Viewer.ATHLETE,
        "to the club's members: the parkruns that this member has agreed to share",
    ),
    ReviewPage(
        "clubs/<slug:slug>/sharing/",
        "sharing",
        "What a club sees of me",
        Viewer.ATHLETE,
        "no data: the consent to share parkruns, changed or withdrawn at any time",
        has_consent_text=True,
    ),
    ReviewPage(
        "clubs/<slug:slug>/leave/",
        "leave-a-club",
        "Leave a club",
        Viewer.ATHLETE,
        "no data: what disappears when a member leaves",
        has_consent_text=True,
    ),
    ReviewPage(
        "clubs/<slug:slug>/manage/",
        "manage-a-club",
        "Manage a club",
        Viewer.CAPTAIN,
        "to captains: who is in the club and whether they share parkruns",
    ),
    ReviewPage(
        "clubs/<slug:slug>/manage/members/<int:user_id>/",
        "manage-a-member",
        "Manage a member",
        Viewer.CAPTAIN,
        "to captains: one member, and whether they share parkruns",
    ),
    ReviewPage(
        "settings/",
        "settings",
        "Settings",
        Viewer.ATHLETE,
        "to the athlete alone: since when Strava is connected, a link to their profile at Strava, and “Disconnect "
        "Strava”",
        has_consent_text=True,
    ),
    ReviewPage(
        "settings/delete-account/",
        "delete-account",
        "Delete the account",
        Viewer.ATHLETE,
        "no data: what is deleted here, and that nothing is deleted at Strava",
        has_consent_text=True,
    ),
    ReviewPage(
        "bucket/",
        "bucket",
        "My Bucket",
        Viewer.ATHLETE,
        "to the athlete alone: how many of their saved activities they have sent to a data store of their own, and how "
        "to stop that",
        needs="BUCKET_CLIENT_ID",
        has_consent_text=True,
    ),
    ReviewPage(
        "status/",
        "status",
        "Status",
        Viewer.ATHLETE,
        "to signed-in people: how much of Strava's rate limits is used; nothing about any one person",
    ),
)

NOT_PICTURED: Mapping[str, tuple[str, ...]] = {
    "Visitors see what the site is. Members see their club's feed, which is pictured.": ("",),
    "The list of one's clubs.": ("start/clubs/",),
    "Removes a browser that was notified, and shows nothing.": ("notifications/subscriptions/remove/",),
    "To the person alone: who has cheered for them, replied, mentioned them or written to them.": ("notifications/",),
    "What two people write to each other.": ("messages/*",),
    "The app's manifest, its service worker and its page for when there is no connection: the same for everybody.": (
        "manifest.webmanifest",
        "offline/",
        "sw.js",
    ),
    "The privacy policy, whose text is enclosed.": ("privacy/",),
    "Posts that members have typed in, for the club's captains.": ("clubs/<slug:slug>/reports/",),
    "Forms for what people type in themselves.": (
        "clubs/new/",
        "parkruns/add/",
        "parkruns/import/",
        "parkruns/import/preview/",
        "parkruns/start/",
        "settings/tokens/",
    ),
    "Data for the script of a page that is pictured, which shows the same.": (
        "clubs/<slug:slug>/entries/",
        "clubs/<slug:slug>/members/",
        "clubs/<slug:slug>/screen/<str:key>/figures/",
        "status/parts/",
        "sync/figures/",
        "sync/rows/",
    ),
    "A file with everything that the site has about an athlete, which only that athlete gets.": ("settings/export/",),
    "The receipt after an account was deleted: how much of what, and when.": ("settings/account-deleted/",),
    "To the athlete alone: what their own data store at Bucket returns, with the copies that they have sent there.": (
        "bucket/things/*",
    ),
    "Names of parkrun events, from parkrun's public list.": ("parkruns/events/",),
    "A QR code of an address.": (
        "clubs/<slug:slug>/manage/invitations/<int:pk>/qr.svg",
        "clubs/<slug:slug>/manage/screens/<int:pk>/qr.svg",
    ),
    "Sign-in and sign-out, passwords, email addresses and two-step sign-in.": ("accounts/*",),
    "For operators: accounts and the list of parkrun events.": ("admin/*",),
    "For programs of the athlete's own, with a token that the athlete makes: what the pages above show, as JSON.": (
        "api/*",
    ),
}
"""The routes that are not pictured, by reason. `accounts/*` stands for all routes below it that PAGES does not have."""


def offered_pages() -> tuple[ReviewPage, ...]:
    """Return the pages that this site offers, as it is set up."""
    return tuple(page for page in PAGES if not page.needs or getattr(settings, page.needs))
