"""Create and take back notifications of cheers, without the cheers themselves, and read a person's notifications."""

from strava_live.accounts.models import User
from strava_live.clubs.models import Club, Membership
from strava_live.feed.models import Entry
from strava_live.notifications.models import Notification, NotificationActor
from strava_live.notifications.noting import note, take_back


def cheer_key(entry: Entry) -> str:
    return f"cheer.{entry.pk}"


def cheered(entry: Entry, *by: User) -> None:
    """Notify the entry's athlete that these people have cheered, in this order."""
    assert entry.athlete_id is not None
    for who in by:
        note(entry.athlete_id, "cheer", cheer_key(entry), actor_id=who.pk, entry=entry)


def uncheered(entry: Entry, *by: User) -> None:
    assert entry.athlete_id is not None
    for who in by:
        take_back(entry.athlete_id, cheer_key(entry), who.pk)


def people_in(club: Club, count: int) -> list[User]:
    """Return new members of a club: Ana B., Ben B. and so on."""
    names = ["Ana", "Ben", "Cleo", "Dora", "Emil", "Fay", "Gus", "Hal"]
    made = [User.objects.create_user(name.lower(), display_name=f"{name} Berg") for name in names[:count]]
    Membership.objects.bulk_create(Membership(club=club, user=one) for one in made)
    return made


def noted(user: User) -> list[tuple[str, int, bool]]:
    """Return kind, count and whether it is read of each notification of a person, newest first."""
    rows = Notification.objects.of(user.pk).newest_first()
    for row in rows:
        assert row.count == NotificationActor.objects.filter(notification=row).count()
    return [(row.kind, row.count, row.read_at is not None) for row in rows]
