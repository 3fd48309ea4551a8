"""The made-up athletes and club of the throw-away site."""

from io import StringIO
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.db import connections, transaction

from strava_live.accounts.models import User
from strava_live.activities.models import Activity
from strava_live.clubs.keys import invite, put_up_screen
from strava_live.clubs.models import Club, Membership
from strava_live.feed.models import Entry
from strava_live.management.club_runners import ClubRunner, StandInControl, add_runners
from strava_live.management.commands.demo_club import (
    CAPTAIN,
    MEMBERS,
    PASSWORD,
    ZONE,
    add_parkruns,
    create_club,
    latest_saturday,
)
from strava_live.parkrun.result_models import ParkrunResult
from strava_live.social.cheers import cheer
from strava_live.webhook.models import WebhookSubscription
from strava_live.webhook.subscription import callback_url

ATHLETE, ATHLETE_NUMBER = "Tom Ashworth", 99
"""The athlete of the stand-in whose pages are pictured: years of activities, and parkruns at many events. The number
makes the club show the full name (club_runners.py)."""
CLUBMATES = 6
"""How many club runners of the stand-in are in the club, too."""
NEWCOMER = "newcomer"


def migrated() -> None:
    call_command("migrate", interactive=False, verbosity=0)
    call_command("load_parkrun_events", stdout=StringIO())


def made_up_club(*, is_subscribed: bool) -> dict[str, Any]:
    """Create the club with its members and their activities. Return what the addresses of the pages need."""
    try:
        if is_subscribed:
            WebhookSubscription.objects.create(strava_id=1, callback_url=callback_url())
        with transaction.atomic():
            club = create_club()
        for member in MEMBERS:
            add_parkruns(latest_saturday(), member)
        code = invite(club.pk, on_screens=True).secret.reveal()
        control = StandInControl(settings.STRAVA_API_URL)
        runners = [athlete_of(control), *control.club_runners()[:CLUBMATES]]
        for runner in runners:
            control.call("parkrun", athlete_id=runner.strava_id, event="bushy")
        add_runners(control, runners, club, code, time_zone=ZONE)
        athlete = User.objects.get(username=runners[0].username)
        athlete.set_password(PASSWORD)
        athlete.save()
        return described(club, athlete, runners, code)
    finally:
        connections.close_all()


def athlete_of(control: StandInControl) -> ClubRunner:
    strava_id = next(one["id"] for one in control.call("athletes") if one["name"] == ATHLETE)
    return ClubRunner(ATHLETE_NUMBER, strava_id, ATHLETE)


def described(club: Club, athlete: User, runners: list[ClubRunner], code: str) -> dict[str, Any]:
    """Return values for the addresses of pages, and a session for each kind of viewer."""
    parkrun = Activity.objects.filter(athlete=athlete, parkrun=Activity.Verdict.SURE).order_by("-start").first()
    result = ParkrunResult.objects.of(athlete.pk).order_by("-day").first()
    entry = (
        Entry.objects.of_club(club.pk).of_athlete(athlete.pk).filter(kind=Entry.Kind.PARKRUN).order_by("-at").first()
    )
    if parkrun is None or result is None or entry is None:
        raise SystemExit("the made-up athlete has no parkrun")
    mates = Membership.objects.in_club(club.pk).exclude(user=athlete).select_related("user")
    for mate in mates:
        cheer(mate.user_id, club.pk, entry.pk)
    captain = User.objects.get(username=CAPTAIN.username)
    newcomer = User.objects.create_user(NEWCOMER, display_name="Nell Newcomer", time_zone=ZONE, time_zone_known=True)
    return {
        "values": {
            "slug": club.slug,
            "strava_id": parkrun.strava_id,
            "result": result.pk,
            "entry": entry.pk,
            "user_id": mates.get(user__username=runners[1].username).user_id,
            "code": code,
            "key": put_up_screen(club.pk, name="Café").secret.reveal(),
        },
        "sessions": {
            "athlete": session_of(athlete),
            "captain": session_of(captain),
            "newcomer": session_of(newcomer),
        },
    }


def session_of(user: User) -> str:
    """Sign in the user, and return the key of the session."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)
