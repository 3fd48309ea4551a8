"""manage.py demo_club: create the club of bin/dev, with made-up members who were at parkrun on the latest Saturday.

If the club already exists, only add the parkruns of the Saturdays since the last time. With --club-runners, add no
parkruns, but let the club runners of the stand-in for Strava join. They run at the simulated Saturday, a parkrun
that the stand-in holds on any day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count, islice
from typing import Any, TypeVar

from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from strava_live.accounts.models import User
from strava_live.activities.athlete_state import lock_athlete
from strava_live.clubs.founding import found_club_at
from strava_live.clubs.keys import invite, put_up_screen
from strava_live.clubs.models import Club, Invitation, Screen
from strava_live.feed.parkrun_entries import reconcile_parkrun_entries
from strava_live.http.fields import read_json
from strava_live.http.transport import Request, Timeouts, send
from strava_live.management.club_runners import add_club_runners
from strava_live.membership.joining import join
from strava_live.membership.sharing import share
from strava_live.notifications.push_models import PushSubscription
from strava_live.notifications.subscriptions import subscribe
from strava_live.parkrun.models import ParkrunEvent
from strava_live.parkrun.result_models import ParkrunResult
from strava_live.push_client.subscription import PushTarget
from strava_live.social.posts import post
from strava_live.time_zones import zone_or_utc
from strava_live.web.club_links import club_link, invitation_link, screen_link

KeyKind = TypeVar("KeyKind", Invitation, Screen)

SLUG, NAME, ZONE = "demo", "Hillside Harriers", "Europe/London"
PASSWORD = "saturday-at-nine"  # noqa: S105 public: bin/dev prints it
PHONE = "Phone of the stand-in for push services"
WELCOME = "Coffee after the run is at the boathouse this week. New faces welcome!"


@dataclass(frozen=True)
class DemoMember:
    username: str
    name: str
    shown_as: str
    home: str
    """The event at which they usually run."""
    away: str
    """The event at which they run every seventh week."""
    parkruns: int
    """How many parkruns they get when the club is created."""
    rests: int
    """Before the club was created, the member missed one of every `rests` Saturdays."""
    time_s: int
    """Their fastest time; each week's is up to 94 seconds slower."""


CAPTAIN = DemoMember("demo-carol", "Carol Dunn", "full", "bushy", "richmond", 212, 53, 1790)
MEMBERS = (
    CAPTAIN,
    DemoMember("demo-maya", "Maya Kowalska", "short", "bushy", "wimbledon", 50, 10, 1884),
    DemoMember("demo-tom", "Tom Achterberg", "short", "richmond", "bushy", 131, 24, 1689),
    DemoMember("demo-lucja", "Łucja Wiśniewska", "full", "bushy", "richmond", 25, 4, 2571),
    DemoMember("demo-dev", "Dev Patel", "short", "wimbledon", "richmond", 8, 3, 1537),
    DemoMember("demo-ines", "Ines Moreau", "hidden", "richmond", "wimbledon", 77, 16, 1982),
)

EVENTS = {event for member in MEMBERS for event in (member.home, member.away)}


class Command(BaseCommand):
    help = "Create the demo club of bin/dev, or add the parkruns up to the latest Saturday. Only with DEBUG=1."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--club-runners", action="store_true", help="let the stand-in's club runners join, after their imports"
        )
        parser.add_argument(
            "--push-service", metavar="URL", help="subscribe a made-up phone of the captain at this stand-in"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The password of the demo club's captain is public, so it needs DEBUG=1.")
        if ParkrunEvent.objects.filter(slug__in=EVENTS).count() < len(EVENTS):
            raise CommandError("The events at which the members run are not loaded. Run load_parkrun_events first.")
        with transaction.atomic():
            club = Club.objects.filter(slug=SLUG).first() or create_club()
        if options["club_runners"]:
            joined = add_club_runners(club, an_invitation(club).secret.reveal(), time_zone=ZONE)
            self.stdout.write(f"{joined} club runners are members")
            return
        if options["push_service"]:
            subscribe_phone(User.objects.get(username=CAPTAIN.username), options["push_service"])
        saturday = latest_saturday()
        for member in MEMBERS:
            add_parkruns(saturday, member)
        self.stdout.write(f"club {club_link(settings.SITE_URL, club)}")
        self.stdout.write(f"invitation {invitation_link(settings.SITE_URL, an_invitation(club))}")
        self.stdout.write(f"screen {screen_link(settings.SITE_URL, club, a_screen(club))}")
        self.stdout.write(f"captain {CAPTAIN.username}, password {PASSWORD}")


def create_club() -> Club:
    captain = account_of(CAPTAIN)
    captain.set_password(PASSWORD)
    captain.save()
    club = found_club_at(SLUG, NAME, time_zone=ZONE, captain=captain)
    code = invite(club.pk).secret.reveal()
    share(club.pk, captain.pk, parkruns=True, shown_as=CAPTAIN.shown_as)
    for member in MEMBERS:
        join(account_of(member).pk, code, parkruns=True, shown_as=member.shown_as)
    post(captain.pk, club.pk, WELCOME)
    return club


def account_of(member: DemoMember) -> User:
    """Return the member's account, and create it without a password if it does not exist."""
    known = User.objects.filter(username=member.username).first()
    return known or User.objects.create_user(member.username, display_name=member.name, time_zone=ZONE)


def subscribe_phone(captain: User, service: str) -> None:
    """Notify the captain on a made-up phone, whose messages the stand-in for push services decrypts and shows."""
    PushSubscription.objects.of(captain.pk).filter(user_agent=PHONE).delete()  # the stand-in has forgotten its keys
    answer = async_to_sync(ask_for_browser)(service)
    keys = answer["keys"]
    target = PushTarget(service + answer["path"], keys["p256dh"], keys["auth"])
    subscribe(captain, target, session=SessionStore(), user_agent=PHONE)


async def ask_for_browser(service: str) -> dict[str, Any]:
    request = Request("POST", f"{service}/_control/browsers", json=b"{}")
    async with send(request, timeouts=Timeouts()) as answer:
        browser: dict[str, Any] = read_json(await answer.body())
    return browser


def latest_saturday() -> date:
    today = timezone.now().astimezone(zone_or_utc(ZONE)).date()
    return today - timedelta(days=(today.weekday() - 5) % 7)


def add_parkruns(saturday: date, member: DemoMember) -> None:
    """Add the member's missing parkruns: years of them in a new club, else one a Saturday since the last parkrun."""
    who = User.objects.filter(username=member.username).first()
    if who is None:
        return
    latest = ParkrunResult.objects.of(who.pk).order_by("day").last()
    days = saturdays_since(latest.day, saturday) if latest else saturdays_before(saturday, member)
    events = {event.slug: event for event in ParkrunEvent.objects.filter(slug__in=(member.home, member.away))}
    with transaction.atomic():
        lock_athlete(who.pk)
        ParkrunResult.objects.bulk_create(parkrun(who, member, day, events) for day in days)
        reconcile_parkrun_entries(who.pk)


def saturdays_since(latest: date, saturday: date) -> list[date]:
    return [latest + timedelta(weeks=week) for week in range(1, (saturday - latest).days // 7 + 1)]


def saturdays_before(saturday: date, member: DemoMember) -> list[date]:
    """Return as many Saturdays as the member has parkruns, newest first, without the missed weeks."""
    attended = (week for week in count() if week % member.rests != member.rests - 1)
    return [saturday - timedelta(weeks=week) for week in islice(attended, member.parkruns)]


def parkrun(who: User, member: DemoMember, day: date, events: dict[str, ParkrunEvent]) -> ParkrunResult:
    """Return the member's result of a day. For the same member and date, event and time are always the same."""
    week = day.toordinal() // 7
    return ParkrunResult(
        athlete=who,
        event=events[member.away if week % 7 == 3 else member.home],
        day=day,
        how="run",
        official_time_s=member.time_s + (week * 37) % 95,
        source=ParkrunResult.Source.TYPED,
    )


def an_invitation(club: Club) -> Invitation:
    valid = Invitation.objects.in_club(club.pk).valid(now=timezone.now()).filter(needs_approval=False, on_screens=True)
    return first_readable(valid) or invite(club.pk, on_screens=True)


def a_screen(club: Club) -> Screen:
    valid = Screen.objects.in_club(club.pk).valid(now=timezone.now())
    return first_readable(valid) or put_up_screen(club.pk, name="Demo")


def first_readable(keys: Iterable[KeyKind]) -> KeyKind | None:
    """Return the first invitation or screen whose secret can be decrypted, so that its link can be printed."""
    return next((key for key in keys if key.secret.can_be_decrypted), None)
