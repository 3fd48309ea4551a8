"""Changes of a site's database. ClubSite.run calls these functions in a process with the site's settings."""

import asyncio
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from strava_live.accounts.connections import connect_strava
from strava_live.accounts.models import User
from strava_live.activities.models import AthleteState
from strava_live.clubs.founding import begin_new_epochs
from strava_live.clubs.models import Club, Membership
from strava_live.feed.entry_writer import entry_writers
from strava_live.feed.models import Entry
from strava_live.feed.parkrun_entries import athlete_lock
from strava_live.membership.joining import add_joined_entry
from strava_live.messages.access import require_writable
from strava_live.messages.inboxes import lock_inboxes
from strava_live.messages.sending import add_message
from strava_live.notifications.noting import note
from strava_live.parkrun.models import ParkrunEvent
from strava_live.parkrun.result_models import ParkrunResult, StartingNumbers
from strava_live.social.posts import post
from strava_live.strava.payloads import Tokens
from tests.clubs.runs import event, ran
from tests.notifications.sent import send_due
from tests.web.kept import parkrun

__all__ = [
    "add_entries",
    "add_flood",
    "add_messages",
    "add_run",
    "add_thread",
    "add_to_cast",
    "connect_without_history",
    "make_captain",
    "move",
    "name_member",
    "post",
    "record",
    "restore",
    "send_message",
    "welcome",
]


def restore(club_id: int) -> None:
    """Leave the club as after restoring a backup from before its posts, its members' parkruns and their sharing."""
    Entry.objects.of_club(club_id).delete()
    ParkrunResult.objects.all().delete()
    Membership.objects.in_club(club_id).update(shares_parkruns=False)
    Club.objects.filter(pk=club_id).update(seq=0, entry_count=0)
    begin_new_epochs()


def add_run(user_id: int, days_ago: int, before: int, slug: str) -> None:
    user = User.objects.get(pk=user_id)
    StartingNumbers.objects.update_or_create(athlete=user, defaults={"parkruns": before})
    ran(user, days_ago, slug)


def record(user_id: int, device_name: str) -> None:
    """Attach an activity recorded on this device to the athlete's latest parkrun."""
    user = User.objects.get(pk=user_id)
    with athlete_lock(user_id):
        result = ParkrunResult.objects.of(user_id).latest("day")
        result.activity = parkrun(user, user_id, device_name=device_name)
        result.save()
        AthleteState.objects.filter(athlete=user).update(history_known=True)


def add_to_cast(user_id: int, name: str, event_name: str, count: int) -> None:
    slug = f"cast-{user_id}"
    event(slug, series="junior" if "junior" in event_name else "5k")
    ParkrunEvent.objects.filter(slug=slug).update(name=event_name)
    User.objects.filter(pk=user_id).update(display_name=name)
    for days_ago in (7, 0):
        add_run(user_id, days_ago, count - 2, slug)


def connect_without_history(user_id: int) -> None:
    """Connect Strava without importing the athlete's history."""
    tokens = Tokens("access", "refresh", timezone.now())
    connect_strava(User.objects.get(pk=user_id), strava_id=user_id, tokens=tokens, scopes="read,activity:read")


def welcome(user_id: int) -> None:
    with transaction.atomic():
        add_joined_entry(Membership.objects.get(user=user_id))


def make_captain(user_id: int) -> None:
    Membership.objects.filter(user=user_id).update(role="captain")


def move(club_id: int, hours_west: int) -> None:
    """Set the club's time zone to `hours_west` behind UTC, or if 13 or more to one with the same clock a day later."""
    west = hours_west if hours_west < 13 else hours_west - 24
    Club.objects.filter(pk=club_id).update(time_zone=f"Etc/GMT{west:+}")


def add_entries(club_id: int, user_id: int, count: int) -> None:
    """Insert posts of various lengths, a minute apart. Open pages do not get them."""
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


def add_flood(club_id: int, user_id: int, count: int, first: int = 0) -> None:
    """Add `count` parkruns of today at one event, at once. Open pages get them. `first` is how many already exist.

    Each is a second slower than the one before.
    """
    today = timezone.now().date().isoformat()
    about = {"event": "brandonhill", "event_name": "Brandon Hill parkrun", "date": today, "junior": False}
    run = {"first_here": False, "best": None, "url": None}
    with transaction.atomic(), entry_writers([club_id]) as writers:
        for number in range(first, first + count):
            key = f"parkrun.{number + 1_000_000}.brandonhill.{today}"
            data = about | run | {"count": number + 3, "time_s": 1500 + number}
            writers[club_id].add(kind=Entry.Kind.PARKRUN, key=key, athlete_id=user_id, name="Carol D.", data=data)


def add_messages(sender_id: int, recipient_id: int, count: int) -> None:
    """Add messages "no. 0", "no. 1" and so on, without the limit on how fast a person may write."""
    for number in range(count):
        with transaction.atomic():
            inboxes = lock_inboxes([sender_id, recipient_id])
            partner = require_writable(sender_id, recipient_id)
            add_message(sender_id, partner, inboxes, f"no. {number}", "")


def send_message(recipient_id: int, sender_id: int) -> None:
    """Send a notification of a message to the recipient's devices, as a worker does."""
    note(recipient_id, "message", f"message.{sender_id}", actor_id=sender_id)
    asyncio.run(send_due())


def add_thread(club_id: int, user_id: int, count: int) -> None:
    """Add a post with replies, and print the ids of all, the post's first."""
    above = post(user_id, club_id, "Above the replies")
    replies = [post(user_id, club_id, f"Reply {number}", reply_to=above.pk) for number in range(count)]
    print(*(entry.pk for entry in (above, *replies)))  # noqa: T201 read by the test


def name_member(user_id: int, name: str) -> None:
    User.objects.filter(pk=user_id).update(display_name=name)
