"""How somebody is shown in a club: a new name, or another wish about it, changes everything they are named in."""

from strava_live.clubs.models import Club, Membership
from strava_live.feed.entry_writer import entry_writers
from strava_live.feed.models import Entry


def rename_in_entries(user_id: int) -> None:
    """In their turn, in the transaction that changed the name or the wish."""
    memberships = list(Membership.objects.active().of(user_id).select_related("user").order_by("club"))
    names = {one.club_id: one.shown_name for one in memberships}
    Club.objects.raise_figures_version(names)
    theirs = Entry.objects.of_athlete(user_id).filter(club__in=names)
    stale = {club_id for club_id, name in theirs.values_list("club", "name").distinct() if name != names[club_id]}
    with entry_writers(stale) as writers:
        for entry in theirs.filter(club__in=stale):
            if entry.name != names[entry.club_id]:
                entry.name = names[entry.club_id]
                writers[entry.club_id].change(entry)
