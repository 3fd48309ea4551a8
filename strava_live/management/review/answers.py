"""The answers to what Strava asks in its review of an application, with the true values of this site."""

from typing import NamedTuple

from django.conf import settings
from django.urls import reverse

from strava_live.accounts.models import StravaConnection, User
from strava_live.accounts.strava_artwork import missing_artwork
from strava_live.accounts.strava_signin.provider import DEFAULT_SCOPES, OPTIONAL_SCOPES
from strava_live.clubs.models import Club, Membership
from strava_live.status.models import BudgetSample
from strava_live.strava.limits import Meters
from strava_live.web.privacy_row import revoked_kept
from strava_live.web.privacy_service_rows import strava_rows
from strava_live.web.words import unsaved_kept_for
from strava_live.webhook.subscription import PATH, our_subscription

WHY_SCOPES = {
    "read": "to sign in with Strava, and to read the athlete's name and when they joined Strava",
    "activity:read": "to import the athlete's activities, recognise which are parkruns, and keep up with changes",
    "activity:read_all": "only if the athlete ticks “Include my “Only You” runs”: so that these count in the athlete's "
    "own history. Clubs never see them",
}
"""Why the site asks for each scope."""


class Point(NamedTuple):
    name: str
    words: str


COPIES = Point(
    "Copies in the athlete's own data store at Bucket",
    "stay there, unless the athlete ticks “Delete the copies in my Bucket, too” while disconnecting Strava, or a like "
    "choice while disconnecting Bucket or deleting the account",
)
"""The answer about the copies that an athlete has sent to Bucket."""


class Section(NamedTuple):
    title: str
    words: str
    points: tuple[Point, ...] = ()


def sections() -> list[Section]:
    return [
        about(),
        athletes(),
        scopes(),
        calls(),
        visibility(),
        retention(),
        deletion(),
        webhook(),
        branding(),
        never(),
    ]


def about() -> Section:
    contact = settings.CONTACT_EMAIL or "missing: set CONTACT_EMAIL"
    return Section(
        "What the application is",
        f"{settings.SITE_NAME} lets the members of a running club see each other's parkruns as they happen. A parkrun "
        "is a free, timed 5 km run each Saturday. An athlete connects Strava, the site recognises which activities are "
        "parkruns, and shows these to the clubs that the athlete has chosen. It is a community application: it "
        "neither replaces Strava nor copies its feed, and each entry leads to the activity on Strava.",
        (
            Point("Website", settings.SITE_URL),
            Point("Who runs it", settings.OPERATOR or "missing: set OPERATOR"),
            Point("Support contact, named on each page", contact),
            Point("Privacy policy", settings.SITE_URL + reverse("privacy")),
            Point("Client ID", settings.STRAVA_CLIENT_ID or "missing: set STRAVA_CLIENT_ID"),
        ),
    )


def athletes() -> Section:
    connected = StravaConnection.objects.count()
    sharing = Membership.objects.sharing().values("user").distinct().count()
    return Section(
        "How many athletes",
        "Each athlete connects their own Strava. Strava reviews an application before its eleventh athlete.",
        (
            Point("Accounts", f"{User.objects.filter(is_active=True).count():,}"),
            Point("Connected to Strava", f"{connected:,}"),
            Point("Clubs", f"{Club.objects.count():,}"),
            Point("Athletes who share parkruns with a club", f"{sharing:,}"),
        ),
    )


def scopes() -> Section:
    return Section(
        "Which scopes, and why",
        "The site asks for the least that it needs, and only reads. It works with what the athlete grants.",
        tuple(Point(scope, WHY_SCOPES[scope]) for scope in (*DEFAULT_SCOPES, *OPTIONAL_SCOPES)),
    )


def known_limits() -> Meters | None:
    """Return the application's limits, as Strava named them last. None if Strava has not been called yet."""
    sample = BudgetSample.objects.order_by("-minute").first()
    return Meters(*sample.limits) if sample else None


def calls() -> Section:
    limits = known_limits()
    limit_words = (
        f"{limits.read_quarter:,} reads in 15 minutes and {limits.read_day:,} a day; "
        f"{limits.overall_quarter:,} and {limits.overall_day:,} for all calls"
        if limits
        else "not known yet: the site learns them from Strava's first answer"
    )
    return Section(
        "Which calls, and how many",
        "All processes of the site share one count of its calls, and stop before a limit. Activities are read in "
        "lists, at most 200 in a call, so a first import of 2,000 activities takes about eleven calls. After that, one "
        "call for each activity that Strava reports, and one routine call for each athlete about every six "
        "hours, or once a day if Strava reports their activities.",
        (
            Point("GET /athlete", "when an athlete connects"),
            Point("GET /athlete/activities", "imports, and looking for changes"),
            Point("GET /activities/{id}", "an activity that Strava has reported"),
            Point("POST /oauth/token, POST /oauth/revoke", "signing in, renewing tokens, disconnecting"),
            Point("/push_subscriptions", "the webhook's subscription"),
            Point("Limits of the application now", limit_words),
            Point("Kept free for people who wait", f"{settings.STRAVA_RESERVE:.0%} of each limit"),
        ),
    )


def visibility() -> Section:
    bucket = Point(
        "The athlete's own data store at Bucket",
        "only if the athlete connects it and sends them there: title, sport, distance, times and speed of all saved "
        "activities, also of those that are private at Strava, and the start only if the athlete says so",
    )
    return Section(
        "Who sees an athlete's data",
        "Only the athlete, until they agree to something else. The consent is asked for each club separately, is off "
        "at first, and is stored with its date. Withdrawing it removes the athlete's parkruns from the club's feed and "
        "screens at once.",
        (
            Point("The athlete", "everything that was imported"),
            Point(
                "Members of a club, with consent",
                "event, date, time and count of each parkrun, and a link to the activity on Strava",
            ),
            Point("A club's wall screen, with the same consent", "the same, without links and ids"),
            *([bucket] if settings.BUCKET_CLIENT_ID else []),
            Point(
                "Never another person on this site",
                "routes, heart rate, activities that are no parkruns, and what is private at Strava",
            ),
        ),
    )


def retention() -> Section:
    return Section(
        "For how long data from Strava is kept",
        "These are the values of this site's settings. The privacy policy states them, too.",
        tuple(Point(row.what, row.kept) for row in strava_rows()),
    )


def deletion() -> Section:
    revoked = (
        f"clubs see nothing of it any more, and all data from Strava is deleted after {revoked_kept()}"
        if revoked_kept()
        else "all data from Strava is deleted as soon as Strava refuses the athlete's tokens"
    )
    return Section(
        "How data is deleted",
        "The athlete needs nobody's help for any of this. The texts that they read are enclosed.",
        (
            Point("The athlete deletes or hides an activity at Strava", "it disappears here, without a click"),
            Point("The athlete revokes the access at Strava", revoked + ". My Strava then confirms the deletion"),
            Point(
                "The athlete disconnects Strava here",
                "all data from Strava is deleted at once, and Strava is asked to revoke the tokens. One token stays, "
                "encrypted, until Strava has revoked it",
            ),
            *([COPIES] if settings.BUCKET_CLIENT_ID else []),
            Point(
                "The athlete deletes the account",
                "everything is deleted at once, and a receipt confirms it. Strava is asked to revoke the tokens; one "
                "stays, encrypted and without a name, until Strava has revoked it",
            ),
            Point("Activities that were not saved", f"deleted {unsaved_kept_for()} after Strava last sent them"),
        ),
    )


def webhook() -> Section:
    if not settings.STRAVA_WEBHOOK_TOKEN:
        state = "not set up: set STRAVA_WEBHOOK_TOKEN"
    elif our_subscription():
        state = "subscribed"
    else:
        state = "not subscribed: run manage.py strava_webhook subscribe"
    signed = "refused" if settings.STRAVA_WEBHOOK_SECRET else "accepted: STRAVA_WEBHOOK_SECRET is not set"
    return Section(
        "How the webhook is used",
        "The site stores an event and answers within two seconds. An event deletes nothing and shows nothing by "
        "itself: the site then asks Strava what has happened, and waits for more events about the same athlete, so "
        "that a burst takes few calls.",
        (
            Point("Callback", f"{settings.SITE_URL}{PATH}… (the rest is secret)"),
            Point("Subscription", state),
            Point("Events without a valid signature", signed),
            Point("An activity is created or updated", "it is read again, and shown or hidden"),
            Point("An activity is deleted", "it is hidden at once, and deleted when Strava answers 404"),
            Point("authorized: false", "the athlete's data is hidden, and deleted as said above"),
        ),
    )


def branding() -> Section:
    missing = missing_artwork()
    files = f"missing: {', '.join(missing)}. docs/deploy.md says how to add them" if missing else "in use, unchanged"
    return Section(
        "Strava's brand, and Garmin's",
        f"The name of the site is {settings.SITE_NAME}. Its footer says on each page that Strava does not run or "
        "endorse it.",
        (
            Point("Strava's official button and logo", files),
            Point(
                "“View on Strava”",
                "in bold, on each activity's page, and at each shared parkrun from Strava",
            ),
            Point("“Compatible with Strava”", "in the footer of each page"),
            Point("Garmin", "“Garmin” and the device's name next to an activity that a Garmin device has recorded"),
        ),
    )


def never() -> Section:
    return Section(
        "What the site does not do",
        "No advertising, no sale of data, no transfer that the athlete has not asked for, no charge for anything made "
        "from it, no analytics, no training or use of artificial intelligence, no virtual races, no writing to Strava.",
    )


def as_markdown(answers: list[Section]) -> str:
    """Return the answers as Markdown, to be copied into Strava's form."""
    parts = [f"# {settings.SITE_NAME}: answers for Strava's review"]
    for section in answers:
        points = "\n".join(f"- **{point.name}:** {point.words}" for point in section.points)
        parts.append(f"## {section.title}\n\n{section.words}" + (f"\n\n{points}" if points else ""))
    return "\n\n".join(parts) + "\n"
