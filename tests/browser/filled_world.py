"""The people of the access table on a running site, with so much that each page shows all its parts.

`fill` runs `print_filled` in a process with the site's settings and database.
"""

import json
from datetime import timedelta

from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from simulators.bucket_process import BucketStandIn
from strava_live.accounts.encryption import Secret, digest_of
from strava_live.accounts.models import User
from strava_live.accounts.profile import MAX_DISPLAY_NAME
from strava_live.activities.models import AthleteState
from strava_live.clubs.models import Club, Membership
from strava_live.feed.models import Entry
from strava_live.feed.parkrun_entries import athlete_lock
from strava_live.membership.joining import add_joined_entry
from strava_live.messages.sending import send_message
from strava_live.notifications.push_models import PushSubscription
from strava_live.parkrun.importing.drafts import create_draft
from strava_live.parkrun.result_models import StartingNumbers
from strava_live.social.cheers import cheer
from strava_live.social.moderation import hide_post, report_post
from strava_live.social.posts import post
from tests.access.world import Caller, World, world
from tests.browser.club_tables import add_flood
from tests.bucket.connected import connected
from tests.clubs.runs import ran, watched
from tests.live.founding import sessions_of
from tests.live_site import LiveSite
from tests.passwords import PASSWORD
from tests.person_with_everything import PASTE
from tests.web import kept

LONG = "Bartholomew-Montgomery Featherstonehaugh-Cholmondeley of Wolverhampton-under-Edge"
"""As long as a name can be, nearly without places to break a line."""


def fill(site: LiveSite, bucket: BucketStandIn) -> World:
    """Fill the site's empty database.

    The clubmate is connected to Bucket, and has a Thing with a Property there. `leaving` is one more person, who has
    nothing.
    """
    username = bucket.add_person("Bruno Costa")
    thing = bucket.add_thing(username, "My watch")
    values = {"thing_id": thing, "property_id": bucket.add_property(thing, "COUNT", name="Steps")}
    tokens = bucket.grant(username)
    code = f"from tests.browser.filled_world import *; print_filled({username!r}, {tokens['access_token']!r})"
    found = json.loads(site.manage("shell", "-v", "0", "-c", code))
    return World([Caller(**caller) for caller in found["callers"]], found["values"] | values)


def print_filled(bucket_username: str, access_token: str) -> None:
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):  # is quick
        found = world()
    person, clubmate = (User.objects.get(pk=found.values[key]) for key in ("user/", "members/"))
    club = Club.objects.get(slug=found.values["clubs/"])
    captain = Membership.objects.captains().get(club=club).user
    add_running(person)
    add_talk(club, person, clubmate, captain)
    add_devices(person)
    leaving = User.objects.create_user("lena", password=PASSWORD, display_name="Lena Hart")
    callers = [*found.callers, Caller("leaving", session=sessions_of([leaving])[0])]
    connected(clubmate, person_id=f"dcd:persons:{bucket_username}", access_token=Secret.of(access_token))
    world_in_json = {"callers": [vars(caller) for caller in callers], "values": found.values}
    print(json.dumps(world_in_json))  # noqa: T201 read by fill


def add_running(person: User) -> None:
    """Connect Strava, with activities found, maybe parkruns and saved, a year of parkruns, and a pasted table."""
    kept.connected(person)
    for number in range(200, 203):
        kept.activity(person, number, name=f"{LONG} loop")
        kept.maybe(person, number + 10)
    with athlete_lock(person.pk):
        StartingNumbers.objects.create(athlete=person, parkruns=80)
        for week in range(2, 32):
            ran(person, 7 * week, ("bushy", "richmond", "wimbledon")[week % 3], official_time_s=1500 + 7 * (week % 9))
        ran(person, 8, "bushy", how="", official_time_s=None, volunteered=True)
        watched(person, 1, 300)
        AthleteState.objects.filter(athlete=person).update(history_known=True)
    now = timezone.now()
    create_draft(person.pk, PASTE, today=now.date(), now=now)


def add_talk(club: Club, person: User, clubmate: User, captain: User) -> None:
    """Have members post, reply, cheer and report, the captain hide a post, and a member with a long name join."""
    add_flood(club.pk, clubmate.pk, 12)
    own = Entry.objects.of_club(club.pk).of_athlete(person.pk).filter(kind=Entry.Kind.POST).get()
    cheer(clubmate.pk, club.pk, own.pk)
    post(clubmate.pk, club.pk, "See you there, https://parkrun.example/bushy", reply_to=own.pk)
    rude, advert = (post(clubmate.pk, club.pk, text) for text in (f"Buy shoes! {LONG}", "Buy watches!\nCheap ones!"))
    for entry in (rude, advert):
        report_post(person.pk, entry.pk, "An advert")
    report_post(captain.pk, rude.pk)
    hide_post(captain.pk, advert.pk)
    long_named = User.objects.create_user("bart", display_name=LONG[:MAX_DISPLAY_NAME])
    member = Membership.objects.create(club=club, user=long_named, shown_as="full")
    with transaction.atomic():
        add_joined_entry(member)
    send_message(long_named.pk, person.pk, f"Hello, this is {LONG}. See https://parkrun.example/bushy")
    send_message(person.pk, clubmate.pk, "Yes please")


def add_devices(person: User) -> None:
    """Subscribe two browsers that say what they are. The one that the access table has subscribed does not."""
    for name in ("Mozilla/5.0 (Android 15; Mobile; rv:145.0) Firefox/145.0", "Mozilla/5.0 (X11; Linux) Chrome/140.0"):
        PushSubscription.objects.create(
            user=person,
            endpoint_digest=digest_of(name),
            user_agent=name,
            session_hash=person.get_session_auth_hash(),
            seen_at=timezone.now() - timedelta(days=3),
        )
