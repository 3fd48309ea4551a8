"""Change a person's profile, and their name in all feed entries that show it or mention them."""

from django.db import transaction

from strava_live.accounts.models import User
from strava_live.activities.athlete_state import lock_athlete
from strava_live.clubs.locks import lock_clubs
from strava_live.clubs.models import Club, Membership
from strava_live.feed.entry_writer import entry_writers
from strava_live.feed.mention_text import renamed
from strava_live.feed.models import Entry


def save_profile(user: User, *fields: str) -> None:
    """Save these fields of a user, and show a changed name in all their clubs.

    Other fields are not saved, because they may have changed since `user` was read. Raise AthleteErased if the account
    was deleted.
    """
    with transaction.atomic():
        lock_athlete(user.pk)
        lock_clubs(user.pk)
        current = User.objects.get(pk=user.pk)
        for name in fields:
            setattr(current, name, getattr(user, name))
        current.save(update_fields=fields)
        rename_in_entries(user.pk)


def rename_in_entries(user_id: int) -> None:
    """Write the person's current name into their entries and into posts that mention them, as each club shows it.

    Needs the athlete's lock, in the transaction that changes the name or how it is shown.
    """
    memberships = list(Membership.objects.active().of(user_id).select_related("user").order_by("club"))
    names = {one.club_id: one.shown_name for one in memberships}
    Club.objects.raise_figures_version(names)
    entries = Entry.objects.of_athlete(user_id).filter(club__in=names)
    stale = {club_id for club_id, name in entries.values_list("club", "name").distinct() if name != names[club_id]}
    mentioning = [
        entry
        for entry in Entry.objects.mentioning(user_id).filter(club__in=names)
        if {"id": user_id, "name": names[entry.club_id]} not in entry.data["mentions"]
    ]
    with entry_writers(stale | {entry.club_id for entry in mentioning}) as writers:
        for entry in entries.filter(club__in=stale):
            if entry.name != names[entry.club_id]:
                entry.name = names[entry.club_id]
                writers[entry.club_id].change(entry)
        for entry in mentioning:
            changed = writers[entry.club_id].change(entry)
            changed.data["mentions"] = renamed(changed.data["mentions"], user_id, names[entry.club_id])
